//! `areas` of a grid: rows of names.

use super::lower::Lowering;
use super::{Name, name};
use crate::diagnostic::code::{TYPE, VALUE};
use crate::source::Spanned;
use crate::syntax::{Node, NodeKind};

/// The area that a cell of a grid is of; none where it stays free.
pub type Cell = Option<Spanned<Name>>;

/// The rows of a grid.
pub type Areas = Vec<Vec<Cell>>;

/// What is wrong was reported.
struct Reported;

/// Takes a list of rows, each a list of names, where `.` stands for a free cell; no rows if something was reported.
pub(super) fn lower(node: &Node, ctx: &mut Lowering<'_>) -> Areas {
    read(node, ctx).unwrap_or_default()
}

fn read(node: &Node, ctx: &mut Lowering<'_>) -> Option<Areas> {
    let rows: Vec<Result<Vec<Cell>, Reported>> = ctx.list(node, "`areas`").iter().map(|row| row_of(row, ctx)).collect();
    let rows: Areas = rows.into_iter().collect::<Result<_, _>>().ok()?;
    let wide = rows.iter().map(Vec::len).max().unwrap_or_default();
    if wide == 0 {
        let diagnostic = ctx.diagnostics.report(&VALUE, node.span, "`areas` names no cells");
        diagnostic.help("write rows: `[[kpis, map], [table, map]]`");
        return None;
    }
    if rows.iter().any(|row| row.len() != wide) {
        let message = "the rows of `areas` have not the same number of cells";
        ctx.diagnostics.report(&VALUE, node.span, message).help("a cell that stays free is `.`");
        return None;
    }
    Some(rows)
}

fn row_of(node: &Node, ctx: &mut Lowering<'_>) -> Result<Vec<Cell>, Reported> {
    let NodeKind::List(cells) = &node.kind else {
        if !matches!(node.kind, NodeKind::Broken) {
            let message = format!("a row of `areas` is a list of names, but this is {}", node.describe());
            ctx.diagnostics.report(&TYPE, node.span, message).help("write `[[kpis, map], [table, map]]`");
        }
        return Err(Reported);
    };
    let cells: Vec<Result<Cell, Reported>> = cells.iter().map(|cell| cell_of(cell, ctx)).collect();
    cells.into_iter().collect()
}

fn cell_of(node: &Node, ctx: &mut Lowering<'_>) -> Result<Cell, Reported> {
    let Some(text) = node.as_text() else {
        if !matches!(node.kind, NodeKind::Broken) {
            let message = format!("the name of an area is expected, but this is {}", node.describe());
            ctx.diagnostics.report(&TYPE, node.span, message).help("a cell that stays free is `.`");
        }
        return Err(Reported);
    };
    if text == "." {
        return Ok(None);
    }
    name::bare(&Spanned::new(text.to_owned(), node.span), "an area", ctx).map(Some).ok_or(Reported)
}
