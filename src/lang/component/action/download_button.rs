//! Hands over a table as a file.

use super::common;
use crate::component::{Component, Family, Prop, PropType, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "download_button",
    family: Family::Action,
    summary: "Hands over a table as a file.",
    subject: Subject::Text,
    props: &[
        Prop {
            name: "data",
            ty: PropType::Table,
            required: true,
            default: "",
            summary: "The table, mostly the name of a query. It is made when the button is pressed, not before.",
        },
        Prop {
            name: "format",
            ty: PropType::Choice(&["csv", "json", "parquet", "xlsx"]),
            required: false,
            default: "csv",
            summary: "The format of the file.",
        },
        Prop {
            name: "filename",
            ty: PropType::Text,
            required: false,
            default: "the name of the query",
            summary: "The name of the file; its ending may be left out.",
        },
        common::STYLE,
        Prop { default: "download", ..common::ICON },
        common::DISABLED,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/download_button.md"),
    widget: None,
};
