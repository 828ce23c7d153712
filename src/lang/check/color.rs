//! Colours that are written out.

use super::columns::Table;
use crate::diagnostic::{Diagnostics, code};
use crate::expr::Template;
use crate::source::Span;
use crate::value::{MEANINGS, Scalar, Type, color_names, is_color};

/// A constant must be a colour or a column of the component's table; of a table whose columns are not known it may be
/// one.
pub(super) fn check(text: &Template, has_table: bool, table: Option<&Table<'_>>, diagnostics: &mut Diagnostics) {
    let Some(written) = text.constant() else { return };
    let written = written.trim();
    let is_known = table.is_some_and(|table| !table.columns.is_open());
    let may_be_column = has_table && !is_known && !written.starts_with('#');
    if may_be_column || MEANINGS.contains(&written) || is_color(written) {
        return;
    }
    match table {
        Some(table) if table.columns.named(written).is_some() => {}
        Some(table) if !written.starts_with('#') => {
            let help = "it takes a column, or a colour of CSS such as `#0f766e` or `teal`";
            table.report(written, text.span, diagnostics).help(help);
        }
        _ => report(written, text.span, diagnostics),
    }
}

/// A constant that is meant for a key of colours must be one.
pub(super) fn check_constant(value: &Scalar, ty: &Type, span: Span, diagnostics: &mut Diagnostics) {
    if let Some(written) = value.as_text().filter(|text| *ty.inner() == Type::Color && !is_color(text)) {
        report(written, span, diagnostics);
    }
}

fn report(written: &str, span: Span, diagnostics: &mut Diagnostics) {
    let diagnostic = diagnostics.report(&code::VALUE, span, format!("`{written}` is no color"));
    diagnostic.nearest(written, color_names().chain(MEANINGS.iter().copied()));
    diagnostic.help("a color of CSS is meant, such as `#0f766e` or `teal`");
}
