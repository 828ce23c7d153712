//! Components, their options and their actions.

use std::ops::Range;

use appspec_lang::component::{self, PropType, Subject};
use appspec_lang::syntax::{self, Node, NodeKind};

use super::tables::filled_by;
use super::{Entry, Reader, Role, Thing, What, range};

impl Reader<'_> {
    pub(super) fn components(&mut self, node: &Node, parent: &Range<usize>) {
        let NodeKind::List(items) = &node.kind else { return };
        for item in items {
            self.component(item, parent);
        }
    }

    /// A component. In the demo app the first key is the one that names the kind.
    fn component(&mut self, item: &Node, parent: &Range<usize>) {
        let NodeKind::Map(written) = &item.kind else { return };
        let Some(kind) = written.first().and_then(|entry| component::find(&entry.key.value)) else {
            panic!("the first key of a component names no kind, in {}", self.demo.files[self.file].path)
        };
        let subject = written.first().and_then(|entry| entry.value.as_text()).unwrap_or_default();
        let table = subject.rsplit('.').next().filter(|_| kind.subject == Subject::Table);
        let table = table.map(|name| filled_by(self.page(), name).to_owned());
        for (index, (entry, record)) in self.entries(item, kind.name, parent).into_iter().enumerate() {
            if index == 0 {
                let role = self.subject(kind, entry);
                self.value(record, &entry.value, role, true, None);
            } else {
                let has_options = item.get("options").is_some();
                self.option((kind, has_options), table.as_deref(), entry, record);
            }
        }
    }

    fn subject(&mut self, kind: &component::Component, entry: &syntax::Entry) -> Role {
        match kind.subject {
            // What a partial is handed over is judged by the corpus.
            Subject::None | Subject::Partial | Subject::Json => Role::Structure,
            Subject::Text | Subject::Markdown | Subject::Html => Role::Text,
            Subject::Image => Role::File,
            Subject::Expression(pattern) => Role::Expression(pattern),
            Subject::Table => Role::Subject,
            Subject::Figure => Role::Expression(component::Pattern::Any),
            Subject::State => {
                let at = self.inside(&entry.value);
                let what = if self.is_declared_beside(&at) { What::Refers } else { What::Declares };
                self.place(at, what(Thing::State));
                Role::StateKey
            }
            Subject::Components | Subject::Tabs => {
                self.components(&entry.value, &range(entry.key.span));
                Role::Structure
            }
        }
    }

    fn option(
        &mut self,
        (kind, has_options): (&component::Component, bool),
        table: Option<&str>,
        entry: &syntax::Entry,
        record: Entry,
    ) {
        let name = entry.key.value.as_str();
        let Some(prop) = kind.prop(name) else { panic!("`{}` has no option `{name}`", kind.name) };
        let at = range(entry.key.span);
        let own = |column: &str| table.map(|table| (table.to_owned(), column.to_owned()));
        let text = entry.value.as_text().unwrap_or_default();
        let mut about = None;
        let role = match prop.ty {
            PropType::Text => Role::Text,
            PropType::Tone if text.contains("{{") => Role::Text,
            PropType::Tone => Role::Color,
            PropType::Expression(pattern) => Role::Expression(pattern),
            PropType::Table => Role::Subject,
            PropType::SomeColumns | PropType::SomeOf(_) if matches!(entry.value.kind, NodeKind::Bool(_)) => Role::Bool,
            PropType::Column(_) | PropType::Columns(_) | PropType::SomeColumns => {
                if let NodeKind::List(columns) = &entry.value.kind {
                    for column in columns {
                        self.contents(column, &Role::Column(table.map(str::to_owned)));
                    }
                    Role::Structure
                } else {
                    about = own(text);
                    Role::Column(table.map(str::to_owned))
                }
            }
            PropType::Color if text.contains("{{") => Role::Text,
            PropType::Color => {
                about = own(text);
                Role::Column(table.map(str::to_owned))
            }
            PropType::Choice(_) | PropType::SomeOf(_) => Role::Choice,
            PropType::Literal(component::Pattern::Bool) => Role::Bool,
            PropType::Literal(component::Pattern::Int) => Role::Int,
            PropType::Literal(component::Pattern::Any) => Role::Constant,
            PropType::Literal(_) | PropType::Shortcut => Role::Label,
            PropType::Width => Role::Width,
            PropType::Format => Role::Format,
            PropType::Icon => Role::Icon,
            PropType::Options => {
                self.choices(&entry.value, &at);
                Role::Structure
            }
            PropType::Actions => {
                self.actions(&entry.value, &at);
                Role::Structure
            }
            PropType::Components => {
                self.components(&entry.value, &at);
                Role::Structure
            }
            PropType::TableColumns => {
                self.table_columns(table.unwrap_or_default(), &entry.value, &at);
                Role::Structure
            }
            PropType::StateKey => Role::StateKey,
            // What they hold is judged by the corpus.
            PropType::Order | PropType::Annotations | PropType::Area | PropType::Areas => Role::Structure,
            PropType::ColumnTypes | PropType::Arguments | PropType::Url => Role::Structure,
        };
        // A partial of the demo app needs what it is handed over, and where one child of a grid names its place, all do.
        let is_given = matches!(prop.ty, PropType::Arguments | PropType::Area);
        let is_needed = kind.requires(prop, has_options) || is_given;
        self.value(record, &entry.value, role, is_needed, about);
    }

    fn choices(&mut self, node: &Node, parent: &Range<usize>) {
        for (key, record) in self.entries(node, "options", parent) {
            self.value(record, &key.value, Role::Query, true, None);
        }
        let NodeKind::List(choices) = &node.kind else { return };
        for choice in choices {
            for (key, record) in self.entries(choice, "choice", parent) {
                let role = if key.key.value == "value" { Role::Cell } else { Role::Text };
                self.value(record, &key.value, role, key.key.value == "value", None);
            }
        }
    }

    fn actions(&mut self, node: &Node, parent: &Range<usize>) {
        let NodeKind::List(actions) = &node.kind else { return };
        for action in actions {
            for (key, record) in self.entries(action, "action", parent) {
                let at = range(key.key.span);
                let role = match key.key.value.as_str() {
                    "toast" => Role::Text,
                    "set" => {
                        for (target, record) in self.keys(&key.value, "set", &at) {
                            self.place(range(target.key.span), What::Refers(Thing::State));
                            let role = Role::Expression(component::Pattern::Any);
                            self.value(record, &target.value, role, false, None);
                        }
                        Role::Structure
                    }
                    "reset" | "refresh" => {
                        let thing = if key.key.value == "reset" { Thing::State } else { Thing::Query };
                        if let NodeKind::List(names) = &key.value.kind {
                            for name in names {
                                self.place(self.inside(name), What::Refers(thing.clone()));
                            }
                            Role::Structure
                        } else {
                            Role::Choice
                        }
                    }
                    // The corpus judges the names of dialogs.
                    "open" | "close" => Role::Structure,
                    other => panic!("the mutation test does not know the action `{other}`"),
                };
                self.value(record, &key.value, role, true, None);
            }
        }
    }

    fn table_columns(&mut self, table: &str, node: &Node, parent: &Range<usize>) {
        let NodeKind::List(columns) = &node.kind else { return };
        for column in columns {
            if column.as_text().is_some() {
                self.contents(column, &Role::Column(Some(table.to_owned())));
            }
            let name = column.get("column").and_then(Node::as_text).unwrap_or_default().to_owned();
            for (key, record) in self.entries(column, "table column", parent) {
                let role = match key.key.value.as_str() {
                    "column" => Role::Column(Some(table.to_owned())),
                    "label" => Role::Text,
                    "align" => Role::Choice,
                    "format" => Role::Format,
                    _ => Role::Label,
                };
                let is_required = key.key.value == "column";
                self.value(record, &key.value, role, is_required, Some((table.to_owned(), name.clone())));
            }
        }
    }
}
