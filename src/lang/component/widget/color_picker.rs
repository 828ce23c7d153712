//! A colour.

use super::common;
use crate::component::{Component, Family, Subject, Widget, decode};
use crate::value::Type;

pub(super) static COMPONENT: Component = Component {
    name: "color_picker",
    family: Family::Widget,
    summary: "A colour, as `#rrggbb`.",
    subject: Subject::State,
    props: &[common::LABEL, common::DEFAULT, common::VALUE, common::DISABLED, common::ON_CHANGE, common::LABEL_HIDDEN],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/color_picker.md"),
    widget: Some(Widget {
        infer: |_| Type::Color,
        accepts: |ty| matches!(ty.inner(), Type::Color | Type::Text),
        initial: |_, ty| if ty.is_nullable() { ty.empty() } else { Type::Color.empty() },
        decode: |ty, sent| decode::value(if ty.is_nullable() { ty } else { &Type::Color }, sent),
        offers: None,
        over_options: None,
    }),
};
