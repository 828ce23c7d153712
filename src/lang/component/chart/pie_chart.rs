//! A ring of shares of a whole.

use super::common;
use crate::component::{Component, Family, Subject};

pub(super) static COMPONENT: Component = Component {
    name: "pie_chart",
    family: Family::Chart,
    summary: "A ring of shares of a whole.",
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
    page: include_str!("../../../../docs/component/pie_chart.md"),
    widget: None,
};
