//! What a page hands over as a file: the table of a component, in the view as it stands.

use std::sync::Arc;

use appspec_data::{Export, ExportColumn, FileFormat, Table, Value};
use appspec_lang::check::program::{Component, ComponentId, Prop, QueryId, Ref, Subject, TableColumn};
use appspec_lang::expr::{Expr, ExprKind};
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
    /// The format that was chosen, where there is a choice.
    format: Option<FileFormat>,
}

/// A file that can be made.
pub struct Download {
    pub export: Export,
    /// As the author has it.
    pub filename: String,
}

/// Takes note of what a view shows where a component hands over its table; none if it does not, or not now.
pub async fn plan(
    engine: &Arc<Engine>,
    view: &View,
    (id, format): (&str, Option<&str>),
    now: DateTime,
) -> Option<Plan> {
    let origin = Arc::clone(&view.origin);
    let hands_over = |component: &Component| component.id == id && source(component).is_some();
    let component = ComponentId::at(origin.page().components.iter().position(hands_over)?);
    let format = match origin.page().components.get(component.index())?.window.as_ref() {
        Some(window) => {
            let formats = &window.download.as_ref()?.formats;
            let asked = format.filter(|format| formats.iter().any(|offered| **offered == **format));
            Some(asked.and_then(FileFormat::of)?)
        }
        None => None,
    };
    let resolver = Resolver::settled(engine, view, now);
    let is_enabled = admit::is_enabled(view, &resolver, component).await;
    is_enabled.then(|| Plan { engine: Arc::clone(engine), origin, resolver, component, format })
}

/// The table that a component hands over, and the query whose columns it has.
fn source(component: &Component) -> Option<(Expr<Ref>, Option<QueryId>)> {
    match (component.prop("data"), &component.subject) {
        (Some(Prop::Table { expr, query }), _) => Some((expr.clone(), *query)),
        (_, Subject::Table { expr, query, .. }) => {
            let all = component.window.as_ref()?.download.as_ref()?.query;
            Some((Expr { kind: ExprKind::Ref(Ref::Query(all)), span: expr.span }, *query))
        }
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
        let Value::Table(table) = self.resolver.eval(&expr).await? else { return Err(nothing()) };
        let format = match component.prop("format") {
            Some(Prop::Literal(format)) => format.as_text().and_then(FileFormat::of),
            _ => self.format,
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
        let meanings = query.map(|query| query.meanings.as_slice()).unwrap_or_default();
        let columns = match component.prop("columns") {
            Some(Prop::TableColumns(named)) => self.shown_columns(named, &table, meanings).await?,
            _ => Self::columns(&table, meanings),
        };
        let export = Export {
            columns,
            table,
            format: format.unwrap_or(FileFormat::Csv),
            currency: self.engine.settings.currency.clone(),
        };
        Ok(Download { export, filename })
    }

    /// The columns that a table component shows, each once, with what it says of them.
    async fn shown_columns(
        &self,
        named: &[TableColumn],
        table: &Table,
        meanings: &[ColumnMeaning],
    ) -> Result<Vec<ExportColumn>, EvalError> {
        let all = Self::columns(table, meanings);
        let mut shown: Vec<ExportColumn> = Vec::new();
        for named in named.iter().filter(|named| !named.is_hidden) {
            let Some(known) = all.iter().find(|known| known.name == named.column) else { continue };
            if shown.iter().any(|shown| shown.name == named.column) {
                continue;
            }
            let label = match &named.label {
                Some(label) => {
                    let refs = label.refs().into_iter().map(|(reference, _)| reference).collect();
                    expr::render_text(label, &self.resolver.scope(refs).await?, &self.engine.settings)?
                }
                None => known.label.clone(),
            };
            let format = named.format.clone().or_else(|| known.format.clone());
            let unit = named.unit.clone().or_else(|| known.unit.clone());
            shown.push(ExportColumn { name: known.name.clone(), label, format, unit });
        }
        Ok(shown)
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
