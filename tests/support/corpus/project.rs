//! The app in memory that the blocks of a test make up.

use std::collections::BTreeSet;
use std::sync::Arc;

use appspec_data::Lock;
use appspec_lang::App;
use appspec_lang::compile::{compile, lower};
use appspec_lang::diagnostic::{Diagnostic, Diagnostics};
use appspec_lang::source::Sources;
use appspec_lang::spec::Schemas;
use appspec_lang::value::{Column, Type};

use super::markdown::Block;
use super::to_toml::to_toml;
use crate::lab::APP;

/// The format that blocks marked `yaml+toml` are compiled in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Yaml,
    Toml,
}

/// The columns of a query, by its name.
type KnownColumns = (String, Arc<[Column]>);

/// The files of an app, and the columns of its queries that are known from outside.
#[derive(Clone, Default)]
pub(crate) struct Project {
    /// Path and text.
    pub(crate) files: Vec<(String, String)>,
    columns: Vec<KnownColumns>,
    /// What databases have told once.
    lock: Option<Lock>,
}

/// What the compiler made of a project.
pub(crate) struct Compiled {
    pub(crate) sources: Sources,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) app: Option<App>,
}

impl Project {
    /// Adds the file in a block.
    pub(crate) fn add(&mut self, block: &Block, format: Format) -> Result<(), String> {
        if block.file.as_deref() == Some("schemas.toml") {
            self.columns = columns(&block.text)?;
            return Ok(());
        }
        if block.file.as_deref() == Some(Lock::FILE) {
            self.lock = Some(Lock::read(&block.text)?);
            return Ok(());
        }
        let is_toml = block.language == "toml" || (block.language == "yaml+toml" && format == Format::Toml);
        let converted = is_toml && block.language == "yaml+toml";
        let path = match &block.file {
            Some(path) if converted => path.replace(".yaml", ".toml"),
            Some(path) => path.clone(),
            None if is_toml => "page.toml".to_owned(),
            None => "page.yaml".to_owned(),
        };
        if self.files.iter().any(|(known, _)| *known == path) {
            return Err(format!("two blocks are the file `{path}`"));
        }
        let text = if converted { to_toml(&block.text)? } else { block.text.clone() };
        self.files.push((path, text));
        Ok(())
    }

    /// Adds the settings of an app that has none.
    pub(crate) fn add_app(&mut self) {
        if !self.files.iter().any(|(path, _)| path.starts_with("app.")) {
            let (path, text) = APP;
            self.files.push((path.to_owned(), text.to_owned()));
        }
    }

    pub(crate) fn compile(&self) -> Compiled {
        let mut sources = Sources::default();
        let mut files: Vec<_> = self.files.iter().collect();
        files.sort();
        for (path, text) in files {
            sources.add(path.as_str(), text.as_str());
        }
        let mut diagnostics = Diagnostics::default();
        let mut schemas = self.schemas();
        if let Some(lock) = &self.lock {
            lock.tell(&lower(&sources, &mut Diagnostics::default()), &mut schemas);
        }
        let app = compile(&sources, &schemas, &mut diagnostics);
        Compiled { sources, diagnostics: diagnostics.sorted(), app }
    }

    /// The columns by name: in `schemas.toml` it means the query or the write so called, on whatever page.
    fn schemas(&self) -> Schemas {
        let pages = self.files.iter().filter_map(|(path, _)| path.rsplit_once('.')).map(|(stem, _)| {
            let below = stem.strip_suffix("index").unwrap_or(stem).trim_end_matches('/');
            format!("/{below}")
        });
        let assets = self.files.iter().filter_map(|(path, _)| path.strip_prefix("assets/"));
        let assets: BTreeSet<String> = assets.map(str::to_owned).collect();
        let mut schemas = Schemas { assets: (!assets.is_empty()).then(|| Arc::new(assets)), ..Schemas::default() };
        for page in pages.chain([String::new()]) {
            for (name, columns) in &self.columns {
                let key = || (page.clone(), name.as_str().into());
                schemas.queries.insert(key(), Ok(columns.clone().into()));
                schemas.writes.insert(key(), Ok(columns.clone().into()));
            }
        }
        schemas
    }
}

/// Reads lines such as `sales = ["id: int", "total: float?"]`.
fn columns(text: &str) -> Result<Vec<KnownColumns>, String> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let read = |line: &str| {
        let (name, list) = line.split_once('=')?;
        let list: Vec<String> = serde_json::from_str(list.trim()).ok()?;
        let columns: Option<Arc<[Column]>> = list.iter().map(|column| column_from_text(column)).collect();
        Some((name.trim().to_owned(), columns?))
    };
    lines
        .map(|line| read(line).ok_or_else(|| format!("schemas.toml: `{line}` is not like `a = [\"id: int\"]`")))
        .collect()
}

fn column_from_text(text: &str) -> Option<Column> {
    let (name, ty) = text.split_once(':')?;
    let ty = ty.trim();
    let inner = match ty.trim_end_matches('?') {
        "bool" => Type::Bool,
        "int" => Type::Int,
        "float" => Type::Float,
        "decimal" => Type::Decimal,
        "text" => Type::Text,
        "date" => Type::Date,
        "time" => Type::Time,
        "datetime" => Type::DateTime,
        _ => return None,
    };
    let ty = if ty.ends_with('?') { inner.nullable() } else { inner };
    Some(Column { name: name.trim().into(), ty })
}

impl Compiled {
    /// Without what is only said of names that nothing uses, unless `kept`.
    pub(crate) fn without_asides(mut self, kept: bool) -> Self {
        self.diagnostics.retain(|found| kept || found.code.name != "unused");
        self
    }
}
