//! What editors ask of an app: what may be written at a place, what stands there, where it comes from. Without the types
//! of any protocol: places are offsets of bytes, answers are text and spans.

mod sketch;
mod place;
mod known;
mod complete;
mod symbol;
mod hover;
mod document;
mod elsewhere;
#[cfg(test)]
mod tests;

pub use complete::{Completion, CompletionKind};
pub use document::{Part, PartKind};
pub use hover::Hover;
pub use symbol::{Symbol, SymbolKind};

use std::collections::BTreeSet;

use crate::check::Page;
use crate::compile::Compiler;
use crate::source::{FileId, Span};
use crate::spec::{self, Shape};
use known::Known;
use sketch::Item;

/// A file of an app that is looked at.
pub struct Look<'a> {
    compiler: &'a Compiler,
    file: FileId,
    /// The page that the file is, checked when its text could be read to its end; for the settings, any page.
    page: Option<Page>,
}

impl<'a> Look<'a> {
    /// Looks at a file; `readable` is the page that it is, as it was checked last while its text was whole.
    pub fn at(compiler: &'a Compiler, file: FileId, readable: Option<&Page>) -> Self {
        // What `app.yaml` declares is checked with every page, SQL of a file with the page that names it, and a file of
        // tests with the page that it tests.
        let index = compiler.page_of(file).or_else(|| compiler.page_tested_by(file)).or_else(|| {
            let readers = compiler.readers(file);
            readers.into_iter().find_map(|reader| compiler.page_of(reader)).or(Some(0))
        });
        let page = match readable {
            Some(page) if compiler.is_cut_short(file) => Some(page.clone()),
            _ => index.and_then(|index| Some(compiler.index(index)?.page)),
        };
        Self { compiler, file, page }
    }

    /// All that may be written at an offset.
    pub fn complete(&self, offset: usize) -> Vec<Completion> {
        complete::complete(self, offset)
    }

    /// What stands at an offset.
    pub fn hover(&self, offset: usize) -> Option<Hover> {
        hover::hover(self, offset)
    }

    /// What is named at an offset, and the bytes of the name.
    pub fn symbol(&self, offset: usize) -> Option<(Symbol, Span)> {
        symbol::at(self.compiler, self.file, u32::try_from(offset).ok()?)
    }

    /// Where something is declared; in what names a file, a page or a connection, where that is.
    pub fn definition(&self, offset: usize) -> Option<Span> {
        match self.symbol(offset) {
            Some((symbol, _)) => symbol::definition(self.compiler, &symbol),
            None => elsewhere::definition(self, offset),
        }
    }

    /// All places where something is named, its declaration among them.
    pub fn references(&self, symbol: &Symbol) -> BTreeSet<Span> {
        symbol::references(self.compiler, symbol)
    }

    /// Where something is declared.
    pub fn declaration(&self, symbol: &Symbol) -> Option<Span> {
        symbol::definition(self.compiler, symbol)
    }

    /// What has to be written elsewhere for something to have another name; or why it cannot have it.
    pub fn rename(&self, symbol: &Symbol, name: &str) -> Result<Vec<(Span, String)>, String> {
        symbol::rename(self.compiler, symbol, name)
    }

    /// What the file holds, as a tree.
    pub fn parts(&self) -> Vec<Part> {
        document::parts(self)
    }

    fn text(&self) -> &'a str {
        &self.compiler.sources().file(self.file).text
    }

    fn path(&self) -> &'a str {
        &self.compiler.sources().file(self.file).path
    }

    /// The paths of all files.
    fn files(&self) -> impl Iterator<Item = &'a str> {
        self.compiler.sources().files().iter().map(|file| file.path.as_str())
    }

    /// What the root of the file is.
    fn shape(&self) -> &'static Shape {
        spec::shape_of(self.path())
    }

    fn is_sql(&self) -> bool {
        is_sql(self.path())
    }

    fn known(&self, outline: &Item) -> Known {
        let page = self.page.as_ref();
        let mut known = Known::of(self.compiler.spec(), page, outline, (self.path(), self.text()));
        known.complete_columns(self.compiler.schemas(), page.map_or("", |page| &page.path));
        known
    }
}

/// Whether a file holds nothing but SQL.
fn is_sql(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending == "sql")
}
