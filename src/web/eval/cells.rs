//! What the cells of a table look like beside their text: where they lead, in which colour, how long a full bar is.

use appspec_data::{Row, Value};
use appspec_lang::check::program::{Component, Prop, Ref};
use appspec_lang::expr::Template;

use super::evaluated::ShownCells;
use super::expr::{self, EvalError, Settings};
use super::resolve::Scope;

/// The cells of each column that a component names, for the rows that it shows: those of a page, or the one.
pub(super) fn of(
    component: &Component,
    subject: Option<&Value>,
    scope: &Scope,
    settings: &Settings,
) -> Result<Vec<ShownCells>, EvalError> {
    // What the query says of cells stands for itself where the component names no columns.
    let columns = component.prop("columns").or_else(|| component.prop("meaning"));
    let Some(Prop::TableColumns(columns)) = columns else { return Ok(Vec::new()) };
    let limit = component.window.as_ref().map_or(1, |window| usize::try_from(window.page_size).unwrap_or(usize::MAX));
    let rows: Vec<Row> = match subject {
        Some(Value::Table(table)) => {
            (0..table.rows().min(limit)).map(|index| Row { table: table.clone(), index }).collect()
        }
        Some(Value::Row(row)) => vec![row.clone()],
        _ => Vec::new(),
    };
    let mut shown = Vec::with_capacity(columns.len());
    for column in columns {
        let each = |template: &Option<Template<Ref>>, render: Rendering| match template {
            Some(template) => {
                let row = |row: &Row| render(template, &scope.at_row(Value::Row(row.clone())), settings);
                rows.iter().map(row).collect()
            }
            None => Ok(Vec::new()),
        };
        let full = match column.full_bar() {
            Some(full) => {
                expr::eval(full, scope, settings)?.as_scalar().and_then(appspec_lang::value::Scalar::as_float)
            }
            None => None,
        };
        shown.push(ShownCells {
            links: each(&column.cells.link, expr::render_url)?,
            colors: each(&column.cells.color, expr::render_text)?,
            full,
        });
    }
    Ok(shown)
}

/// How a template becomes a text.
type Rendering = fn(&Template<Ref>, &dyn expr::Resolve, &Settings) -> Result<String, EvalError>;
