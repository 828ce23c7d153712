//! Components whose widgets are sent together.

use crate::component::{Component, Family, Pattern, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "form",
    family: Family::Layout,
    summary: "Components whose widgets are sent together, when the reader submits them.",
    subject: Subject::Components,
    props: &[
        Prop {
            name: "submit",
            ty: PropType::Text,
            required: false,
            default: "Submit",
            summary: "What stands on the button below the components.",
        },
        Prop {
            name: "on_submit",
            ty: PropType::Actions,
            required: false,
            default: "",
            summary: "What happens after the widgets have set their keys, in order.",
        },
        Prop {
            name: "clear",
            ty: PropType::Literal(Pattern::Bool),
            required: false,
            default: "false",
            summary: "Whether its keys go back to their first values once all of `on_submit` is done.",
        },
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/form.md"),
    widget: None,
};
