//! A line of text.

use super::common;
use crate::component::{Component, Family, Pattern, Prop, PropType, Subject, Widget, decode};
use crate::value::{Scalar, Type};

pub(super) static COMPONENT: Component = Component {
    name: "text_input",
    family: Family::Widget,
    summary: "A line of text.",
    subject: Subject::State,
    props: &[
        common::LABEL,
        Prop {
            name: "type",
            ty: PropType::Choice(&["text", "password", "email", "url", "search"]),
            required: false,
            default: "text",
            summary: "What is entered: an `email` and a `url` must have the form of one, a `password` is not shown; a phone has the fitting keyboard.",
        },
        common::PLACEHOLDER,
        Prop {
            name: "pattern",
            ty: PropType::Literal(Pattern::Text),
            required: false,
            default: "",
            summary: "A regular expression that the whole text must match.",
        },
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
    page: include_str!("../../../../docs/component/text_input.md"),
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
