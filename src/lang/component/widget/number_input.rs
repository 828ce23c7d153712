//! A number that is typed, or stepped up and down.

use super::common;
use crate::component::{Component, Constants, Family, Subject, Widget, decode};
use crate::value::{Scalar, Type};

pub(super) static COMPONENT: Component = Component {
    name: "number_input",
    family: Family::Widget,
    summary: "A number that is typed, or stepped up and down.",
    subject: Subject::State,
    props: &[
        common::LABEL,
        common::bound("min", false, "The smallest number that may be entered."),
        common::bound("max", false, "The largest number that may be entered."),
        common::step("1 for an int", "The distance between numbers that may be entered."),
        common::DEFAULT,
        common::VALUE,
        common::PLACEHOLDER,
        common::REQUIRED,
        common::DISABLED,
        common::ON_CHANGE,
        common::LABEL_HIDDEN,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/number_input.md"),
    widget: Some(Widget {
        infer: common::infer_ordered,
        accepts: Type::is_number,
        initial,
        decode: decode::value,
        offers: None,
        over_options: None,
    }),
};

fn initial(constants: &Constants<'_>, ty: &Type) -> Scalar {
    match constants.get("min") {
        _ if ty.is_nullable() => Scalar::Null,
        Some(min) => common::fit(min, ty),
        None => ty.empty(),
    }
}
