//! The kinds of charts: each makes its part of the option from the plot.

mod boxplot;
mod candlestick;
mod cartesian;
mod funnel;
mod gauge;
mod heatmap;
mod histogram;
mod map;
mod mark;
mod parts;
mod pie;
mod radar;
mod raw;
mod sankey;
mod treemap;

use super::Drawn;
use super::plot::Plot;
use super::sketch::Sketch;

/// Draws a chart of the plot's kind.
pub(super) fn draw(plot: &Plot<'_>, sketch: &mut Sketch) -> Drawn {
    match plot.kind() {
        "pie_chart" => pie::draw(plot, sketch),
        "histogram" => histogram::draw(plot, sketch),
        "heatmap" => heatmap::draw(plot, sketch),
        "boxplot" => boxplot::draw(plot, sketch),
        "funnel" => funnel::draw(plot, sketch),
        "treemap" => treemap::draw(plot, sketch),
        "sankey" => sankey::draw(plot, sketch),
        "candlestick" => candlestick::draw(plot, sketch),
        "radar" => radar::draw(plot, sketch),
        "map" => map::draw(plot, sketch),
        _ => cartesian::draw(plot, sketch),
    }
}

pub(super) use gauge::{column_of as gauge_column, draw as gauge};
pub(super) use raw::draw as raw;
