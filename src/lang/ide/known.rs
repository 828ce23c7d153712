//! What has a name on a page: as it was checked last, and as it is being written.

use super::place::{self, Meaning};
use super::sketch::Item;
use super::symbol;
use crate::check::Page;
use crate::component::{Component, Subject};
use crate::spec::{Schemas, Spec, is_settings, shape_of};
use crate::value::{Columns, Type};

/// Something that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub name: String,
    /// Unknown for what was not checked yet.
    pub ty: Type,
}

/// A write, and what it takes.
#[derive(Clone, Debug)]
pub(super) struct NamedWrite {
    pub name: String,
    pub params: Vec<Named>,
}

/// All that a place of a page can name.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    pub state: Vec<Named>,
    pub queries: Vec<Named>,
    pub values: Vec<Named>,
    pub writes: Vec<NamedWrite>,
    pub params: Vec<Named>,
    pub connections: Vec<String>,
    /// The components of the page, by their ids, and what they are.
    pub components: Vec<(String, &'static Component)>,
    /// The URLs of pages.
    pub pages: Vec<String>,
}

impl Known {
    /// What `page` has, or for the settings what all pages have; and what `outline` declares and was not checked yet.
    pub(super) fn of(spec: &Spec, page: Option<&Page>, outline: &Item, (path, text): (&str, &str)) -> Self {
        let mut known = Self {
            connections: spec.connections.iter().map(|connection| connection.name.value.to_string()).collect(),
            pages: spec.pages.iter().map(|page| page.path.clone()).collect(),
            ..Self::default()
        };
        if let Some(page) = page {
            known.take(spec, page, is_settings(path));
        }
        known.take_outline(outline, (path, text));
        known
    }

    fn take(&mut self, spec: &Spec, page: &Page, is_settings: bool) {
        let is_shared = |page: &str| !is_settings || page.is_empty();
        let state = page.state.iter().filter(|key| (key.shared || !is_settings) && symbol::is_written(page, key));
        self.state = state.map(|key| named(&key.name, &key.ty)).collect();
        let queries = page.queries.iter().filter(|query| is_shared(&query.key.0));
        self.queries = queries.map(|query| named(&query.name, &Type::Table(query.columns.clone()))).collect();
        let count = if is_settings { spec.shared.values.len() } else { page.values.len() };
        self.values = page.values.iter().take(count).map(|value| named(&value.name, &value.ty)).collect();
        let count = if is_settings { spec.shared.writes.len() } else { page.writes.len() };
        self.writes = (page.writes.iter().take(count))
            .map(|write| NamedWrite {
                name: write.name.to_string(),
                params: write.params.iter().map(|param| named(&param.name, &param.ty)).collect(),
            })
            .collect();
        self.components = page.components.iter().map(|component| (component.id.clone(), component.kind)).collect();
        self.params = page.params.iter().map(|param| named(&param.name.value, &param.ty)).collect();
    }

    fn take_outline(&mut self, outline: &Item, (path, text): (&str, &str)) {
        let names = |key: &str| -> Vec<String> {
            let pairs = outline.get(key).map(Item::pairs).unwrap_or_default();
            pairs.iter().filter(|pair| pair.is_parted).map(|pair| pair.key.clone()).collect()
        };
        add(&mut self.state, names("state"), &Type::Any);
        add(&mut self.state, widget_keys(outline, (path, text)), &Type::Any);
        add(&mut self.queries, names("queries"), &Type::Table(None));
        add(&mut self.values, names("values"), &Type::Any);
        for pair in outline.get("writes").map(Item::pairs).unwrap_or_default().iter().filter(|pair| pair.is_parted) {
            if !self.writes.iter().any(|write| write.name == pair.key) {
                let params = pair.value.get("params").map(Item::pairs).unwrap_or_default().iter();
                let params = params.map(|param| named(&param.key, &Type::Any)).collect();
                self.writes.push(NamedWrite { name: pair.key.clone(), params });
            }
        }
        for name in names("connections") {
            if !self.connections.contains(&name) {
                self.connections.push(name);
            }
        }
    }

    /// Gives queries whose columns are not known those that their source was asked for last.
    pub(super) fn complete_columns(&mut self, schemas: &Schemas, page: &str) {
        for query in self.queries.iter_mut().filter(|query| query.ty == Type::Table(None)) {
            let found = [page, ""].into_iter().find_map(|page| {
                let key = (page.to_owned(), query.name.as_str().into());
                schemas.queries.get(&key)?.as_ref().ok().cloned()
            });
            query.ty = Type::Table(found);
        }
    }

    /// The columns of a query, where they are known.
    pub(super) fn columns(&self, query: &str) -> Option<Columns> {
        match &self.queries.iter().find(|named| named.name == query)?.ty {
            Type::Table(columns) => columns.clone(),
            _ => None,
        }
    }

    /// The columns of the table that an expression gives, as far as its first name tells.
    pub(super) fn columns_of_expression(&self, expression: &str) -> Option<Columns> {
        let word = |text: &str| -> String { text.chars().take_while(|char| is_word(*char)).collect() };
        let expression = expression.trim();
        let found = if let Some(rest) = expression.strip_prefix("state.") {
            self.state.iter().find(|named| named.name == word(rest))
        } else if let Some(rest) = expression.strip_prefix("values.") {
            self.values.iter().find(|named| named.name == word(rest))
        } else {
            self.queries.iter().find(|named| named.name == word(expression))
        };
        match found?.ty.inner() {
            Type::Table(columns) => columns.clone(),
            _ => None,
        }
    }
}

/// The functions that tell the time, which are names to the compiler: what they are called, give, and are for.
pub(super) const CLOCK: [(&str, Type, &str); 2] = [
    ("now", Type::DateTime, "The moment of the run, in the time zone of the app."),
    ("today", Type::Date, "The day of the run, in the time zone of the app."),
];

pub(super) fn is_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

fn named(name: &str, ty: &Type) -> Named {
    Named { name: name.to_owned(), ty: ty.clone() }
}

fn add(all: &mut Vec<Named>, names: Vec<String>, ty: &Type) {
    for name in names {
        if !all.iter().any(|named| named.name == name) {
            all.push(named(&name, ty));
        }
    }
}

/// The keys that widgets are bound to.
fn widget_keys(outline: &Item, (path, text): (&str, &str)) -> Vec<String> {
    let mut keys = Vec::new();
    visit(outline, place::root(shape_of(path)), &mut |item, meaning| {
        if let Meaning::Component { in_tabs } = meaning
            && let Some(kind) = place::kind_of(item, in_tabs).filter(|kind| kind.subject == Subject::State)
            && let Some(key) = item.get(kind.name).and_then(|key| key.text(text))
            && crate::spec::is_name(key)
        {
            keys.push(key.to_owned());
        }
    });
    keys
}

/// Visits all values with what they are for, the outer ones first.
pub(super) fn visit<'s>(item: &'s Item, meaning: Meaning, see: &mut impl FnMut(&'s Item, Meaning)) {
    see(item, meaning);
    for pair in item.pairs() {
        visit(&pair.value, meaning.behind(item, &pair.key), see);
    }
    for inner in item.items() {
        visit(inner, meaning.element(), see);
    }
}
