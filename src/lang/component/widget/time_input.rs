//! A time of the day; two ends on a key of type `range<time>`.

use super::common;
use crate::component::{Component, Family, Subject, Widget, decode};
use crate::value::{Scalar, Type};

pub(super) static COMPONENT: Component = Component {
    name: "time_input",
    family: Family::Widget,
    summary: "A time of the day; two ends on a key of type `range<time>`.",
    subject: Subject::State,
    props: &[
        common::LABEL,
        common::bound("min", false, "The first time that may be chosen."),
        common::bound("max", false, "The last time that may be chosen."),
        common::step("a minute", "The distance between what may be chosen, in seconds."),
        common::DEFAULT,
        common::VALUE,
        common::REQUIRED,
        common::DISABLED,
        common::ON_CHANGE,
        common::LABEL_HIDDEN,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/time_input.md"),
    widget: Some(Widget {
        infer: |constants| common::infer_moment(constants, Type::Time),
        accepts: |ty| common::is_moment(ty, &Type::Time),
        initial: |_, _| Scalar::Null,
        decode: decode::value,
        offers: None,
        over_options: None,
    }),
};
