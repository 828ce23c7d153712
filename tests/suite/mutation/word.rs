//! Words in expressions and SQL, and the slips of a finger that misspell them.

use std::collections::BTreeSet;
use std::ops::Range;

/// A piece of an expression or of SQL.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) at: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Word,
    Number,
    /// With its quotes.
    Text,
    /// `==` and the like are one.
    Sign,
    /// `{{ … }}`
    Emit,
    /// `{% … %}`
    Statement,
    /// `[[` or `]]`
    Optional,
}

/// The pieces of `text`; those of templates are found only where `is_template`.
pub(super) fn tokens(text: &str, is_template: bool) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (kind, length) = if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else if is_template && rest.starts_with("{{") {
            (TokenKind::Emit, closed(rest, "}}"))
        } else if is_template && rest.starts_with("{%") {
            (TokenKind::Statement, closed(rest, "%}"))
        } else if is_template && (rest.starts_with("[[") || rest.starts_with("]]")) {
            (TokenKind::Optional, 2)
        } else if first.is_alphabetic() || first == '_' {
            (TokenKind::Word, length_of(rest, |c| c.is_alphanumeric() || c == '_'))
        } else if first.is_ascii_digit() {
            (TokenKind::Number, length_of(rest, |c| c.is_ascii_digit() || c == '.'))
        } else if first == '\'' || first == '"' {
            (TokenKind::Text, rest[1..].find(first).map_or(rest.len(), |end| end + 2))
        } else {
            let is_double = ["==", "!=", "<=", ">=", "<>", "//", "**"].iter().any(|sign| rest.starts_with(sign));
            (TokenKind::Sign, if is_double { 2 } else { first.len_utf8() })
        };
        tokens.push(Token { kind, at: at..at + length });
        at += length;
    }
    tokens
}

fn length_of(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

/// The length of what ends with `end`, which may also stand within quotes.
fn closed(text: &str, end: &str) -> usize {
    let mut quote = None;
    for (at, char) in text.char_indices() {
        match quote {
            Some(open) if open == char => quote = None,
            Some(_) => {}
            None if char == '\'' || char == '"' => quote = Some(char),
            None if at >= 2 && text[at..].starts_with(end) => return at + end.len(),
            None => {}
        }
    }
    text.len()
}

/// The parts of a text template that are expressions, and the words that begin its statements.
pub(super) fn parts(text: &str) -> Vec<(TokenKind, Range<usize>)> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find("{{").into_iter().chain(text[at..].find("{%")).min() {
        let start = at + found;
        let (kind, end) =
            if text[start..].starts_with("{{") { (TokenKind::Emit, "}}") } else { (TokenKind::Statement, "%}") };
        let length = closed(&text[start..], end);
        parts.push((kind, start..start + length));
        at = start + length;
    }
    parts
}

/// Four slips: a letter is left out, doubled, swapped with the next one, struck beside. None of them is among `taken`.
pub(super) fn misspellings(word: &str, taken: &BTreeSet<String>) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let count = letters.len();
    // Which letter is hit differs from word to word, and is the same in every run.
    let from = word.bytes().map(usize::from).sum::<usize>();
    let places = || (0..count).map(move |step| (from + step) % count);
    let is_new = |slip: &String| {
        slip != word && !taken.contains(&slip.to_lowercase()) && slip.starts_with(|c: char| c.is_alphabetic())
    };
    let at = |place: usize| letters.get(place).copied().filter(|letter| letter.is_alphanumeric());
    let with = |place: usize, length: usize, new: &[char]| {
        letters[..place].iter().chain(new).chain(&letters[place + length..]).collect::<String>()
    };
    let dropped = places().filter(|_| count > 2).filter(|place| at(*place).is_some()).map(|place| with(place, 1, &[]));
    let doubled = places().filter_map(|place| at(place).map(|letter| with(place, 1, &[letter, letter])));
    let swapped = places().filter_map(|place| {
        let (first, second) = (at(place)?, at(place + 1)?);
        Some(with(place, 2, &[second, first]))
    });
    let struck = places().flat_map(|place| ['q', 'k', 'z', 'w'].map(|letter| (place, letter)));
    let struck = struck.filter(|(place, _)| at(*place).is_some()).map(|(place, letter)| with(place, 1, &[letter]));
    let slips: [Vec<String>; 4] = [dropped.collect(), doubled.collect(), swapped.collect(), struck.collect()];
    let mut found: Vec<String> = slips.into_iter().filter_map(|slips| slips.into_iter().find(is_new)).collect();
    found.sort();
    found.dedup();
    found
}

/// The words of any text.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}
