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

pub use program::{Page, Program, Ref};

use std::sync::Arc;

use self::names::Declared;
use crate::diagnostic::Diagnostics;
use crate::spec::{Schemas, Spec};

/// Resolves a spec into the program; what is wrong is reported, and the program then only fit to be looked at.
pub fn check(spec: &Spec, schemas: &Schemas, diagnostics: &mut Diagnostics) -> Program {
    let urls: Vec<&str> = spec.pages.iter().map(|page| page.path.as_str()).collect();
    let declared = Arc::new(Declared::of(spec));
    let mut pages: Vec<Page> =
        spec.pages.iter().map(|page| page::check(spec, page, (&urls, &declared, schemas), diagnostics)).collect();
    pages.sort_by(|a, b| a.path.cmp(&b.path));
    Program { settings: Arc::new(spec.app.clone()), connections: connection::known(spec, schemas), pages }
}
