//! Components in rows and columns that line up.

use crate::component::{Component, Family, Pattern, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "grid",
    family: Family::Layout,
    summary: "Components in rows and columns that line up.",
    subject: Subject::Components,
    props: &[
        Prop {
            name: "columns",
            ty: PropType::Literal(Pattern::Int),
            required: false,
            default: "as many as fit",
            summary: "How many stand side by side where there is room: 1 to 12.",
        },
        Prop {
            name: "areas",
            ty: PropType::Areas,
            required: false,
            default: "",
            summary: "The rows, each a list of names; a child claims the cells of a name with `area`, and `.` stays free.",
        },
        Prop {
            name: "min_width",
            ty: PropType::Literal(Pattern::Int),
            required: false,
            default: "200",
            summary: "How many pixels a column has at least; where they do not fit, there are fewer of them.",
        },
        Prop {
            name: "gap",
            ty: PropType::Choice(&["small", "medium", "large"]),
            required: false,
            default: "medium",
            summary: "The space between the components.",
        },
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/grid.md"),
    widget: None,
};
