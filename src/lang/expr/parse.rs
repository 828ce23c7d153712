//! Text to [`Expr`], by minijinja's parser; what it complains about is said again in our words.

use std::ops::Range;

use minijinja::machinery::{ast, parse, parse_expr};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Error, ErrorKind};

use super::convert::Converter;
use super::scan::{self, Fault};
use super::{Expr, Part};
use crate::diagnostic::{Code, Diagnostics, code};
use crate::source::SourceText;

/// Reads an expression; what is wrong with it is reported at its own byte.
pub fn parse_expression(source: &SourceText, diagnostics: &mut Diagnostics) -> Option<Expr> {
    let text = &*source.text;
    let parsed = precheck(text).and_then(|()| parse_expr(text).map_err(|error| explain(text, &error)));
    match parsed {
        Ok(ast) => Converter::new(source, diagnostics).whole(&ast),
        Err(fault) => {
            fault.report(&code::EXPRESSION, source, diagnostics);
            None
        }
    }
}

fn precheck(text: &str) -> Result<(), Fault> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Fault::new(0..text.len(), "the expression is empty"));
    }
    if let Some(inner) = trimmed.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")) {
        return Err(Fault::new(0..text.len(), "`{{ }}` stands around an expression")
            .help(format!("an expression is written bare: `{}`", inner.trim())));
    }
    scan::check_expression(text)
}

/// Reads a template whose tags are known to be closed, as the parts that `converter` makes of it.
pub(super) fn parse_parts(source: &SourceText, converter: &mut Converter<'_>) -> Option<Vec<Part>> {
    let mut syntax = SyntaxConfig::builder();
    let syntax = syntax.keep_trailing_newline(true).build().expect("the delimiters are Jinja's own");
    match parse(&source.text, "", syntax) {
        Ok(ast::Stmt::Template(template)) => converter.parts(&template.children),
        Ok(_) => Some(Vec::new()),
        Err(error) => {
            converter.fault(explain(&source.text, &error));
            None
        }
    }
}

/// The parser's complaint, in our words.
fn explain(text: &str, error: &Error) -> Fault {
    let at = error.range().unwrap_or(0..0);
    // The parser ends the range of a character that it does not know one byte behind its start.
    let at = text.floor_char_boundary(at.start)..text.ceil_char_boundary(at.end);
    let found = text.get(at.clone()).unwrap_or_default().trim().to_owned();
    let detail = error.detail().unwrap_or_default();
    if error.kind() == ErrorKind::BadEscape {
        return Fault::new(at, "text holds a `\\` that escapes nothing").help("a backslash itself is written `\\\\`");
    }
    if let Some(expected) = detail.strip_prefix("unexpected end of input, expected ") {
        return Fault::new(at, format!("the expression ends after `{found}`, where {} is missing", word(expected)));
    }
    if let Some((_, expected)) = detail.split_once(", expected ").filter(|_| detail.starts_with("unexpected ")) {
        return with_habit(text, Fault::new(at, format!("expected {}, found `{found}`", word(expected))), &found);
    }
    let message = match detail {
        "unexpected input after expression" => format!("expected an operator or the end, found `{found}`"),
        "unexpected character" => format!("`{found}` is not part of expressions"),
        "non-keyword arg after keyword arg" => "an argument without a name stands behind one with a name".to_owned(),
        "template exceeds maximum recursion limits" => "the expression is nested too deep".to_owned(),
        "empty subscript" => "`[ ]` holds no index".to_owned(),
        "'_' may not occur at end of number" | "invalid float" | "invalid integer (too large)" => {
            "this number cannot be read".to_owned()
        }
        _ if detail.starts_with("cannot assign to reserved") => format!("`{found}` is reserved"),
        _ if detail.starts_with("unexpected ") => format!("expected a value, found `{found}`"),
        _ => "the expression cannot be read".to_owned(),
    };
    with_habit(text, Fault::new(at, message), &found)
}

/// What the parser expected, in the author's words.
fn word(expected: &str) -> String {
    match expected {
        "end of variable block" => "an operator or `}}`".to_owned(),
        "end of block" => "an operator or `%}`".to_owned(),
        "identifier" => "a name".to_owned(),
        "identifier or integer" => "a name or a number".to_owned(),
        "expression" => "a value".to_owned(),
        "assignment operator" => "`=`".to_owned(),
        "in" => "`in`".to_owned(),
        other => other.to_owned(),
    }
}

/// Adds what a habit from another language is called here.
fn with_habit(text: &str, fault: Fault, found: &str) -> Fault {
    let next = text.get(fault.at.end..).unwrap_or_default();
    let before = text.get(..fault.at.start).unwrap_or_default().trim_end();
    let help = match found {
        "=" => "`==` compares",
        "&" => "write `and`",
        "|" if before.ends_with('|') || next.starts_with('|') => "write `or`",
        "!" => "write `not`",
        "?" => "write `a if test else b`",
        ">" if before.ends_with('<') => "write `!=`",
        _ => return fault,
    };
    fault.help(help)
}

/// Reports a fault of `source`.
pub(super) fn reject<T>(fault: Fault, code: &'static Code, source: &SourceText, out: &mut Diagnostics) -> Option<T> {
    fault.report(code, source, out);
    None
}

/// The range of a token of minijinja.
pub(super) fn range(span: minijinja::machinery::Span) -> Range<usize> {
    span.start_offset as usize..span.end_offset as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::{parse_sql, parse_text};
    use crate::source::{FileId, Span};

    const PIECES: &[&str] = &[
        "{{", "}}", "{%", "%}", "{#", "#}", "[[", "]]", "[", "]", "(", ")", "'", "\"", "`", "$$", "$a$", "--", "/*",
        "*/", "\n", " ", "if", "else", "endif", "for", "in", "endfor", "set", "elif", "raw", "endraw", "state", ".",
        "a", "|", "upper", "é", "–", "🐍", "1", "2.5", "+", "-", "~", "==", "is", "not", "none", "where", "=", ",",
        ":", "%", "{", "}", "\\", "now()", "loop", "days(",
    ];

    /// Any text is read, or what is wrong with it is reported, between two characters of it.
    #[test]
    fn no_text_is_neither_read_nor_reported() {
        let mut seed = 1_u64;
        let mut chance = |limit: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap() % limit
        };
        for _ in 0..20_000 {
            let pieces: Vec<_> = (0..=chance(13)).map(|_| PIECES[chance(PIECES.len())]).collect();
            let text = pieces.join(if chance(3) == 0 { " " } else { "" });
            let span = Span::new(FileId(0), 0, u32::try_from(text.len()).unwrap());
            let source = SourceText::verbatim(text.as_str(), span);
            let readers: [fn(&SourceText, &mut Diagnostics) -> bool; 3] = [
                |source, diagnostics| parse_expression(source, diagnostics).is_some(),
                |source, diagnostics| parse_text(source, diagnostics).is_some(),
                |source, diagnostics| parse_sql(source, diagnostics).is_some(),
            ];
            for reader in readers {
                let mut diagnostics = Diagnostics::default();
                assert_eq!(reader(&source, &mut diagnostics), diagnostics.is_empty(), "{text}");
                for at in diagnostics.sorted().into_iter().map(|diagnostic| diagnostic.primary.span) {
                    assert!(text.get(at.start as usize..at.end as usize).is_some(), "{text}: {at:?}");
                }
            }
        }
    }
}
