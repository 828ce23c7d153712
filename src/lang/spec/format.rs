//! `format:`: one filter call.

use super::lower::Lowering;
use super::{Format, Name};
use crate::diagnostic::code::{EXPRESSION, TYPE};
use crate::expr::functions::{self, Kind, Subject};
use crate::expr::types::Scope;
use crate::expr::{self, Expr, ExprKind, parse_expression};
use crate::source::{SourceText, Spanned};
use crate::syntax::{Node, NodeKind};
use crate::value::Type;

/// What stands in front of a filter call to make an expression of it.
const SUBJECT: &str = "row | ";

/// Lowers a filter call: `currency`, `percent(1)`.
pub(super) fn lower(node: &Node, ctx: &mut Lowering<'_>) -> Option<Format> {
    let source = match &node.kind {
        NodeKind::Text(text) => text,
        NodeKind::Broken => return None,
        _ => {
            let message = format!("a format is a filter call, but this is {}", node.describe());
            let usual = usual_format(ctx.sources.text(node.span));
            let diagnostic = ctx.diagnostics.report(&TYPE, node.span, message);
            match usual {
                Some(usual) => diagnostic.help(format!("write `{usual}`")),
                None => diagnostic.help("write `number(2)`, `percent(1)` or `currency`"),
            };
            return None;
        }
    };
    if let Some(usual) = usual_format(source.text.trim()) {
        let message = format!("`{}` is no format", source.text);
        ctx.diagnostics.report(&EXPRESSION, node.span, message).help(format!("a format is a filter: write `{usual}`"));
        return None;
    }
    let call = parse_expression(&behind_subject(source), ctx.diagnostics)?;
    call.ty(&Unknown, ctx.diagnostics);
    let format = read_call(call);
    if format.is_none() {
        let message = format!("`{}` is no format", source.text);
        let help = "a format is one filter call with constant arguments: `percent(1)`, `currency(\"EUR\")`";
        ctx.diagnostics.report(&EXPRESSION, node.span, message).help(help);
    }
    format
}

/// The filter that is meant by a format of a spreadsheet, of `printf`, of Python or of `strftime`: `#,##0.00`, `%.2f`,
/// `{:.1%}`, `%d.%m.%Y`.
fn usual_format(text: &str) -> Option<String> {
    let is_sheet = !text.is_empty() && text.chars().all(|char| "#0.,%$€£ ".contains(char)) && text.contains(['#', '0']);
    if is_sheet {
        let digits = text.trim_end_matches(|char| !matches!(char, '#' | '0'));
        let decimals = digits.rsplit_once('.').map_or(0, |(_, decimals)| decimals.len());
        return Some(with_decimals(text, text.contains('%'), decimals));
    }
    let inner = text.strip_prefix("{:").and_then(|inner| inner.strip_suffix('}')).unwrap_or(text);
    let spec = inner.strip_prefix('%').unwrap_or(inner).trim_start_matches(['$', ',', '+']);
    let percent =
        inner.strip_suffix("f%%").or_else(|| inner.strip_suffix('%').filter(|_| inner.starts_with(['.', ','])));
    let precision = percent.map(|rest| rest.trim_start_matches(['%', ','])).or_else(|| spec.strip_suffix(['f', 'd']));
    if let Some(precision) = precision {
        let digits = precision.strip_prefix('.').unwrap_or(precision);
        let decimals = if digits.is_empty() { Some(0) } else { digits.parse().ok() };
        let is_marked = inner != precision && (inner.starts_with(['%', '.', ',', '$']) || inner != text);
        if let Some(decimals) = decimals.filter(|_| is_marked) {
            return Some(with_decimals(text, percent.is_some(), decimals));
        }
    }
    if let Some(quoted) = quoted_form(text) {
        return Some(quoted);
    }
    let is_strftime = text.contains('%') && !text.contains(['(', '"', '\'', '|']);
    let letters = text.split('%').skip(1).all(|part| part.trim_start_matches('-').starts_with(char::is_alphabetic));
    if is_strftime && letters {
        return Some(format!("date(\"{text}\")"));
    }
    let words = text.split(|char: char| !char.is_alphanumeric());
    let units = words.map(|word| match word {
        "YYYY" | "yyyy" => Some("%Y"),
        "MM" | "mm" => Some("%m"),
        "DD" | "dd" => Some("%d"),
        _ => None,
    });
    let units: Vec<&str> = units.collect::<Option<_>>().filter(|units: &Vec<_>| units.len() == 3)?;
    let separator = text.chars().find(|char| !char.is_alphanumeric())?;
    Some(format!("date(\"{}\")", units.join(&separator.to_string())))
}

/// A filter call whose form of a date stands there without quotes: `date(%d/%m/%Y)`.
fn quoted_form(text: &str) -> Option<String> {
    let (filter, rest) = text.split_once('(')?;
    let form = rest.strip_suffix(')')?.trim();
    let is_form = form.starts_with('%') && !form.contains(['(', '"', '\'', '|']);
    (is_form && functions::find(Kind::Filter, filter.trim()).is_some())
        .then(|| format!("{}(\"{form}\")", filter.trim()))
}

fn with_decimals(text: &str, is_percent: bool, decimals: usize) -> String {
    match text.chars().find(|char| "$€£".contains(*char)) {
        _ if is_percent => format!("percent({decimals})"),
        Some('$') => format!("currency(\"USD\", {decimals})"),
        Some('€') => format!("currency(\"EUR\", {decimals})"),
        Some(_) => format!("currency(\"GBP\", {decimals})"),
        None => format!("number({decimals})"),
    }
}

/// What stands in front of the call, of which nothing is known: only the arguments are checked.
struct Unknown;

impl Scope<expr::Name> for Unknown {
    fn type_of(&self, _: &expr::Name) -> Type {
        Type::Any
    }

    fn describe(&self, _: &expr::Name) -> String {
        "the value".to_owned()
    }
}

/// The call as a whole expression, each byte of it still at its place.
fn behind_subject(source: &SourceText) -> SourceText {
    let offset = u32::try_from(SUBJECT.len()).expect("it is a few bytes");
    let at_start = (0, source.span.start);
    let bytes = (0u32..).zip(0..source.text.len()).map(|(at, byte)| (offset + at, source.span_of(byte..byte).start));
    let runs = std::iter::once(at_start).chain(bytes).collect();
    SourceText::mapped(format!("{SUBJECT}{}", source.text), source.span, runs)
}

fn read_call(call: Expr) -> Option<Format> {
    let ExprKind::Filter { function, name, base, args, columns } = call.kind else { return None };
    let takes_values = function.subjects.iter().any(|subject| !matches!(subject, Subject::Table | Subject::List));
    let is_single = matches!(base.kind, ExprKind::Ref(expr::Name::Row)) && columns.is_empty();
    let args = args.iter().map(Expr::constant).collect::<Option<Vec<_>>>()?;
    (is_single && takes_values).then(|| Format { filter: Spanned::new(Name::from(function.name), name), args })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_other_languages_are_filters() {
        for (text, wanted) in [
            ("0.0%", "percent(1)"),
            ("0%", "percent(0)"),
            ("#,##0", "number(0)"),
            ("#,##0.00", "number(2)"),
            ("0.00", "number(2)"),
            ("$#,##0.00", "currency(\"USD\", 2)"),
            ("#,##0 €", "currency(\"EUR\", 0)"),
            ("%.2f", "number(2)"),
            ("%d", "number(0)"),
            (".2f", "number(2)"),
            (",.0f", "number(0)"),
            ("$,.2f", "currency(\"USD\", 2)"),
            ("{:.1%}", "percent(1)"),
            (".1%", "percent(1)"),
            ("%.1f%%", "percent(1)"),
            ("{:,.2f}", "number(2)"),
            ("%d.%m.%Y", "date(\"%d.%m.%Y\")"),
            ("%-d %b", "date(\"%-d %b\")"),
            ("YYYY-MM-DD", "date(\"%Y-%m-%d\")"),
            ("dd.mm.yyyy", "date(\"%d.%m.%Y\")"),
            ("date(%d/%m/%Y)", "date(\"%d/%m/%Y\")"),
            ("percent(1)", ""),
            ("elephant(%d)", ""),
            ("number", ""),
            ("f", ""),
            ("d", ""),
            ("date(\"%d\")", ""),
            ("", ""),
            ("%", ""),
            ("$", ""),
        ] {
            assert_eq!(usual_format(text).unwrap_or_default(), wanted, "{text}");
        }
    }
}
