//! What is known of the world outside: columns of files and databases, asked for behind the editor's back.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use appspec_lang::compile::Compiler;
use appspec_lang::source::{FileId, Span};
use appspec_lang::spec::{QueryKey, SchemaError, Schemas, Spec};
use appspec_lang::value::{Columns, Fingerprint};

/// Finds the columns of the queries of a spec below a root, without asking any server; may block.
pub type Describe = Arc<dyn Fn(&Path, &Spec) -> Schemas + Send + Sync>;

/// What has become known of an app.
#[derive(Debug)]
pub(crate) struct Described {
    pub(crate) root: PathBuf,
    asked: BTreeMap<String, Option<Fingerprint>>,
    schemas: Schemas,
}

/// What was asked last for each page, by its URL, and for the app under an empty one.
#[derive(Debug, Default)]
pub(crate) struct Outside {
    asked: BTreeMap<String, Option<Fingerprint>>,
    is_asking: bool,
    /// Whether the specs are the same as when it was last seen to that all is asked.
    is_seen_to: bool,
    is_known: bool,
}

impl Outside {
    /// Has everything asked again, because files have changed that are no specs.
    pub(crate) fn forget(&mut self) {
        self.asked.clear();
        self.is_seen_to = false;
    }

    /// Has the specs looked at again, because they are others now.
    pub(crate) fn look_again(&mut self) {
        self.is_seen_to = false;
    }

    /// Whether there was an answer at all.
    pub(crate) fn is_known(&self) -> bool {
        self.is_known
    }

    /// Asks for what the specs ask anew, in a thread of its own, one at a time, and has the answer handed over.
    pub(crate) fn ask(
        &mut self,
        root: &Path,
        compiler: &Compiler,
        describe: &Describe,
        hand_over: impl FnOnce(Described) + Send + 'static,
    ) {
        if self.is_asking || self.is_seen_to {
            return;
        }
        self.is_seen_to = true;
        let spec = compiler.spec();
        let shared = compiler.asks(None);
        let is_new = |url: &str, asks| self.asked.get(url) != Some(&asks);
        let all = is_new("", shared);
        let asked: BTreeMap<String, Option<Fingerprint>> = (spec.pages.iter().enumerate())
            .map(|(index, page)| (page.path.clone(), compiler.asks(Some(index))))
            .filter(|(url, asks)| all || is_new(url, *asks))
            .chain(all.then_some((String::new(), shared)))
            .collect();
        if asked.is_empty() {
            return;
        }
        let pages = spec.pages.iter().filter(|page| asked.contains_key(&page.path)).cloned().collect();
        let question = Spec {
            app: spec.app.clone(),
            connections: spec.connections.clone(),
            shared: spec.shared.clone(),
            pages,
            ..Spec::default()
        };
        let (root, describe) = (root.to_owned(), Arc::clone(describe));
        self.is_asking = true;
        thread::spawn(move || {
            // Without an answer nothing would ever be told.
            let schemas = catch_unwind(AssertUnwindSafe(|| describe(&root, &question))).unwrap_or_default();
            hand_over(Described { root, asked, schemas });
        });
    }

    /// Takes an answer, and gives all that is known with it; what has changed meanwhile is asked again.
    pub(crate) fn take(&mut self, described: Described, known: &Schemas) -> Schemas {
        (self.is_asking, self.is_seen_to, self.is_known) = (false, false, true);
        let Described { asked, schemas, .. } = described;
        let is_asked = |key: &QueryKey| asked.contains_key(&key.0) || key.0.is_empty();
        let mut all = known.clone();
        all.queries.retain(|key, _| !is_asked(key));
        all.writes.retain(|key, _| !is_asked(key));
        all.outdated.retain(|key, _| !is_asked(key));
        all.outdated.extend(schemas.outdated);
        all.queries.extend(schemas.queries);
        all.writes.extend(schemas.writes);
        all.connections = schemas.connections;
        all.assets = schemas.assets;
        self.asked.extend(asked);
        all
    }
}

type Found = Result<Columns, SchemaError>;

/// The same schemas, after a file has changed: what was refused at a place of it moves along or, where the text is
/// another now, is forgotten until it is known anew. None if no place is in this file.
pub(crate) fn moved(schemas: &Schemas, file: FileId, before: &str, after: &str) -> Option<Schemas> {
    let is_here = |found: &Found| matches!(found, Err(error) if error.at.is_some_and(|at| at.file == file));
    if !schemas.queries.values().chain(schemas.writes.values()).any(is_here) {
        return None;
    }
    let start = before.bytes().zip(after.bytes()).take_while(|(a, b)| a == b).count();
    let longest = before.len().min(after.len()) - start;
    let end = before.bytes().rev().zip(after.bytes().rev()).take(longest).take_while(|(a, b)| a == b).count();
    let place = |at: Span| -> Option<Span> {
        let (from, to) = (at.start as usize, at.end as usize);
        if at.file != file || to <= start {
            return Some(at);
        }
        let shift = |offset: usize| u32::try_from(offset + after.len() - before.len()).ok();
        (from >= before.len() - end).then(|| Some(Span { start: shift(from)?, end: shift(to)?, ..at })).flatten()
    };
    let moved = |found: &Found| match found {
        Err(error) => match error.at.map(place) {
            Some(None) => None,
            Some(at) => Some(Err(SchemaError { at, ..error.clone() })),
            None => Some(Err(error.clone())),
        },
        known => Some(known.clone()),
    };
    let all = |known: &BTreeMap<QueryKey, Found>| {
        known.iter().filter_map(|(key, found)| Some((key.clone(), moved(found)?))).collect()
    };
    Some(Schemas {
        queries: all(&schemas.queries),
        writes: all(&schemas.writes),
        outdated: schemas.outdated.clone(),
        connections: schemas.connections.clone(),
        assets: schemas.assets.clone(),
    })
}
