//! Lines and names that change places.

use appspec_lang::component::Pattern;

use super::super::demo::{ColumnType, Demo, Entry, Role, columns_of};
use super::{Class, Edit, subject_of};

/// Pairs of neighbours in a map.
fn pairs(demo: &Demo) -> Vec<(&Entry, &Entry)> {
    let mut all: Vec<&Entry> = demo.entries.iter().collect();
    all.sort_by_key(|entry| (entry.file, entry.map, entry.key.start));
    let couples = all.windows(2).filter_map(|pair| match pair {
        [first, second] if first.file == second.file && first.map == second.map => Some((*first, *second)),
        _ => None,
    });
    couples.collect()
}

/// The order of keys never matters.
pub(super) fn lines(demo: &Demo, edits: &mut Vec<Edit>) {
    for (first, second) in pairs(demo) {
        let text = &demo.files[first.file].text;
        let span = first.key.start..second.value.end.max(second.key.end);
        let is_adjacent = first.value.end <= second.key.start;
        if !is_adjacent
            || text[span.clone()].matches('\n').count() > 1
            || is_header(text, first)
            || is_header(text, second)
        {
            continue;
        }
        let (head, tail) = (&text[first.key.start..first.value.end], &text[second.key.start..second.value.end]);
        let between = &text[first.value.end..second.key.start];
        let with = [tail, between, head].concat();
        edits.push(Edit::new("swap two entries", Class::Harmless, first.file, span, with));
    }
}

/// In TOML, a table's key stands in its header.
fn is_header(text: &str, entry: &Entry) -> bool {
    text[entry.value.clone()].starts_with("[[") || entry.value.start <= entry.key.start
}

/// Swaps the names of two keys: each gets the value that was meant for the other.
pub(super) fn keys(demo: &Demo, edits: &mut Vec<Edit>) {
    for (first, second) in pairs(demo) {
        let text = &demo.files[first.file].text;
        let is_scalar = |entry: &Entry| {
            entry.role != Role::Structure && entry.role != Role::Sql && !text[entry.value.clone()].contains('\n')
        };
        let is_told_apart = first.role != second.role || matches!(first.role, Role::Column(_));
        if !is_told_apart && !is_pair_of_bounds(first, second) || !is_scalar(first) || !is_scalar(second) {
            continue;
        }
        let names = ["names", "set", "columns", "row", "generated"];
        if names.contains(&first.owner.as_str()) {
            continue;
        }
        let is_wrong = is_pair_of_bounds(first, second) || !fits(demo, first, second) || !fits(demo, second, first);
        let class = if is_wrong { Class::Breaks } else { Class::Open };
        let span = first.key.start..second.key.end;
        let middle = &text[first.key.end..second.key.start];
        let with = [&second.name, middle, &first.name].concat();
        let edit = Edit::new("swap two keys", class, first.file, span, with);
        edits.push(edit.named(subject_of(demo, first)));
    }
}

fn is_pair_of_bounds(first: &Entry, second: &Entry) -> bool {
    first.name == "min" && second.name == "max"
}

/// Whether the value of one entry may be that of another's key.
fn fits(demo: &Demo, value: &Entry, key: &Entry) -> bool {
    let file = &demo.files[value.file];
    let text = file.text[value.value.clone()].trim_matches(['"', '\'']);
    let is_number = matches!(value.role, Role::Int | Role::Width) || text.parse::<f64>().is_ok();
    let is_word = !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    match &key.role {
        // Another text is as good as this one, but numbers, lists and maps are none.
        Role::Text | Role::Label => !is_number && !text.starts_with(['[', '{']) && value.role != Role::Bool,
        Role::Column(Some(table)) => match &value.role {
            Role::Column(_) if key.name == "y" => {
                let columns = columns_of(&file.page, table).unwrap_or_default();
                columns.iter().any(|(name, ty)| *name == text && *ty == ColumnType::Number)
            }
            Role::Column(_) => true,
            _ => false,
        },
        Role::Expression(Pattern::Number | Pattern::Ordered | Pattern::Int) => {
            is_number || matches!(value.role, Role::Expression(_))
        }
        Role::Expression(_) => is_number || matches!(value.role, Role::Expression(_) | Role::Bool),
        Role::Constant | Role::Cell => true,
        // A widget declares whatever name it is given.
        Role::StateKey => is_word && !is_number,
        Role::Int | Role::Width => matches!(value.role, Role::Int | Role::Width),
        _ => false,
    }
}
