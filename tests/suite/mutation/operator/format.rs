//! Columns and formats that do not go together with what shows them.

use super::super::demo::{ColumnType, Demo, Entry, Place, Role, Thing, What, columns_of};
use super::{Class, Edit};

const CHANNEL: &str = "take a column of another type";
const FORMAT: &str = "format what is of another type";

pub(super) fn mismatch(demo: &Demo, edits: &mut Vec<Edit>) {
    for entry in &demo.entries {
        channel(demo, entry, edits);
        format(demo, entry, edits);
    }
    for place in &demo.places {
        aggregate(demo, place, edits);
    }
}

/// `y: species`
fn channel(demo: &Demo, entry: &Entry, edits: &mut Vec<Edit>) {
    let Some((table, column)) = entry.column.as_ref().filter(|_| matches!(entry.role, Role::Column(_))) else { return };
    if entry.name != "y" && entry.name != "size" {
        return;
    }
    let columns = columns_of(&demo.files[entry.file].page, table).unwrap_or_default();
    for (other, _) in columns.iter().filter(|(_, ty)| *ty != ColumnType::Number) {
        let is_toml = demo.files[entry.file].is_toml();
        let with = if is_toml { format!("\"{other}\"") } else { (*other).to_owned() };
        edits.push(Edit::of_value(CHANNEL, Class::Breaks, entry, with).named([column.as_str(), other]));
    }
}

/// `format: percent(1)` of text: written in the place of another format, or added.
fn format(demo: &Demo, entry: &Entry, edits: &mut Vec<Edit>) {
    let file = &demo.files[entry.file];
    let quote = |format: &str| if file.is_toml() { format!("'{format}'") } else { format.to_owned() };
    if entry.role == Role::Format {
        // Without a column it is a metric's, and those of the demo app show numbers.
        let ty = entry.column.as_ref().map_or(Some(ColumnType::Number), |about| type_of(demo, entry, about));
        for other in ty.map_or(&[][..], wrong_formats) {
            let edit = Edit::of_value(FORMAT, Class::Breaks, entry, quote(other));
            edits.push(edit.named(entry.column.as_ref().map(|(_, column)| column.as_str())));
        }
    }
    let text = &file.text[entry.value.clone()];
    let is_flow = entry.role == Role::Structure && entry.owner == "columns" && text.starts_with('{');
    let Some(about) = entry.column.as_ref().filter(|_| is_flow && !text.contains("format")) else { return };
    let Some(ty) = type_of(demo, entry, about) else { return };
    for other in wrong_formats(ty) {
        let sign = if file.is_toml() { " =" } else { ":" };
        let end = entry.value.end - 2;
        let with = format!(", format{sign} {}", quote(other));
        edits.push(Edit::new(FORMAT, Class::Breaks, entry.file, end..end, with).named([about.1.as_str()]));
    }
}

fn type_of(demo: &Demo, entry: &Entry, (table, column): &(String, String)) -> Option<ColumnType> {
    let columns = columns_of(&demo.files[entry.file].page, table)?;
    columns.into_iter().find(|(name, _)| name == column).map(|(_, ty)| ty)
}

fn wrong_formats(ty: ColumnType) -> &'static [&'static str] {
    match ty {
        ColumnType::Text => &["percent(1)", "number(2)", "date(\"%Y\")"],
        ColumnType::Number => &["date(\"%Y\")"],
        ColumnType::Date => &["number(1)", "percent"],
    }
}

/// `penguins.species | mean`, `avg(species)`
fn aggregate(demo: &Demo, place: &Place, edits: &mut Vec<Edit>) {
    let What::Refers(Thing::Column(table)) = &place.what else { return };
    let file = &demo.files[place.file];
    let (before, after) = (&file.text[..place.at.start], file.text[place.at.end..].trim_start_matches([' ', '|']));
    let is_aggregated = before.ends_with('.')
        && ["sum", "mean", "delta"].iter().any(|filter| after.starts_with(filter))
        || before.ends_with("avg(")
        || before.ends_with("sum(");
    if !is_aggregated {
        return;
    }
    let columns = columns_of(&file.page, table).unwrap_or_default();
    for (other, _) in columns.iter().filter(|(_, ty)| *ty == ColumnType::Text) {
        let edit = Edit::new("aggregate text", Class::Breaks, place.file, place.at.clone(), *other);
        edits.push(edit.named([place.word.as_str(), other]));
    }
}
