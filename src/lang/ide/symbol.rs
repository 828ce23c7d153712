//! What a name stands for: where it is declared, where it is used, and the same under another name.

use std::collections::BTreeSet;

use super::known::is_word;
use super::sketch::{self, Format};
use crate::check::program::{QueryId, State, StateId, ValueId, WriteId};
use crate::check::{Checked, Page, Target};
use crate::compile::Compiler;
use crate::source::{FileId, Span};
use crate::spec::{self, NameOf};

/// Something that is declared in an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    pub kind: SymbolKind,
    pub name: String,
    /// The number of the page that has it; none for what `app.yaml` declares for all.
    page: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolKind {
    State,
    Query,
    Value,
    Write,
    Param,
}

impl SymbolKind {
    /// In the author's words.
    pub fn word(self) -> &'static str {
        match self {
            Self::State => "state key",
            Self::Query => "query",
            Self::Value => "value",
            Self::Write => "write",
            Self::Param => "parameter",
        }
    }

    fn rule(self) -> NameOf {
        match self {
            Self::State => NameOf::State,
            Self::Query => NameOf::Query,
            Self::Value => NameOf::Value,
            Self::Write => NameOf::Write,
            Self::Param => NameOf::Param,
        }
    }
}

/// The pages that a file has to do with: itself, those that look into it, the one that it tests, or for the settings any.
pub(super) fn pages_of(compiler: &Compiler, file: FileId) -> Vec<usize> {
    if compiler.settings() == Some(file) {
        return (!compiler.spec().pages.is_empty()).then_some(0).into_iter().collect();
    }
    let readers = compiler.readers(file).into_iter().filter_map(|reader| compiler.page_of(reader));
    readers.chain(compiler.page_tested_by(file)).collect()
}

/// What is named at an offset of a file, and the bytes of the name.
pub(super) fn at(compiler: &Compiler, file: FileId, offset: u32) -> Option<(Symbol, Span)> {
    let touches = |span: &Span| span.file == file && span.start <= offset && offset <= span.end;
    pages_of(compiler, file).into_iter().find_map(|index| {
        let checked = compiler.index(index)?;
        let all = places(&checked).into_iter().filter(|(span, _)| touches(span));
        let named = all.filter_map(|(span, target)| {
            let symbol = symbol(compiler, &checked.page, index, target)?;
            let span = narrowed(compiler, span, &symbol.name)?;
            touches(&span).then_some((symbol, span))
        });
        named.min_by_key(|(_, span)| span.end - span.start)
    })
}

/// Where a symbol is declared: first, by its key, else by the widget that is bound to it.
pub(super) fn definition(compiler: &Compiler, symbol: &Symbol) -> Option<Span> {
    let checked = compiler.index(symbol.page.unwrap_or(0))?;
    let target = target_of(compiler, &checked.page, symbol)?;
    narrowed(compiler, declared(&checked.page, target)?, &symbol.name)
}

/// All places where a symbol is named, its declaration among them.
pub(super) fn references(compiler: &Compiler, symbol: &Symbol) -> BTreeSet<Span> {
    let mut found = BTreeSet::new();
    for index in scope(compiler, symbol) {
        let Some(checked) = compiler.index(index) else { continue };
        let Some(target) = target_of(compiler, &checked.page, symbol) else { continue };
        let meant = places(&checked).into_iter().filter(|(_, other)| *other == target);
        found.extend(meant.filter_map(|(span, _)| narrowed(compiler, span, &symbol.name)));
    }
    let declaring = found.iter().map(|span| span.file).collect::<BTreeSet<FileId>>();
    found.extend(declaring.into_iter().flat_map(|file| headers(compiler, file, symbol)));
    found
}

/// What has to be written elsewhere for a symbol to have another name; or why it cannot have it.
pub(super) fn rename(compiler: &Compiler, symbol: &Symbol, name: &str) -> Result<Vec<(Span, String)>, String> {
    let what = symbol.kind.word();
    if symbol.kind == SymbolKind::Param {
        return Err("a parameter is called as the file or folder of its page: rename that".to_owned());
    }
    if name == symbol.name {
        return Ok(Vec::new());
    }
    if let Some((message, better)) = spec::refusal(name, symbol.kind.rule()) {
        return Err(format!("{message}; `{better}` would do"));
    }
    let pages = || match symbol.page {
        Some(page) => page..page + 1,
        None => 0..compiler.spec().pages.len(),
    };
    for index in pages() {
        let Some(page) = compiler.spec().pages.get(index) else { continue };
        let own = &page.definitions;
        let is_taken = [own, &compiler.spec().shared].into_iter().any(|all| declares(all, symbol.kind, name));
        let is_bound = || compiler.index(index).is_some_and(|checked| has(&checked.page, symbol.kind, name));
        let mentions = mentions(compiler, page.file, name);
        if is_taken || (mentions && is_bound()) {
            let place = &compiler.sources().file(page.file).path;
            return Err(format!("there is a {what} `{name}` already, for `{place}`"));
        }
    }
    for index in pages() {
        let Some(page) = compiler.spec().pages.get(index) else { continue };
        let mut files = compiler
            .reads(page.file)
            .iter()
            .chain(compiler.tests_of(page))
            .chain([&page.file])
            .chain(compiler.settings().as_ref())
            .copied()
            .collect::<Vec<_>>();
        files.retain(|file| compiler.is_cut_short(*file) && mentions(compiler, *file, &symbol.name));
        if let Some(file) = files.first() {
            let path = &compiler.sources().file(*file).path;
            return Err(format!("`{path}` cannot be read to its end, and may name the {what} `{}`", symbol.name));
        }
    }
    let places = references(compiler, symbol);
    if let Some(index) = symbol.page
        && let Some((shared, other)) = places.iter().find_map(|place| elsewhere(compiler, place.file, index))
    {
        let path = |file| &compiler.sources().file(file).path;
        return Err(format!("`{}` names the {what} too, and `{}` uses it", path(shared), path(other)));
    }
    Ok(places.into_iter().map(|span| (span, name.to_owned())).collect())
}

/// A file that the page of a number looks into, and another page that does: what is changed there is changed for both.
fn elsewhere(compiler: &Compiler, file: FileId, index: usize) -> Option<(FileId, FileId)> {
    let is_looked_into = compiler.page_of(file).is_none() && compiler.settings() != Some(file);
    let mut others = compiler.readers(file).into_iter().filter(|reader| *reader != file);
    let other = others.find(|reader| compiler.page_of(*reader).is_some_and(|page| page != index))?;
    is_looked_into.then_some((file, other))
}

/// In TOML, what is declared under several headers is named in each of them.
fn headers(compiler: &Compiler, file: FileId, symbol: &Symbol) -> Vec<Span> {
    let source = compiler.sources().file(file);
    let is_declaring = match symbol.page {
        Some(page) => compiler.page_of(file) == Some(page),
        None => compiler.settings() == Some(file),
    };
    if Format::of(&source.path) != Some(Format::Toml) || !is_declaring {
        return Vec::new();
    }
    let section = match symbol.kind {
        SymbolKind::State => "state",
        SymbolKind::Query => "queries",
        SymbolKind::Value => "values",
        SymbolKind::Write => "writes",
        SymbolKind::Param => "params",
    };
    let span = |range: std::ops::Range<usize>| {
        Some(Span::new(file, u32::try_from(range.start).ok()?, u32::try_from(range.end).ok()?))
    };
    sketch::mentions(&source.text, &[section, &symbol.name]).into_iter().filter_map(span).collect()
}

fn declares(all: &spec::Definitions, kind: SymbolKind, name: &str) -> bool {
    match kind {
        SymbolKind::State => all.state.iter().any(|key| &*key.name.value == name),
        SymbolKind::Query => all.queries.iter().any(|query| &*query.name.value == name),
        SymbolKind::Value => all.values.iter().any(|value| &*value.name.value == name),
        SymbolKind::Write => all.writes.iter().any(|write| &*write.name.value == name),
        SymbolKind::Param => false,
    }
}

/// Whether a page has something of this name: also a key that only a widget declares, and a table in state that SQL would
/// take for a query.
fn has(page: &Page, kind: SymbolKind, name: &str) -> bool {
    let key = || page.state.iter().any(|key| &*key.name == name);
    let query = || page.queries.iter().any(|query| &*query.name == name);
    match kind {
        SymbolKind::State => key(),
        SymbolKind::Query => query() || page.state.iter().any(|key| &*key.name == name && key.ty.columns().is_some()),
        SymbolKind::Value | SymbolKind::Write | SymbolKind::Param => false,
    }
}

/// The pages in which a symbol may be named.
fn scope(compiler: &Compiler, symbol: &Symbol) -> Vec<usize> {
    if let Some(page) = symbol.page {
        return vec![page];
    }
    let pages = compiler.spec().pages.iter().enumerate();
    // With any page the places in `app.yaml` are found.
    let meant = pages.filter(|(index, page)| {
        let reads = compiler.reads(page.file).iter();
        *index == 0 || reads.chain([&page.file]).any(|file| mentions(compiler, *file, &symbol.name))
    });
    meant.map(|(index, _)| index).collect()
}

fn mentions(compiler: &Compiler, file: FileId, name: &str) -> bool {
    compiler.sources().file(file).text.contains(name)
}

/// Everything that is declared or named, with its place.
fn places(checked: &Checked) -> Vec<(Span, Target)> {
    let page = &checked.page;
    let state = (0..page.state.len()).map(|index| Target::State(StateId::at(index)));
    let queries = (0..page.queries.len()).map(|index| Target::Query(QueryId::at(index)));
    let values = (0..page.values.len()).map(|index| Target::Value(ValueId::at(index)));
    let writes = (0..page.writes.len()).map(|index| Target::Write(WriteId::at(index)));
    let params = (0..).zip(&page.params).map(|(index, _)| Target::Param(index));
    let all = state.chain(queries).chain(values).chain(writes).chain(params);
    let declared = all.filter_map(|target| Some((declared(page, target)?, target)));
    declared.chain(checked.uses.iter().map(|used| (used.span, used.target))).collect()
}

/// Whether the name of a key is one that somebody writes, and not that of a component's own (the open tab).
pub(super) fn is_written(page: &Page, key: &State) -> bool {
    !page.components.iter().any(|component| component.span == key.span)
}

fn declared(page: &Page, target: Target) -> Option<Span> {
    match target {
        Target::State(id) => page.state.get(id.index()).filter(|key| is_written(page, key)).map(|key| key.span),
        Target::Query(id) => page.queries.get(id.index()).map(|query| query.span),
        Target::Value(id) => page.values.get(id.index()).map(|value| value.span),
        Target::Write(id) => page.writes.get(id.index()).map(|write| write.span),
        Target::Param(index) => page.params.get(index as usize).map(|param| param.name.span),
    }
}

fn symbol(compiler: &Compiler, page: &Page, index: usize, target: Target) -> Option<Symbol> {
    let shared = &compiler.spec().shared;
    let (kind, name, is_shared) = match target {
        Target::State(id) => page.state.get(id.index()).map(|key| (SymbolKind::State, &key.name, key.shared))?,
        Target::Query(id) => {
            page.queries.get(id.index()).map(|query| (SymbolKind::Query, &query.name, query.key.0.is_empty()))?
        }
        Target::Value(id) => page
            .values
            .get(id.index())
            .map(|value| (SymbolKind::Value, &value.name, id.index() < shared.values.len()))?,
        Target::Write(id) => page
            .writes
            .get(id.index())
            .map(|write| (SymbolKind::Write, &write.name, id.index() < shared.writes.len()))?,
        Target::Param(index) => {
            page.params.get(index as usize).map(|param| (SymbolKind::Param, &param.name.value, false))?
        }
    };
    Some(Symbol { kind, name: name.to_string(), page: (!is_shared).then_some(index) })
}

/// What a symbol is called by on a page.
fn target_of(compiler: &Compiler, page: &Page, wanted: &Symbol) -> Option<Target> {
    let checked = Checked { page: page.clone(), sought: Vec::new(), uses: Vec::new() };
    let index = wanted.page.unwrap_or(0);
    let all = places(&checked).into_iter().map(|(_, target)| target);
    all.into_iter().find(|target| {
        let found = symbol(compiler, page, index, *target);
        found.is_some_and(|found| {
            found.kind == wanted.kind && found.name == wanted.name && found.page.is_some() == wanted.page.is_some()
        })
    })
}

/// The bytes of a name within what stands around it: `region` of `state.region`, without quotes.
fn narrowed(compiler: &Compiler, span: Span, name: &str) -> Option<Span> {
    let (span, _) = span.as_written();
    let text = compiler.sources().text(span);
    let is_whole = |at: &usize| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    };
    let at = text.rmatch_indices(name).map(|(at, _)| at).find(is_whole)?;
    let start = span.start + u32::try_from(at).ok()?;
    Some(Span { start, end: start + u32::try_from(name.len()).ok()?, ..span })
}
