//! Several of the options: a `select` on a key of type `list<T>`, by another name.

use super::{choice, common};
use crate::component::{Component, Family, Subject, Widget, decode};
use crate::value::Type;

pub(super) static COMPONENT: Component = Component {
    name: "multiselect",
    family: Family::Widget,
    summary: "Several of the options, in a list that opens: another name for `select` on a key of type `list<T>`.",
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
    page: include_str!("../../../../docs/component/multiselect.md"),
    widget: Some(Widget {
        infer: |constants| match choice::infer(constants) {
            list @ Type::List(_) => list,
            item => Type::List(Box::new(item.inner().clone())),
        },
        accepts: |ty| matches!(ty.inner(), Type::List(_)) && choice::accepts(ty),
        initial: choice::initial,
        decode: decode::value,
        offers: None,
        over_options: None,
    }),
};
