//! What a keystroke costs the language server, in an app of 1,000 pages.
//!
//! `cargo bench -p appspec-lsp --bench lsp` runs a session in memory, the columns of all databases known, and prints the
//! time from a change to the diagnostics of the file that was changed, and what else an editor waits for.

#![expect(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods, reason = "a benchmark prints figures")]
#![expect(clippy::indexing_slicing, reason = "an answer of another form ends it")]

mod generated;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use appspec_lang::source::MemoryWorld;
use appspec_lang::spec::Spec;
use appspec_lsp::{Ended, Server};
use lsp_server::{Connection, Message, Notification, Request};
use serde_json::{Value, json};

const PAGES: u32 = 1_000;

const PAGE: &str = "file:///app/team-0/page-500.yaml";
const SETTINGS: &str = "file:///app/app.yaml";

/// What is typed into the page, a key at a time.
const TYPED: &str = "  - text: \"{{ orders | length }} of {{ values.revenue }}\"\n";

#[expect(clippy::too_many_lines, reason = "a session, in its order")]
fn main() {
    let mut world = MemoryWorld::default();
    for (path, text) in generated::app(PAGES) {
        world.files.insert(format!("/app/{path}").into(), text);
    }
    let text = |uri: &str| world.files[Path::new(uri.trim_start_matches("file://"))].clone();
    let (page, settings) = (text(PAGE), text(SETTINGS));
    let (ours, theirs) = Connection::memory();
    let schemas = generated::schemas(PAGES);
    let server = thread::spawn(move || {
        Server::new(theirs, Arc::new(world), Arc::new(move |_: &Path, _: &Spec| schemas.clone())).run()
    });
    let mut editor = Editor { connection: ours, version: 0 };
    editor.request("initialize", json!({ "capabilities": {} }));
    editor.notify("initialized", json!({}));

    let started = Instant::now();
    editor.open(PAGE, &page);
    editor.wait_for(PAGE);
    row("open a page", &[started.elapsed()]);

    let line = u32::try_from(page.lines().count()).unwrap();
    let keys = TYPED.char_indices().map(|(column, key)| (u32::try_from(column).unwrap(), key));
    let mut times = Vec::new();
    for (column, key) in keys {
        let started = Instant::now();
        editor.change(PAGE, (line, column), &key.to_string());
        editor.wait_for(PAGE);
        times.push(started.elapsed());
    }
    row("a key in the page", &times);

    let mut times = Vec::new();
    for column in 0..u32::try_from(TYPED.len()).unwrap() {
        let started = Instant::now();
        let position = json!({ "line": line, "character": column });
        editor.request("textDocument/completion", json!({ "textDocument": { "uri": PAGE }, "position": position }));
        times.push(started.elapsed());
    }
    row("completion", &times);

    editor.open(SETTINGS, &settings);
    editor.wait_for(SETTINGS);
    let end = u32::try_from(settings.lines().count()).unwrap();
    let (mut own, mut all) = (Vec::new(), Vec::new());
    for turn in 0..4 {
        // Twice the database of all pages is taken from them, and given back.
        let comment = if turn % 2 == 0 { "#" } else { "" };
        let started = Instant::now();
        editor.replace_line(SETTINGS, 1, &format!("{comment}connection: shop"));
        editor.wait_for(SETTINGS);
        own.push(started.elapsed());
        editor.wait_for_pages(turn % 2 == 0);
        all.push(started.elapsed());
    }
    row("a key in app.yaml", &own);
    row("… with all pages", &all);

    let started = Instant::now();
    let position = json!({ "line": end - 1, "character": 4 });
    let context = json!({ "includeDeclaration": true });
    let params = json!({ "textDocument": { "uri": SETTINGS }, "position": position, "context": context });
    let found = editor.request("textDocument/references", params);
    assert!(found.as_array().unwrap().len() >= PAGES as usize, "{} places", found.as_array().unwrap().len());
    row("references of a state key of all pages", &[started.elapsed()]);

    editor.request("shutdown", Value::Null);
    editor.notify("exit", Value::Null);
    assert_eq!(server.join().unwrap(), Ended::Properly);
    println!("{:<40}{:>10.0} MB", "most memory held, with the editor's part", peak_megabytes());
}

fn row(name: &str, times: &[Duration]) {
    let mut milliseconds: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1e3).collect();
    milliseconds.sort_by(f64::total_cmp);
    let (median, last) = (&milliseconds[times.len() / 2], milliseconds.last().unwrap());
    println!("{name:<40}{median:>10.1} ms, at most {last:.1} ms, of {}", times.len());
}

/// The other side of the session.
struct Editor {
    connection: Connection,
    version: i32,
}

impl Editor {
    fn notify(&self, method: &str, params: Value) {
        self.connection.sender.send(Notification { method: method.to_owned(), params }.into()).unwrap();
    }

    fn request(&self, method: &str, params: Value) -> Value {
        self.connection.sender.send(Request { id: 1.into(), method: method.to_owned(), params }.into()).unwrap();
        loop {
            if let Message::Response(response) = self.connection.receiver.recv().unwrap() {
                return response.response_result.unwrap();
            }
        }
    }

    fn open(&mut self, uri: &str, text: &str) {
        self.version += 1;
        let document = json!({ "uri": uri, "languageId": "yaml", "version": self.version, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    fn change(&mut self, uri: &str, (line, column): (u32, u32), text: &str) {
        let place = json!({ "line": line, "character": column });
        self.edit(uri, &json!({ "range": { "start": place, "end": place }, "text": text }));
    }

    fn replace_line(&mut self, uri: &str, line: u32, text: &str) {
        let range = json!({ "start": { "line": line, "character": 0 }, "end": { "line": line, "character": 999 } });
        self.edit(uri, &json!({ "range": range, "text": text }));
    }

    fn edit(&mut self, uri: &str, change: &Value) {
        self.version += 1;
        let document = json!({ "uri": uri, "version": self.version });
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [change] }));
    }

    /// Waits for the diagnostics of the newest version of a file.
    fn wait_for(&self, uri: &str) {
        while self.told().is_none_or(|told| told["uri"] != uri || told["version"] != self.version) {}
    }

    /// Waits until each page is told to be wrong, or to be right again.
    fn wait_for_pages(&self, wrong: bool) {
        let mut pages = BTreeSet::new();
        while pages.len() < PAGES as usize - 1 {
            let Some(told) = self.told() else { continue };
            let is_page = told["uri"] != SETTINGS && told["uri"] != PAGE;
            if is_page && told["diagnostics"].as_array().unwrap().is_empty() != wrong {
                pages.insert(told["uri"].to_string());
            }
        }
    }

    fn told(&self) -> Option<Value> {
        match self.connection.receiver.recv().unwrap() {
            Message::Notification(notification) => Some(notification.params),
            _ => None,
        }
    }
}

/// The most memory that this process has held, in 10⁶ bytes (`VmHWM`); 0 where the system does not say.
fn peak_megabytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().map_or(0.0, |kilobytes| kilobytes * 1.024e-3)
}
