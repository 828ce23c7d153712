//! Where the tags of a template are, and whether quotes, brackets and statements in them are closed.
//!
//! The parser stops at the byte where it is lost, which for something unclosed is the end of the text. This looks
//! first, and blames what was opened.

use std::ops::Range;

use crate::diagnostic::{Code, Diagnostics, suggest};
use crate::source::SourceText;

/// A longer expression would be nested deeper than the stack is.
const MAX_EXPRESSION: usize = 10_000;

/// The parser goes one call deeper for each sign.
const MAX_SIGNS: usize = 100;

/// Statements of Jinja that have no place in a spec.
const FOREIGN: &[&str] = &[
    "include",
    "import",
    "from",
    "extends",
    "macro",
    "call",
    "block",
    "filter",
    "autoescape",
    "with",
    "do",
    "break",
    "continue",
];

const KNOWN: &[&str] = &["if", "elif", "else", "endif", "for", "endfor", "set", "raw"];

/// Something wrong in a text, by the bytes of that text.
#[derive(Debug)]
pub(super) struct Fault {
    pub at: Range<usize>,
    message: String,
    more: Box<More>,
}

#[derive(Debug, Default)]
struct More {
    here: Option<&'static str>,
    label: Option<(Range<usize>, String)>,
    help: Option<String>,
}

impl Fault {
    pub(super) fn new(at: Range<usize>, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), more: Box::default() }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.more.help = Some(help.into());
        self
    }

    pub(super) fn here(mut self, text: &'static str) -> Self {
        self.more.here = Some(text);
        self
    }

    pub(super) fn label(mut self, at: Range<usize>, text: impl Into<String>) -> Self {
        self.more.label = Some((at, text.into()));
        self
    }

    pub(super) fn report(self, code: &'static Code, source: &SourceText, diagnostics: &mut Diagnostics) {
        let diagnostic = diagnostics.report(code, source.span_of(self.at), self.message);
        if let Some(text) = self.more.here {
            diagnostic.here(text);
        }
        if let Some((at, text)) = self.more.label {
            diagnostic.label(source.span_of(at), text);
        }
        if let Some(help) = self.more.help {
            diagnostic.help(help);
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TagKind {
    /// `{{ … }}`
    Emit,
    /// `{% … %}`, and its keyword.
    Statement(Range<usize>),
    /// `{# … #}`
    Comment,
    /// From `{% raw %}` to `{% endraw %}`.
    Raw,
}

/// A tag and where it stands, delimiters included.
#[derive(Clone, Debug)]
pub(super) struct Tag {
    pub kind: TagKind,
    pub at: Range<usize>,
}

impl Tag {
    /// The keyword of a statement, with its place.
    pub(super) fn keyword<'a>(&self, text: &'a str) -> Option<(&'a str, Range<usize>)> {
        match &self.kind {
            TagKind::Statement(at) => Some((text.get(at.clone())?, at.clone())),
            _ => None,
        }
    }
}

/// A `}}` outside of all tags that no brace opens: the text before it was meant as an expression. Where braces come in
/// pairs, as in JSON, they are text.
pub(super) fn closes_nothing(text: &str, tags: &[Tag]) -> Option<Fault> {
    let mut open = 0_usize;
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        if let Some(tag) = tags.iter().find(|tag| tag.at.start == at) {
            at = tag.at.end;
            continue;
        }
        let is_double = text.as_bytes().get(at + 1) == Some(&b'}');
        match byte {
            b'{' => open += 1,
            b'}' if is_double && open < 2 => {
                let help = "an expression stands between `{{` and `}}`; for braces that are text, write `{{ '}}' }}`";
                return Some(Fault::new(at..at + 2, "`}}` closes nothing").help(help));
            }
            b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Looks at an expression that stands alone.
pub(super) fn check_expression(text: &str) -> Result<(), Fault> {
    if text.len() > MAX_EXPRESSION {
        return Err(Fault::new(0..text.len(), format!("an expression is longer than {MAX_EXPRESSION} bytes")));
    }
    body_end(text, 0, None).map(|_| ())
}

/// The tags of a template, all closed, with its statements properly inside one another.
pub(super) fn tags(text: &str) -> Result<Vec<Tag>, Fault> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(start) = next_tag(text, at) {
        let tag = tag_at(text, start)?;
        at = tag.at.end;
        tags.push(tag);
    }
    Ok(tags)
}

/// Where the next tag begins.
pub(super) fn next_tag(text: &str, from: usize) -> Option<usize> {
    let rest = text.as_bytes().get(from..)?;
    rest.windows(2).position(opens_tag).map(|at| at + from)
}

pub(super) fn opens_tag(bytes: &[u8]) -> bool {
    matches!(bytes, [b'{', b'{' | b'%' | b'#', ..])
}

/// The tag that begins at `start`.
pub(super) fn tag_at(text: &str, start: usize) -> Result<Tag, Fault> {
    let opening = start..start + 2;
    match text.as_bytes().get(start + 1) {
        Some(b'#') => match text.get(opening.end..).and_then(|rest| rest.find("#}")) {
            Some(length) => Ok(Tag { kind: TagKind::Comment, at: start..opening.end + length + 2 }),
            None => Err(Fault::new(opening, "a comment that begins with `{#` is not closed by `#}`")),
        },
        Some(b'%') => statement(text, start),
        _ => {
            let end = body_end(text, opening.end, Some("}}"))
                .map_err(|fault| fault.label(opening.clone(), "in the expression that begins here"))?
                .ok_or_else(|| Fault::new(opening, "`{{` is not closed by `}}`"))?;
            too_long(start..end)?;
            Ok(Tag { kind: TagKind::Emit, at: start..end })
        }
    }
}

fn too_long(at: Range<usize>) -> Result<(), Fault> {
    if at.len() > MAX_EXPRESSION {
        return Err(Fault::new(at, format!("an expression is longer than {MAX_EXPRESSION} bytes")));
    }
    Ok(())
}

fn statement(text: &str, start: usize) -> Result<Tag, Fault> {
    let opening = start..start + 2;
    let end = body_end(text, opening.end, Some("%}"))
        .map_err(|fault| fault.label(opening.clone(), "in the statement that begins here"))?
        .ok_or_else(|| Fault::new(opening.clone(), "`{%` is not closed by `%}`"))?;
    too_long(start..end)?;
    let body = text.get(opening.end..end - 2).unwrap_or_default();
    let lead = body.len() - body.trim_start_matches(['-', '+']).trim_start().len();
    let word = body.get(lead..).unwrap_or_default();
    let length = word.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(word.len());
    let keyword = opening.end + lead..opening.end + lead + length;
    let name = word.get(..length).unwrap_or_default();
    if name == "raw" {
        return raw(text, start, end);
    }
    if name.is_empty() {
        return Err(Fault::new(start..end, "`{% %}` holds no statement"));
    }
    if FOREIGN.contains(&name) {
        return Err(Fault::new(keyword, format!("`{name}` is not part of templates"))
            .help("templates have `{% if %}`, `{% for %}` and `{% set %}`"));
    }
    if name == "endset" {
        return Err(Fault::new(keyword, "a `set` without a value is not part of templates")
            .help("write `{% set name = value %}`"));
    }
    if name == "endraw" {
        return Err(stray(name, keyword, "{% raw %}"));
    }
    if !KNOWN.contains(&name) {
        let fault = Fault::new(keyword, format!("unknown statement `{name}`"));
        return Err(match suggest::nearest(name, KNOWN.iter().copied()) {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault.help("templates have `{% if %}`, `{% for %}` and `{% set %}`"),
        });
    }
    Ok(Tag { kind: TagKind::Statement(keyword), at: start..end })
}

fn raw(text: &str, start: usize, end: usize) -> Result<Tag, Fault> {
    let mut at = end;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find("{%")).map(|found| found + at) {
        let word = text.get(found + 2..).unwrap_or_default().trim_start_matches(['-', '+']).trim_start();
        if let Some(close) = word.strip_prefix("endraw").and_then(|_| text.get(found..)?.find("%}")) {
            return Ok(Tag { kind: TagKind::Raw, at: start..found + close + 2 });
        }
        at = found + 2;
    }
    Err(Fault::new(start..end, "`{% raw %}` is not closed by `{% endraw %}`"))
}

/// Where an expression that begins at `start` ends: behind `close`, or at the end of the text.
///
/// `None` if `close` does not come.
fn body_end(text: &str, start: usize, close: Option<&str>) -> Result<Option<usize>, Fault> {
    let bytes = text.as_bytes();
    let mut open: Vec<(u8, usize)> = Vec::new();
    let mut at = start;
    let mut signs = 0;
    while let Some(byte) = bytes.get(at).copied() {
        if open.is_empty()
            && close.is_some_and(|close| bytes.get(at..).is_some_and(|rest| rest.starts_with(close.as_bytes())))
        {
            return Ok(Some(at + 2));
        }
        signs = match byte {
            b'-' => signs + 1,
            byte if byte.is_ascii_whitespace() => signs,
            _ => 0,
        };
        if signs > MAX_SIGNS {
            return Err(Fault::new(at..at + 1, "the expression is nested too deep"));
        }
        match byte {
            b'\'' | b'"' => at = quote_end(bytes, at, byte)?,
            b'(' | b'[' | b'{' => open.push((byte, at)),
            b')' | b']' | b'}' => close_bracket(text, byte, at, &mut open)?,
            _ => {}
        }
        at += 1;
    }
    match (open.pop(), close) {
        (Some((bracket, at)), _) => Err(unclosed(bracket, at)),
        (None, Some(_)) => Ok(None),
        (None, None) => Ok(Some(at)),
    }
}

/// The place of the quote that closes the one at `start`.
fn quote_end(bytes: &[u8], start: usize, quote: u8) -> Result<usize, Fault> {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at).copied() {
        match byte {
            b'\\' => at += 1,
            _ if byte == quote => return Ok(at),
            _ => {}
        }
        at += 1;
    }
    Err(Fault::new(start..start + 1, format!("text that begins with `{}` is not closed", char::from(quote)))
        .here("the quote that opens"))
}

fn close_bracket(text: &str, byte: u8, at: usize, open: &mut Vec<(u8, usize)>) -> Result<(), Fault> {
    match (open.pop(), byte) {
        (Some((b'(', _)), b')') | (Some((b'[', _)), b']') | (Some((b'{', _)), b'}') => Ok(()),
        (Some((bracket, opened)), _) => Err(unclosed(bracket, opened)),
        (None, _) => {
            let closing = text.get(at..=at).unwrap_or_default();
            Err(Fault::new(at..at + 1, format!("`{closing}` closes nothing")))
        }
    }
}

fn unclosed(bracket: u8, at: usize) -> Fault {
    Fault::new(at..at + 1, format!("`{}` is not closed", char::from(bracket)))
}

/// Follows the statements of a template as they open and close.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    open: Vec<(&'static str, Range<usize>)>,
}

impl Nesting {
    /// How many statements are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Takes the next statement: whether it fits what is open.
    pub(super) fn statement(&mut self, name: &str, at: Range<usize>) -> Result<(), Fault> {
        let inner = self.open.last().map(|(name, _)| *name);
        match name {
            "if" => self.open.push(("if", at)),
            "for" => self.open.push(("for", at)),
            "elif" if inner != Some("if") => return Err(stray(name, at, "{% if %}")),
            "else" if inner.is_none() => return Err(stray(name, at, "{% if %}` or `{% for %}")),
            "endif" => return self.close(name, "if", at),
            "endfor" => return self.close(name, "for", at),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str, wanted: &str, at: Range<usize>) -> Result<(), Fault> {
        match self.open.pop() {
            Some((opened, _)) if opened == wanted => Ok(()),
            Some((opened, place)) => {
                Err(Fault::new(at, format!("`{{% {name} %}}` stands where `{{% end{opened} %}}` is expected"))
                    .label(place, format!("`{opened}` opens here")))
            }
            None => Err(stray(name, at, &format!("{{% {wanted} %}}"))),
        }
    }

    /// Takes the end of the template: whether all is closed.
    pub(super) fn finish(mut self) -> Result<(), Fault> {
        match self.open.pop() {
            Some((name, at)) => Err(Fault::new(at, format!("`{{% {name} %}}` is not closed by `{{% end{name} %}}`"))),
            None => Ok(()),
        }
    }
}

fn stray(name: &str, at: Range<usize>, opening: &str) -> Fault {
    Fault::new(at, format!("`{{% {name} %}}` stands without `{opening}`"))
}

/// Checks that the statements among `tags` are properly inside one another.
pub(super) fn check_nesting(text: &str, tags: &[Tag]) -> Result<(), Fault> {
    let mut nesting = Nesting::default();
    for (name, at) in tags.iter().filter_map(|tag| tag.keyword(text)) {
        nesting.statement(name, at)?;
    }
    nesting.finish()
}
