//! Where things are that have no name in expressions: connections, files, pages.

use super::Look;
use super::place::{self, Target};
use super::sketch::{self, Format, inside_quotes};
use crate::source::Span;
use crate::spec::partial_name;

/// What the value at an offset names.
pub(super) fn definition(look: &Look<'_>, offset: usize) -> Option<Span> {
    let text = look.text();
    let outline = sketch::read(text, Format::of(look.path())?);
    let place = place::find(&outline, place::root(look.shape()), offset)?;
    let Target::Value { item, .. } = &place.target else { return None };
    let written = text.get(inside_quotes(text, &item.span))?;
    let start = |file: &crate::source::SourceFile| file.span().at_start();
    let sources = look.compiler.sources();
    match place.last_key() {
        "connection" => {
            let connections = &look.compiler.spec().connections;
            connections.iter().find(|known| *known.name.value == *written).map(|known| known.name.span)
        }
        "sql_file" => {
            let folder = look.path().rsplit_once('/').map_or("", |(folder, _)| folder);
            let path = if folder.is_empty() { written.to_owned() } else { format!("{folder}/{written}") };
            sources.find(&path).map(start)
        }
        "use" => sources.files().iter().find(|file| partial_name(&file.path) == Some(written)).map(start),
        "goto" | "to" | "page" | "pages" | "nav" => {
            let path = written.split(['?', '#']).next()?;
            let page = look.compiler.spec().pages.iter().find(|page| page.path == path)?;
            Some(start(sources.file(page.file)))
        }
        _ => None,
    }
}
