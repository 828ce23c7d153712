//! A date; two ends on a key of type `range<date>`.

use super::common;
use crate::component::{Component, Constants, Family, Subject, Widget, decode};
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
    widget: Some(Widget { infer, accepts, initial: |_, _| Scalar::Null, decode: decode::value }),
};

/// A date is null until one is chosen, so without a default the key may be null.
fn infer(constants: &Constants<'_>) -> Type {
    match constants.get("default") {
        None | Some(Scalar::Null) => Type::Date.nullable(),
        Some(Scalar::List(_)) => Type::Range(Box::new(Type::Date)),
        Some(_) => Type::Date,
    }
}

fn accepts(ty: &Type) -> bool {
    match ty.inner() {
        Type::Range(end) => *end.inner() == Type::Date,
        inner => *inner == Type::Date,
    }
}
