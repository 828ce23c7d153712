//! Stages, each of them a part of the one before.

use super::common;
use crate::component::{Component, Family, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "funnel",
    family: Family::Chart,
    summary: "Stages, each of them a part of the one before.",
    subject: Subject::Table,
    props: &[
        common::NAMES,
        common::AMOUNT,
        common::SORT,
        common::SELECTED,
        common::TITLE,
        common::FORMAT,
        common::LEGEND,
        common::HEIGHT,
    ],
    unbuilt: &[],
    page: include_str!("../../../../docs/component/funnel.md"),
    widget: None,
};
