//! A box to tick: true or false.

use super::common;
use crate::component::{Component, Family, Subject, Widget, decode};
use crate::value::{Scalar, Type};

pub(super) static COMPONENT: Component = Component {
    name: "checkbox",
    family: Family::Widget,
    summary: "A box to tick: true or false.",
    subject: Subject::State,
    props: &[
        common::LABEL,
        common::DEFAULT,
        common::VALUE,
        common::REQUIRED,
        common::DISABLED,
        common::ON_CHANGE,
        common::LABEL_HIDDEN,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/checkbox.md"),
    widget: Some(Widget {
        infer: |_| Type::Bool,
        accepts: |ty| *ty.inner() == Type::Bool,
        initial: |_, _| Scalar::Bool(false),
        decode: decode::value,
        offers: None,
        over_options: None,
    }),
};
