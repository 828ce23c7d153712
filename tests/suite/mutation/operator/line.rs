//! Lines that are gone.

use std::ops::Range;

use appspec_lang::component;

use super::super::demo::{Demo, Entry, Place, Role, Thing, What};
use super::super::word::words;
use super::name::is_used;
use super::{Class, Edit};

/// Options that need not be there, but without which something else is meant, or may be.
const TELLING: &[&str] = &["x", "y", "default", "default_from", "each_run", "currency", "type", "each_run"];

/// A line of a file.
struct Line<'a> {
    at: Range<usize>,
    text: &'a str,
    /// The entries whose keys stand on it, the outermost first.
    entries: Vec<&'a Entry>,
    /// The entry whose value began on an earlier line and is no map or list in block form.
    inside: Option<&'a Entry>,
}

impl<'a> Line<'a> {
    fn trimmed(&self) -> &'a str {
        self.text.trim()
    }

    fn indentation(&self) -> usize {
        self.text.len() - self.text.trim_start().len()
    }

    fn is_empty(&self) -> bool {
        self.trimmed().is_empty() || self.inside.is_none() && self.trimmed().starts_with('#')
    }
}

/// Deletes each line of each file by itself; of a partial nothing is known of what its lines are.
pub(super) fn delete(demo: &Demo, edits: &mut Vec<Edit>) {
    for (file, found) in demo.files.iter().enumerate().filter(|(_, found)| !found.is_partial()) {
        let lines = lines(demo, file);
        for (index, line) in lines.iter().enumerate() {
            let (operator, class) = judge(demo, file, &lines, index);
            let end = (line.at.end + 1).min(found.text.len());
            let mut edit = Edit::new(operator, class, file, line.at.start..end, "").named(declared(demo, file, line));
            edit.near.extend(line.entries.first().or(line.inside.as_ref()).map(|entry| entry.parent.start));
            edit.near.extend(line.inside.map(|entry| entry.key.start));
            edit.near.extend(owner(demo, line).map(|entry| entry.key.start));
            // The lines that have become neighbours.
            edit.near.push(line.at.start.saturating_sub(1));
            edits.push(edit);
        }
    }
}

/// The first entry of the map that a line belongs to: of a component, the one that names its kind.
fn owner<'a>(demo: &'a Demo, line: &Line<'_>) -> Option<&'a Entry> {
    let map = line.entries.first()?.map;
    demo.entries.iter().filter(|entry| entry.map == map).min_by_key(|entry| entry.key.start)
}

fn lines(demo: &Demo, file: usize) -> Vec<Line<'_>> {
    let text = &demo.files[file].text;
    let entries: Vec<&Entry> = demo.entries.iter().filter(|entry| entry.file == file).collect();
    let mut start = 0;
    let mut lines = Vec::new();
    for written in text.lines() {
        let at = start..start + written.len();
        start = at.end + 1;
        let mut on_it: Vec<&Entry> = entries.iter().copied().filter(|entry| at.contains(&entry.key.start)).collect();
        on_it.sort_by_key(|entry| (entry.key.start, std::cmp::Reverse(entry.value.end)));
        // In TOML, what stands in a header is no key of the line.
        if demo.files[file].is_toml() && written.starts_with('[') {
            on_it.clear();
        }
        let is_scalar = |entry: &&Entry| {
            let opens =
                text[entry.value.clone()].starts_with(['{', '[']) && !text[entry.value.clone()].starts_with("[[");
            !matches!(entry.role, Role::Structure) || opens
        };
        let is_inside = |entry: &&Entry| entry.key.start < at.start && entry.value.end > at.start && is_scalar(entry);
        let inside = entries.iter().copied().filter(is_inside).max_by_key(|entry| entry.key.start);
        lines.push(Line { at, text: written, entries: on_it, inside });
    }
    lines
}

/// The names that a line declares.
fn declared(demo: &Demo, file: usize, line: &Line<'_>) -> Vec<String> {
    let is_here = |place: &&Place| place.file == file && line.at.contains(&place.at.start);
    let declares = |place: &&Place| matches!(place.what, What::Declares(_));
    demo.places.iter().filter(is_here).filter(declares).map(|place| place.word.clone()).collect()
}

fn judge(demo: &Demo, file: usize, lines: &[Line<'_>], index: usize) -> (&'static str, Class) {
    let line = &lines[index];
    if line.is_empty() {
        return ("delete a comment or blank line", Class::Harmless);
    }
    if let Some(entry) = line.inside {
        return inside(demo, entry, lines, index);
    }
    let is_header = demo.files[file].is_toml() && line.text.starts_with('[');
    let Some(entry) = line.entries.first() else {
        return if is_header { ("delete an opening", Class::Breaks) } else { item(line) };
    };
    let opens = lines.get(index + 1).is_some_and(|next| next.inside.is_some_and(|inside| inside.key == entry.key))
        || is_block(demo, entry);
    if opens {
        // The items of an only item, without options, become those of the list around it.
        let is_item = line.trimmed().starts_with("- ");
        let is_only = is_components(entry) && siblings(demo, entry).all(|other| other.key == entry.key);
        let is_taken = is_only || goes_on_before(demo, entry, lines, index);
        let is_list = lines.get(index + 1).is_some_and(|next| next.trimmed().starts_with("- "));
        let class = if is_item && is_taken || is_list && is_level_with_before(lines, index) {
            Class::Open
        } else {
            Class::Breaks
        };
        return ("delete an opening", class);
    }
    if line.trimmed().starts_with("- ") {
        return start(demo, lines, index);
    }
    single(demo, line)
}

/// Whether the lines behind an opening are read as more of what stands before it: of the list of another component, of a
/// text in block form, or of a plain text.
fn goes_on_before(demo: &Demo, entry: &Entry, lines: &[Line<'_>], index: usize) -> bool {
    if is_components(entry) {
        return is_level_with_before(lines, index);
    }
    let Some(before) = lines[..index].iter().rev().find(|line| !line.is_empty()) else { return false };
    let text = &demo.files[entry.file].text[entry.value.clone()];
    entry.role == Role::Text && before.inside.is_none() && !text.contains(": ") && !before.text.ends_with('"')
}

/// Whether the line behind one stands no deeper than the line before it.
fn is_level_with_before(lines: &[Line<'_>], index: usize) -> bool {
    let before = lines[..index].iter().rev().find(|line| !line.is_empty());
    let behind = lines.get(index + 1);
    before.zip(behind).is_some_and(|(before, behind)| before.indentation() >= behind.indentation())
}

fn is_components(entry: &Entry) -> bool {
    component::find(&entry.name).is_some_and(|kind| kind.subject == component::Subject::Components)
}

/// Whether the value of an entry stands on the lines behind it.
fn is_block(demo: &Demo, entry: &Entry) -> bool {
    let text = &demo.files[entry.file].text;
    let between = text.get(entry.key.end..entry.value.start).unwrap_or_default();
    between.contains('\n')
}

/// A line without a key: an item of a list of words.
fn item(line: &Line<'_>) -> (&'static str, Class) {
    let is_bracket = line.trimmed().len() < 3;
    // A row of areas may be the only one that has a place in it.
    let is_row = line.trimmed().starts_with("- [");
    match (is_bracket, is_row) {
        (true, _) => ("delete an opening", Class::Breaks),
        (false, true) => ("delete an item", Class::Open),
        (false, false) => ("delete an item", Class::Harmless),
    }
}

/// A line that holds a key and all of its value.
fn single(demo: &Demo, line: &Line<'_>) -> (&'static str, Class) {
    let entry = line.entries[0];
    let name = |place: &&Place| place.file == entry.file && place.at == entry.key;
    let declaration = demo.places.iter().filter(name).find_map(|place| match &place.what {
        What::Declares(thing) => Some((place, thing)),
        _ => None,
    });
    if let Some((place, thing)) = declaration {
        let is_shared = demo.files[entry.file].page.is_empty();
        // A widget that is bound to the key declares it then.
        let is_bound = *thing == Thing::State
            && demo.entries.iter().any(|other| {
                let value = demo.files[other.file].text[other.value.clone()].trim_matches('"').to_owned();
                other.role == Role::StateKey && value == place.word && (is_shared || other.file == entry.file)
            });
        let class = match (is_bound, is_used(demo, place, thing)) {
            (true, _) => Class::Open,
            (false, true) => Class::Breaks,
            (false, false) => Class::Harmless,
        };
        return ("delete a declaration", class);
    }
    if is_other_component(demo, entry) {
        return ("delete a required key", Class::Open);
    }
    if entry.is_required {
        return ("delete a required key", Class::Breaks);
    }
    let is_default = entry.name == "connection" && entry.owner == "app";
    // Without its options a slider needs ends.
    let is_scale = entry.name == "options" && entry.owner == "slider";
    if is_default || is_scale {
        return ("delete a required key", Class::Breaks);
    }
    if TELLING.contains(&entry.name.as_str()) {
        return ("delete an option that tells", Class::Open);
    }
    ("delete an optional key", Class::Harmless)
}

/// The entries of the items of the same list.
fn siblings<'a>(demo: &'a Demo, entry: &'a Entry) -> impl Iterator<Item = &'a Entry> {
    demo.entries.iter().filter(|other| other.file == entry.file && other.parent == entry.parent)
}

/// Whether what is left without the key that names the kind is a component of another kind: `title`.
fn is_other_component(demo: &Demo, entry: &Entry) -> bool {
    let left: Vec<&Entry> =
        demo.entries.iter().filter(|other| other.map == entry.map && other.key != entry.key).collect();
    entry.name == entry.owner
        && left
            .iter()
            .filter_map(|other| component::find(&other.name))
            .any(|kind| left.iter().all(|other| other.name == kind.name || kind.prop(&other.name).is_some()))
}

/// The first line of an item: the lines behind it then belong to the item before.
fn start(demo: &Demo, lines: &[Line<'_>], index: usize) -> (&'static str, Class) {
    let entry = lines[index].entries[0];
    let own: Vec<&Entry> = demo.entries.iter().filter(|other| other.map == entry.map).collect();
    let first_on_line = own.iter().filter(|other| lines[index].at.contains(&other.key.start)).count();
    if own.len() == first_on_line {
        let declares = declared(demo, entry.file, &lines[index]);
        let things = |place: &&Place| place.file == entry.file && declares.contains(&place.word);
        let is_needed = demo.places.iter().filter(things).any(|place| match &place.what {
            What::Declares(thing) => is_used(demo, place, thing),
            _ => false,
        });
        let has_siblings = siblings(demo, entry).any(|other| other.map != entry.map);
        let class = match (is_needed, has_siblings && entry.owner != "choice") {
            (true, _) => Class::Breaks,
            (false, true) => Class::Harmless,
            (false, false) => Class::Open,
        };
        return ("delete an item", class);
    }
    let orphans: Vec<&str> = own.iter().skip(1).map(|other| other.name.as_str()).collect();
    let class = if is_adopted(demo, entry, &orphans) { Class::Open } else { Class::Breaks };
    ("delete the opening of a component", class)
}

/// Whether the item before takes all of these options and has none of them.
fn is_adopted(demo: &Demo, entry: &Entry, orphans: &[&str]) -> bool {
    let before = siblings(demo, entry).filter(|other| other.key.start < entry.key.start && other.is_required);
    let is_kind = |other: &&Entry| component::find(&other.name).is_some() && other.name == other.owner;
    let Some(before) = before.filter(is_kind).max_by_key(|other| other.key.start) else { return false };
    let Some(kind) = component::find(&before.name) else { return false };
    let has = |name: &str| demo.entries.iter().any(|other| other.map == before.map && other.name == name);
    // Behind a list in a list, the options would stand at its indentation only by chance.
    orphans.iter().all(|name| kind.prop(name).is_some() && !has(name))
}

/// A line of a value that stands on several.
fn inside(demo: &Demo, entry: &Entry, lines: &[Line<'_>], index: usize) -> (&'static str, Class) {
    let same =
        |line: &&Line<'_>| line.inside.is_some_and(|inside| inside.key == entry.key) && !line.trimmed().is_empty();
    let count = lines.iter().filter(same).count();
    let line = lines[index].trimmed();
    let is_last = !lines.get(index + 1).is_some_and(|next| next.inside.is_some_and(|inside| inside.key == entry.key));
    let is_first = !lines[index - 1].inside.is_some_and(|before| before.key == entry.key);
    let is_level = lines.get(index + 1).is_some_and(|next| next.indentation() == lines[index].indentation());
    let is_end = matches!(line, "\"\"\"" | "]" | "}") && is_last;
    match &entry.role {
        _ if is_end => ("delete an end", Class::Breaks),
        Role::Sql => ("delete a line of SQL", sql(demo, entry, lines, index)),
        // The first line says how far the others are indented.
        Role::Text | Role::Label if is_first && !is_level => ("delete a line of a value", Class::Open),
        Role::Text | Role::Label if count > 1 => ("delete a line of text", Class::Harmless),
        Role::Expression(_) if is_first => ("delete a line of an expression", Class::Breaks),
        _ => ("delete a line of a value", Class::Open),
    }
}

fn sql(demo: &Demo, entry: &Entry, lines: &[Line<'_>], index: usize) -> Class {
    let line = lines[index].trimmed();
    let first = words(line).next().unwrap_or_default();
    let all: Vec<&str> = lines
        .iter()
        .filter(|line| line.inside.is_some_and(|inside| inside.key == entry.key))
        .map(Line::trimmed)
        .collect();
    let here = |place: &&Place| place.file == entry.file && lines[index].at.contains(&place.at.start);
    let is_needed = demo.places.iter().filter(here).any(|place| match &place.what {
        What::Declares(thing) => is_used(demo, place, thing),
        _ => false,
    });
    match first {
        _ if is_needed => Class::Breaks,
        "select" | "from" => Class::Breaks,
        // What is not aggregated must be grouped.
        "group" => Class::Breaks,
        "order" => Class::Harmless,
        "where" if all.iter().any(|other| other.starts_with("and ") || other.starts_with("[[ and")) => Class::Breaks,
        "where" | "and" | "or" | "if" => Class::Open,
        _ => {
            let next = lines.get(index + 1).map_or("", |next| next.trimmed());
            let is_last_item = next.starts_with("from") && !line.ends_with(',');
            // `select *` on its own line, or an only item.
            let is_only = lines[index - 1].trimmed() == "select" && next.starts_with("from");
            if is_last_item || is_only { Class::Breaks } else { Class::Open }
        }
    }
}
