//! Nulls that TOML says by saying nothing: cells of rows.

use indexmap::IndexSet;

use crate::syntax::{Entry, Node, NodeKind};

/// The tree without the null cells of `rows`, where the columns and their order stay what they are.
pub(super) fn left_out(node: &Node) -> Node {
    let kind = match &node.kind {
        NodeKind::List(items) => NodeKind::List(items.iter().map(left_out).collect()),
        NodeKind::Map(entries) => NodeKind::Map(entries.iter().map(entry_left_out).collect()),
        other => other.clone(),
    };
    Node { kind, span: node.span }
}

fn entry_left_out(entry: &Entry) -> Entry {
    let value = match &entry.value.kind {
        NodeKind::List(rows) if entry.key.value == "rows" => {
            let fewer: Vec<Node> = rows.iter().map(without_nulls).collect();
            let is_same = columns(&fewer).eq(&columns(rows));
            if is_same { Node { kind: NodeKind::List(fewer), span: entry.value.span } } else { entry.value.clone() }
        }
        _ => left_out(&entry.value),
    };
    Entry { key: entry.key.clone(), value }
}

fn without_nulls(row: &Node) -> Node {
    let NodeKind::Map(cells) = &row.kind else { return row.clone() };
    let cells = cells.iter().filter(|cell| !matches!(cell.value.kind, NodeKind::Null));
    Node { kind: NodeKind::Map(cells.cloned().collect()), span: row.span }
}

/// The columns of rows, in the order in which they come.
fn columns(rows: &[Node]) -> Vec<&str> {
    let cells = rows.iter().filter_map(|row| if let NodeKind::Map(cells) = &row.kind { Some(cells) } else { None });
    let names: IndexSet<&str> = cells.flatten().map(|cell| cell.key.value.as_str()).collect();
    names.into_iter().collect()
}
