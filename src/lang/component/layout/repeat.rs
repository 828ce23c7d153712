//! Components that are shown for each row of a table.

use crate::component::{Component, Family, Pattern, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "repeat",
    family: Family::Layout,
    summary: "Components that are shown for each row of a table.",
    subject: Subject::Components,
    props: &[
        Prop {
            name: "over",
            ty: PropType::Expression(Pattern::Table),
            required: true,
            default: "",
            summary: "The table; the components see each of its rows as `row`.",
        },
        Prop {
            name: "key",
            ty: PropType::Column(Pattern::Any),
            required: false,
            default: "",
            summary: "The column that names a row; needed where something in it can be clicked or filled in.",
        },
        Prop {
            name: "min_width",
            ty: PropType::Literal(Pattern::Int),
            required: false,
            default: "",
            summary: "How many pixels the components of a row need: as many stand side by side as fit. Without it they stand below each other.",
        },
        Prop {
            name: "empty",
            ty: PropType::Text,
            required: false,
            default: "",
            summary: "What stands there if the table has no rows.",
        },
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/repeat.md"),
    widget: None,
};
