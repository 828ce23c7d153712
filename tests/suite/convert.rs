//! From YAML to TOML and back: the app stays what it is.

use std::fs;
use std::path::Path;

use appspec_lang::App;
use appspec_lang::convert::{Converted, convert};
use appspec_lang::diagnostic::{Diagnostic, Diagnostics};
use appspec_lang::format::{Kind, format};
use appspec_lang::graph::export;
use appspec_lang::source::Sources;

use crate::schema::markdown::{Block, sections};
use crate::schema::project::{Format, Project};
use crate::support::{compiled, files_below, relative};

/// What one format says and the other cannot.
const UNSAYABLE: &[&str] = &["TOML has no null", "YAML has no times of day"];

/// The other format of a file, and what it is called then; or what was reported.
fn other(path: &str, text: &str) -> Result<(String, String), Vec<Diagnostic>> {
    let (stem, ending) = path.rsplit_once('.').unwrap();
    let (to, ending) = if ending == "toml" { (Kind::Yaml, "yaml") } else { (Kind::Toml, "toml") };
    let mut sources = Sources::default();
    let id = sources.add(path, text);
    let mut diagnostics = Diagnostics::default();
    match convert(sources.file(id), to, &mut diagnostics) {
        Some(Converted { text, displaced }) => {
            assert_eq!(displaced, 0, "{path}");
            assert_eq!(format(&text, to).as_deref(), Ok(text.as_str()), "{path}: it is laid out");
            Ok((format!("{stem}.{ending}"), text))
        }
        None => Err(diagnostics.sorted()),
    }
}

/// All edges of all pages, by the path of each.
fn edges(app: &App) -> Vec<(String, Vec<String>)> {
    let pages = app.program.pages.iter().zip(&app.graphs).map(|(page, graph)| {
        let mut edges: Vec<String> = export::edges(page, graph).lines().map(str::to_owned).collect();
        edges.sort();
        (page.path.clone(), edges)
    });
    let mut pages: Vec<_> = pages.collect();
    pages.sort();
    pages
}

/// The comments of a spec that has no `#` elsewhere.
fn hashes(text: &str) -> usize {
    text.matches("# ").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_app_is_the_same_in_the_other_format() {
    let folder = tempfile::TempDir::new().unwrap();
    for part in ["data", "assets"] {
        fs::create_dir_all(folder.path().join(part)).unwrap();
        for path in files_below(&format!("specs/{part}")) {
            fs::copy(&path, folder.path().join(part).join(path.file_name().unwrap())).unwrap();
        }
    }
    for path in files_below("specs").iter().filter(|path| Kind::of(path).is_some()) {
        let name = relative(path).trim_start_matches("specs/").to_owned();
        let text = fs::read_to_string(path).unwrap();
        let (there, converted) = other(&name, &text).unwrap();
        assert_eq!(hashes(&converted), hashes(&text), "{name}: comments");
        let (back, again) = other(&there, &converted).unwrap();
        assert_eq!(back, name);
        assert_eq!(other(&name, &again).unwrap().1, converted, "{name}: and there again");
        let there = folder.path().join(there);
        fs::create_dir_all(there.parent().unwrap()).unwrap();
        fs::write(there, converted).unwrap();
    }
    let (before, _data) = compiled(Path::new("specs")).await;
    let (after, _data) = compiled(folder.path()).await;
    assert_eq!(edges(&after), edges(&before));
}

/// The app of a section; none if it has no whole one.
fn project(blocks: &[Block]) -> Option<Project> {
    let is_output = |block: &&Block| {
        ["diagnostics", "graph", "run", "html", "transform"].iter().any(|word| block.language.starts_with(word))
    };
    let mut project = Project::default();
    for block in blocks.iter().filter(|block| !is_output(block)) {
        project.add(block, Format::Yaml).ok()?;
    }
    Some(project)
}

#[test]
fn apps_of_the_corpus_are_the_same_in_the_other_format() {
    let (mut same, mut refused) = (0, 0);
    for path in files_below("tests/spec") {
        for section in sections(&fs::read_to_string(&path).unwrap()) {
            let name = format!("{}: {}", relative(&path), section.title);
            let Some(before) = project(&section.blocks) else { continue };
            let Some(app) = before.compile().app else { continue };
            let mut after = before.clone();
            let mut is_refused = false;
            for (path, text) in after.files.iter_mut().filter(|(path, _)| Kind::of(Path::new(path)).is_some()) {
                match other(path, text) {
                    Ok(converted) => {
                        assert_eq!(other(&converted.0, &converted.1).unwrap().0, *path, "{name}");
                        (*path, *text) = converted;
                    }
                    Err(found) => {
                        let is_known = |found: &Diagnostic| UNSAYABLE.contains(&found.message.as_str());
                        assert!(found.iter().any(is_known), "{name}: {found:?}");
                        is_refused = true;
                    }
                }
            }
            if is_refused {
                refused += 1;
                continue;
            }
            let compiled = after.compile();
            let Some(converted) = compiled.app else { panic!("{name}: {:?}\n{:?}", compiled.diagnostics, after.files) };
            assert_eq!(edges(&converted), edges(&app), "{name}");
            let said = |found: &[Diagnostic]| {
                let found = found.iter().filter(|found| found.code.name != "ambiguous-scalar");
                let mut said: Vec<String> = found.map(|found| found.message.clone()).collect();
                said.sort();
                said
            };
            assert_eq!(said(&compiled.diagnostics), said(&before.compile().diagnostics), "{name}");
            same += 1;
        }
    }
    assert!(same > 100 && refused < 12, "{same} are the same, {refused} say what the other format cannot");
}
