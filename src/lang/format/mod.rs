//! Lays a spec out anew: one form for all that means the same, without a word lost.
//!
//! Only blanks, line breaks and the choice of quotes change. Comments stay where they are said, an empty line stays
//! one. Before a new text is given out it is read: it must mean what the old one means and say the same comments.

mod lines;
mod scalar;
mod pen;
mod yaml;
mod toml;

use std::path::Path;

use self::lines::Lines;
use self::toml::lay_out_toml;
use self::yaml::lay_out_yaml;
use crate::diagnostic::Diagnostics;
use crate::source::Sources;
use crate::syntax::token::{Token, TokenKind};
use crate::syntax::{self, Node};

/// The widest line that brackets are written on.
pub(crate) const WIDTH: usize = 120;

/// What a text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Yaml,
    Toml,
}

impl Kind {
    /// By the ending of a path; none where that is no spec.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "yaml" | "yml" => Some(Self::Yaml),
            "toml" => Some(Self::Toml),
            _ => None,
        }
    }
}

/// Why a text is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unformatted {
    /// It cannot be read; [`syntax::parse`] reports why.
    Broken,
    /// It can, but its new layout would not say the same.
    Unsure,
}

/// Lays a text out anew.
///
/// What comes out comes out again when it goes in.
pub fn format(text: &str, kind: Kind) -> Result<String, Unformatted> {
    let before = read(text, kind).ok_or(Unformatted::Broken)?;
    let (mark, unmarked) = text.strip_prefix('\u{feff}').map_or(("", text), |rest| ("\u{feff}", rest));
    let unix = unmarked.replace("\r\n", "\n");
    let parts = tokens(&unix, kind).ok_or(Unformatted::Unsure)?;
    let lines = lay_out(&unix, &parts, kind).ok_or(Unformatted::Unsure)?;
    let laid = lines.finish();
    let says_the_same = comments(&unix, kind) == comments(&laid, kind);
    let is_windows = unmarked.find('\n').is_some_and(|at| unmarked.get(..at).is_some_and(|line| line.ends_with('\r')));
    let after = mark.to_owned() + &if is_windows { laid.replace('\n', "\r\n") } else { laid };
    let means_the_same = read(&after, kind).is_some_and(|after| after.means(&before));
    if says_the_same && means_the_same { Ok(after) } else { Err(Unformatted::Unsure) }
}

fn lay_out(text: &str, tokens: &[Token], kind: Kind) -> Option<Lines> {
    match kind {
        Kind::Yaml => lay_out_yaml(text, tokens),
        Kind::Toml => lay_out_toml(text, tokens),
    }
}

fn tokens(text: &str, kind: Kind) -> Option<Vec<Token>> {
    match kind {
        Kind::Yaml => syntax::yaml::tokens(text),
        Kind::Toml => syntax::toml::tokens(text),
    }
}

/// The comments of a text in their order; none if it has no tokens.
fn comments(text: &str, kind: Kind) -> Option<Vec<&str>> {
    let tokens = tokens(text, kind)?;
    let comments = tokens.into_iter().filter(|token| token.kind == TokenKind::Comment);
    comments.map(|token| text.get(token.range)).collect()
}

/// The tree of a text that has no errors.
pub(crate) fn read(text: &str, kind: Kind) -> Option<Node> {
    let mut sources = Sources::default();
    let id = sources.add(if kind == Kind::Yaml { "a.yaml" } else { "a.toml" }, text);
    let mut diagnostics = Diagnostics::default();
    let tree = syntax::parse(sources.file(id), &mut diagnostics);
    if diagnostics.has_errors() { None } else { Some(tree.root) }
}

#[cfg(test)]
mod tests;
