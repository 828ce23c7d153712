//! From one format to the other: what is written in YAML as TOML, what is written in TOML as YAML.
//!
//! The text is written anew from the tree, in the way that authors of that format write, and then laid out by
//! [`format`](mod@crate::format). Before it is given out it is read: it must say what the other text said.

mod comment;
mod null;
mod same;
mod toml;
mod yaml;

use self::comment::Comments;
use self::toml::write_toml;
use self::yaml::write_yaml;
use crate::diagnostic::{Diagnostics, code};
use crate::format::{Kind, format, read};
use crate::source::SourceFile;
use crate::syntax::{self, Node};

/// How long the lines of folded text are.
const LINE: usize = 100;

/// A file in its other format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    pub text: String,
    /// How many comments stand at the end, because what they were about is written in another way.
    pub displaced: usize,
}

/// Writes a file in a format that it is not written in.
///
/// Returns none where it cannot be read, or says what the other format cannot say; that is reported.
pub fn convert(file: &SourceFile, to: Kind, diagnostics: &mut Diagnostics) -> Option<Converted> {
    let tree = syntax::parse(file, diagnostics);
    if diagnostics.has_errors() {
        return None;
    }
    let from = if to == Kind::Toml { Kind::Yaml } else { Kind::Toml };
    let Some(mut comments) = Comments::of(file, &tree.root, from) else {
        report_unsure(&tree.root, to, diagnostics);
        return None;
    };
    let root = if to == Kind::Toml { null::left_out(&tree.root) } else { tree.root };
    let mut text = match to {
        Kind::Toml => write_toml(file, &root, &mut comments, diagnostics),
        Kind::Yaml => write_yaml(file, &root, &mut comments, diagnostics),
    };
    if diagnostics.has_errors() {
        return None;
    }
    let (last, displaced) = comments.rest();
    if !last.is_empty() {
        text.extend(["\n", &last.join("\n"), "\n"]);
    }
    let text = format(&text, to).unwrap_or(text);
    if read(&text, to).is_some_and(|again| same::same(&root, &again)) {
        return Some(Converted { text, displaced });
    }
    report_unsure(&root, to, diagnostics);
    None
}

fn report_unsure(root: &Node, to: Kind, diagnostics: &mut Diagnostics) {
    let name = if to == Kind::Toml { "TOML" } else { "YAML" };
    let message = format!("this file cannot be written as {name} in a way that surely says the same");
    diagnostics.report(&code::SYNTAX, root.span.at_start(), message);
}

/// Whether an empty line stands above this place, and above the comments on it.
fn is_apart(text: &str, at: u32) -> bool {
    let before = text.get(..at as usize).unwrap_or_default();
    let mut above = before.rsplit('\n').skip(1).map(str::trim).skip_while(|line| line.starts_with('#'));
    above.next().is_some_and(str::is_empty)
}

/// A line of text as several, at single blanks between words.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut rest = text;
    while rest.chars().count() > LINE {
        let limit = rest.char_indices().nth(LINE).map_or(rest.len(), |(at, _)| at);
        let is_between = |at: &usize| {
            let before = rest.get(..*at).is_some_and(|before| before.ends_with(|char: char| !char.is_whitespace()));
            let after = rest.get(at + 1..).is_some_and(|after| after.starts_with(|char: char| !char.is_whitespace()));
            before && after
        };
        let blanks = rest.get(..limit).unwrap_or_default().rmatch_indices(' ').map(|(at, _)| at);
        let Some((line, after)) = blanks.into_iter().find(is_between).and_then(|at| rest.split_at_checked(at)) else {
            break;
        };
        lines.push(line.to_owned());
        rest = after.get(1..).unwrap_or_default();
    }
    lines.push(rest.to_owned());
    lines
}

#[cfg(test)]
mod tests;
