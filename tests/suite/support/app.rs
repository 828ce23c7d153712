//! An app served in this process: no socket, but all of the server.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use appspec_data::Data;
use appspec_lang::value::Hasher;
use appspec_web::serve::{Held, Options, Server, router};
use axum::Router;
use tempfile::TempDir;

use super::compiled::compiled;
use super::visitor::Visitor;
use crate::lab::create_database;

/// A served app, in a folder of its own.
pub(crate) struct TestApp {
    server: Arc<Server>,
    data: Arc<Data>,
    folder: TempDir,
}

impl TestApp {
    /// Serves an app of one page, at `/`.
    pub(crate) async fn from_spec(page: &str) -> Self {
        Self::from_files(&[("index.yaml", page)]).await
    }

    /// Serves the app that these files are, with a database beside each `.sql`.
    pub(crate) async fn from_files(files: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            if path.extension().is_some_and(|ending| ending == "sql") {
                create_database(&path.with_extension("db"), text).await;
            }
        }
        let (server, data) = serve(folder.path(), patient(folder.path())).await;
        Self { server, data, folder }
    }

    /// The same app by a server that waits no longer than the command does: what is slow arrives late.
    pub(crate) async fn impatient(self) -> Self {
        let options = Options::new(self.folder.path().to_owned(), self.folder.path().join(".appspec"));
        let (server, data) = serve(self.folder.path(), options).await;
        Self { server, data, folder: self.folder }
    }

    /// The same app by a server that waits long for rows, and for how many there are no longer than the command does.
    pub(crate) async fn impatient_for_extras(self) -> Self {
        let options = patient(self.folder.path());
        let for_extras = Options::new(options.root.clone(), options.state_folder.clone()).for_extras;
        let (server, data) = serve(self.folder.path(), Options { for_extras, ..options }).await;
        Self { server, data, folder: self.folder }
    }

    /// The same app by another server, which has forgotten all views.
    pub(crate) async fn restarted(self) -> Self {
        self.data.written().await;
        let (server, data) = serve(self.folder.path(), patient(self.folder.path())).await;
        Self { server, data, folder: self.folder }
    }

    /// A browser that has never been here.
    pub(crate) fn visitor(&self) -> Visitor {
        Visitor::new(self.router())
    }

    pub(crate) fn router(&self) -> Router {
        router(Arc::clone(&self.server))
    }

    /// Drops the results of a query, as a write would.
    pub(crate) fn forget(&self, page: &str, query: &str) {
        self.data.forget_query(Hasher::default().text(page).text(query).finish());
    }

    /// Where its files are.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn server(&self) -> Arc<Server> {
        Arc::clone(&self.server)
    }

    /// Writes a file of the app, or takes it away.
    pub(crate) fn put(&self, path: &str, text: Option<&str>) {
        let path = self.folder.path().join(path);
        match text {
            Some(text) => fs::write(path, text).unwrap(),
            None => fs::remove_file(path).unwrap(),
        }
    }

    pub(crate) fn held(&self) -> Held {
        self.server.held()
    }
}

/// Waits for whatever is not meant to be late, on a busy machine too.
fn patient(folder: &Path) -> Options {
    let long = Duration::from_secs(20);
    let options = Options::new(folder.to_owned(), folder.join(".appspec"));
    Options { first_answer: long, plain_answer: long, for_extras: long, ..options }
}

/// Serves the app in a folder.
async fn serve(folder: &Path, options: Options) -> (Arc<Server>, Arc<Data>) {
    let (app, data) = compiled(folder).await;
    let data = Arc::new(data);
    let (server, warnings) = Server::new(Arc::new(app), Arc::clone(&data), &options);
    assert!(warnings.is_empty(), "{warnings:?}");
    (server, data)
}
