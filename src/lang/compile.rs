//! The compiler from end to end.

use crate::check::{self, Program};
use crate::diagnostic::Diagnostics;
use crate::graph::{self, Graph};
use crate::source::Sources;
use crate::spec::{self, Schemas, Spec};
use crate::syntax;

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
    let spec = lower(sources, diagnostics);
    let program = check::check(&spec, schemas, diagnostics);
    let graphs: Option<Vec<Graph>> = program.pages.iter().map(|page| graph::build(page, diagnostics)).collect();
    if diagnostics.has_errors() {
        return None;
    }
    let mut graphs = graphs?;
    graph::mark_user(&program.pages, &mut graphs);
    Some(App { program, graphs })
}

/// Reads and lowers the specs of an app, their names not yet resolved.
pub fn lower(sources: &Sources, diagnostics: &mut Diagnostics) -> Spec {
    let trees = syntax::parse_all(sources, diagnostics);
    spec::lower(&trees, sources, diagnostics)
}
