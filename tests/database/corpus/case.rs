//! One case of the corpus: its blocks, and which of them an engine has.

use std::ops::Range;

use super::Document;
use crate::markdown::sections;
use crate::servers::{Engine, Failure};
use crate::stage::Outcome;

/// The reason that an update writes for a deviation: it does not know any.
const UNKNOWN: &str = "WHY";

/// A case.
pub(super) struct Case {
    /// The heading in the form of a test's name.
    pub(super) name: String,
    /// Its place in the file.
    pub(super) index: usize,
    /// The setup of the file.
    pub(super) common: Vec<Part>,
    pub(super) setup: Vec<Part>,
    parts: Vec<Part>,
}

/// A block.
#[derive(Clone)]
pub(super) struct Part {
    kind: String,
    /// The engines that it is for; none for all.
    engines: Vec<String>,
    pub(super) text: String,
    lines: Range<usize>,
    /// The line above it that says why an engine has it for itself.
    reason: Option<String>,
}

/// A query with its surroundings, as a page has them.
pub(super) struct Query {
    pub(super) sql: String,
    pub(super) state: String,
    pub(super) options: String,
}

impl Part {
    fn is_named(&self, engine: Engine) -> bool {
        self.engines.iter().any(|name| name == engine.name())
    }

    /// What is for `MariaDB` is for `MySQL` too, where nothing else is.
    fn is_for(&self, engine: Engine) -> bool {
        self.is_named(engine) || (engine == Engine::MySql && self.is_named(Engine::MariaDb))
    }
}

/// The setups of an engine, in order.
pub(super) fn setup_for(parts: &[Part], engine: Engine) -> Vec<&Part> {
    let has_own = parts.iter().any(|part| part.is_named(engine));
    let is_wanted =
        |part: &&Part| part.engines.is_empty() || if has_own { part.is_named(engine) } else { part.is_for(engine) };
    parts.iter().filter(is_wanted).collect()
}

impl Case {
    /// The query as an engine is asked it.
    pub(super) fn query(&self, engine: Engine) -> Result<Query, Failure> {
        let sql = self.find("query", engine).ok_or_else(|| Failure(format!("no query for {}", engine.name())))?;
        let text = |kind| self.find(kind, engine).map_or(String::new(), |part| part.text.clone());
        Ok(Query { sql: sql.text.clone(), state: text("state"), options: text("options") })
    }

    /// Compares what came with what is expected.
    pub(super) fn compare(&self, engine: Engine, sheet: &str) -> Outcome {
        let Some(wanted) = self.find("result", engine) else {
            return Err(Failure(format!("no result for {}; there came:\n{sheet}", engine.name())));
        };
        if !wanted.engines.is_empty() {
            if wanted.reason.as_ref().is_none_or(|reason| reason == UNKNOWN) {
                return Err(Failure(format!("say above it why {} has a result of its own", engine.name())));
            }
            if self.general().is_some_and(|general| general.text == wanted.text) {
                return Err(Failure(format!("the result for {} is that of all: remove it", engine.name())));
            }
        }
        if wanted.text == sheet {
            return Ok(());
        }
        Err(Failure(format!("expected:\n{}\nbut there came:\n{sheet}", wanted.text)))
    }

    /// What of the document has to change to hold what came.
    pub(super) fn changes(&self, sheets: &[(Engine, String)]) -> Vec<(Range<usize>, String)> {
        let mut sheets: Vec<&(Engine, String)> = sheets.iter().collect();
        // Where engines differ, the general result is that of the first.
        sheets.sort_by_key(|(engine, _)| {
            [Engine::Postgres, Engine::MariaDb, Engine::Sqlite].iter().position(|first| first == engine).unwrap_or(9)
        });
        let mut changes = Vec::new();
        let mut added: Vec<String> = Vec::new();
        let mut written: Vec<(Option<usize>, &str)> = Vec::new();
        for (engine, sheet) in sheets {
            let place = self.find("result", *engine).map(|part| part.lines.start);
            match written.iter().find(|(known, _)| *known == place) {
                Some((_, text)) if text == sheet => {}
                Some(_) => added.push(format!("\n{UNKNOWN}\n\n```result {}\n{sheet}```\n", engine.name())),
                None => {
                    written.push((place, sheet));
                    match self.find("result", *engine) {
                        Some(part) => changes.push((part.lines.clone(), sheet.clone())),
                        None => added.push(format!("\n```result\n{sheet}```\n")),
                    }
                }
            }
        }
        let end = self.parts.iter().map(|part| part.lines.end + 1).max().unwrap_or_default();
        if !added.is_empty() {
            changes.push((end..end, added.concat()));
        }
        changes
    }

    fn general(&self) -> Option<&Part> {
        self.parts.iter().find(|part| part.kind == "result" && part.engines.is_empty())
    }

    fn find(&self, kind: &str, engine: Engine) -> Option<&Part> {
        let of_kind = || self.parts.iter().filter(|part| part.kind == kind);
        let own = of_kind().find(|part| part.is_named(engine));
        own.or_else(|| of_kind().find(|part| part.is_for(engine)))
            .or_else(|| of_kind().find(|part| part.engines.is_empty()))
    }
}

/// The cases of a document, in order.
pub(super) fn cases(document: &Document) -> Vec<Case> {
    let lines: Vec<&str> = document.text.lines().collect();
    let mut common = Vec::new();
    let mut cases = Vec::new();
    for section in sections(&document.text) {
        let parts = section.blocks.iter().map(|block| {
            let mut words = block.language.split(' ').map(str::to_owned);
            Part {
                kind: words.next().unwrap_or_default(),
                engines: words.collect(),
                text: block.text.clone(),
                lines: block.lines.clone(),
                reason: reason(&lines, block.lines.start),
            }
        });
        let (setup, parts): (Vec<Part>, Vec<Part>) = parts.partition(|part| part.kind == "setup");
        if parts.is_empty() {
            common.extend(setup);
        } else {
            let name = section.title.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_");
            let name = name.split('_').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_");
            cases.push(Case { name, index: cases.len(), common: common.clone(), setup, parts });
        }
    }
    cases
}

/// The text above a block that begins behind its fence at a line.
fn reason(lines: &[&str], start: usize) -> Option<String> {
    let above = lines.get(..start.checked_sub(1)?)?.iter().rev().find(|line| !line.trim().is_empty())?;
    (!above.starts_with("```") && !above.starts_with('#')).then(|| (*above).to_owned())
}
