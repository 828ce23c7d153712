//! Charts over tables.

mod area_chart;
mod bar_chart;
mod boxplot;
mod candlestick;
mod by_option;
mod common;
mod funnel;
mod gauge;
mod heatmap;
mod histogram;
mod line_chart;
mod map;
mod pie_chart;
mod radar;
mod sankey;
mod scatter_chart;
mod treemap;

use super::Component;

/// The kinds of this family.
pub(super) static ALL: &[&Component] = &[
    &line_chart::COMPONENT,
    &area_chart::COMPONENT,
    &bar_chart::COMPONENT,
    &scatter_chart::COMPONENT,
    &pie_chart::COMPONENT,
    &histogram::COMPONENT,
    &heatmap::COMPONENT,
    &boxplot::COMPONENT,
    &funnel::COMPONENT,
    &treemap::COMPONENT,
    &sankey::COMPONENT,
    &gauge::COMPONENT,
    &candlestick::COMPONENT,
    &radar::COMPONENT,
    &map::COMPONENT,
    &by_option::COMPONENT,
];
