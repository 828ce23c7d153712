//! Which columns a chart with two axes draws, and as what.

use appspec_lang::value::Type;

use super::plot::{Name, Plot};

/// What an axis counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// Words, in the order of the table.
    Category,
    Time,
    Value,
}

/// The columns of a chart.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// Without one, the rows are numbered.
    pub(super) x: Option<Name>,
    pub(super) scale: Scale,
    /// All that is drawn, on whichever side and as whatever.
    pub(super) y: Vec<Name>,
    /// Those of the second axis.
    pub(super) right: Vec<Name>,
    /// Those of a bar chart that are drawn as lines.
    pub(super) lines: Vec<Name>,
    /// Where floating bars end.
    pub(super) end: Option<Name>,
    /// Splits the table into series.
    pub(super) split: Option<Name>,
    /// Splits it into charts.
    pub(super) facet: Option<Name>,
    pub(super) size: Option<Name>,
    /// The colour of all marks: CSS, or the name of a tone.
    pub(super) color: Option<String>,
}

impl Shape {
    /// The columns that the component names, else those that fit best.
    pub(super) fn of(plot: &Plot<'_>) -> Self {
        let color = plot.item.text("color");
        let split = plot.first("color").or_else(|| color.as_deref().and_then(|color| plot.known(color)));
        let (facet, size, end) = (plot.first("facet"), plot.first("size"), plot.first("y2"));
        let (right, lines, named) = (plot.named("y_right"), plot.named("line"), plot.named("y"));
        let mut taken: Vec<&Name> = [&split, &facet, &size, &end].into_iter().flatten().collect();
        taken.extend(right.iter().chain(&lines));
        let x = plot.place();
        let mut y = if named.is_empty() {
            taken.extend(&x);
            let free = plot.columns().iter().filter(|column| column.ty.is_number() && !taken.contains(&&column.name));
            free.map(|column| column.name.clone()).collect()
        } else {
            named
        };
        for column in lines.iter().chain(&right) {
            if !y.contains(column) {
                y.push(column.clone());
            }
        }
        let scale = scale_of(plot.kind(), &x.as_ref().map_or(Type::Int, |name| plot.ty(name)));
        let color = color.filter(|_| split.is_none());
        Self { x, scale, y, right, lines, end, split, facet, size, color }
    }
}

fn scale_of(kind: &str, x_type: &Type) -> Scale {
    match x_type.inner() {
        _ if kind == "bar_chart" => Scale::Category,
        Type::Date | Type::DateTime => Scale::Time,
        ty if ty.is_number() => Scale::Value,
        _ => Scale::Category,
    }
}
