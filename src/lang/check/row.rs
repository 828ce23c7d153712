//! What stands in a component once for each row of its table: what `row` is there, and what can stand there.

use std::collections::BTreeMap;

use super::outline::Item;
use super::program::ComponentId;
use super::state::Keys;
use super::types::Context;
use super::widget;
use crate::component::Family;
use crate::diagnostic::{Diagnostics, code};
use crate::expr::Expr;
use crate::spec::{Component, Prop, Subject};

/// The table whose rows a component repeats its children for.
pub(super) fn over(component: &Component) -> Option<&Expr> {
    component.props.iter().find_map(|(name, prop)| match &prop.value {
        Prop::Expr(over) if *name == "over" => Some(over),
        _ => None,
    })
}

/// What is known in what stands for each row, by the component that has the rows.
pub(super) fn contexts<'a>(context: &Context<'a>) -> BTreeMap<ComponentId, Context<'a>> {
    let hosts = context.outline.iter().filter(|(_, item)| item.spec.kind.has_rows() && !item.children.is_empty());
    hosts.map(|(id, host)| (id, Context { row: columns(host, context), ..context.clone() })).collect()
}

fn columns(host: &Item<'_>, context: &Context<'_>) -> Option<crate::value::Columns> {
    let table = match &host.spec.subject {
        Subject::Table(table) => table,
        _ => over(host.spec)?,
    };
    // It is reported where the component itself is checked.
    let typed = context.expr(table, host.reader(), &mut Diagnostics::default());
    context.table_of(&typed.expr, &typed.ty).map(|table| table.columns.clone())
}

/// Reports a component that stands for rows and cannot, and one with such that cannot tell its rows apart.
pub(super) fn check(
    (id, item): (ComponentId, &Item<'_>),
    keys: &Keys<'_>,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) {
    if item.spec.kind.name == "repeat" && widget::prop(item.spec, "key").is_none() {
        report_no_key(id, item, context, diagnostics);
    }
    let Some(host) = item.row_of.map(|host| context.outline.item(host)) else {
        return check_key((id, item), keys, context, diagnostics);
    };
    let kind = item.spec.kind.name;
    if host.spec.kind.name == "table" {
        if !matches!(kind, "button" | "link_button") {
            let message = format!("a `{kind}` is no action of a row");
            diagnostics
                .report(&code::VALUE, item.spec.span, message)
                .help("`row_actions` lists `button` and `link_button`");
        }
        return;
    }
    let help = match kind {
        "repeat" | "table" => "show the rows of a row by `details`, a chart or a list in a text",
        "form" => "its widgets need none: a `button` beside them sends them too, `with: { text: state.text }`",
        "dialog" => {
            "one dialog behind the rows serves them all: a button sets a key, such as `chosen: row.id`, and opens it"
        }
        "download_button" | "file_upload" => "write it outside, once for all rows",
        _ => {
            check_key((id, item), keys, context, diagnostics);
            return;
        }
    };
    let message = format!("a `{kind}` cannot stand in `repeat`");
    diagnostics.report(&code::VALUE, item.spec.span, message).label(host.spec.span, "the rows").help(help);
}

/// Rows whose components act are told apart by a column.
fn report_no_key(id: ComponentId, item: &Item<'_>, context: &Context<'_>, diagnostics: &mut Diagnostics) {
    let acts = |item: &Item<'_>| item.row_of == Some(id) && item.spec.kind.is_interactive();
    let Some((_, acting)) = context.outline.iter().find(|(_, item)| acts(item)) else { return };
    let kind = acting.spec.kind.name;
    let message = format!("`repeat` needs `key`: what is done to this `{kind}` is done for one row");
    diagnostics
        .report(&code::MISSING_KEY, item.spec.span, message)
        .label(acting.spec.span, "this one acts")
        .help("name a column whose values differ from row to row: `key: id`");
}

/// What is not declared belongs to the rows of one component, and a chart has none of its own.
fn check_key(
    (id, item): (ComponentId, &Item<'_>),
    keys: &Keys<'_>,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) {
    let Some(bound) = keys.bound(id).filter(|bound| keys.key(*bound).declared.is_none()) else { return };
    let named = context.named(bound);
    let is_chart = item.spec.kind.family == Family::Chart && item.row_of.is_some();
    if context.names.row_of(bound) == item.row_of && !is_chart {
        return;
    }
    let message = if is_chart {
        format!("the chart of each row would select a `{}` of its own", named.name)
    } else {
        format!("the key `{}` is one for each row here, and another one elsewhere", named.name)
    };
    let diagnostic = diagnostics.report(&code::VALUE, item.spec.span, message);
    if !is_chart {
        diagnostic.label(named.span, "declared by this widget");
    }
    diagnostic.help(format!("declare it to have one for all: `state: {{ {}: {{ type: … }} }}`", named.name));
}
