//! The demo app: it compiles without a complaint, and its graphs are as they were last reviewed.

use appspec_lang::graph::export;

use crate::support::{compiled, golden, root};

#[tokio::test(flavor = "multi_thread")]
async fn graphs_are_as_reviewed() {
    let (app, _data) = compiled(&root().join("specs")).await;
    for (page, graph) in app.program.pages.iter().zip(&app.graphs) {
        let name = if page.path == "/" { "index" } else { page.path.trim_start_matches('/') };
        golden(&format!("tests/suite/graphs/{}.txt", name.replace('/', "-")), &export::edges(page, graph));
    }
}
