//! Text of several lines.

use super::common;
use crate::component::{Component, Family, Pattern, Prop, PropType, Subject, Widget, decode};
use crate::value::{Scalar, Type};

pub(super) static COMPONENT: Component = Component {
    name: "text_area",
    family: Family::Widget,
    summary: "Text of several lines.",
    subject: Subject::State,
    props: &[
        common::LABEL,
        Prop {
            name: "rows",
            ty: PropType::Literal(Pattern::Int),
            required: false,
            default: "3",
            summary: "How many lines it shows.",
        },
        common::PLACEHOLDER,
        common::MAX_LENGTH,
        common::LIVE,
        common::DEFAULT,
        common::VALUE,
        common::REQUIRED,
        common::DISABLED,
        common::ON_CHANGE,
        common::LABEL_HIDDEN,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/text_area.md"),
    widget: Some(Widget {
        infer: |constants| match constants.get("default") {
            Some(Scalar::Null) => Type::Text.nullable(),
            _ => Type::Text,
        },
        accepts: |ty| *ty.inner() == Type::Text,
        initial: |_, ty| ty.empty(),
        decode: decode::value,
        offers: None,
        over_options: None,
    }),
};
