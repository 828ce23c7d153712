//! An app compiled from a folder, as the commands do it.

use std::path::Path;

use appspec_data::{CacheSettings, Data, DataSettings, Outside};
use appspec_lang::App;
use appspec_lang::compile::{compile, lower};
use appspec_lang::diagnostic::{Diagnostic, Diagnostics, code, render};
use appspec_lang::source::{DiskWorld, Sources};

/// Compiles the app in a folder, with the columns that its files and databases tell; any finding is a failure.
pub(crate) async fn compiled(folder: &Path) -> (App, Data) {
    let (app, data, found) = compile_folder(folder).await;
    assert!(found.is_empty(), "{found}");
    (app.unwrap(), data)
}

/// What the compiler says of the app in a folder.
pub(crate) async fn findings(folder: &Path) -> String {
    compile_folder(folder).await.2
}

async fn compile_folder(folder: &Path) -> (Option<App>, Data, String) {
    let sources = Sources::load(&DiskWorld, folder).unwrap();
    let spec = lower(&sources, &mut Diagnostics::default());
    let cache = CacheSettings::of(&spec.app.limits, &folder.join(".appspec"));
    let settings = DataSettings { timezone: "UTC".to_owned(), cache, ..DataSettings::default() };
    let data = Data::open(folder, &spec.connections, settings);
    let schemas = data.describe(&spec, &Outside::default()).await;
    let mut diagnostics = Diagnostics::default();
    let app = compile(&sources, &schemas, &mut diagnostics);
    // A test leaves out what it is not about.
    let is_finding = |found: &Diagnostic| *found.code != code::UNUSED;
    let found: Vec<Diagnostic> = diagnostics.sorted().into_iter().filter(is_finding).collect();
    let found = render::terminal(&sources, &found, false);
    (app, data, found)
}
