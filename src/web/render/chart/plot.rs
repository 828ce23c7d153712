//! What is to be drawn: a component, and its table in the order that is asked for.

use std::cmp::Ordering;
use std::sync::Arc;

use appspec_data::Table;
use appspec_lang::check::program::Prop;
use appspec_lang::spec::Format;
use appspec_lang::value::{Column, Scalar, Type};

use crate::eval::expr::Settings;
use crate::render::format::{self, field_text};
use crate::render::item::Item;

/// A column by its name.
pub(super) type Name = Arc<str>;

/// A chart component over its table.
pub(super) struct Plot<'a> {
    pub(super) item: &'a Item<'a>,
    table: &'a Table,
    columns: Arc<[Column]>,
    /// The rows in the order that is asked for; as they come, where none is.
    order: Option<Vec<usize>>,
}

impl<'a> Plot<'a> {
    pub(super) fn new(item: &'a Item<'a>, table: &'a Table) -> Self {
        let mut plot = Self { item, table, columns: table.columns(), order: None };
        if let Some(Prop::Order(by)) = item.component.prop("sort") {
            plot.order = Some(plot.sorted(by));
        }
        plot
    }

    fn sorted(&self, by: &[(Name, bool)]) -> Vec<usize> {
        let keys: Vec<(Vec<Scalar>, bool)> = by.iter().map(|(name, down)| (self.cells(name), *down)).collect();
        let mut order: Vec<usize> = (0..self.rows()).collect();
        order.sort_by(|a, b| {
            let compare = |(cells, down): &(Vec<Scalar>, bool)| match (cells.get(*a), cells.get(*b)) {
                (Some(a), Some(b)) => rank(a, b, *down),
                _ => Ordering::Equal,
            };
            keys.iter().map(compare).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        });
        order
    }

    /// How the app writes numbers, and in which language.
    pub(super) fn settings(&self) -> Settings {
        self.item.settings()
    }

    pub(super) fn kind(&self) -> &'static str {
        self.item.component.kind.name
    }

    pub(super) fn rows(&self) -> usize {
        self.table.rows()
    }

    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub(super) fn ty(&self, name: &str) -> Type {
        self.columns.iter().find(|column| *column.name == *name).map_or(Type::Any, |column| column.ty.clone())
    }

    /// The cells of a column.
    pub(super) fn cells(&self, name: &str) -> Vec<Scalar> {
        let Some(column) = self.table.column(name) else { return Vec::new() };
        let cells: Vec<Scalar> = column.iter().collect();
        match &self.order {
            Some(order) => order.iter().filter_map(|row| cells.get(*row).cloned()).collect(),
            None => cells,
        }
    }

    /// The cells of a column as numbers.
    pub(super) fn numbers(&self, name: &str) -> Vec<Option<f64>> {
        let finite = |cell: &Scalar| cell.as_float().filter(|number| number.is_finite());
        self.cells(name).iter().map(finite).collect()
    }

    pub(super) fn known(&self, name: &str) -> Option<Name> {
        self.columns.iter().find(|column| *column.name == *name).map(|column| Arc::clone(&column.name))
    }

    /// The columns that an option names, as far as the table has them.
    pub(super) fn named(&self, option: &str) -> Vec<Name> {
        self.item.columns(option).iter().filter_map(|name| self.known(name)).collect()
    }

    /// The first column that an option names.
    pub(super) fn first(&self, option: &str) -> Option<Name> {
        self.named(option).into_iter().next()
    }

    /// The first column that fits and is not taken.
    pub(super) fn find(&self, taken: &[&Name], fits: impl Fn(&Type) -> bool) -> Option<Name> {
        let free = self.columns.iter().find(|column| !taken.contains(&&column.name) && fits(&column.ty));
        free.map(|column| Arc::clone(&column.name))
    }

    /// The column that marks stand at.
    pub(super) fn place(&self) -> Option<Name> {
        let color = self.item.text("color");
        self.item.component.place(&self.columns, color.as_deref()).map(|column| Arc::clone(&column.name))
    }

    /// Whether the marks stand at words, one after the other, and not along a scale.
    pub(super) fn has_words(&self) -> bool {
        let is_scaled = |name: Name| {
            let ty = self.ty(&name);
            ty.is_number() || matches!(ty.inner(), Type::Date | Type::DateTime)
        };
        match self.kind() {
            "line_chart" | "area_chart" | "scatter_chart" => !self.place().is_some_and(is_scaled),
            "histogram" => false,
            _ => true,
        }
    }

    /// The name of a column for readers.
    pub(super) fn label(&self, name: &str) -> String {
        self.item.column_label(name)
    }

    /// How the values of a column are written.
    pub(super) fn format_of(&self, name: &str) -> Option<&'a Format> {
        self.item.meaning(name).and_then(|meaning| meaning.format.as_ref())
    }

    pub(super) fn unit_of(&self, name: &str) -> Option<&'a str> {
        self.item.meaning(name).and_then(|meaning| meaning.unit.as_deref())
    }

    /// A cell as it is read.
    pub(super) fn text(&self, column: Option<&Name>, cell: &Scalar) -> String {
        let format = column.and_then(|name| self.format_of(name));
        format::text(cell, format, None, &self.item.settings()).unwrap_or_else(|| "–".to_owned())
    }
}

/// What a value is told from others by.
pub(super) fn key(value: &Scalar) -> String {
    if value.is_null() { "–".to_owned() } else { field_text(value) }
}

/// Nulls come last, whatever the order.
fn rank(a: &Scalar, b: &Scalar, down: bool) -> Ordering {
    match (a.is_null(), b.is_null()) {
        (false, false) => {
            let order = a.compare(b).unwrap_or(Ordering::Equal);
            if down { order.reverse() } else { order }
        }
        (a, b) => a.cmp(&b),
    }
}
