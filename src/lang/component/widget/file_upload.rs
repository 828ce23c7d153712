//! A file of the reader's, as a table.

use super::common;
use crate::component::{Complaint, Component, Family, Pattern, Prop, PropType, Subject, Widget};
use crate::value::{Scalar, Type};

/// The kinds of files that are tables, by the endings of their names.
pub const UPLOADS: &[&str] = &["csv", "tsv", "json", "ndjson", "parquet"];

pub(super) static COMPONENT: Component = Component {
    name: "file_upload",
    family: Family::Widget,
    summary: "A file of the reader's, as a table: CSV, TSV, JSON, NDJSON or Parquet.",
    subject: Subject::State,
    props: &[
        common::LABEL,
        Prop {
            name: "types",
            ty: PropType::Literal(Pattern::Any),
            required: false,
            default: "csv, tsv, json, ndjson, parquet",
            summary: "Which files are taken: one of these words, or a list of them.",
        },
        Prop {
            name: "max_size",
            ty: PropType::Literal(Pattern::Text),
            required: false,
            default: "20MB",
            summary: "How large a file may be, up to 500MB.",
        },
        Prop {
            name: "columns",
            ty: PropType::ColumnTypes,
            required: false,
            default: "",
            summary: "The columns that a file must have, each with its type: `{ day: date, amount: float }`; others are left out.",
        },
        common::REQUIRED,
        common::DISABLED,
        common::ON_CHANGE,
        common::LABEL_HIDDEN,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/file_upload.md"),
    widget: Some(Widget {
        infer: |_| Type::Table(None).nullable(),
        accepts: |ty| matches!(ty.inner(), Type::Table(_)),
        initial: |_, _| Scalar::Null,
        decode: |_, sent| match sent.last() {
            None | Some(&"") => Ok(Scalar::Null),
            Some(_) => Err(Complaint("Choose a file.".to_owned())),
        },
        offers: None,
        over_options: None,
    }),
};
