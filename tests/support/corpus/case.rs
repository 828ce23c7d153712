//! One test of the corpus: an app, and what is expected of it.

use std::ops::Range;

use appspec_lang::diagnostic::render;
use appspec_lang::graph::export;

use super::Document;
use super::expectation::{Expectation, compare, expectations};
use super::live;
use super::markdown::{Block, Section, sections};
use super::project::{Compiled, Format, Project};

/// One test.
pub(crate) struct Case {
    pub(crate) name: String,
    blocks: Vec<Block>,
    format: Format,
    rule: Rule,
}

/// What must come of compiling the blocks of a case.
#[derive(Clone)]
enum Rule {
    /// What the comments and the output blocks say.
    Assertions,
    /// This code and no other, in each block by itself.
    Reports(String),
    /// Nothing, in each block by itself.
    Clean,
}

/// The cases of a document, by the folder that it lies in.
pub(crate) fn cases(document: &Document) -> Vec<Case> {
    let stem = document.path.trim_end_matches(".md");
    sections(&document.text).into_iter().flat_map(|section| section_cases(stem, section)).collect()
}

fn section_cases(stem: &str, section: Section) -> Vec<Case> {
    let title = slug(&section.title);
    let Some((folder, blocks, rule)) = rule(stem, section) else { return Vec::new() };
    let name = format!("{folder}::{title}");
    let in_both = blocks.iter().any(|block| block.language == "yaml+toml");
    let case = |name, format| Case { name, blocks: blocks.clone(), format, rule: rule.clone() };
    if in_both {
        vec![case(format!("{name}::yaml"), Format::Yaml), case(format!("{name}::toml"), Format::Toml)]
    } else {
        vec![case(name, Format::Yaml)]
    }
}

/// The name of the document among tests, the blocks that count, and the rule for them; nothing if none counts.
fn rule(stem: &str, section: Section) -> Option<(&str, Vec<Block>, Rule)> {
    let Section { title, blocks } = section;
    if let Some(name) = stem.strip_prefix("tests/spec/") {
        return (!blocks.is_empty()).then_some((name, blocks, Rule::Assertions));
    }
    let blocks: Vec<Block> = blocks.into_iter().filter(is_documented_app).collect();
    if !blocks.iter().any(|block| block.file.is_none() || is_page(block)) {
        return None;
    }
    let rule = match stem.strip_prefix("docs/errors/") {
        Some(code) if title == "Example" => Rule::Reports(code.to_owned()),
        _ => Rule::Clean,
    };
    Some((stem, blocks, rule))
}

/// Whether a block of the documentation is a whole page, a list of components, or a file with a name. A comment with
/// "as above" says that something is left out.
fn is_documented_app(block: &Block) -> bool {
    let is_spec = matches!(block.language.as_str(), "yaml" | "toml" | "yaml+toml");
    let has_body = block.text.lines().any(|line| line.starts_with("body:") || line.starts_with("[[body]]"));
    let leaves_out = block.text.lines().any(|line| line.trim_start().starts_with("# ") && line.contains("as above"));
    block.file.is_some() || (is_spec && !leaves_out && (has_body || block.text.starts_with("- ")))
}

fn is_page(block: &Block) -> bool {
    matches!(block.language.as_str(), "yaml" | "toml" | "yaml+toml")
}

fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_").to_lowercase()
}

impl Case {
    /// Compiles the app and compares what comes with what is expected.
    pub(crate) fn run(&self) -> Result<(), String> {
        match &self.rule {
            Rule::Assertions => self.check_assertions(),
            Rule::Reports(code) => self.each_page(|compiled| {
                let others = compiled.diagnostics.iter().filter(|found| found.code.name != code);
                let is_reported = compiled.diagnostics.iter().any(|found| found.code.name == code);
                if others.count() == 0 && is_reported {
                    Ok(())
                } else {
                    Err(format!("`{code}`, and only that, must be reported:\n{}", rendered(compiled)))
                }
            }),
            Rule::Clean => self
                .each_page(|compiled| if compiled.diagnostics.is_empty() { Ok(()) } else { Err(rendered(compiled)) }),
        }
    }

    /// Whether the case is about what nothing uses. In all others that is no finding: an example shows one thing, and
    /// leaves out what it is for.
    fn is_on_unused(&self) -> bool {
        self.name.contains("unused")
    }

    /// The output blocks of the case: their lines, and what should stand in them.
    pub(crate) fn outputs(&self) -> Vec<(Range<usize>, String)> {
        let Ok((project, _)) = self.project() else { return Vec::new() };
        if self.format == Format::Toml {
            return Vec::new();
        }
        let compiled = project.compile().without_asides(self.is_on_unused());
        let outputs = self.blocks.iter().filter(|block| is_output(block));
        let output = |block: &Block| Some((block.lines.clone(), output(block, &project, &compiled)?.ok()?));
        outputs.filter_map(output).collect()
    }

    /// The app of all blocks together, and what its comments expect.
    fn project(&self) -> Result<(Project, Vec<Expectation>), String> {
        let mut project = Project::default();
        for block in self.blocks.iter().filter(|block| !is_output(block)) {
            if block.file.is_none() && !is_page(block) {
                return Err(format!("a block of `{}` without a file name", block.language));
            }
            project.add(block, self.format)?;
        }
        let is_live = |block: &Block| matches!(block.language.split(' ').next(), Some("run" | "html" | "transform"));
        if self.blocks.iter().any(is_live) {
            project.add_app();
        }
        let from_block = |block: &Block| expectations(block.file.as_deref().unwrap_or("page.yaml"), &block.text);
        let expected = match self.format {
            Format::Yaml => project.files.iter().flat_map(|(path, text)| expectations(path, text)).collect(),
            Format::Toml => self.blocks.iter().flat_map(from_block).collect(),
        };
        Ok((project, expected))
    }

    fn check_assertions(&self) -> Result<(), String> {
        let (project, expected) = self.project()?;
        let compiled = project.compile().without_asides(self.is_on_unused());
        compare(&expected, &compiled.diagnostics, &compiled.sources, self.format == Format::Yaml)
            .map_err(|wrong| format!("{wrong}\n\n{}", rendered(&compiled)))?;
        for block in self.blocks.iter().filter(|block| is_output(block)) {
            if block.language == "diagnostics" && self.format == Format::Toml {
                continue;
            }
            let Some(found) = output(block, &project, &compiled) else {
                return Err(format!("the app does not compile, so it has no `{}`", block.language));
            };
            let found = found?;
            if found.trim_end() != block.text.trim_end() {
                let language = &block.language;
                return Err(format!("expected {language}:\n{}\nfound {language}:\n{found}", block.text));
            }
        }
        Ok(())
    }

    /// Judges each block without a file name as the page of an app of its own, with the named files beside it.
    fn each_page(&self, judge: impl Fn(&Compiled) -> Result<(), String>) -> Result<(), String> {
        let (named, pages): (Vec<&Block>, Vec<&Block>) = self.blocks.iter().partition(|block| block.file.is_some());
        let mut beside = Project::default();
        for block in named {
            beside.add(block, self.format)?;
        }
        if pages.is_empty() {
            return judge(&beside.compile().without_asides(self.is_on_unused()));
        }
        for block in pages {
            let mut project = beside.clone();
            let mut block = block.clone();
            if block.text.starts_with("- ") {
                block.text.insert_str(0, "body:\n");
            }
            project.add(&block, self.format)?;
            judge(&project.compile().without_asides(self.is_on_unused()))?;
        }
        Ok(())
    }
}

/// Whether a block is what comes of an app, not a part of it.
fn is_output(block: &Block) -> bool {
    matches!(block.language.split(' ').next(), Some("diagnostics" | "graph" | "run" | "html" | "transform"))
}

/// What should stand in an output block; none if the app does not compile.
fn output(block: &Block, project: &Project, compiled: &Compiled) -> Option<Result<String, String>> {
    let (kind, of) = block.language.split_once(' ').unwrap_or((&block.language, ""));
    match kind {
        "diagnostics" => Some(Ok(rendered(compiled))),
        "graph" => {
            let app = compiled.app.as_ref()?;
            let edges = app.program.pages.iter().zip(&app.graphs).map(|(page, graph)| export::edges(page, graph));
            Some(Ok(edges.collect()))
        }
        "run" => compiled.app.as_ref().map(|_| live::transcript(&project.files, &block.text)),
        "html" => compiled.app.as_ref().map(|_| live::html(&project.files, of)),
        "transform" => Some(live::transformed(&project.files, &block.text)),
        _ => None,
    }
}

fn rendered(compiled: &Compiled) -> String {
    render::terminal(&compiled.sources, &compiled.diagnostics, false)
}
