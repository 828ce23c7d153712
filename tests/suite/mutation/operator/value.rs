//! Values of another type.

use appspec_lang::component::Pattern;

use super::super::demo::{ColumnType, Demo, Entry, Meets, Role, Thing, What};
use super::{Class, Edit, subject_of};

const TYPE: &str = "change a literal's type";
const EXPRESSION: &str = "change an expression's type";
const DECLARED: &str = "change a declared type";
const COLOR: &str = "break a color";
const DATE: &str = "name a day that does not exist";
const WORLD: &str = "name what the world does not have";

/// A declared type, and others that its default and its uses contradict.
const OTHER_TYPES: &[(&str, &[&str])] = &[
    ("text", &["int", "bool", "date"]),
    ("list<text>", &["text", "list<int>", "table"]),
    ("range<int>", &["int", "range<date>", "text"]),
    ("range<date>", &["date", "range<int>"]),
    ("table", &["text", "int"]),
];

/// Replaces values of keys.
pub(super) fn change(demo: &Demo, edits: &mut Vec<Edit>) {
    for entry in &demo.entries {
        let text = &demo.files[entry.file].text[entry.value.clone()];
        for (operator, class, with) in others(demo, entry, text) {
            if with != text {
                edits.push(Edit::of_value(operator, class, entry, with).named(subject_of(demo, entry)));
            }
        }
    }
}

/// What to put in the place of a value, and what that does.
fn others(demo: &Demo, entry: &Entry, text: &str) -> Vec<(&'static str, Class, String)> {
    let is_toml = demo.files[entry.file].is_toml();
    let word = |word: &str| if is_toml { format!("\"{word}\"") } else { word.to_owned() };
    let breaks = |operator, all: Vec<String>| all.into_iter().map(|with| (operator, Class::Breaks, with)).collect();
    match &entry.role {
        Role::Bool => breaks(TYPE, vec![word("maybe"), "5".to_owned(), format!("\"{text}\"")]),
        Role::Width => breaks(TYPE, vec![word("maybe"), "true".to_owned(), "-1.5".to_owned()]),
        Role::Int => breaks(TYPE, vec![word("many"), format!("\"{text}\""), "-1.5".to_owned()]),
        Role::Choice | Role::Icon | Role::Column(_) | Role::Query | Role::Connection | Role::File | Role::Format => {
            breaks(TYPE, vec!["5".to_owned(), "true".to_owned()])
        }
        Role::StateKey => breaks(TYPE, vec!["5".to_owned(), word("two words"), "[a]".replace('a', &word("a"))]),
        Role::Duration => breaks(TYPE, vec![word("10"), word("10x"), word("soon"), "true".to_owned()]),
        Role::Color => breaks(COLOR, broken_colors(text)),
        Role::World => breaks(WORLD, not_in_the_world(&entry.name).iter().map(|with| word(with)).collect()),
        Role::Label | Role::Text => {
            let list = format!("[{}]", word("a"));
            let number = ("give a number for text", Class::Open, "5".to_owned());
            if text.contains('\n') { Vec::new() } else { vec![(TYPE, Class::Breaks, list), number] }
        }
        Role::Type => {
            let written = text.trim_matches('"');
            let all = OTHER_TYPES.iter().find(|(ty, _)| *ty == written).map_or(&[][..], |(_, others)| others);
            breaks(DECLARED, all.iter().map(|ty| word(ty)).collect())
        }
        Role::Expression(pattern) => breaks(EXPRESSION, other_expressions(demo, entry, *pattern)),
        Role::Subject => {
            let inner = text.trim_matches('"');
            breaks(EXPRESSION, vec![word(&format!("{inner} | length")), "5".to_owned()])
        }
        Role::Constant => constants(text, &word),
        Role::Cell if entry.owner == "row" => constants(text, &word),
        Role::Cell => vec![("give a choice another type", Class::Open, "5".to_owned())],
        Role::Sql | Role::Structure => Vec::new(),
    }
}

fn other_expressions(demo: &Demo, entry: &Entry, pattern: Pattern) -> Vec<String> {
    let text = "\"'low'\"".to_owned();
    let table = demo.places.iter().find(|place| place.file == entry.file && place.what == What::Declares(Thing::Query));
    let table = table
        .map(|place| if demo.files[entry.file].is_toml() { format!("\"{}\"", place.word) } else { place.word.clone() });
    match pattern {
        Pattern::Number | Pattern::Share | Pattern::Numbers | Pattern::Ordered => {
            [text].into_iter().chain(table).collect()
        }
        Pattern::Scalar => table.into_iter().collect(),
        // The counters of the demo app: their keys are whole numbers.
        _ if entry.name == "each_run" || entry.owner == "set" => vec![text, "1.5".to_owned()],
        _ => Vec::new(),
    }
}

/// The initial value of a key, or a cell among others of its type.
fn constants(text: &str, word: &dyn Fn(&str) -> String) -> Vec<(&'static str, Class, String)> {
    let breaks = |operator, with: String| (operator, Class::Breaks, with);
    let inner = text.trim_matches('"');
    if inner.starts_with('#') {
        return broken_colors(text).into_iter().map(|with| breaks(COLOR, with)).collect();
    }
    if text.starts_with('[') {
        return vec![breaks(TYPE, "5".to_owned()), breaks(TYPE, word("many"))];
    }
    let is_date = text.len() == 10 && text.matches('-').count() == 2 && text.starts_with("20");
    if is_date {
        let year = &text[..4];
        return vec![
            breaks(DATE, format!("{year}-02-30")),
            breaks(DATE, format!("{year}-13-01")),
            breaks(TYPE, format!("\"{text}\"")),
            breaks(TYPE, "5".to_owned()),
        ];
    }
    let is_number = text.starts_with(|c: char| c.is_ascii_digit());
    if is_number || text == "true" || text == "false" {
        return vec![breaks(TYPE, format!("\"{text}\"")), breaks(TYPE, word("many"))];
    }
    vec![breaks(TYPE, "5".to_owned()), breaks(TYPE, "true".to_owned())]
}

/// A color with a digit less, a digit more, a digit that is none.
fn broken_colors(text: &str) -> Vec<String> {
    let inner = text.trim_matches('"');
    let (head, tail) = inner.split_at(inner.len() - 1);
    [head.to_owned(), format!("{inner}{tail}"), format!("{head}g"), inner.replacen('#', "", 1)]
        .map(|color| format!("\"{color}\""))
        .to_vec()
}

fn not_in_the_world(key: &str) -> &'static [&'static str] {
    match key {
        "timezone" => &["UTCC", "Europe/Zürich", "Mars/Olympus"],
        "currency" => &["EURO", "EU", "euros"],
        "locale" => &["english", "e", "12"],
        other => panic!("the mutation test does not know the setting `{other}`"),
    }
}

/// Replaces literals in expressions and SQL, columns in aggregates, and what is bound.
pub(super) fn mistype(demo: &Demo, edits: &mut Vec<Edit>) {
    for literal in &demo.literals {
        let text = &demo.files[literal.file].text;
        // At the start of a value, quotes would be those of YAML.
        let is_start =
            demo.entries.iter().any(|entry| entry.file == literal.file && entry.value.start == literal.at.start);
        if is_start {
            continue;
        }
        let operator = match literal.meets {
            Meets::Operand => "compare with or add another type",
            Meets::Argument => "give an argument of another type",
        };
        let quote = if text[literal.at.clone()].starts_with('"') { '"' } else { '\'' };
        let with = if literal.is_number { format!("{quote}x{quote}") } else { "5".to_owned() };
        edits.push(Edit::new(operator, Class::Breaks, literal.file, literal.at.clone(), with));
    }
    for emit in &demo.emits {
        let with = if emit.column == ColumnType::Text { " 5 " } else { " 'x' " };
        let operator = "bind a value of another type";
        edits.push(Edit::new(operator, Class::Breaks, emit.file, emit.at.clone(), with));
    }
}
