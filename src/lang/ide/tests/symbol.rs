//! Where names come from, where they are used, and other names for them.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Asked, schemas};
use crate::compile::Compiler;
use crate::diagnostic::Severity;
use crate::ide::Look;
use crate::source::{DiskWorld, FileId, Sources, Span};
use crate::spec::Schemas;

const PAGE: &str = "\
state: { picked: 1, open: One }
queries:
  lines: { transform: \"select lines2.id, orders.total from orders join lines2 using (id) where orders.id > {{ state.picked }}\" }
  lines2: { sql_file: ops/lines.sql }
values:
  total: |
    lines.id | sum
    + state.picked
body:
  - number_input: picked
    min: 0
    when: state.picked > 1
  - text: \"{{ values.total }} of {{ lines | length }} in {{ state['picked'] }}\"
  - table: lines
  - tabs: [{ tab: One, body: [] }]
    selected: open
  - select: region
    options: { query: lines, value: id }
  - button: A
    on_click:
      - set: { picked: state.picked + 1 }
      - reset: [picked, region]
      - refresh: [lines, orders]
      - run: add_order
        with: { total: values.total, note: \"''\" }
";

/// Where the thing under the cursor is declared, and where it is used.
fn references(text: &str) -> (String, Vec<String>) {
    let asked = Asked::of("page.yaml", PAGE, text);
    let look = asked.look();
    let (symbol, _) = look.symbol(asked.offset).expect("something is named there");
    let declared = asked.place(look.declaration(&symbol).unwrap());
    (declared, look.references(&symbol).into_iter().map(|span| asked.place(span)).collect())
}

#[test]
fn a_name_is_found_wherever_it_is_used() {
    let marked = |from: &str, to: &str| PAGE.replacen(from, to, 1);
    for (text, declared, used) in [
        (
            marked("picked: 1", "pic‸ked: 1"),
            "page.yaml:1:10",
            vec!["1:10", "3:117", "8:13", "10:19", "12:17", "13:68", "21:16", "21:30", "22:17"],
        ),
        (
            marked("- table: lines", "- table: li‸nes"),
            "page.yaml:3:3",
            vec!["3:3", "7:5", "13:37", "14:12", "18:23", "23:19"],
        ),
        (marked("lines2:", "‸lines2:"), "page.yaml:4:3", vec!["3:31", "3:72", "4:3"]),
        (marked("selected: open", "selected: op‸en"), "page.yaml:1:21", vec!["1:21", "16:15"]),
        (marked("values.total }}", "values.to‸tal }}"), "page.yaml:6:3", vec!["6:3", "13:22", "25:31"]),
    ] {
        let (place, found) = references(&text);
        assert_eq!(place, declared);
        let used: Vec<String> = used.iter().map(|place| format!("page.yaml:{place}")).collect();
        assert_eq!(found, used);
    }
    let (place, found) = references(&marked("- select: region", "- select: reg‸ion"));
    assert_eq!(place, "app.yaml:5:3");
    assert_eq!(found, ["app.yaml:5:3", "app.yaml:9:64", "page.yaml:17:13", "page.yaml:22:25"]);
    let (_, found) = references(&marked("run: add_order", "run: add‸_order"));
    assert_eq!(found, ["app.yaml:15:3", "page.yaml:24:14"]);
}

#[test]
fn what_has_no_name_in_expressions_is_found_too() {
    for (text, place) in [
        ("queries: { a: { sql: select 1, connection: sh‸op } }", "app.yaml:2:3"),
        ("queries: { a: { sql_file: ops/li‸nes.sql } }", "ops/lines.sql:1:1"),
        ("body: [{ button: A, on_click: [{ goto: \"/ops/mo‸re?a=1\" }] }]", "ops/more.yaml:1:1"),
    ] {
        let asked = Asked::of("page.yaml", "", text);
        assert_eq!(
            asked.look().definition(asked.offset).map(|span| asked.place(span)).as_deref(),
            Some(place),
            "{text}"
        );
    }
}

/// The texts of all files with the edits in them.
fn applied(compiler: &Compiler, edits: &[(Span, String)]) -> Sources {
    let mut by_file: BTreeMap<FileId, Vec<&(Span, String)>> = BTreeMap::new();
    for edit in edits {
        by_file.entry(edit.0.file).or_default().push(edit);
    }
    let mut sources = compiler.sources().clone();
    for (file, mut edits) in by_file {
        edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
        let mut text = sources.file(file).text.to_string();
        for (span, new) in edits {
            text.replace_range(span.start as usize..span.end as usize, new);
        }
        sources.replace(file, text);
    }
    sources
}

#[test]
fn a_name_that_cannot_be_is_refused() {
    for (text, name, message) in [
        (
            PAGE.replacen("picked: 1", "pic‸ked: 1", 1),
            "Picked",
            "`Picked` cannot name a state key: a name is `[a-z_][a-z0-9_]*`; `picked` would do",
        ),
        (
            PAGE.replacen("lines2:", "‸lines2:", 1),
            "order",
            "`order` cannot name a query: it is a word of SQL; `order_rows` would do",
        ),
        (
            PAGE.replacen("picked: 1", "pic‸ked: 1", 1),
            "region",
            "there is a state key `region` already, for `page.yaml`",
        ),
        (PAGE.replacen("picked: 1", "pic‸ked: 1", 1), "open", "there is a state key `open` already, for `page.yaml`"),
        (
            PAGE.replacen("select: region", "select: reg‸ion", 1),
            "picked",
            "there is a state key `picked` already, for `page.yaml`",
        ),
        (
            PAGE.replacen("- table: lines", "- table: li‸nes", 1),
            "orders",
            "there is a query `orders` already, for `page.yaml`",
        ),
    ] {
        let asked = Asked::of("page.yaml", PAGE, &text);
        let look = asked.look();
        let (symbol, _) = look.symbol(asked.offset).unwrap();
        assert_eq!(look.rename(&symbol, name).unwrap_err(), message);
    }
    let mut sources = Sources::default();
    let app = sources.add("app.yaml", "state: { region: 1 }\n");
    sources.add("page.yaml", "body:\n  - text: \"{{ state.region }}\n");
    let compiler = Compiler::new(sources, Schemas::default());
    let look = Look::at(&compiler, app, None);
    let (symbol, _) = look.symbol(10).unwrap();
    let message = "`page.yaml` cannot be read to its end, and may name the state key `region`";
    assert_eq!(look.rename(&symbol, "place").unwrap_err(), message);
}

/// Renames everything that can be renamed, one by one: nothing may be wrong then that was not before.
fn rename_all(sources: Sources, schemas: &Schemas) -> usize {
    let mut compiler = Compiler::new(sources, schemas.clone());
    compiler.settle();
    let before: Vec<String> = compiler.diagnostics().iter().map(|found| found.code.name.to_owned()).collect();
    let mut renamed = Vec::new();
    let files: Vec<FileId> = compiler.sources().files().iter().map(|file| file.id).collect();
    for file in files {
        let look = Look::at(&compiler, file, None);
        let text = compiler.sources().file(file).text.clone();
        let is_word = |char: char| char.is_alphanumeric() || char == '_';
        let begins = |(at, char): &(usize, char)| is_word(*char) && !text[..*at].ends_with(is_word);
        let mut seen: Vec<&str> = Vec::new();
        for (offset, _) in text.char_indices().filter(begins) {
            let word = text[offset..].split(|char: char| !is_word(char)).next().unwrap();
            // Where a name stands first in a file is enough.
            if seen.contains(&word) {
                continue;
            }
            seen.push(word);
            let Some((symbol, _)) = look.symbol(offset) else { continue };
            if renamed.contains(&symbol) {
                continue;
            }
            let edits = look.rename(&symbol, "another_name");
            renamed.push(symbol.clone());
            let Ok(edits) = edits else { continue };
            let after = applied(&compiler, &edits);
            let mut renamed = Compiler::new(after, without(schemas, &symbol.name));
            renamed.settle();
            let found: Vec<String> = renamed.diagnostics().iter().map(|found| found.code.name.to_owned()).collect();
            assert_eq!(found, before, "{symbol:?}: {:#?}", renamed.diagnostics());
        }
    }
    renamed.len()
}

/// Schemas that know the query of this name under the other.
fn without(schemas: &Schemas, name: &str) -> Schemas {
    let mut known = schemas.clone();
    let keys: Vec<_> = known.queries.keys().filter(|(_, query)| **query == *name).cloned().collect();
    for (page, query) in keys {
        let found = known.queries.remove(&(page.clone(), query)).unwrap();
        known.queries.insert((page, "another_name".into()), found);
    }
    known
}

#[test]
fn nothing_breaks_by_another_name() {
    let asked = Asked::of("page.yaml", "", PAGE);
    let errors = asked.compiler.diagnostics();
    assert!(errors.iter().all(|found| found.code.severity != Severity::Error), "{errors:#?}");
    assert_eq!(rename_all(asked.compiler.sources().clone(), &schemas()), 12);
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs");
    let demo = Sources::load(&DiskWorld, &specs).unwrap();
    assert!(rename_all(demo, &Schemas::default()) > 30);
}

#[test]
fn a_name_is_found_and_renamed_in_the_tests_of_its_page() {
    let mut sources = Sources::default();
    sources.add(
        "sales.yaml",
        "values: { twice: state.top * 2 }\nbody:\n  - number_input: top\n  - text: \"{{ values.twice }}\"\n",
    );
    let text = "page: /sales\ntests:\n  - test: A\n    steps:\n      - enter: { top: 2 }\n      - expect: state.top * 2 == values.twice\n";
    let file = sources.add("sales.test.yaml", text);
    let compiler = Compiler::new(sources, Schemas::default());
    let look = Look::at(&compiler, file, None);
    let place = |span: Span| {
        let file = compiler.sources().file(span.file);
        let position = file.position(span.start);
        format!("{}:{}:{}", file.path, position.line, position.column)
    };
    let (top, _) = look.symbol(text.find("top: 2").unwrap()).unwrap();
    assert_eq!(place(look.declaration(&top).unwrap()), "sales.yaml:3:19");
    let renamed: Vec<String> = look.rename(&top, "first").unwrap().into_iter().map(|(span, _)| place(span)).collect();
    assert_eq!(renamed, ["sales.yaml:1:24", "sales.yaml:3:19", "sales.test.yaml:5:18", "sales.test.yaml:6:23"]);
    let (twice, _) = look.symbol(text.find("twice").unwrap()).unwrap();
    assert_eq!(place(look.declaration(&twice).unwrap()), "sales.yaml:1:11");
    let page = look.definition(text.find("/sales").unwrap()).unwrap();
    assert_eq!(place(page), "sales.yaml:1:1");
}

#[test]
fn partials_and_entries_of_the_navigation_lead_to_their_files() {
    let mut sources = Sources::default();
    let app = "nav:\n  - /sales\n  - { page: /, label: Start }\n";
    let page = "state: { top: 3 }\nbody:\n  - use: kpi\n    with: { label: A, key: top }\n  - use: kpi\n    id: b\n    with: { label: B, key: top }\n";
    let partial = "params: { label: text, key: key<int> }\nbody:\n  - metric: \"{{ params.label }} {{ state.top }}\"\n    value: params.key\n";
    sources.add("_kpi.yaml", partial);
    let settings = sources.add("app.yaml", app);
    sources.add("index.yaml", "title: Start\n");
    let file = sources.add("sales.yaml", page);
    let compiler = Compiler::new(sources, Schemas::default());
    let place = |span: Span| {
        let file = compiler.sources().file(span.file);
        let position = file.position(span.start);
        format!("{}:{}:{}", file.path, position.line, position.column)
    };
    let look = Look::at(&compiler, settings, None);
    for (at, leads_to) in [("/sales", "sales.yaml:1:1"), ("/,", "index.yaml:1:1")] {
        assert_eq!(look.definition(app.find(at).unwrap()).map(place).as_deref(), Some(leads_to));
    }
    let look = Look::at(&compiler, file, None);
    assert_eq!(look.definition(page.find("kpi").unwrap()).map(place).as_deref(), Some("_kpi.yaml:1:1"));
    // What stands in a partial is one place, however often it is used.
    let (top, _) = look.symbol(page.find("top }").unwrap()).unwrap();
    let renamed: Vec<String> = look.rename(&top, "most").unwrap().into_iter().map(|(span, _)| place(span)).collect();
    assert_eq!(renamed, ["_kpi.yaml:3:42", "sales.yaml:1:10", "sales.yaml:4:28", "sales.yaml:7:28"]);
    // Of another page that uses the partial, it names another key.
    let mut sources = compiler.sources().clone();
    sources.add("two.yaml", page);
    let compiler = Compiler::new(sources, Schemas::default());
    let look = Look::at(&compiler, file, None);
    let refused = look.rename(&top, "most").unwrap_err();
    assert_eq!(
        refused,
        "`_kpi.yaml` names the state key `top` too, and `two.yaml` uses it".replace("key `top`", "key")
    );
}
