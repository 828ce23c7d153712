//! What a browser shows, as far as evaluation decides it.

use std::collections::BTreeMap;
use std::sync::Arc;

use appspec_data::{Table, Value};
use appspec_lang::check::program::Page;
use appspec_lang::value::Scalar;
use appspec_web::eval::expr::plain_text;
use appspec_web::eval::plain::reveal;
use appspec_web::eval::{Complaint, Delta, Instance, Outcome, Shown};

/// How each component on the screen last looked. What is inside a hidden, pending or failed one is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Looks(BTreeMap<Instance, Look>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Look {
    words: String,
    /// What names the rows for which something stands in it.
    rows: Vec<Arc<str>>,
}

impl Looks {
    /// How the component of an id looks.
    pub(crate) fn get(&self, page: &Page, id: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known.id(page) == id).map(|(_, look)| look.words.as_str())
    }

    /// How that looks which stands for the rows of a component, one by one: `1: Tea, Add`.
    pub(crate) fn rows(&self, page: &Page, id: &str) -> Vec<String> {
        let Some((instance, look)) = self.0.iter().find(|(known, _)| known.id(page) == id) else { return Vec::new() };
        let rows = look.rows.iter().map(|row| {
            let is_of = |known: &Instance| {
                known.row.as_ref() == Some(row)
                    && page.components[known.component.index()].row_of == Some(instance.component)
            };
            let looks = self.0.iter().filter(|(known, _)| is_of(known)).map(|(_, look)| look.words.as_str());
            format!("{row}: {}", looks.collect::<Vec<_>>().join(", "))
        });
        rows.collect()
    }

    /// What can be seen, with the ids of the components.
    pub(crate) fn visible(&self, page: &Page) -> BTreeMap<String, &str> {
        let seen = self.0.iter().filter(|(_, look)| look.words != "hidden");
        seen.map(|(id, look)| (id.id(page).into_owned(), look.words.as_str())).collect()
    }

    /// Takes in what a server has sent.
    ///
    /// # Panics
    /// If something comes for a component that has no place on the screen.
    pub(crate) fn swap_in(&mut self, page: &Page, delta: &Delta) {
        for (id, outcome) in &delta.changed {
            if let Some(parent) = id.parent(page) {
                let parent = self.0.get(&parent);
                let has_row = parent.is_some_and(|parent| match &id.row {
                    Some(row) => parent.rows.is_empty() || parent.rows.contains(row),
                    None => true,
                });
                let stands = parent.is_some_and(|parent| is_open(&parent.words)) && has_row;
                assert!(stands, "{} was sent, and what holds it is not there", id.id(page));
            }
            let (words, rows) = look_of(outcome);
            let has_rows = page.components[id.component.index()].kind.has_rows();
            if !is_open(&words) || has_rows {
                self.remove_inside(page, id);
            }
            self.0.insert(id.clone(), Look { words, rows });
        }
    }

    /// A user enters another value than a field shows; that stays on the screen until something comes for the field.
    pub(crate) fn enter(&mut self, page: &Page, id: &str, value: &str) {
        let found = self.0.iter_mut().find(|(known, _)| known.id(page) == id);
        if let Some((_, look)) = found.filter(|(_, look)| !is_subject(&look.words, value)) {
            look.words = format!("entered {value}");
        }
    }

    fn remove_inside(&mut self, page: &Page, id: &Instance) {
        self.0.retain(|known, _| !known.ancestors(page).any(|above| above == *id));
    }
}

/// Whether a component that looks so shows what is inside it.
fn is_open(look: &str) -> bool {
    look != "hidden" && look != "pending" && !look.starts_with("failed: ")
}

fn is_subject(look: &str, value: &str) -> bool {
    look.split(' ').next() == Some(value) || (value.is_empty() && look.starts_with("false"))
}

/// The look of a component in words, and what names its rows.
fn look_of(outcome: &Outcome) -> (String, Vec<Arc<str>>) {
    let words = match outcome {
        Outcome::Hidden => "hidden".to_owned(),
        Outcome::Pending { .. } => "pending".to_owned(),
        Outcome::Failed(error) => format!("failed: {error}"),
        Outcome::Shown(shown) => return (words(shown), shown.rows.clone()),
    };
    (words, Vec::new())
}

/// The subject, then what else there is: `3 delta=1 options=[1 2 3] wrong="must be at least 0"`.
fn words(shown: &Shown) -> String {
    let mut words: Vec<String> = shown.subject.iter().map(text).collect();
    words.extend(shown.props.iter().map(|(name, value)| format!("{name}={}", text(value))));
    if !shown.options.is_empty() {
        let labels: Vec<&str> = shown.options.iter().map(|(_, label)| label.as_str()).collect();
        words.push(format!("options=[{}]", labels.join(" ")));
    }
    words.extend(shown.column_labels.iter().flatten().map(|label| format!("column={label}")));
    words.extend(shown.notices.iter().map(|notice| format!("notice=\"{notice}\"")));
    if let Some(Complaint { message, typed, .. }) = shown.complaint.as_deref() {
        words.push(format!("typed={}", typed.join("|")));
        words.extend(message.iter().map(|message| format!("wrong=\"{message}\"")));
    }
    words.join(" ")
}

fn text(value: &Value) -> String {
    match value {
        Value::Scalar(Scalar::Null) => "null".to_owned(),
        Value::Scalar(Scalar::List(items)) => format!("[{}]", cells(items)),
        Value::Scalar(scalar) => reveal(&plain_text(scalar)),
        Value::Column(column) => format!("[{}]", cells(&column.iter().collect::<Vec<_>>())),
        Value::Table(table) => rows(table),
        other => format!("{other:?}"),
    }
}

/// `[1 EU] [2 US]`
fn rows(table: &Table) -> String {
    let rows: Vec<String> = table.records(20).iter().map(|row| format!("[{}]", cells(row))).collect();
    if rows.is_empty() { "no rows".to_owned() } else { rows.join(" ") }
}

fn cells(cells: &[Scalar]) -> String {
    let text = |cell: &Scalar| if cell.is_null() { "null".to_owned() } else { plain_text(cell) };
    cells.iter().map(text).collect::<Vec<_>>().join(" ")
}
