//! What a browser shows, as far as evaluation decides it.

use std::collections::BTreeMap;

use appspec_data::{Table, Value};
use appspec_lang::check::program::{ComponentId, Page};
use appspec_lang::value::Scalar;
use appspec_web::eval::expr::plain_text;
use appspec_web::eval::plain::reveal;
use appspec_web::eval::{Complaint, Delta, Outcome, Shown};

/// How each component on the screen last looked. What is inside a hidden, pending or failed one is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Looks(BTreeMap<ComponentId, String>);

impl Looks {
    pub(crate) fn get(&self, id: ComponentId) -> Option<&str> {
        self.0.get(&id).map(String::as_str)
    }

    /// What can be seen, with the ids of the components.
    pub(crate) fn visible<'a>(&'a self, page: &'a Page) -> BTreeMap<&'a str, &'a str> {
        let seen = self.0.iter().filter(|(_, look)| *look != "hidden");
        seen.map(|(id, look)| (page.components[id.index()].id.as_str(), look.as_str())).collect()
    }

    /// Takes in what a server has sent.
    ///
    /// # Panics
    /// If something comes for a component that has no place on the screen.
    pub(crate) fn swap_in(&mut self, page: &Page, delta: &Delta) {
        for (id, evaluated) in &delta.changed {
            let component = &page.components[id.index()];
            if let Some(parent) = component.parent {
                let stands = self.get(parent).is_some_and(is_open);
                assert!(stands, "{} was sent, and what holds it is not there", component.id);
            }
            let look = look_of(&evaluated.outcome);
            if !is_open(&look) {
                self.remove_inside(page, *id);
            }
            self.0.insert(*id, look);
        }
    }

    /// A user enters another value than a field shows; that stays on the screen until something comes for the field.
    pub(crate) fn enter(&mut self, page: &Page, id: &str, value: &str) {
        let position = page.components.iter().position(|component| component.id == id).map(ComponentId::at);
        if let Some(look) = position.and_then(|id| self.0.get_mut(&id)).filter(|look| !is_subject(look, value)) {
            *look = format!("entered {value}");
        }
    }

    fn remove_inside(&mut self, page: &Page, id: ComponentId) {
        for child in &page.components[id.index()].children {
            self.0.remove(child);
            self.remove_inside(page, *child);
        }
    }
}

/// Whether a component that looks so shows what is inside it.
fn is_open(look: &str) -> bool {
    look != "hidden" && look != "pending" && !look.starts_with("failed: ")
}

fn is_subject(look: &str, value: &str) -> bool {
    look.split(' ').next() == Some(value) || (value.is_empty() && look.starts_with("false"))
}

/// The look of a component in words.
fn look_of(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Hidden => "hidden".to_owned(),
        Outcome::Pending { .. } => "pending".to_owned(),
        Outcome::Failed(error) => format!("failed: {error}"),
        Outcome::Shown(shown) => words(shown),
    }
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
    words.extend(shown.rows.iter().map(|row| {
        let looks: Vec<String> = row.outcomes.iter().map(|(_, outcome)| look_of(outcome)).collect();
        format!("{}: {}", row.name, looks.join(", "))
    }));
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
