//! SQL templates: every `{{ }}` is a bound parameter, `[[ ]]` an optional part.
//!
//! `[[ ]]` is no Jinja. A scanner that knows the quotes and comments of SQL and the tags of Jinja finds the optional
//! parts; for the parser each is covered by a tag of the same length, and is parsed alone, at its own offsets.

use std::ops::Range;

use super::convert::Converter;
use super::parse::{parse_parts, reject};
use super::scan::{self, Fault, Nesting, TagKind};
use super::{Part, Template};
use crate::diagnostic::{Diagnostics, code};
use crate::source::SourceText;

/// Reads an SQL template; what is wrong with it is reported at its own byte.
pub fn parse_sql(source: &SourceText, diagnostics: &mut Diagnostics) -> Option<Template> {
    let mut scanner = Scanner::new(&source.text);
    if let Err(fault) = scanner.run() {
        return reject(fault, &code::SQL, source, diagnostics);
    }
    let Scanner { comments, optionals, .. } = scanner;
    let source = covered(source, &comments, b' ');
    let outer = covered(&source, &optionals, b'{');
    let mut converter = Converter::new(&outer, diagnostics);
    converter.optionals = optionals.iter().map(|at| (at.clone(), source.slice(at.start + 2..at.end - 2))).collect();
    Some(Template { parts: converter.template()?, span: source.span })
}

/// The source with some ranges blanked, or, for `{`, each covered by one tag.
///
/// All bytes keep their place.
fn covered(source: &SourceText, ranges: &[Range<usize>], with: u8) -> SourceText {
    if ranges.is_empty() {
        return source.clone();
    }
    let mut bytes = source.text.as_bytes().to_vec();
    for range in ranges {
        for byte in bytes.get_mut(range.clone()).into_iter().flatten().filter(|byte| **byte != b'\n') {
            *byte = b' ';
        }
        if with == b'{' {
            let tag = [(range.start, b'{'), (range.start + 1, b'{'), (range.start + 2, b'0')];
            for (at, byte) in tag.into_iter().chain([(range.end - 2, b'}'), (range.end - 1, b'}')]) {
                if let Some(place) = bytes.get_mut(at) {
                    *place = byte;
                }
            }
        }
    }
    let text = String::from_utf8(bytes).expect("whole characters were replaced by ASCII");
    source.with_text(text)
}

impl Converter<'_> {
    /// The source of the optional part that a tag at this byte covers.
    pub(super) fn optional_at(&self, start: usize) -> Option<SourceText> {
        self.optionals.iter().find(|(at, _)| at.start == start).map(|(_, source)| source.clone())
    }

    pub(super) fn optional(&mut self, source: &SourceText) -> Option<Part> {
        let mut inner = self.inside(source);
        let parts = parse_parts(source, &mut inner);
        let failed = inner.failed;
        self.failed |= failed;
        parts.map(Part::Optional)
    }
}

/// What the scanner is within.
#[derive(Clone, Copy)]
enum Quote {
    /// `'…'`, `"…"` or `` `…` ``; the mark doubled stands for itself.
    Mark(u8),
    /// From `$tag$` to `$tag$`, by the bytes of the first.
    Dollar(usize, usize),
}

/// A `[` or `[[` that is open.
struct Bracket {
    at: usize,
    is_double: bool,
    /// Whether a `{{ }}` has come since.
    emits: bool,
    /// How many statements are open around it.
    depth: usize,
    /// A statement that belongs to one of those.
    crossed: Option<Range<usize>>,
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    brackets: Vec<Bracket>,
    nesting: Nesting,
    /// Comments that hold tags: nothing in them counts.
    comments: Vec<Range<usize>>,
    optionals: Vec<Range<usize>>,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Self {
        let nesting = Nesting::default();
        Self { text, at: 0, brackets: Vec::new(), nesting, comments: Vec::new(), optionals: Vec::new() }
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn run(&mut self) -> Result<(), Fault> {
        while !self.rest().is_empty() {
            match self.rest() {
                rest if scan::opens_tag(rest) => self.tag()?,
                [b'-', b'-', ..] => self.comment("\n"),
                [b'/', b'*', ..] => self.comment("*/"),
                [mark @ (b'\'' | b'"' | b'`'), ..] => self.quoted(Quote::Mark(*mark), 1)?,
                [b'$', ..] => self.dollar()?,
                [b'[', ..] => self.open(),
                [b']', ..] => self.close()?,
                _ => self.at += 1,
            }
        }
        if let Some(open) = self.brackets.iter().find(|bracket| bracket.is_double && bracket.emits) {
            return Err(Fault::new(open.at..open.at + 2, "`[[` is not closed by `]]`"));
        }
        std::mem::take(&mut self.nesting).finish()
    }

    fn tag(&mut self) -> Result<(), Fault> {
        let tag = scan::tag_at(self.text, self.at)?;
        if let Some((name, at)) = tag.keyword(self.text) {
            let before = self.nesting.depth();
            self.nesting.statement(name, at.clone())?;
            let lowest = if matches!(name, "else" | "elif") { before - 1 } else { self.nesting.depth() };
            for bracket in self.brackets.iter_mut().filter(|bracket| bracket.depth > lowest) {
                bracket.crossed.get_or_insert(at.clone());
            }
        }
        if tag.kind == TagKind::Emit {
            self.brackets.iter_mut().for_each(|bracket| bracket.emits = true);
        }
        self.at = tag.at.end;
        Ok(())
    }

    /// Passes a comment over; one that holds a tag is left out of the template.
    fn comment(&mut self, end: &str) {
        let inside = self.text.get(self.at + 2..).unwrap_or_default();
        let length = inside.find(end).map_or(inside.len(), |at| at + end.trim_start().len());
        let comment = self.at..self.at + 2 + length;
        if inside.get(..length).is_some_and(|inside| scan::next_tag(inside, 0).is_some()) {
            self.comments.push(comment.clone());
        }
        self.at = comment.end;
    }

    fn dollar(&mut self) -> Result<(), Fault> {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let name = self.rest().iter().skip(1).take_while(|byte| is_word(byte)).count();
        let follows_word = self.at.checked_sub(1).and_then(|at| self.text.as_bytes().get(at)).is_some_and(is_word);
        if follows_word || self.rest().get(name + 1) != Some(&b'$') {
            self.at += 1;
            return Ok(());
        }
        self.quoted(Quote::Dollar(self.at, self.at + name + 2), name + 2)
    }

    /// Passes a quoted text over, from its opening mark of this length.
    fn quoted(&mut self, quote: Quote, length: usize) -> Result<(), Fault> {
        let opening = self.at..self.at + length;
        self.at = opening.end;
        while !self.rest().is_empty() {
            if let Some(length) = self.closes(quote) {
                self.at += length;
                return Ok(());
            }
            match (self.rest(), quote) {
                ([first, second, ..], Quote::Mark(mark)) if *first == mark && *second == mark => self.at += 2,
                ([b'{', b'{', ..], _) => return Err(self.emit_in_quotes(opening, quote)),
                (rest, _) if scan::opens_tag(rest) => self.tag()?,
                _ => self.at += 1,
            }
        }
        Ok(())
    }

    /// The length of what closes `quote` here.
    fn closes(&self, quote: Quote) -> Option<usize> {
        let rest = self.rest();
        match quote {
            Quote::Mark(mark) => (rest.first() == Some(&mark) && rest.get(1) != Some(&mark)).then_some(1),
            Quote::Dollar(start, end) => {
                let mark = self.text.as_bytes().get(start..end)?;
                rest.starts_with(mark).then_some(mark.len())
            }
        }
    }

    fn emit_in_quotes(&self, opening: Range<usize>, quote: Quote) -> Fault {
        let end = scan::tag_at(self.text, self.at).map_or(self.at + 2, |tag| tag.at.end);
        let help = match quote {
            Quote::Mark(b'"' | b'`') => {
                "for a column or table that is chosen, write `{{ … | identifier([\"a\", \"b\"]) }}` without quotes"
            }
            _ => "write it without quotes: it is bound, never pasted; for a pattern, `like {{ … | contains }}`",
        };
        Fault::new(self.at..end, "a `{{ }}` stands inside quotes").label(opening, "the quotes open here").help(help)
    }

    fn open(&mut self) {
        let is_double = self.rest().get(1) == Some(&b'[');
        let depth = self.nesting.depth();
        self.brackets.push(Bracket { at: self.at, is_double, emits: false, depth, crossed: None });
        self.at += if is_double { 2 } else { 1 };
    }

    fn close(&mut self) -> Result<(), Fault> {
        let follows = self.rest().get(1) == Some(&b']');
        match self.brackets.last_mut() {
            None => {
                let length = if follows { 2 } else { 1 };
                let closing = self.text.get(self.at..self.at + length).unwrap_or_default();
                return Err(Fault::new(self.at..self.at + length, format!("`{closing}` closes nothing")));
            }
            // `[[1, 2], [3, 4]]`: two brackets that happen to stand side by side.
            Some(open) if open.is_double && !follows => open.is_double = false,
            Some(open) if open.is_double => return self.pair(),
            Some(_) => {
                self.brackets.pop();
            }
        }
        self.at += 1;
        Ok(())
    }

    /// Whether a `[[` was meant as the beginning of an optional part, and not of an array: words stand behind it, and
    /// no `array` in front.
    fn looks_optional(&self, at: usize) -> bool {
        let (before, inside) = self.text.split_at(at);
        let is_apart = before.is_empty() || before.ends_with(|c: char| c.is_whitespace() || c == '(');
        let is_array = before.trim_end().to_ascii_lowercase().ends_with("array");
        let inside = inside.get(2..).unwrap_or_default();
        let has_words = inside.starts_with(char::is_whitespace)
            && inside.trim_start().starts_with(|c: char| c.is_ascii_alphabetic() || c == '{');
        is_apart && !is_array && has_words
    }

    fn pair(&mut self) -> Result<(), Fault> {
        self.at += 2;
        let Some(open) = self.brackets.pop() else { return Ok(()) };
        let opening = open.at..open.at + 2;
        if !open.emits {
            return if self.looks_optional(open.at) { Err(without_value(opening, self.at)) } else { Ok(()) };
        }
        if let Some(outer) = self.brackets.iter().find(|outer| outer.is_double) {
            return Err(Fault::new(opening, "an optional part stands inside another")
                .label(outer.at..outer.at + 2, "the outer one opens here"));
        }
        if let Some(at) = open.crossed {
            return Err(Fault::new(opening, "an optional part crosses a statement")
                .label(at, "this belongs to a statement that opens before `[[`"));
        }
        if self.nesting.depth() > open.depth {
            return Err(Fault::new(self.at - 2..self.at, "an optional part crosses a statement")
                .label(opening, "the statement opens behind this and is still open at `]]`"));
        }
        self.optionals.push(open.at..self.at);
        Ok(())
    }
}

fn without_value(opening: Range<usize>, end: usize) -> Fault {
    Fault::new(opening.start..end, "this optional part holds no `{{ }}`, so it would never be dropped")
        .help("it is dropped when a value in it is null: bind one, as in `[[ and region = {{ state.region }} ]]`, or leave the brackets out")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    /// The parts of a template in short: `(…)` is an optional one, `$` a parameter.
    fn shape(parts: &[Part]) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.text.to_string(),
            Part::Emit(..) => "$".to_owned(),
            Part::Optional(inner) => format!("({})", shape(inner)),
            Part::If { then, otherwise, .. } => format!("<{}:{}>", shape(then), shape(otherwise)),
            Part::For { body, .. } => format!("*{}*", shape(body)),
            Part::Set { .. } => String::new(),
        };
        parts.iter().map(part).collect()
    }

    fn read(text: &str) -> Result<String, Vec<(String, Range<u32>)>> {
        let mut diagnostics = Diagnostics::default();
        let span = Span::new(FileId(0), 0, u32::try_from(text.len()).unwrap());
        let template = parse_sql(&SourceText::verbatim(text, span), &mut diagnostics);
        let reports: Vec<_> =
            diagnostics.sorted().into_iter().map(|d| (d.message, d.primary.span.start..d.primary.span.end)).collect();
        match template {
            Some(template) if reports.is_empty() => Ok(shape(&template.parts)),
            None if !reports.is_empty() => Err(reports),
            other => panic!("{other:?} {reports:?}"),
        }
    }

    #[test]
    fn optional_parts_are_found() {
        let cases = [
            ("select 1", "select 1"),
            ("a = {{ state.a }}\n", "a = $\n"),
            ("x [[ and a = {{ state.a }} ]] y", "x ( and a = $ ) y"),
            ("array[[1,2],[3,4]]", "array[[1,2],[3,4]]"),
            ("array [[ a, b ]]", "array [[ a, b ]]"),
            ("array[[1,2],[3,{{ state.a }}]]", "array[[1,2],[3,$]]"),
            ("[[1, 2], 3] and {{ state.a }}", "[[1, 2], 3] and $"),
            ("[[ and t[1] = {{ state.a }} ]]", "( and t[1] = $ )"),
            ("[[ and t[u[1]] = {{ state.a }}]]", "( and t[u[1]] = $)"),
            ("'[[' {{ state.a }} ']]'", "'[[' $ ']]'"),
            ("'it''s [[' {{ state.a }}", "'it''s [[' $"),
            ("-- don't [[\n{{ state.a }}", "-- don't [[\n$"),
            ("/* [[ */ {{ state.a }}", "/* [[ */ $"),
            ("1 -- {{ state.broken ) }}\n+ 2", "1                        \n+ 2"),
            ("$$ [[ ' $$ {{ state.a }}", "$$ [[ ' $$ $"),
            ("$t$ $$ [[ $t$ {{ state.a }}", "$t$ $$ [[ $t$ $"),
            ("{% if state.a %}[[ and {{ state.b }} ]]{% else %}x{% endif %}", "<( and $ ):x>"),
            ("[[ {% if state.a %}{{ state.b }}{% else %}x{% endif %} ]]", "( <$:x> )"),
            ("{% for x in state.l %}[[ or {{ x }} ]]{% endfor %}", "*( or $ )*"),
            ("{{ state.a[0] }} [[ é {{ ']]' }} ]]", "$ ( é $ )"),
        ];
        for (text, wanted) in cases {
            assert_eq!(read(text).as_deref(), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn mistakes_are_reported_where_they_are() {
        let cases = [
            ("a = '{{ state.a }}'", "a `{{ }}` stands inside quotes", 5..18),
            ("$$ {{ state.a }} $$", "a `{{ }}` stands inside quotes", 3..16),
            ("x [[ and {{ state.a }}", "`[[` is not closed by `]]`", 2..4),
            ("x {{ state.a }} ]]", "`]]` closes nothing", 16..18),
            ("x [[ and a = 1 ]]", "this optional part holds no `{{ }}`, so it would never be dropped", 2..17),
            ("[[ a [[ {{ state.a }} ]] ]]", "an optional part stands inside another", 5..7),
            ("{% if state.a %}[[ {{ state.a }} {% endif %} ]]", "an optional part crosses a statement", 16..18),
            ("[[ {% if state.a %}{{ state.a }} ]]{% endif %}", "an optional part crosses a statement", 33..35),
            ("[[ and {{ state.a | uper }} ]]", "unknown filter `uper`", 20..24),
            ("x {{ state.a", "`{{` is not closed by `}}`", 2..4),
            ("{% if state.a %} x", "`{% if %}` is not closed by `{% endif %}`", 3..5),
        ];
        for (text, message, at) in cases {
            assert_eq!(read(text), Err(vec![(message.to_owned(), at)]), "{text}");
        }
    }
}
