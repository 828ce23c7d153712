//! One of a few options, all in sight; several on a key of type `list<T>`.

use super::{choice, common};
use crate::component::{Component, Family, Subject, Widget, decode};

pub(super) static COMPONENT: Component = Component {
    name: "radio",
    family: Family::Widget,
    summary: "One of a few options, all in sight; several on a key of type `list<T>`.",
    subject: Subject::State,
    props: &[
        common::LABEL,
        common::OPTIONS,
        common::ALLOW_NEW,
        common::PLACEHOLDER,
        common::DEFAULT,
        common::VALUE,
        common::REQUIRED,
        common::DISABLED,
        common::ON_CHANGE,
        common::LABEL_HIDDEN,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/radio.md"),
    widget: Some(Widget {
        infer: choice::infer,
        accepts: choice::accepts,
        initial: choice::initial,
        decode: decode::value,
        offers: None,
        over_options: None,
    }),
};
