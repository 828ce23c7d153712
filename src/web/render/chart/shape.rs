//! Which columns a chart draws, and as what.

use std::sync::Arc;

use appspec_data::Table;
use appspec_lang::value::{Column, Type};

use crate::render::item::Item;

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
    pub(super) x: Option<Arc<str>>,
    pub(super) x_type: Type,
    pub(super) scale: Scale,
    pub(super) y: Vec<Arc<str>>,
    /// Splits the table into series.
    pub(super) split: Option<Arc<str>>,
    pub(super) size: Option<Arc<str>>,
    /// The colour of all marks: CSS, or the name of a tone.
    pub(super) color: Option<String>,
}

impl Shape {
    /// The columns that the component names, else those that fit best.
    pub(super) fn of(item: &Item<'_>, table: &Table) -> Self {
        let columns = table.columns();
        let known = |name: &str| columns.iter().find(|column| *column.name == *name).map(|column| column.name.clone());
        let first_named = |option: &str| item.columns(option).first().and_then(|name| known(name));
        let color = item.text("color");
        let split = first_named("color").or_else(|| color.as_deref().and_then(known));
        let size = first_named("size");
        let is_scatter = item.component.kind.name == "scatter_chart";
        let free = |column: &&Column| [&split, &size].iter().all(|taken| taken.as_ref() != Some(&column.name));
        let named_y: Vec<Arc<str>> = item.columns("y").iter().filter_map(|name| known(name)).collect();
        let x = first_named("x").or_else(|| default_x(&columns, &named_y, is_scatter, free));
        let x_type = columns.iter().find(|column| Some(&column.name) == x.as_ref()).map_or(Type::Int, |c| c.ty.clone());
        let y = if named_y.is_empty() { default_y(&columns, x.as_ref(), free) } else { named_y };
        let scale = scale_of(item.component.kind.name, &x_type);
        let color = color.filter(|_| split.is_none());
        Self { x, x_type, scale, y, split, size, color }
    }
}

/// The first date or text column; of points, where there is none, the first number.
fn default_x(
    columns: &[Column],
    y: &[Arc<str>],
    is_scatter: bool,
    free: impl Fn(&&Column) -> bool,
) -> Option<Arc<str>> {
    let free: Vec<&Column> = columns.iter().filter(|column| free(column) && !y.contains(&column.name)).collect();
    let is_word_or_time =
        |ty: &Type| matches!(ty.inner(), Type::Date | Type::DateTime | Type::Time | Type::Text | Type::Color);
    let number = || free.iter().find(|column| is_scatter && column.ty.is_number());
    let found = free.iter().find(|column| is_word_or_time(&column.ty)).or_else(number);
    found.map(|column| column.name.clone())
}

/// The numeric columns.
fn default_y(columns: &[Column], x: Option<&Arc<str>>, free: impl Fn(&&Column) -> bool) -> Vec<Arc<str>> {
    let numeric = columns.iter().filter(|column| free(column) && column.ty.is_number() && Some(&column.name) != x);
    numeric.map(|column| column.name.clone()).collect()
}

fn scale_of(kind: &str, x_type: &Type) -> Scale {
    match x_type.inner() {
        _ if kind == "bar_chart" => Scale::Category,
        Type::Date | Type::DateTime => Scale::Time,
        ty if ty.is_number() => Scale::Value,
        _ => Scale::Category,
    }
}
