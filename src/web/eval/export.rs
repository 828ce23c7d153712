//! What a page hands over as a file: the table of a component, in the view as it stands.

use std::sync::Arc;

use appspec_data::{Export, ExportColumn, FileFormat, Table, Value};
use appspec_lang::check::program::{Component, ComponentId, Prop, QueryId, Ref};
use appspec_lang::expr::Expr;
use appspec_lang::spec::{ColumnMeaning, Name};
use jiff::civil::DateTime;

use super::admit;
use super::expr::{self, EvalError};
use super::resolve::Resolver;
use super::run::Engine;
use super::view::{Origin, View};

/// A file that is to be made. It holds on to no view: the page may go on meanwhile.
pub struct Plan {
    engine: Arc<Engine>,
    origin: Arc<Origin>,
    resolver: Resolver,
    component: ComponentId,
}

/// A file that can be made.
pub struct Download {
    pub export: Export,
    /// As the author has it.
    pub filename: String,
}

/// Takes note of what a view shows where a component hands over its table; none if it does not, or not now.
pub async fn plan(engine: &Arc<Engine>, view: &View, id: &str, now: DateTime) -> Option<Plan> {
    let origin = Arc::clone(&view.origin);
    let hands_over = |component: &Component| component.id == id && source(component).is_some();
    let component = ComponentId::at(origin.page().components.iter().position(hands_over)?);
    let resolver = Resolver::settled(engine, view, now);
    let is_enabled = admit::is_enabled(view, &resolver, component).await;
    is_enabled.then(|| Plan { engine: Arc::clone(engine), origin, resolver, component })
}

/// The table that a component hands over, and the query whose columns it has.
fn source(component: &Component) -> Option<(&Expr<Ref>, Option<QueryId>)> {
    match component.prop("data") {
        Some(Prop::Table { expr, query }) => Some((expr, *query)),
        _ => None,
    }
}

impl Plan {
    /// Makes the table, which may take a query.
    pub async fn download(&self) -> Result<Download, EvalError> {
        let component = self.origin.page().components.get(self.component.index());
        let nothing = || EvalError::new("there is no table to download");
        let component = component.ok_or_else(nothing)?;
        let (expr, query) = source(component).ok_or_else(nothing)?;
        let Value::Table(table) = self.resolver.eval(expr).await? else { return Err(nothing()) };
        let format = match component.prop("format") {
            Some(Prop::Literal(format)) => format.as_text().and_then(FileFormat::of),
            _ => None,
        };
        let filename = match component.prop("filename") {
            Some(Prop::Text(name)) => {
                let refs = name.refs().into_iter().map(|(reference, _)| reference).collect();
                expr::render_text(name, &self.resolver.scope(refs).await?, &self.engine.settings)?
            }
            _ => String::new(),
        };
        let query = query.and_then(|id| self.origin.page().queries.get(id.index()));
        let filename = match (filename.trim(), query) {
            ("", Some(query)) => query.name.to_string(),
            ("", None) => component.id.clone(),
            (name, _) => name.to_owned(),
        };
        let export = Export {
            columns: Self::columns(&table, query.map(|query| query.meanings.as_slice()).unwrap_or_default()),
            table,
            format: format.unwrap_or(FileFormat::Csv),
            currency: self.engine.settings.currency.clone(),
        };
        Ok(Download { export, filename })
    }

    /// All columns, with what their query says of them.
    fn columns(table: &Table, meanings: &[ColumnMeaning]) -> Vec<ExportColumn> {
        let column = |name: &Name| {
            let meaning = meanings.iter().find(|meaning| meaning.column.value == *name);
            ExportColumn {
                name: name.clone(),
                label: meaning.and_then(|meaning| meaning.label.clone()).unwrap_or_else(|| name.to_string()),
                format: meaning.and_then(|meaning| meaning.format.clone()),
                unit: meaning.and_then(|meaning| meaning.unit.clone()),
            }
        };
        table.columns().iter().map(|known| column(&known.name)).collect()
    }
}
