//! The tree of a file.

use super::Asked;
use crate::ide::Part;

fn tree(parts: &[Part], indent: usize, text: &str, lines: &mut Vec<String>) {
    for part in parts {
        assert!(text.get(part.range.clone()).is_some() && text.get(part.selection.clone()).is_some(), "{part:?}");
        assert!(part.range.start <= part.selection.start && part.selection.end <= part.range.end, "{part:?}");
        for inner in &part.parts {
            assert!(part.range.start <= inner.range.start && inner.range.end <= part.range.end, "{part:?}: {inner:?}");
        }
        lines.push(format!("{}{:?} {}: {}", "  ".repeat(indent), part.kind, part.name, part.detail));
        tree(&part.parts, indent + 1, text, lines);
    }
}

fn check(path: &str, text: &str, expected: &[&str]) {
    let asked = Asked::of(path, "", text);
    let mut lines = Vec::new();
    tree(&asked.look().parts(), 0, text, &mut lines);
    assert_eq!(lines, expected, "{text}");
}

const YAML: &str = "\
title: Sales
state: { top: 10 }
queries:
  recent:
    sql: select 1
values: { half: state.top / 2 }
body:
  - row:
      - metric: Revenue
        value: values.half
      - slider: top
  - tabs:
      - tab: One
        body: [{ divider: }]
  - text: |
      Long *text*
      and more
  - te
";

#[test]
fn a_page_is_a_tree() {
    let tree = [
        "Field title: Sales",
        "Section state: ",
        "  State top: 10",
        "Section queries: ",
        "  Query recent: sql",
        "Section values: ",
        "  Value half: state.top / 2",
        "Section body: ",
        "  Component row: row",
        "    Component Revenue: metric",
        "    Component top: slider",
        "  Component tabs: tabs",
        "    Component One: tab",
        "      Component divider: divider",
        "  Component Long *text*: text",
    ];
    check("page.yaml", YAML, &tree);
    let toml = "\
title = \"Sales\"
[[body]]
row = [{ text = \"A\" }]
[queries.recent]
sql = \"select 1\"
[[body]]
button = \"B\"
[[body.on_click]]
set = { top = 1 }
[queries.other]
rows = []
";
    let tree = [
        "Field title: Sales",
        "Section body: ",
        "  Component row: row",
        "    Component A: text",
        "  Component B: button",
        "Section queries: ",
        "  Query recent: sql",
        "  Query other: rows",
    ];
    check("page.toml", toml, &tree);
    check("ops/x.sql", "select 1", &[]);
}
