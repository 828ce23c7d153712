//! So many stars.

use super::common;
use crate::component::{Complaint, Component, Constants, Family, Pattern, Prop, PropType, Subject, Widget, decode};
use crate::value::{Scalar, Type};

/// How many stars there are where the author says nothing.
const USUAL: i64 = 5;
/// More stars nobody counts.
const MOST: i64 = 10;

pub(super) static COMPONENT: Component = Component {
    name: "rating",
    family: Family::Widget,
    summary: "So many stars, from one up.",
    subject: Subject::State,
    props: &[
        common::LABEL,
        Prop {
            name: "max",
            ty: PropType::Literal(Pattern::Int),
            required: false,
            default: "5",
            summary: "How many stars there are, from 2 to 10.",
        },
        common::DEFAULT,
        common::VALUE,
        common::REQUIRED,
        common::DISABLED,
        common::ON_CHANGE,
        common::LABEL_HIDDEN,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/rating.md"),
    widget: Some(Widget {
        infer: |constants| match constants.get("default") {
            None | Some(Scalar::Null) => Type::Int.nullable(),
            Some(_) => Type::Int,
        },
        accepts: |ty| *ty.inner() == Type::Int,
        initial: |_, _| Scalar::Null,
        decode: decode::value,
        offers: Some(offers),
        over_options: None,
    }),
};

fn offers(constants: &Constants<'_>) -> Result<Vec<Scalar>, Complaint> {
    let most = match constants.get("max") {
        Some(Scalar::Int(most)) => *most,
        _ => USUAL,
    };
    if !(2..=MOST).contains(&most) {
        return Err(Complaint(format!("a rating has from 2 to {MOST} stars")));
    }
    Ok((1..=most).map(Scalar::Int).collect())
}
