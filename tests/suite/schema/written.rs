//! The files of the corpus: what stands in them, and what the compiler says of it.

use std::fs;

use appspec_lang::compile::lower;
use appspec_lang::diagnostic::{Diagnostic, Diagnostics, Severity};
use appspec_lang::schema::Document;
use appspec_lang::spec::partial_name;
use appspec_lang::syntax;
use serde_json::{Map, Value};

use super::markdown::{Block, sections};
use super::project::{Compiled, Format, Project};
use crate::support::{files_below, relative};

/// Codes of what is wrong in structure, where the reader of specs reports them: keys, kinds, and constants that cannot be
/// what they stand for. What is wrong inside of texts has other codes, and so has what no parser gives on: duplicate keys.
const STRUCTURAL: &[&str] = &["unknown-key", "missing-key", "unknown-kind", "type", "value", "name", "not-built"];

/// A file of the corpus that has a schema.
pub(super) struct Written {
    /// Document, heading, file.
    pub(super) name: String,
    pub(super) document: Document,
    pub(super) value: Value,
    /// What the reader of specs finds wrong with its structure.
    pub(super) structural: Vec<String>,
    /// Whether the compiler has no error to report in it.
    pub(super) is_fine: bool,
}

/// All files of all cases, in both formats where a case is for both.
pub(super) fn corpus() -> Vec<Written> {
    let mut files = Vec::new();
    for path in files_below("tests/spec") {
        let path = relative(&path);
        let stem = path.trim_start_matches("tests/spec/").trim_end_matches(".md");
        for section in sections(&fs::read_to_string(&path).unwrap()) {
            let name = format!("{stem}: {}", section.title);
            files.extend(case(&name, &section.blocks, Format::Yaml));
            if section.blocks.iter().any(|block| block.language == "yaml+toml") {
                files.extend(case(&name, &section.blocks, Format::Toml));
            }
        }
    }
    files
}

/// The files of one case that a parser can read.
fn case(name: &str, blocks: &[Block], format: Format) -> Vec<Written> {
    let outputs = ["diagnostics", "graph", "run", "html", "transform"];
    let is_output = |block: &&Block| block.language.split(' ').next().is_some_and(|word| outputs.contains(&word));
    let mut project = Project::default();
    for block in blocks.iter().filter(|block| !is_output(block)) {
        project.add(block, format).unwrap();
    }
    let compiled = project.compile();
    let structural = structural(&compiled);
    let mut files = Vec::new();
    for (path, text) in &project.files {
        let Some(document) = document_of(path) else { continue };
        let is_here = |found: &&Diagnostic| compiled.sources.file(found.primary.span.file).path == *path;
        let mut errors = compiled.diagnostics.iter().filter(|found| found.code.severity == Severity::Error);
        let is_fine = !errors.any(|found| is_here(&found));
        let value = match read(path, text) {
            Ok(value) => value,
            Err(wrong) => {
                assert!(!is_fine, "{name}: {path}: only appspec can read it: {wrong}");
                continue;
            }
        };
        let structural = structural.iter().filter(is_here);
        let structural = structural.map(|found| format!("[{}] {}", found.code.name, found.message)).collect();
        files.push(Written { name: format!("{name}: {path}"), document, value, structural, is_fine });
    }
    files
}

/// What is wrong in structure: of the phases of the compiler, only the one that reads the tables is asked.
fn structural(compiled: &Compiled) -> Vec<Diagnostic> {
    let (mut unreadable, mut diagnostics) = (Diagnostics::default(), Diagnostics::default());
    syntax::parse_all(&compiled.sources, &mut unreadable);
    lower(&compiled.sources, &mut diagnostics);
    let mut found = diagnostics.sorted();
    found.retain(|found| STRUCTURAL.contains(&found.code.name) && !unreadable.any_at(found.primary.span));
    found
}

/// The schema that a file is to be judged by, if it is a page, a partial, a file of tests, or holds the settings of the app.
pub(super) fn document_of(path: &str) -> Option<Document> {
    let (stem, ending) = path.rsplit_once('.')?;
    let is_beside = path.split('/').any(|part| part.starts_with('.'));
    if is_beside || !matches!(ending, "yaml" | "yml" | "toml") {
        return None;
    }
    Some(match stem {
        "app" => Document::App,
        _ if partial_name(path).is_some() => Document::Partial,
        _ if ending_of(stem) == Some("test") => Document::Test,
        _ => Document::Page,
    })
}

/// Reads YAML or TOML, by the ending of its name, as editors do: moments of TOML are text.
pub(super) fn read(path: &str, text: &str) -> Result<Value, String> {
    if ending_of(path) == Some("toml") {
        let table: toml::Table = toml::from_str(text).map_err(|wrong| wrong.to_string())?;
        return Ok(json_of(toml::Value::Table(table)));
    }
    let mut value: serde_yaml::Value = serde_yaml::from_str(text).map_err(|wrong| wrong.to_string())?;
    value.apply_merge().map_err(|wrong| wrong.to_string())?;
    serde_json::to_value(value).map_err(|wrong| wrong.to_string())
}

pub(super) fn ending_of(path: &str) -> Option<&str> {
    path.rsplit_once('.').map(|(_, ending)| ending)
}

fn json_of(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(int) => int.into(),
        toml::Value::Float(float) => float.into(),
        toml::Value::Boolean(bool) => bool.into(),
        toml::Value::Datetime(moment) => Value::String(moment.to_string()),
        toml::Value::Array(items) => items.into_iter().map(json_of).collect(),
        toml::Value::Table(entries) => {
            Value::Object(entries.into_iter().map(|(key, value)| (key, json_of(value))).collect::<Map<_, _>>())
        }
    }
}
