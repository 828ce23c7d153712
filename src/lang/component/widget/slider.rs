//! A number or date picked from a range by dragging.

use super::common;
use crate::component::{Component, Constants, Family, Pattern, Prop, PropType, Subject, Widget, decode};
use crate::value::{Scalar, Type};

pub(super) static COMPONENT: Component = Component {
    name: "slider",
    family: Family::Widget,
    summary: "A number or date picked from a range by dragging; two ends on a key of type `range<T>`.",
    subject: Subject::State,
    props: &[
        common::LABEL,
        common::bound("min", true, "The low end."),
        common::bound("max", true, "The high end."),
        Prop {
            name: "step",
            ty: PropType::Expression(Pattern::Number),
            required: false,
            default: "1 for an int, a day for a date",
            summary: "The distance between values that can be picked.",
        },
        common::DEFAULT,
        common::VALUE,
        common::DISABLED,
        common::ON_CHANGE,
        common::LABEL_HIDDEN,
    ],
    unbuilt: &["options"],
    page: include_str!("../../../../docs/component/slider.md"),
    widget: Some(Widget { infer: common::infer_ordered, accepts, initial, decode: decode::value }),
};

fn accepts(ty: &Type) -> bool {
    match ty.inner() {
        Type::Range(end) => accepts(end),
        inner => inner.is_number() || matches!(inner, Type::Date),
    }
}

/// The low end, or both ends; null where they are not written out.
fn initial(constants: &Constants<'_>, ty: &Type) -> Scalar {
    let end = |name| constants.get(name);
    match ty {
        Type::Range(of) => match (end("min"), end("max")) {
            (Some(min), Some(max)) => Scalar::range(common::fit(min, of), common::fit(max, of)),
            _ => Scalar::Null,
        },
        Type::Nullable(_) => Scalar::Null,
        single => end("min").map_or(Scalar::Null, |min| common::fit(min, single)),
    }
}
