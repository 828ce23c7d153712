//! The rows of a table, to be paged, sorted, searched and filtered.

use crate::component::{Component, Family, Pattern, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "table",
    family: Family::Data,
    summary: "The rows of a table, page by page; readers sort them, and search and filter where they may.",
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
            name: "key",
            ty: PropType::Column(Pattern::Any),
            required: false,
            default: "the first column",
            summary: "The column that names a row.",
        },
        Prop {
            name: "selected",
            ty: PropType::StateKey,
            required: false,
            default: "",
            summary: "A state key that takes the value of `key` of the row that readers select; a key of type `list<T>` takes several.",
        },
        Prop {
            name: "sort",
            ty: PropType::Order,
            required: false,
            default: "as the table has them",
            summary: "What rows are sorted by until a reader chooses something else: `amount desc`, or a list of such.",
        },
        Prop {
            name: "page_size",
            ty: PropType::Literal(Pattern::Int),
            required: false,
            default: "100",
            summary: "How many rows are on a page.",
        },
        Prop {
            name: "search",
            ty: PropType::Literal(Pattern::Bool),
            required: false,
            default: "false",
            summary: "Whether readers can search the columns that are shown for a text.",
        },
        Prop {
            name: "filters",
            ty: PropType::SomeColumns,
            required: false,
            default: "",
            summary: "The columns above which readers can ask for a value, a range or a part of a text; `true` for all.",
        },
        Prop {
            name: "in_url",
            ty: PropType::Literal(Pattern::Bool),
            required: false,
            default: "false",
            summary: "Whether page, order, search and filters stand in the URL.",
        },
        Prop {
            name: "download",
            ty: PropType::SomeOf(&["csv", "xlsx", "json", "parquet"]),
            required: false,
            default: "false",
            summary: "The formats of files that readers can take what is shown as, all pages of it; `true` for CSV and XLSX.",
        },
        Prop {
            name: "height",
            ty: PropType::Literal(Pattern::Int),
            required: false,
            default: "at most 512",
            summary: "The height of the rows with their head, in pixels; the rows scroll in it.",
        },
        Prop {
            name: "row_actions",
            ty: PropType::Components,
            required: false,
            default: "",
            summary: "Buttons behind each row: a list of `button` and `link_button`, which see the `row`.",
        },
        Prop {
            name: "empty",
            ty: PropType::Text,
            required: false,
            default: "No rows",
            summary: "What stands in place of a table without rows.",
        },
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/table.md"),
    widget: None,
};
