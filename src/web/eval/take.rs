//! Files that users send for the keys of widgets.

use std::sync::Arc;

use appspec_data::{Table, Upload, Value};
use appspec_lang::check::program::{Component, ComponentId, Prop, StateId};
use appspec_lang::component::UPLOADS;
use appspec_lang::spec::parse_size;
use appspec_lang::value::Scalar;

use super::act::Interaction;
use super::admit::Entry;
use super::interact::{Sent, SentFile};
use super::view::Complaint;

/// How large a file may be where the author says nothing.
const USUAL_BYTES: u64 = 20_000_000;

/// How large a file may be that a component takes; none if it takes none.
pub fn most_bytes(component: &Component) -> Option<u64> {
    if component.kind.name != "file_upload" {
        return None;
    }
    let written = match component.prop("max_size") {
        Some(Prop::Literal(Scalar::Text(size))) => parse_size(size),
        _ => None,
    };
    Some(written.unwrap_or(USUAL_BYTES))
}

/// The kinds of files that a component takes, by their endings.
pub fn kinds_of(component: &Component) -> Vec<String> {
    let all = || UPLOADS.iter().map(|kind| (*kind).to_owned()).collect();
    match component.prop("types") {
        Some(Prop::Literal(Scalar::List(kinds))) => {
            kinds.iter().filter_map(Scalar::as_text).map(str::to_owned).collect()
        }
        Some(Prop::Literal(Scalar::Text(kind))) => vec![kind.to_string()],
        _ => all(),
    }
}

/// A size as readers write it: `5 MB`.
pub fn size_in_words(bytes: u64) -> String {
    match bytes {
        1_000_000.. if bytes.is_multiple_of(1_000_000) => format!("{} MB", bytes / 1_000_000),
        1_000_000.. => format!("{:.1} MB", f64::from(u32::try_from(bytes / 1000).unwrap_or(u32::MAX)) / 1000.0),
        _ => format!("{} kB", bytes.div_ceil(1000)),
    }
}

impl Interaction<'_> {
    /// Takes the files that were sent for widgets outside of the form that is submitted; gives those that it changed.
    pub(super) async fn take_files(&mut self, sent: &Sent, form: Option<ComponentId>) -> Vec<ComponentId> {
        let origin = Arc::clone(&self.view.origin);
        let mut changed = Vec::new();
        for (name, file) in &sent.files {
            let key = origin.page().state.iter().position(|state| *state.name == **name).map(StateId::at);
            let Some(key) = key else { continue };
            let mut bound = origin.page().takers(key);
            if form.is_some() && bound.iter().any(|id| origin.page().sent_with(*id) == form) {
                continue;
            }
            bound.retain(|id| origin.page().sent_with(*id).is_none());
            let Some(widget) = self.enabled(&Entry { key, row: None, bound, typed: Vec::new() }).await else {
                continue;
            };
            match self.read_file(widget, file).await {
                Ok(table) => {
                    self.set(key, Value::Table(table));
                    self.view.note_file(key, &file.name);
                    changed.push(widget);
                }
                Err(message) => self.view.complain(key, Complaint::of(message, vec![String::new()])),
            }
        }
        changed
    }

    /// The table in a file, or what is wrong with it, in words for whoever chose it.
    pub(super) async fn read_file(&self, widget: ComponentId, file: &SentFile) -> Result<Table, String> {
        let origin = &self.view.origin;
        let words = self.resolver.words();
        let component = origin.page().components.get(widget.index());
        let Some((component, most)) = component.and_then(|it| Some((it, most_bytes(it)?))) else {
            return Err(words.say("this field takes no file"));
        };
        let kinds = kinds_of(component);
        let ending = file.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        let ending = if ending == "jsonl" { "ndjson".to_owned() } else { ending };
        if !kinds.contains(&ending) {
            return Err(words.fill(
                "“{file}” is none of {kinds}: choose another file",
                &[("file", &file.name), ("kinds", &kinds.join(", "))],
            ));
        }
        let Some(bytes) = file.bytes.clone() else {
            return Err(
                words.fill("“{file}” is larger than {size}", &[("file", &file.name), ("size", &size_in_words(most))])
            );
        };
        let key = super::interact::key_of(component).and_then(|key| origin.page().state.get(key.index()));
        let columns = key.and_then(|state| state.ty.columns()).map(|columns| columns.to_vec()).unwrap_or_default();
        let columns = columns.into_iter().map(|column| (column.name, column.ty.inner().clone())).collect();
        let upload = Upload { name: file.name.clone(), bytes };
        self.engine.data.read_upload(upload, columns).await.map_err(|error| in_quotes(&error.message))
    }
}

/// A message with names in the quotes of prose: it stands at a field, before readers.
fn in_quotes(message: &str) -> String {
    let mut is_open = false;
    let mark = |c| match c {
        '`' => {
            is_open = !is_open;
            if is_open { '“' } else { '”' }
        }
        other => other,
    };
    message.chars().map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::{in_quotes, size_in_words};

    #[test]
    fn names_stand_in_the_quotes_of_prose() {
        assert_eq!(in_quotes("`a.csv` has no column `day`"), "“a.csv” has no column “day”");
    }

    #[test]
    fn sizes_read_as_they_are_written() {
        for (bytes, words) in [(20_000_000, "20 MB"), (1_500_000, "1.5 MB"), (512, "1 kB"), (64_000, "64 kB")] {
            assert_eq!(size_in_words(bytes), words);
        }
    }
}
