//! What the words of expressions and of text templates are.

use std::ops::Range;

use appspec_lang::source::SourceText;

use super::super::word::{Token, TokenKind, parts, tokens};
use super::{Literal, Meets, Reader, Thing, Vocabulary, What, range};

const KEYWORDS: &[&str] = &["if", "else", "not", "and", "or", "in", "is", "none", "true", "false"];
const NAMESPACES: &[&str] = &["state", "values", "params", "user", "app", "page", "row", "result"];
/// Functions and filters whose arguments have one type.
const STRICT: &[&str] = &["days", "number", "percent", "join"];
const OPERATORS: &[&str] = &["+", "-", "*", "/", "<", ">", "<=", ">=", "==", "!="];

/// The words of a text, and where they are.
pub(super) fn named(text: &str) -> Vec<(Range<usize>, &str)> {
    let all = tokens(text, false).into_iter();
    all.filter(|token| token.kind == TokenKind::Word).map(|token| (token.at.clone(), &text[token.at])).collect()
}

impl Reader<'_> {
    /// A text template, or text that is none.
    pub(super) fn template(&mut self, source: &SourceText, has_expressions: bool) {
        let parts = if has_expressions { parts(&source.text) } else { Vec::new() };
        let mut from = 0;
        for (kind, at) in parts {
            self.prose(source, from..at.start);
            from = at.end;
            self.braced(source, kind, at);
        }
        self.prose(source, from..source.text.len());
    }

    /// `{{ … }}`, or `{% … %}` with its first word.
    pub(super) fn braced(&mut self, source: &SourceText, kind: TokenKind, at: Range<usize>) {
        let inner = at.start + 2..at.end - 2;
        if kind == TokenKind::Emit {
            self.expression(source, inner);
            return;
        }
        let Some((first, _)) = named(&source.text[inner.clone()]).into_iter().next() else { return };
        self.word(source, inner.start + first.start..inner.start + first.end, What::Word(Vocabulary::Keyword));
        self.expression(source, inner.start + first.end..inner.end);
    }

    fn prose(&mut self, source: &SourceText, at: Range<usize>) {
        for (word, _) in named(&source.text[at.clone()]) {
            // The shortest words are hardly ever misspelled into other ones.
            if word.len() > 3 {
                self.word(source, at.start + word.start..at.start + word.end, What::Prose);
            }
        }
    }

    pub(super) fn expression(&mut self, source: &SourceText, at: Range<usize>) {
        let text = source.text[at.clone()].to_owned();
        let all = tokens(&text, false);
        let mut table = None;
        for (index, token) in all.iter().enumerate() {
            let here = at.start + token.at.start..at.start + token.at.end;
            match token.kind {
                TokenKind::Word => {
                    let what = self.what(&text, &all, index, &mut table);
                    if let Some(what) = what {
                        self.word(source, here, what);
                    }
                }
                TokenKind::Number | TokenKind::Text => {
                    let span = range(source.span_of(here));
                    let is_number = token.kind == TokenKind::Number;
                    if let Some(meets) = meets(&text, &all, index) {
                        self.demo.literals.push(Literal { file: self.file, at: span, is_number, meets });
                    }
                }
                _ => {}
            }
        }
    }

    fn what(&self, text: &str, all: &[Token], index: usize, table: &mut Option<String>) -> Option<What> {
        let near = |index: usize| all.get(index).map_or("", |token| &text[token.at.clone()]);
        let before = |steps: usize| index.checked_sub(steps).map_or("", near);
        let (word, next) = (near(index), near(index + 1));
        if before(1) == "." {
            let base = before(2);
            if base == "state" && self.is_table(word) {
                *table = Some(word.to_owned());
            }
            return match base {
                "state" => Some(What::Refers(Thing::State)),
                "values" => Some(What::Refers(Thing::Value)),
                query if self.is_declared(&Thing::Query, query) => Some(What::Refers(Thing::Column(query.to_owned()))),
                _ => None,
            };
        }
        if before(1) == "|" {
            return Some(What::Word(Vocabulary::Filter));
        }
        if next == "(" && !KEYWORDS.contains(&word) {
            return Some(What::Word(Vocabulary::Function));
        }
        if next == "=" {
            return table.clone().map(|table| What::Refers(Thing::Column(table)));
        }
        if KEYWORDS.contains(&word) || NAMESPACES.contains(&word) {
            return Some(What::Word(Vocabulary::Keyword));
        }
        if self.is_declared(&Thing::Query, word) {
            *table = Some(word.to_owned());
            return Some(What::Refers(Thing::Query));
        }
        None
    }

    fn is_table(&self, name: &str) -> bool {
        super::columns_of(self.page(), name).is_some()
    }
}

/// What a literal meets, if that must be of its own type.
fn meets(text: &str, all: &[Token], index: usize) -> Option<Meets> {
    let near = |index: usize| all.get(index).map_or("", |token| &text[token.at.clone()]);
    let before = |steps: usize| index.checked_sub(steps).map_or("", near);
    let next = near(index + 1);
    if before(1) == "(" && next == ")" && STRICT.contains(&before(2)) {
        return Some(Meets::Argument);
    }
    // `where(column=0)`
    if before(1) == "=" && next == ")" {
        return Some(Meets::Operand);
    }
    let is_operand = OPERATORS.contains(&before(1)) && index > 1 || OPERATORS.contains(&next);
    is_operand.then_some(Meets::Operand)
}
