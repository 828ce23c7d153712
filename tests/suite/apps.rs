//! The demo app: it compiles without a complaint, and its graphs are as they were last reviewed.

use appspec_lang::diagnostic::{Diagnostics, render};
use appspec_lang::graph::export;
use appspec_lang::source::{DiskWorld, Sources};
use appspec_lang::spec::Schemas;
use appspec_lang::{App, compile};

use crate::support::{golden, root};

fn demo() -> App {
    let sources = Sources::load(&DiskWorld, &root().join("specs")).unwrap();
    let mut diagnostics = Diagnostics::default();
    let app = compile(&sources, &Schemas::default(), &mut diagnostics);
    let found = diagnostics.sorted();
    assert!(found.is_empty(), "{}", render::terminal(&sources, &found, false));
    app.unwrap()
}

#[test]
fn graphs_are_as_reviewed() {
    let app = demo();
    for (page, graph) in app.program.pages.iter().zip(&app.graphs) {
        let name = if page.path == "/" { "index" } else { page.path.trim_start_matches('/') };
        golden(&format!("tests/suite/graphs/{}.txt", name.replace('/', "-")), &export::edges(page, graph));
    }
}
