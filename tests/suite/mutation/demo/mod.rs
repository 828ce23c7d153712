//! The demo app, read for what stands where: every key, every name and what it names, every value and its role.
//!
//! Only the structure of the files, and what the language says of keys and options, is used here: none of it comes from
//! the checks that are judged.

mod component;
mod expression;
mod page;
mod sql;
mod tables;

use std::collections::BTreeSet;
use std::ops::Range;

use appspec_lang::component::Pattern;
use appspec_lang::diagnostic::Diagnostics;
use appspec_lang::source::{SourceText, Sources, Span};
use appspec_lang::spec::partial_name;
use appspec_lang::syntax::{self, Node, Tree};

pub(super) use tables::{ColumnType, TABLES, columns_of};

/// The files whose edits are judged.
const JUDGED: &str = "_trend.yaml app.yaml charts.yaml charts/spread.yaml counter-toml.toml counter.yaml \
     database.yaml gallery.yaml index.yaml penguins.yaml scatter.yaml weather.toml";

/// A file of the app.
pub(super) struct File {
    pub(super) path: String,
    pub(super) text: String,
    /// The page that it is; empty for `app.yaml`.
    pub(super) page: String,
}

impl File {
    pub(super) fn is_toml(&self) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, ending)| ending == "toml")
    }

    /// Whether it is edited. The others are the same app to the compiler, and say nothing that these do not.
    pub(super) fn is_judged(&self) -> bool {
        JUDGED.split_whitespace().any(|path| path == self.path)
    }

    /// Whether it is a partial: what a name in it is, the page that uses it says.
    pub(super) fn is_partial(&self) -> bool {
        partial_name(&self.path).is_some()
    }

    /// The number of the line of a byte, from 0.
    pub(super) fn line_of(&self, at: usize) -> usize {
        self.text[..at].matches('\n').count()
    }
}

/// What a name names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thing {
    State,
    Query,
    Value,
    Connection,
    /// A column of a query, or of a table in state.
    Column(String),
    /// A table of a database.
    DatabaseTable,
}

/// A word of which there is a fixed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Vocabulary {
    Filter,
    Function,
    Format,
    Icon,
    Type,
    Choice,
    Keyword,
    Generator,
    SqlKeyword,
    SqlFunction,
    /// Names of the world: time zones, locales, currencies, files.
    World,
}

/// What stands at a place, and so what it is to misspell it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// A key of the language.
    Key,
    Declares(Thing),
    Refers(Thing),
    Word(Vocabulary),
    /// What people read, and nothing else.
    Prose,
}

/// A word in a file.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) file: usize,
    pub(super) at: Range<usize>,
    pub(super) word: String,
    pub(super) what: What,
}

/// A literal inside an expression or SQL, and what it meets there.
#[derive(Clone, Debug)]
pub(super) struct Literal {
    pub(super) file: usize,
    pub(super) at: Range<usize>,
    pub(super) is_number: bool,
    pub(super) meets: Meets,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meets {
    /// It is compared with something of its own type, or added to it.
    Operand,
    /// It is the argument of a function that takes no other type.
    Argument,
}

/// What the value of a key is, and so what may stand there.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Role {
    /// A template for people.
    Text,
    /// Text without expressions.
    Label,
    Expression(Pattern),
    /// A table.
    Subject,
    Sql,
    /// Of the table of this name.
    Column(Option<String>),
    Color,
    Choice,
    Bool,
    Int,
    /// A number, or `content`.
    Width,
    /// The initial value of a key.
    Constant,
    StateKey,
    Query,
    Connection,
    Icon,
    Format,
    Type,
    Duration,
    File,
    World,
    /// A cell of a row that is written out.
    Cell,
    /// A map, a list, or nothing.
    Structure,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) file: usize,
    pub(super) key: Range<usize>,
    /// With quotes and brackets.
    pub(super) value: Range<usize>,
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) is_required: bool,
    /// The number of the map, the same for all of its entries.
    pub(super) map: usize,
    /// The entry or item that the map belongs to.
    pub(super) parent: Range<usize>,
    /// The name of the kind, in a component; that of the structure elsewhere.
    pub(super) owner: String,
    /// The column that the entry is about, for formats and channels.
    pub(super) column: Option<(String, String)>,
}

/// All that is known of the app.
#[derive(Default)]
pub(super) struct Demo {
    pub(super) files: Vec<File>,
    pub(super) places: Vec<Place>,
    pub(super) literals: Vec<Literal>,
    pub(super) entries: Vec<Entry>,
    pub(super) emits: Vec<Emit>,
    maps: usize,
}

/// `{{ … }}` in SQL, behind a comparison with a column of a type.
#[derive(Clone, Debug)]
pub(super) struct Emit {
    pub(super) file: usize,
    /// What stands between the braces.
    pub(super) at: Range<usize>,
    pub(super) column: ColumnType,
}

impl Demo {
    /// Reads the app: a path and text for each file, in the order of their paths.
    pub(super) fn read(written: Vec<(String, String)>) -> Self {
        let mut sources = Sources::default();
        let (mut files, mut trees) = (Vec::new(), Vec::new());
        for (path, text) in written {
            let id = sources.add(path.as_str(), text.as_str());
            let mut diagnostics = Diagnostics::default();
            trees.push(syntax::parse(sources.file(id), &mut diagnostics));
            assert!(!diagnostics.has_errors(), "{path} cannot be read");
            files.push(File { page: page_of(&path), path, text });
        }
        // What is declared must be known before what refers to it can be told from what does not.
        let Self { files, mut places, .. } = Self::walk(files, &trees, &[]);
        places.retain(|place| matches!(place.what, What::Declares(_)));
        Self::walk(files, &trees, &places)
    }

    fn walk(files: Vec<File>, trees: &[Tree], declared: &[Place]) -> Self {
        let mut demo = Self { files, ..Self::default() };
        for (file, tree) in trees.iter().enumerate() {
            if demo.files[file].is_judged() && !demo.files[file].is_partial() {
                Reader { demo: &mut demo, declared, file }.file(&tree.root);
            }
        }
        demo
    }

    /// The words that a slip must not make: it would then be no mistake, or another one.
    pub(super) fn taken(&self) -> BTreeSet<String> {
        use appspec_lang::component::{ALL, COMMON, icon};
        let mut taken: BTreeSet<String> = self.places.iter().map(|place| place.word.to_lowercase()).collect();
        taken.extend(self.files.iter().flat_map(|file| super::word::words(&file.text)).map(str::to_lowercase));
        taken.extend(icon::names().map(str::to_owned));
        let props = ALL.iter().flat_map(|kind| kind.props).chain(COMMON).map(|prop| prop.name);
        taken.extend(ALL.iter().map(|kind| kind.name).chain(props).map(str::to_owned));
        taken.extend(TABLES.iter().flat_map(|table| super::word::words(table.columns)).map(str::to_owned));
        taken.extend(KNOWN.split_whitespace().map(str::to_owned));
        taken
    }
}

/// Words of the language and of the world that are near to others.
const KNOWN: &str = "uct ut utc rows tabs logs ass add any all min max mean media avg sum mode std \
     int ints bool float text date time datetime color list range table line lines";

/// The page that a file is.
fn page_of(path: &str) -> String {
    let name = path.rsplit_once('.').map_or(path, |(name, _)| name);
    match name {
        "app" => String::new(),
        "index" => "/".to_owned(),
        other => format!("/{other}"),
    }
}

/// Walks one file.
struct Reader<'a> {
    demo: &'a mut Demo,
    /// What is declared, in all files; nothing while that is found out.
    declared: &'a [Place],
    file: usize,
}

impl Reader<'_> {
    fn page(&self) -> &str {
        &self.demo.files[self.file].page
    }

    fn place(&mut self, at: Range<usize>, what: What) {
        let word = self.demo.files[self.file].text[at.clone()].to_owned();
        self.demo.places.push(Place { file: self.file, at, word, what });
    }

    /// A word of text that is known to its place; passed over where it is not written as it is meant.
    fn word(&mut self, source: &SourceText, at: Range<usize>, what: What) {
        let span = range(source.span_of(at.clone()));
        if self.demo.files[self.file].text.get(span.clone()) == source.text.get(at) {
            self.place(span, what);
        }
    }

    /// Whether this page, or the app, declares a name; in the first pass nothing is known yet.
    fn is_declared(&self, thing: &Thing, name: &str) -> bool {
        let is_near = |place: &Place| place.file == self.file || self.demo.files[place.file].page.is_empty();
        let is_it = |place: &Place| place.what == What::Declares(thing.clone()) && place.word == name && is_near(place);
        self.declared.iter().any(is_it)
    }

    /// Whether the state key at a place is declared at another one.
    fn is_declared_beside(&self, at: &Range<usize>) -> bool {
        let name = &self.demo.files[self.file].text[at.clone()];
        let is_other = |place: &&Place| place.file != self.file || place.at != *at;
        let is_near = |place: &&Place| place.file == self.file || self.demo.files[place.file].page.is_empty();
        let is_it = |place: &&Place| place.what == What::Declares(Thing::State) && place.word == name;
        self.declared.iter().filter(is_near).filter(is_it).any(|place| is_other(&place))
    }

    /// The span of a text without its quotes.
    fn inside(&self, node: &Node) -> Range<usize> {
        let span = range(node.span);
        let text = &self.demo.files[self.file].text[span.clone()];
        if text.starts_with(['"', '\'']) && text.len() > 1 { span.start + 1..span.end - 1 } else { span }
    }

    fn next_map(&mut self) -> usize {
        self.demo.maps += 1;
        self.demo.maps
    }
}

fn range(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}
