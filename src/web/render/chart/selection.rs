//! What is selected in a chart: the fields that hold it, and what the script needs to turn marks into values.

use appspec_lang::check::program::State;
use appspec_lang::value::{Scalar, Type};
use minijinja::context;
use serde_json::{Value, json};

use super::plot::{Name, Plot, key};
use super::series::distinct;
use crate::render::format::field_text;

/// As many values are offered in the field beside a chart.
const OFFERED: usize = 500;

/// A chart in which something can be selected.
pub(super) struct Selection<'a> {
    state: &'a State,
    value: &'a Scalar,
    column: Name,
}

impl<'a> Selection<'a> {
    pub(super) fn of(plot: &Plot<'a>) -> Option<Self> {
        let state = plot.item.scene.page.state.get(plot.item.component.selected()?.index())?;
        let value = plot.item.scalar("selected").unwrap_or(&Scalar::Null);
        Some(Self { state, value, column: plot.place()? })
    }

    /// What is chosen, as its fields hold it.
    fn chosen(&self) -> Vec<String> {
        match self.value {
            Scalar::Null => Vec::new(),
            Scalar::List(items) => items.iter().map(field_text).collect(),
            Scalar::Range(ends) => ends.iter().map(field_text).collect(),
            single => vec![field_text(single)],
        }
    }

    fn is_range(&self) -> bool {
        matches!(self.state.ty.inner(), Type::Range(_))
    }

    /// What the script is told.
    pub(super) fn model(&self, plot: &Plot<'_>) -> Value {
        let kind = match self.state.ty.inner() {
            Type::Range(_) => "range",
            Type::List(_) => "many",
            _ => "one",
        };
        let place = match plot.ty(&self.column).inner() {
            Type::Date => "date",
            Type::DateTime => "datetime",
            ty if ty.is_number() => "number",
            _ => "word",
        };
        let (words, _) = distinct(&plot.cells(&self.column));
        // Axes of time and numbers are read off.
        let keys: Option<Vec<String>> = plot.has_words().then(|| words.iter().map(key).collect());
        json!({ "name": &*self.state.name, "kind": kind, "place": place, "keys": keys, "chosen": self.chosen() })
    }

    /// The values of its fields in the template.
    pub(super) fn fields(&self, plot: &Plot<'_>) -> minijinja::Value {
        let chosen = self.chosen();
        let (mut words, _) = distinct(&plot.cells(&self.column));
        words.retain(|word| !word.is_null());
        words.truncate(OFFERED);
        for missing in chosen.iter().filter(|_| !self.is_range()) {
            if !words.iter().any(|word| field_text(word) == *missing) {
                words.push(Scalar::text(missing.as_str()));
            }
        }
        let options = words.iter().filter(|_| !self.is_range()).map(|word| {
            let value = field_text(word);
            let is_on = chosen.contains(&value);
            context! { value, label => plot.text(Some(&self.column), word), on => is_on }
        });
        let said: Vec<String> = match self.value {
            Scalar::Null => Vec::new(),
            Scalar::List(items) => items.iter().map(|item| plot.text(Some(&self.column), item)).collect(),
            Scalar::Range(ends) => ends.iter().map(|end| plot.text(Some(&self.column), end)).collect(),
            single => vec![plot.text(Some(&self.column), single)],
        };
        context! {
            name => &*self.state.name,
            label => plot.label(&self.column),
            is_range => self.is_range(),
            multiple => matches!(self.state.ty.inner(), Type::List(_)),
            options => options.collect::<Vec<_>>(),
            low => chosen.first(),
            high => chosen.get(1),
            input => match self.state.ty.inner() {
                Type::Range(end) if *end.inner() == Type::Date => "date",
                Type::Range(end) if *end.inner() == Type::DateTime => "datetime-local",
                _ => "number",
            },
            said => said.join(if self.is_range() { " – " } else { ", " }),
        }
    }
}
