//! The rows of a table: the first 100, and how many there are.

use crate::component::{Component, Family, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "table",
    family: Family::Data,
    summary: "The rows of a table: the first 100, and how many there are.",
    subject: Subject::Table,
    props: &[
        Prop {
            name: "columns",
            ty: PropType::TableColumns,
            required: false,
            default: "all columns",
            summary: "The columns to show: names, or maps with `column`, `label`, `format`, `unit` and `align`.",
        },
        Prop {
            name: "empty",
            ty: PropType::Text,
            required: false,
            default: "No rows",
            summary: "What stands in place of a table without rows.",
        },
    ],
    unbuilt: &[
        "key",
        "selected",
        "page_size",
        "search",
        "filters",
        "sort",
        "download",
        "height",
        "row_actions",
        "in_url",
    ],
    page: include_str!("../../../../docs/component/table.md"),
    widget: None,
};
