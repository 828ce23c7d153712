//! A date with a time; two ends on a key of type `range<datetime>`.

use super::common;
use crate::component::{Component, Family, Subject, Widget, decode};
use crate::value::{Scalar, Type};

pub(super) static COMPONENT: Component = Component {
    name: "datetime_input",
    family: Family::Widget,
    summary: "A date with a time; two ends on a key of type `range<datetime>`.",
    subject: Subject::State,
    props: &[
        common::LABEL,
        common::bound("min", false, "The first datetime that may be chosen."),
        common::bound("max", false, "The last datetime that may be chosen."),
        common::step("a minute", "The distance between what may be chosen, in seconds."),
        common::DEFAULT,
        common::VALUE,
        common::REQUIRED,
        common::DISABLED,
        common::ON_CHANGE,
        common::LABEL_HIDDEN,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/datetime_input.md"),
    widget: Some(Widget {
        infer: |constants| common::infer_moment(constants, Type::DateTime),
        accepts: |ty| common::is_moment(ty, &Type::DateTime),
        initial: |_, _| Scalar::Null,
        decode: decode::value,
        offers: None,
        over_options: None,
    }),
};
