//! Resolves names, types and columns, and produces the program: what is not resolved cannot reach evaluation.
//!
//! Each page is checked by itself, with what `app.yaml` declares for all of them; a mistake in `app.yaml` is found
//! with every page and said once.

mod names;
mod outline;
mod columns;
mod types;
mod form;
mod format;
mod grid;
mod shortcut;
mod connection;
mod sql;
mod query;
mod row;
mod widget;
mod choice;
mod address;
mod state;
mod write;
mod action;
mod binding;
mod cells;
mod channel;
mod color;
mod condition;
mod file_name;
mod image;
mod dialog;
mod limits;
mod link;
mod link_query;
mod nav;
mod component;
mod partial;
mod unused;
mod window;
mod null;
mod test;
mod page;
pub mod program;
mod scope;

pub use names::{Declarations, Target, Use};
pub use nav::check as check_nav;
pub use program::{Page, Program, Ref};
pub use scope::PageScope;
pub use unused::{Used, report as report_unused, report_shared as report_unused_shared};
pub use window::open_windows;

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostics;
use crate::source::FileId;
use crate::spec::{self, Name, Schemas, Spec};
use crate::value::Type;

/// What pages must know of each other.
#[derive(Clone, Debug, Default)]
pub struct Common {
    /// Where links may lead: all pages.
    pub destinations: Vec<Destination>,
    pub declarations: Declarations,
    /// The tests of pages, by the paths of these.
    pub tests: BTreeMap<String, Vec<spec::Tests>>,
}

impl Common {
    pub fn of(spec: &Spec) -> Self {
        let declarations = Declarations::of(&spec.pages);
        let mut common = Self { destinations: Vec::new(), declarations, tests: BTreeMap::new() };
        common.find_destinations(spec);
        common
    }

    /// Takes up where links may lead, of all pages and with the keys of the app.
    pub fn find_destinations(&mut self, spec: &Spec) {
        self.destinations = spec.pages.iter().map(|page| Destination::of(&spec.shared, page)).collect();
    }

    /// Takes up what a file of tests says, in the place of what it said before; reported if it leads to no page. Gives the
    /// paths of the pages that it tests or has tested.
    pub fn take_tests(
        &mut self,
        file: FileId,
        tests: Option<spec::Tests>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<String> {
        let mut paths: Vec<String> = self.tested_by(file).map(str::to_owned).into_iter().collect();
        self.tests.retain(|_, tests| {
            tests.retain(|tests| tests.file != file);
            !tests.is_empty()
        });
        if let Some(tests) = tests
            && let Some(page) = link::page_at(&tests.page, &self.destinations, diagnostics)
        {
            self.tests.entry(page.path.clone()).or_default().push(tests);
            paths.push(page.path.clone());
        }
        paths
    }

    /// The path of the page that a file tests.
    pub fn tested_by(&self, file: FileId) -> Option<&str> {
        let mut pages = self.tests.iter();
        pages.find(|(_, tests)| tests.iter().any(|tests| tests.file == file)).map(|(path, _)| path.as_str())
    }

    /// Takes up a page that was read again; tells whether links to it may now be right or wrong that were not before.
    pub fn replace(&mut self, index: usize, shared: &spec::Definitions, page: &spec::Page) -> bool {
        let destination = Destination::of(shared, page);
        self.destinations
            .get_mut(index)
            .is_some_and(|place| std::mem::replace(place, destination.clone()) != destination)
    }
}

/// A page as links see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Destination {
    /// `/customers/[id]`
    pub path: String,
    /// The parameters in the path, with their types.
    pub params: Vec<(Name, Type)>,
    /// The parameters that may follow the path, with the types of their keys as far as these are declared.
    pub query: Vec<(Name, Type)>,
    /// The other keys that the page declares.
    pub others: Vec<Name>,
}

impl Destination {
    pub fn of(shared: &spec::Definitions, page: &spec::Page) -> Self {
        let params = page.params.iter().map(|param| (param.name.value.clone(), param.ty.clone())).collect();
        let mut destination = Self { path: page.path.clone(), params, query: Vec::new(), others: Vec::new() };
        for key in shared.state.iter().chain(&page.definitions.state) {
            match &key.in_url {
                Some(parameter) => destination.query.push((parameter.value.clone(), key.declared_type())),
                None => destination.others.push(key.name.value.clone()),
            }
        }
        destination
    }
}

/// A page that was checked.
#[derive(Clone, Debug)]
pub struct Checked {
    pub page: Page,
    /// What was looked for among the declarations of other pages, by what it is and its name.
    pub sought: Vec<(&'static str, Name)>,
    /// Where names are used, in order of their places, if that was asked for.
    pub uses: Vec<Use>,
}

/// Resolves one page of a spec; what is wrong is reported, and the page then only fit to be looked at.
///
/// It rests on the page itself, on what the spec holds beside its pages, on the schemas, on the URLs of all pages, and
/// of the declarations of others on those that were sought.
pub fn check(
    (spec, page): (&Spec, &spec::Page),
    common: &Common,
    schemas: &Schemas,
    diagnostics: &mut Diagnostics,
) -> Checked {
    page::check(spec, page, (common, schemas), false, diagnostics)
}

/// The same, silently, and with the places where names are used.
pub fn index((spec, page): (&Spec, &spec::Page), common: &Common, schemas: &Schemas) -> Checked {
    page::check(spec, page, (common, schemas), true, &mut Diagnostics::default())
}

/// The program that checked pages make up.
pub fn program(spec: &Spec, schemas: &Schemas, pages: Vec<Page>) -> Program {
    Program { settings: spec.app.clone().into(), connections: connection::known(spec, schemas), pages }
}
