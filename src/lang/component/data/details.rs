//! One row, column by column: what there is to say of one thing.

use crate::component::{Component, Family, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "details",
    family: Family::Data,
    summary: "One row, column by column: what there is to say of one thing.",
    subject: Subject::Table,
    props: &[
        Prop {
            name: "columns",
            ty: PropType::TableColumns,
            required: false,
            default: "all columns",
            summary: "The columns to show: names, or maps with what a `table` may say of a column.",
        },
        Prop {
            name: "empty",
            ty: PropType::Text,
            required: false,
            default: "Nothing to show",
            summary: "What stands there if there is no row.",
        },
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/details.md"),
    widget: None,
};
