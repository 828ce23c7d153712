//! The cells of grids, and who stands in them.

use super::outline::{Item, Outline};
use super::widget::{literal, prop};
use crate::diagnostic::{Diagnostics, code};
use crate::source::{Span, Spanned};
use crate::spec::{Areas, Name, Prop};
use crate::value::Scalar;

/// More columns than these are too narrow on any screen.
const MOST_COLUMNS: i64 = 12;

/// A column wider than this fits on no phone, and on few screens twice.
const WIDEST: i64 = 2000;

/// Checks all grids of a page, and that nothing claims an area where there is none.
pub(super) fn check(outline: &Outline<'_>, diagnostics: &mut Diagnostics) {
    for (_, item) in outline.iter() {
        if item.spec.kind.name == "grid" {
            check_grid(item, outline, diagnostics);
        }
        let is_in_areas = item.parent.is_some_and(|parent| areas_of(outline.item(parent)).is_some());
        if let Some(area) = prop(item.spec, "area").filter(|_| !is_in_areas) {
            let message = "`area` is for what stands directly in a `grid` that has `areas`";
            diagnostics.report(&code::VALUE, area.span, message);
        }
    }
}

fn areas_of<'i>(item: &'i Item<'_>) -> Option<(&'i Areas, Span)> {
    prop(item.spec, "areas").and_then(|prop| match &prop.value {
        Prop::Areas(areas) => Some((areas, prop.span)),
        _ => None,
    })
}

fn check_grid(item: &Item<'_>, outline: &Outline<'_>, diagnostics: &mut Diagnostics) {
    let number = |name: &str| match (literal(item.spec, name), prop(item.spec, name)) {
        (Some(Scalar::Int(number)), Some(prop)) => Some((*number, prop.span)),
        _ => None,
    };
    if let Some((columns, span)) = number("columns").filter(|(columns, _)| *columns > MOST_COLUMNS) {
        let message = format!("a grid has at most {MOST_COLUMNS} columns, and this is {columns}");
        diagnostics.report(&code::VALUE, span, message);
    }
    if let Some((_, span)) = number("min_width").filter(|(width, _)| *width > WIDEST) {
        let message = format!("no column is wider than {WIDEST} pixels");
        diagnostics.report(&code::VALUE, span, message);
    }
    // Without rows, what is wrong with them was reported.
    let Some((areas, span)) = areas_of(item).filter(|(areas, _)| !areas.is_empty()) else { return };
    if let Some((_, columns)) = number("columns") {
        let message = "`areas` says how many columns there are";
        diagnostics.report(&code::VALUE, columns, message).label(span, "here").help("leave `columns` out");
    }
    let claims = claims(item, areas, outline, diagnostics);
    for (name, at) in names(areas) {
        if !is_rectangle(areas, &name) {
            let message = format!("the cells of the area `{name}` make no rectangle");
            diagnostics.report(&code::VALUE, at, message);
        }
        if !claims.iter().any(|claim| claim.value == name) {
            let message = format!("nothing stands in the area `{name}`");
            diagnostics.report(&code::SUSPICIOUS, at, message).help(format!("a child claims it with `area: {name}`"));
        }
    }
}

/// What the children claim; who claims nothing, what is not there or what is taken is reported.
fn claims(item: &Item<'_>, areas: &Areas, outline: &Outline<'_>, diagnostics: &mut Diagnostics) -> Vec<Spanned<Name>> {
    let names = names(areas);
    let known = || names.iter().map(|(name, _)| &**name);
    let mut claims: Vec<Spanned<Name>> = Vec::new();
    for child in &item.children {
        let child = outline.item(*child).spec;
        let (Some(Scalar::Text(area)), Some(written)) = (literal(child, "area"), prop(child, "area")) else {
            // A dialog takes no place on the page.
            if child.kind.name != "dialog" {
                let message = format!("this `{}` has no place in the grid", child.kind.name);
                let list = known().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                let diagnostic = diagnostics.report(&code::MISSING_KEY, child.span, message);
                diagnostic.help(format!("give it an `area`: one of {list}"));
            }
            continue;
        };
        let claim = Spanned::new(Name::from(&**area), written.span);
        if !known().any(|name| *name == **area) {
            let message = format!("the grid has no area `{area}`");
            diagnostics.report(&code::UNKNOWN_NAME, claim.span, message).nearest(area, known());
        } else if let Some(first) = claims.iter().find(|first| first.value == claim.value) {
            let message = format!("two components claim the area `{area}`");
            let diagnostic = diagnostics.report(&code::VALUE, claim.span, message);
            diagnostic.label(first.span, "the first").help("put them into a `group` that claims it");
        } else {
            claims.push(claim);
        }
    }
    claims
}

/// The areas of a grid, each once, with the first of their places.
fn names(areas: &Areas) -> Vec<(Name, Span)> {
    let mut names: Vec<(Name, Span)> = Vec::new();
    for cell in areas.iter().flatten().flatten() {
        if !names.iter().any(|(name, _)| *name == cell.value) {
            names.push((cell.value.clone(), cell.span));
        }
    }
    names
}

/// Whether the cells of an area are all those between its first and its last row and column.
fn is_rectangle(areas: &Areas, name: &Name) -> bool {
    let mut cells = Vec::new();
    for (row, names) in areas.iter().enumerate() {
        for (column, cell) in names.iter().enumerate() {
            if cell.as_ref().is_some_and(|cell| cell.value == *name) {
                cells.push((row, column));
            }
        }
    }
    let span = |of: fn(&(usize, usize)) -> usize| {
        let all = cells.iter().map(of);
        all.clone().max().unwrap_or_default() - all.min().unwrap_or_default() + 1
    };
    span(|(row, _)| *row) * span(|(_, column)| *column) == cells.len()
}
