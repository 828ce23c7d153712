//! What the cells of a table look like beside their text: where they lead, in which colour, how long a full bar is.

use appspec_data::{Row, Table, Value};
use appspec_lang::check::program::{Ref, TableColumn};
use appspec_lang::expr::Template;

use super::evaluated::ShownCells;
use super::expr::{self, EvalError, Settings};
use super::resolve::Scope;

/// The cells of each column of a component, for the first rows of its table.
pub(super) fn of(
    columns: &[TableColumn],
    (table, limit): (&Table, usize),
    scope: &Scope,
    settings: &Settings,
) -> Result<Vec<ShownCells>, EvalError> {
    let mut shown = Vec::with_capacity(columns.len());
    for column in columns {
        let each = |template: &Option<Template<Ref>>, render: Rendering| match template {
            Some(template) => (0..table.rows().min(limit))
                .map(|index| {
                    let row = Value::Row(Row { table: table.clone(), index });
                    render(template, &scope.at_row(row), settings)
                })
                .collect(),
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
