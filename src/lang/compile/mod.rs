//! The compiler from end to end: at once, or kept up to date while files change.

mod incremental;
mod parallel;
mod reading;
#[cfg(test)]
mod tests;

pub use incremental::Compiler;

use self::reading::Reading;
use crate::check::{self, Program};
use crate::diagnostic::Diagnostics;
use crate::graph::{self, Graph};
use crate::source::Sources;
use crate::spec::{Schemas, Spec};

/// A compiled app; immutable, and shared by all views.
#[derive(Clone, Debug)]
pub struct App {
    pub program: Program,
    /// One for each page of the program, in its order.
    pub graphs: Vec<Graph>,
}

/// Compiles the specs of an app; all that is wrong is reported, and with an error there is no app.
///
/// `schemas` holds the columns of files and of queries in databases: what is needed to learn them is in the [`Spec`]
/// that [`lower`] gives. Without them the check is only less strict.
///
/// ```
/// use appspec_lang::diagnostic::Diagnostics;
/// use appspec_lang::source::Sources;
/// use appspec_lang::spec::Schemas;
///
/// let mut sources = Sources::default();
/// sources.add("index.yaml", "state: { runs: 0 }\nbody:\n  - text: \"Run {{ state.run }}\"\n");
///
/// let mut diagnostics = Diagnostics::default();
/// let app = appspec_lang::compile(&sources, &Schemas::default(), &mut diagnostics);
///
/// assert!(app.is_none());
/// let found = diagnostics.sorted();
/// assert_eq!(found[0].message, "no state key `run`");
/// assert_eq!(found[0].help, ["did you mean `runs`?"]);
/// ```
pub fn compile(sources: &Sources, schemas: &Schemas, diagnostics: &mut Diagnostics) -> Option<App> {
    Draft::of(sources).compile(schemas, diagnostics)
}

/// Reads and lowers the specs of an app, their names not yet resolved.
pub fn lower(sources: &Sources, diagnostics: &mut Diagnostics) -> Spec {
    let draft = Draft::of(sources);
    diagnostics.append(draft.diagnostics());
    draft.0.spec
}

/// An app that was read, to be compiled when the columns of its queries are known.
#[derive(Debug)]
pub struct Draft(Reading);

impl Draft {
    pub fn of(sources: &Sources) -> Self {
        Self(Reading::of(sources))
    }

    /// The specs, their names not yet resolved.
    pub fn spec(&self) -> &Spec {
        &self.0.spec
    }

    /// What is wrong with them already.
    pub fn diagnostics(&self) -> Diagnostics {
        self.0.diagnostics()
    }

    /// The program of the app, whatever is wrong with it: for those who look at its parts before it is right.
    pub fn outline(&self, schemas: &Schemas) -> Program {
        let reading = &self.0;
        let unheard = &mut Diagnostics::default();
        let pages = (0..reading.spec.pages.len()).map(|index| reading.check(index, schemas, unheard).page).collect();
        check::program(&reading.spec, schemas, pages)
    }

    /// Compiles them; reports as [`compile()`] does.
    pub fn compile(self, schemas: &Schemas, diagnostics: &mut Diagnostics) -> Option<App> {
        let reading = self.0;
        diagnostics.append(reading.diagnostics());
        let numbers: Vec<usize> = (0..reading.spec.pages.len()).collect();
        let checked = parallel::map(&numbers, |number| {
            let mut found = Diagnostics::default();
            let mut checked = reading.check(*number, schemas, &mut found);
            // What the compiler writes itself holds no mistake, and closes no circle.
            if checked.graph.is_some() && check::open_windows(&mut checked.page) {
                checked.graph = graph::build(&checked.page, &mut Diagnostics::default());
            }
            (checked, found)
        });
        let (mut pages, mut graphs, mut used) = (Vec::new(), Vec::new(), Vec::new());
        for (checked, found) in checked {
            diagnostics.append(found);
            pages.push(checked.page);
            graphs.push(checked.graph);
            used.push(checked.used);
        }
        reading.check_whole(schemas, used.iter().map(Option::as_ref), diagnostics);
        let graphs: Option<Vec<Graph>> = graphs.into_iter().collect();
        if diagnostics.has_errors() {
            return None;
        }
        let mut graphs = graphs?;
        graph::mark_user(&pages, &mut graphs);
        Some(App { program: check::program(&reading.spec, schemas, pages), graphs })
    }
}
