//! What stands outside of components: the keys of pages and of `app.yaml`.

use std::ops::Range;

use appspec_lang::component::Pattern;
use appspec_lang::syntax::{self, Node, NodeKind};

use super::{Entry, Reader, Role, Thing, Vocabulary, What, range};

impl Reader<'_> {
    pub(super) fn file(&mut self, root: &Node) {
        let top = 0..0;
        let is_app = self.page().is_empty();
        for (entry, record) in self.entries(root, if is_app { "app" } else { "page" }, &top) {
            let value = &entry.value;
            let key = range(entry.key.span);
            let role = match entry.key.value.as_str() {
                "title" if is_app => Role::Label,
                "title" | "description" => Role::Text,
                "icon" => Role::Icon,
                "layout" => Role::Choice,
                "locale" | "timezone" | "currency" => Role::World,
                "connection" => Role::Connection,
                "theme" => {
                    for (color, record) in self.entries(value, "theme", &key) {
                        self.value(record, &color.value, Role::Color, false, None);
                    }
                    Role::Structure
                }
                "connections" => {
                    self.named(value, &key, &Thing::Connection, |reader, _, entry| reader.connection(entry))
                }
                "state" => self.named(value, &key, &Thing::State, |reader, _, entry| reader.state(entry)),
                "queries" => self.named(value, &key, &Thing::Query, Self::query),
                "values" => self.named(value, &key, &Thing::Value, |_, _, _| Role::Expression(Pattern::Any)),
                // Where the navigation leads is judged by the corpus.
                "nav" => Role::Structure,
                "sidebar" | "body" => {
                    self.components(value, &key);
                    Role::Structure
                }
                other => panic!("the mutation test does not know the key `{other}`"),
            };
            self.value(record, value, role, false, None);
        }
    }

    /// The entries of a map; their keys are keys of the language.
    pub(super) fn entries<'n>(
        &mut self,
        node: &'n Node,
        owner: &str,
        parent: &Range<usize>,
    ) -> Vec<(&'n syntax::Entry, Entry)> {
        let found = self.keys(node, owner, parent);
        for (entry, _) in &found {
            self.place(range(entry.key.span), What::Key);
        }
        found
    }

    /// The entries of a map, whatever their keys are.
    pub(super) fn keys<'n>(
        &mut self,
        node: &'n Node,
        owner: &str,
        parent: &Range<usize>,
    ) -> Vec<(&'n syntax::Entry, Entry)> {
        let NodeKind::Map(entries) = &node.kind else { return Vec::new() };
        let map = self.next_map();
        let record = |entry: &syntax::Entry| Entry {
            file: self.file,
            key: range(entry.key.span),
            value: range(entry.value.span),
            name: entry.key.value.clone(),
            role: Role::Structure,
            is_required: false,
            map,
            parent: parent.clone(),
            owner: owner.to_owned(),
            column: None,
        };
        entries.iter().map(|entry| (entry, record(entry))).collect()
    }

    /// Keeps an entry, and finds what is in its value.
    pub(super) fn value(
        &mut self,
        entry: Entry,
        value: &Node,
        role: Role,
        is_required: bool,
        column: Option<(String, String)>,
    ) {
        self.contents(value, &role);
        self.demo.entries.push(Entry { role, is_required, column, ..entry });
    }

    /// The places inside a value that is no structure.
    pub(super) fn contents(&mut self, value: &Node, role: &Role) {
        let at = self.inside(value);
        match role {
            Role::Text | Role::Label => {
                if let NodeKind::Text(source) = &value.kind {
                    self.template(source, matches!(role, Role::Text));
                }
            }
            Role::Expression(_) | Role::Subject => {
                if let NodeKind::Text(source) = &value.kind {
                    self.expression(source, 0..source.text.len());
                }
            }
            Role::Column(Some(table)) => self.place(at, What::Refers(Thing::Column(table.clone()))),
            Role::Width if value.as_text().is_none() => {}
            Role::Choice | Role::Width => self.place(at, What::Word(Vocabulary::Choice)),
            Role::Icon => self.place(at, What::Word(Vocabulary::Icon)),
            Role::Type => {
                let words = super::expression::named(&self.demo.files[self.file].text[at.clone()]);
                let words: Vec<Range<usize>> = words.into_iter().map(|(word, _)| word).collect();
                for word in words {
                    self.place(at.start + word.start..at.start + word.end, What::Word(Vocabulary::Type));
                }
            }
            Role::Query => self.place(at, What::Refers(Thing::Query)),
            Role::Connection => self.place(at, What::Refers(Thing::Connection)),
            Role::File => self.place(at, What::Word(Vocabulary::World)),
            Role::Format => {
                let text = self.demo.files[self.file].text[at.clone()].to_owned();
                let name = text.find('(').unwrap_or(text.len());
                self.place(at.start..at.start + name, What::Word(Vocabulary::Format));
            }
            _ => {}
        }
    }

    /// A map from names that it declares.
    fn named(
        &mut self,
        node: &Node,
        parent: &Range<usize>,
        thing: &Thing,
        read: impl Fn(&mut Self, &str, &syntax::Entry) -> Role,
    ) -> Role {
        for (entry, record) in self.keys(node, "names", parent) {
            self.place(range(entry.key.span), What::Declares(thing.clone()));
            let role = read(self, &entry.key.value, entry);
            self.value(record, &entry.value, role, false, None);
        }
        Role::Structure
    }

    fn connection(&mut self, entry: &syntax::Entry) -> Role {
        for (key, record) in self.entries(&entry.value, "connection", &range(entry.key.span)) {
            let role = if key.key.value == "type" { Role::Choice } else { Role::File };
            self.value(record, &key.value, role, true, None);
        }
        Role::Structure
    }

    fn state(&mut self, entry: &syntax::Entry) -> Role {
        if !matches!(entry.value.kind, NodeKind::Map(_)) {
            return Role::Constant;
        }
        for (key, record) in self.entries(&entry.value, "state", &range(entry.key.span)) {
            let role = match key.key.value.as_str() {
                "type" => Role::Type,
                "nullable" => Role::Bool,
                "default" => Role::Constant,
                _ => Role::Expression(Pattern::Any),
            };
            self.value(record, &key.value, role, false, None);
        }
        Role::Structure
    }

    fn query(&mut self, name: &str, entry: &syntax::Entry) -> Role {
        for (key, record) in self.entries(&entry.value, "query", &range(entry.key.span)) {
            let at = range(key.key.span);
            let (role, is_required) = match key.key.value.as_str() {
                "description" => (Role::Label, false),
                "file" => (Role::File, true),
                "cache" => (Role::Duration, false),
                "sql" | "transform" => {
                    if let NodeKind::Text(source) = &key.value.kind {
                        self.sql(name, key.key.value == "transform", source);
                    }
                    (Role::Sql, true)
                }
                "columns" => {
                    self.meanings(name, &key.value, &at);
                    (Role::Structure, false)
                }
                "rows" => {
                    self.rows(name, &key.value, &at);
                    (Role::Structure, true)
                }
                "generate" => {
                    self.generate(name, &key.value, &at);
                    (Role::Structure, true)
                }
                // Without it, `NA` is text, and so is every column that has it.
                "null_values" => (Role::Structure, true),
                other => panic!("the mutation test does not know the key `{other}` of queries"),
            };
            self.value(record, &key.value, role, is_required, None);
        }
        Role::Structure
    }

    fn meanings(&mut self, query: &str, node: &Node, parent: &Range<usize>) {
        for (column, record) in self.keys(node, "columns", parent) {
            self.place(range(column.key.span), What::Refers(Thing::Column(query.to_owned())));
            for (key, record) in self.entries(&column.value, "meaning", &range(column.key.span)) {
                let role = if key.key.value == "format" { Role::Format } else { Role::Label };
                let about = Some((query.to_owned(), column.key.value.clone()));
                self.value(record, &key.value, role, false, about);
            }
            let about = Some((query.to_owned(), column.key.value.clone()));
            self.value(record, &column.value, Role::Structure, false, about);
        }
    }

    fn rows(&mut self, query: &str, node: &Node, parent: &Range<usize>) {
        let NodeKind::List(rows) = &node.kind else { return };
        for row in rows {
            for (cell, record) in self.keys(row, "row", parent) {
                self.place(range(cell.key.span), What::Refers(Thing::Column(query.to_owned())));
                let about = Some((query.to_owned(), cell.key.value.clone()));
                self.value(record, &cell.value, Role::Cell, false, about);
            }
        }
    }

    fn generate(&mut self, query: &str, node: &Node, parent: &Range<usize>) {
        for (key, record) in self.entries(node, "generate", parent) {
            let role = if key.key.value == "rows" { Role::Int } else { Role::Structure };
            if role == Role::Structure {
                for (column, record) in self.keys(&key.value, "generated", &range(key.key.span)) {
                    self.place(range(column.key.span), What::Declares(Thing::Column(query.to_owned())));
                    self.place(self.inside(&column.value), What::Word(Vocabulary::Generator));
                    self.value(record, &column.value, Role::Structure, false, None);
                }
            }
            self.value(record, &key.value, role, true, None);
        }
    }
}
