//! Writes the tree of a YAML document as TOML, so that one case tests both formats.

use appspec_lang::diagnostic::Diagnostics;
use appspec_lang::source::Sources;
use appspec_lang::syntax::{self, Entry, Node, NodeKind};

/// The TOML text of what a YAML text says: tables and arrays of tables at the top, inline below.
pub(crate) fn to_toml(yaml: &str) -> Result<String, String> {
    let mut sources = Sources::default();
    sources.add("page.yaml", yaml);
    let mut diagnostics = Diagnostics::default();
    let trees = syntax::parse_all(&sources, &mut diagnostics);
    let findings = diagnostics.sorted();
    let root = trees.first().map(|tree| &tree.root.kind);
    let (Some(NodeKind::Map(entries)), []) = (root, findings.as_slice()) else {
        return Err("only a YAML map that is read without complaint can be written as TOML".to_owned());
    };
    let (tables, plain): (Vec<&Entry>, Vec<&Entry>) = entries.iter().partition(|entry| is_table(&entry.value));
    let mut text = String::new();
    for entry in plain {
        text.push_str(&pair(entry, "\n")?);
    }
    for entry in tables {
        table(&key(&entry.key.value), &entry.value, &mut text)?;
    }
    Ok(text)
}

/// Whether a value of the top level is written as `[key]` or `[[key]]`.
fn is_table(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Map(entries) => !entries.is_empty(),
        NodeKind::List(items) => !items.is_empty() && items.iter().all(is_table),
        _ => false,
    }
}

fn table(name: &str, node: &Node, text: &mut String) -> Result<(), String> {
    let (open, close, maps): (_, _, Vec<&Node>) = match &node.kind {
        NodeKind::List(items) => ("[[", "]]", items.iter().collect()),
        _ => ("[", "]", vec![node]),
    };
    for map in maps {
        text.extend(["\n", open, name, close, "\n"]);
        let NodeKind::Map(entries) = &map.kind else { continue };
        for entry in entries {
            text.push_str(&pair(entry, "\n")?);
        }
    }
    Ok(())
}

fn pair(entry: &Entry, end: &str) -> Result<String, String> {
    Ok(format!("{} = {}{end}", key(&entry.key.value), inline(&entry.value)?))
}

fn inline(node: &Node) -> Result<String, String> {
    Ok(match &node.kind {
        // TOML has no null; an empty text is how its authors write a component without a subject.
        NodeKind::Null => "\"\"".to_owned(),
        NodeKind::Bool(bool) => bool.to_string(),
        NodeKind::Int(int) => int.to_string(),
        NodeKind::Float(float) => format!("{float:?}"),
        NodeKind::Text(text) => quoted(&text.text),
        NodeKind::Moment(moment) => moment.text.to_string(),
        NodeKind::List(items) => {
            let items: Result<Vec<String>, String> = items.iter().map(inline).collect();
            format!("[{}]", items?.join(", "))
        }
        NodeKind::Map(entries) => {
            let pairs: Result<Vec<String>, String> = entries.iter().map(|entry| pair(entry, "")).collect();
            format!("{{ {} }}", pairs?.join(", "))
        }
        NodeKind::Broken => return Err("a broken value cannot be written as TOML".to_owned()),
    })
}

fn key(name: &str) -> String {
    let is_bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if is_bare { name.to_owned() } else { quoted(name) }
}

/// A basic string; all escapes of JSON are escapes of TOML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}
