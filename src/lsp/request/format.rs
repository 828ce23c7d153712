//! Formatting: the one form that `appspec fmt` gives.

use std::path::Path;

use appspec_lang::format::{Kind, format};
use gen_lsp_types as lsp;

use super::Session;

/// The edit that lays the file out anew; none for one that cannot be read, of which the diagnostics say why.
pub(super) fn answer(session: &mut Session<'_>, params: &lsp::DocumentFormattingParams) -> Option<Vec<lsp::TextEdit>> {
    let (places, file) = session.file(&params.text_document)?;
    let source = places.app.compiler.sources().file(file);
    let new = format(&source.text, Kind::of(Path::new(&source.path))?).ok()?;
    let Some((range, text)) = difference(&source.text, &new) else { return Some(Vec::new()) };
    Some(vec![lsp::TextEdit { range: places.lines(file).range(range), new_text: text.to_owned() }])
}

/// What of a text is to be replaced, by whole lines, to make another of it: the cursor stays where nothing changes.
fn difference<'n>(old: &str, new: &'n str) -> Option<(std::ops::Range<usize>, &'n str)> {
    if old == new {
        return None;
    }
    let same = |pairs: &mut dyn Iterator<Item = (&str, &str)>| -> usize {
        pairs.take_while(|(a, b)| a == b).map(|(line, _)| line.len()).sum()
    };
    let (old_lines, new_lines): (Vec<&str>, Vec<&str>) =
        (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let start = same(&mut old_lines.iter().copied().zip(new_lines.iter().copied()));
    let end = same(&mut old_lines.iter().rev().copied().zip(new_lines.iter().rev().copied()));
    let end = end.min(old.len() - start).min(new.len() - start);
    Some((start..old.len() - end, new.get(start..new.len() - end)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_that_change_are_replaced() {
        for (old, new, expected) in [
            ("a\nb\n", "a\nb\n", None),
            ("a\nb\nc\n", "a\nx\nc\n", Some((2..4, "x\n"))),
            ("a\n", "a\na\n", Some((2..2, "a\n"))),
            ("a\na\n", "a\n", Some((2..4, ""))),
            ("a", "a\n", Some((0..1, "a\n"))),
            ("", "a\n", Some((0..0, "a\n"))),
            ("a\r\nb\r\n", "a\r\nc\r\n", Some((3..6, "c\r\n"))),
        ] {
            assert_eq!(difference(old, new), expected, "{old:?} {new:?}");
        }
    }
}
