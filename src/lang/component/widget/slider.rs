//! A value picked by dragging: between two ends, or one of several options.

use super::{choice, common};
use crate::component::{Component, Constants, Family, Prop, Subject, Widget, decode};
use crate::value::{Scalar, Type};

pub(super) static COMPONENT: Component = Component {
    name: "slider",
    family: Family::Widget,
    summary: "A number, date or time between two ends, or one of several options, picked by dragging; two handles on a key of type `range<T>`.",
    subject: Subject::State,
    props: &[
        common::LABEL,
        common::bound("min", false, "The low end; needed where there are no `options`."),
        common::bound("max", false, "The high end; needed where there are no `options`."),
        common::step(
            "1 for an int, a day for a date, 15 minutes for a time, an hour for a datetime",
            "The distance between values that can be picked; of dates in days, of times and datetimes in seconds.",
        ),
        Prop { required: false, ..common::OPTIONS },
        common::DEFAULT,
        common::VALUE,
        common::DISABLED,
        common::ON_CHANGE,
        common::LABEL_HIDDEN,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/slider.md"),
    widget: Some(Widget {
        infer: common::infer_ordered,
        accepts,
        initial,
        decode: decode::value,
        offers: None,
        over_options: Some(&OVER_OPTIONS),
    }),
};

static OVER_OPTIONS: Widget = Widget {
    infer: |constants| match choice::infer(constants) {
        Type::List(end) => Type::Range(end),
        single => single,
    },
    accepts: |ty| match ty.inner() {
        Type::List(_) => false,
        Type::Range(end) => choice::accepts_one(end.inner()),
        single => choice::accepts_one(single),
    },
    initial: |_, _| Scalar::Null,
    decode: decode::value,
    offers: None,
    over_options: None,
};

fn accepts(ty: &Type) -> bool {
    match ty.inner() {
        Type::Range(end) => accepts(end),
        inner => inner.is_number() || matches!(inner, Type::Date | Type::Time | Type::DateTime),
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
