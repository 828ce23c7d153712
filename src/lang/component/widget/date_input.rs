//! A date; two ends on a key of type `range<date>`.

use super::common;
use crate::component::{Component, Family, Subject, Widget, decode};
use crate::value::{Scalar, Type};

pub(super) static COMPONENT: Component = Component {
    name: "date_input",
    family: Family::Widget,
    summary: "A date; two ends on a key of type `range<date>`.",
    subject: Subject::State,
    props: &[
        common::LABEL,
        common::bound("min", false, "The first date that may be chosen."),
        common::bound("max", false, "The last date that may be chosen."),
        common::DEFAULT,
        common::VALUE,
        common::REQUIRED,
        common::DISABLED,
        common::ON_CHANGE,
        common::LABEL_HIDDEN,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/date_input.md"),
    widget: Some(Widget {
        infer: |constants| common::infer_moment(constants, Type::Date),
        accepts: |ty| common::is_moment(ty, &Type::Date),
        initial: |_, _| Scalar::Null,
        decode: decode::value,
        offers: None,
        over_options: None,
    }),
};
