//! Resolves names, types and columns, and produces the program: what is not resolved cannot reach evaluation.
//!
//! Each page is checked by itself, with what `app.yaml` declares for all of them; a mistake in `app.yaml` is found
//! with every page and said once.

mod names;
mod outline;
mod columns;
mod types;
mod format;
mod connection;
mod query;
mod widget;
mod choice;
mod state;
mod write;
mod action;
mod component;
mod page;
pub mod program;

pub use names::Declarations;
pub use program::{Page, Program, Ref};

use crate::diagnostic::Diagnostics;
use crate::spec::{self, Name, Schemas, Spec};

/// What pages must know of each other.
#[derive(Clone, Debug, Default)]
pub struct Common {
    /// The URLs of all pages.
    pub urls: Vec<String>,
    pub declarations: Declarations,
}

impl Common {
    pub fn of(spec: &Spec) -> Self {
        let urls = spec.pages.iter().map(|page| page.path.clone()).collect();
        Self { urls, declarations: Declarations::of(&spec.pages) }
    }
}

/// A page that was checked.
#[derive(Clone, Debug)]
pub struct Checked {
    pub page: Page,
    /// What was looked for among the declarations of other pages, by what it is and its name.
    pub sought: Vec<(&'static str, Name)>,
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
    page::check(spec, page, (common, schemas), diagnostics)
}

/// The program that checked pages make up.
pub fn program(spec: &Spec, schemas: &Schemas, pages: Vec<Page>) -> Program {
    Program { settings: spec.app.clone().into(), connections: connection::known(spec, schemas), pages }
}
