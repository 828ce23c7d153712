//! Values bound where SQL names a column or a table: they would be texts there, and sort or group nothing.

use super::program::Ref;
use crate::diagnostic::{Diagnostics, code};
use crate::expr::{Expr, ExprKind, Part, Template};

/// Reports each expression of an SQL template that stands in the place of a name and gives none.
pub(super) fn check(sql: &Template<Ref>, diagnostics: &mut Diagnostics) {
    Reader::default().parts(&sql.parts, diagnostics);
}

/// Reads SQL word by word.
#[derive(Default)]
struct Reader {
    /// The last two words or marks, in small letters, the last one in front.
    last: [String; 2],
    /// For each open parenthesis, and outside of all, whether a `select` or `delete` stands in it: the `from` of
    /// `extract(day from …)` belongs to none.
    selects: Vec<bool>,
}

impl Reader {
    fn parts(&mut self, parts: &[Part<Ref>], diagnostics: &mut Diagnostics) {
        for part in parts {
            match part {
                Part::Text(text) => self.text(&text.text),
                Part::Emit(expr, _) => {
                    if !is_identifier(expr) && self.expects_name() {
                        report(expr, diagnostics);
                    }
                    self.word("?");
                }
                Part::If { then, otherwise, .. } => {
                    let before = (self.last.clone(), self.selects.clone());
                    self.parts(then, diagnostics);
                    (self.last, self.selects) = before;
                    self.parts(otherwise, diagnostics);
                }
                Part::For { body, otherwise, .. } => {
                    self.parts(body, diagnostics);
                    self.parts(otherwise, diagnostics);
                }
                Part::Set { .. } => {}
                Part::Optional(inner) => self.parts(inner, diagnostics),
            }
        }
    }

    fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let length = match first {
                '\'' | '"' | '`' => rest.get(1..).and_then(|inside| inside.find(first)).map_or(rest.len(), |at| at + 2),
                '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
                '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |at| at + 2),
                c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
                c => c.len_utf8(),
            };
            let (token, behind) = rest.split_at(length);
            let is_blank = first.is_whitespace() || token.starts_with("--") || token.starts_with("/*");
            if !is_blank {
                self.word(token);
            }
            rest = behind;
        }
    }

    fn word(&mut self, word: &str) {
        let word = word.to_ascii_lowercase();
        if self.selects.is_empty() {
            self.selects.push(false);
        }
        match word.as_str() {
            "(" => self.selects.push(false),
            ")" if self.selects.len() > 1 => drop(self.selects.pop()),
            "select" | "delete" => self.selects.last_mut().into_iter().for_each(|selects| *selects = true),
            _ => {}
        }
        let [last, _] = std::mem::take(&mut self.last);
        self.last = [word, last];
    }

    /// Whether what comes next is the name of a column or of a table.
    fn expects_name(&self) -> bool {
        let [last, before] = &self.last;
        match last.as_str() {
            "by" => matches!(before.as_str(), "order" | "group" | "partition"),
            "from" => before != "distinct" && self.selects.last() == Some(&true),
            "join" | "." => true,
            "into" => before == "insert",
            _ => false,
        }
    }
}

fn is_identifier(expr: &Expr<Ref>) -> bool {
    matches!(&expr.kind, ExprKind::Filter { function, .. } if function.name == "identifier")
}

fn report(expr: &Expr<Ref>, diagnostics: &mut Diagnostics) {
    diagnostics
        .report(&code::SQL, expr.span, "a value is bound where the name of a column or table belongs")
        .here("a text here, no name")
        .help("choose a name from a list: `{{ … | identifier([\"day\", \"week\"]) }}`");
}
