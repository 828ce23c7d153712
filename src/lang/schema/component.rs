//! Components and actions: objects that one of their keys names.

use serde_json::{Map, Value, json};

use super::{Definitions, described, field};
use crate::component::{self, Component, Pattern, Prop, PropType, Subject};
use crate::spec::{ACTIONS, ANNOTATIONS, ActionShape, CHOICES, COLUMNS, FieldType, shortcut_pattern};

/// A list of components.
pub(super) fn list(definitions: &mut Definitions) -> Value {
    let item = definitions.refer("component", |definitions| {
        // A `tab` stands in `tabs` alone.
        let kinds = component::ALL.iter().filter(|component| component.name != "tab");
        let kinds: Vec<Value> = kinds.map(|component| kind(component, definitions)).collect();
        json!({ "anyOf": kinds })
    });
    json!({ "type": "array", "items": item })
}

/// A component of one kind: the key that names it, its options, and no other key.
fn kind(component: &'static Component, definitions: &mut Definitions) -> Value {
    definitions.refer(&format!("component-{}", component.name), |definitions| {
        let mut properties = Map::new();
        let sentence = format!("{} More of it: `appspec explain {}`.", component.summary, component.name);
        properties.insert(component.name.to_owned(), described(subject(component.subject, definitions), sentence));
        for prop in component.options() {
            properties.insert(prop.name.to_owned(), option(prop, definitions));
        }
        let required = component.props.iter().filter(|prop| prop.required).map(|prop| prop.name);
        let required: Vec<&str> = std::iter::once(component.name).chain(required).collect();
        let object = field::object(properties, &required);
        titled(component.name, component.summary, object)
    })
}

/// An object under a title, which editors show where they offer alternatives.
fn titled(title: &str, summary: &str, object: Map<String, Value>) -> Value {
    let mut schema = Map::new();
    schema.insert("title".to_owned(), json!(title));
    schema.insert("description".to_owned(), json!(summary));
    schema.extend(object);
    Value::Object(schema)
}

/// What may stand behind the key that names the kind.
fn subject(subject: Subject, definitions: &mut Definitions) -> Value {
    match subject {
        // TOML has no null.
        Subject::None => json!({ "enum": [null, true, ""] }),
        Subject::Text | Subject::Markdown | Subject::Html | Subject::Image => {
            field::value(FieldType::Text, definitions)
        }
        Subject::Expression(_) => field::value(FieldType::Expression, definitions),
        Subject::Table => json!({ "type": "string" }),
        Subject::Json => json!({ "type": "object" }),
        Subject::Figure => field::value(FieldType::Expression, definitions),
        Subject::State | Subject::Partial => field::name(definitions),
        Subject::Components => field::or_null(list(definitions)),
        Subject::Tabs => {
            let tabs: Vec<Value> = component::find("tab").map(|tab| kind(tab, definitions)).into_iter().collect();
            json!({ "type": ["array", "null"], "items": { "anyOf": tabs } })
        }
    }
}

fn option(prop: &Prop, definitions: &mut Definitions) -> Value {
    let written = value(prop.ty, definitions);
    // With nothing behind it, an option that takes no null counts as one that is not there.
    let takes_null = matches!(prop.ty, PropType::Expression(_) | PropType::Literal(_) | PropType::Width);
    let written = if takes_null || prop.required { written } else { field::or_null(written) };
    let default = if prop.default.is_empty() { String::new() } else { format!(" By default: {}.", prop.default) };
    described(written, format!("{}{default}", prop.summary))
}

fn value(ty: PropType, definitions: &mut Definitions) -> Value {
    match ty {
        PropType::Text | PropType::Url | PropType::Color | PropType::Tone => field::value(FieldType::Text, definitions),
        PropType::Expression(_) => field::value(FieldType::Expression, definitions),
        PropType::Table => json!({ "type": "string" }),
        PropType::Column(_) => field::value(FieldType::Column, definitions),
        PropType::Columns(_) => {
            let column = field::value(FieldType::Column, definitions);
            json!({ "type": ["string", "integer", "array"], "items": column })
        }
        PropType::Choice(words) => choice(words),
        PropType::SomeOf(words) => {
            let word = choice(words);
            json!({ "anyOf": [{ "type": "boolean" }, word, { "type": "array", "items": word }] })
        }
        PropType::Literal(pattern) => constant(pattern),
        PropType::Width => json!({ "anyOf": [{ "type": "number", "exclusiveMinimum": 0 }, { "const": "content" }] }),
        PropType::Format => json!({ "type": "string" }),
        PropType::Icon => field::icon(definitions),
        PropType::SomeColumns => {
            let column = field::value(FieldType::Column, definitions);
            json!({ "type": ["boolean", "string", "integer", "array"], "items": column })
        }
        PropType::Order => json!({ "type": ["string", "array"], "items": { "type": "string" } }),
        PropType::Options => field::value(CHOICES, definitions),
        PropType::Actions => actions(definitions),
        PropType::Components => list(definitions),
        PropType::TableColumns => field::value(COLUMNS, definitions),
        PropType::Annotations => field::value(ANNOTATIONS, definitions),
        PropType::StateKey | PropType::Area => field::name(definitions),
        PropType::ColumnTypes => {
            let ty = field::value(FieldType::Type, definitions);
            json!({ "type": "object", "additionalProperties": ty })
        }
        PropType::Areas => {
            let cell = json!({ "anyOf": [field::name(definitions), { "const": "." }] });
            json!({ "type": "array", "minItems": 1, "items": { "type": "array", "minItems": 1, "items": cell } })
        }
        PropType::Shortcut => json!({ "type": ["string", "integer"], "pattern": shortcut_pattern() }),
        PropType::Arguments => json!({ "type": "object" }),
    }
}

/// One of a few words, of which `true` and `false` are bools.
fn choice(words: &[&str]) -> Value {
    let word = |word: &&str| match *word {
        "true" => json!(true),
        "false" => json!(false),
        text => json!(text),
    };
    let words: Vec<Value> = words.iter().map(word).collect();
    json!({ "enum": words })
}

fn constant(pattern: Pattern) -> Value {
    match pattern {
        Pattern::Any => json!({ "type": ["string", "number", "boolean", "array", "null"] }),
        Pattern::Bool => json!({ "type": "boolean" }),
        Pattern::Int => json!({ "type": "integer", "minimum": 1 }),
        Pattern::Number => json!({ "type": "number" }),
        Pattern::Share => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
        Pattern::Table => json!({ "type": "string" }),
        Pattern::Numbers => json!({ "type": "array", "items": { "type": "number" } }),
        Pattern::Ordered => json!({ "type": ["string", "number"] }),
        Pattern::Text | Pattern::Date | Pattern::Color => json!({ "type": "string" }),
        Pattern::Scalar => field::single(),
    }
}

/// A list of actions.
fn actions(definitions: &mut Definitions) -> Value {
    let item = definitions.refer("action", |definitions| {
        let actions: Vec<Value> = ACTIONS.iter().map(|shape| action(shape, definitions)).collect();
        json!({ "anyOf": actions })
    });
    json!({ "type": "array", "items": item })
}

fn action(action: &ActionShape, definitions: &mut Definitions) -> Value {
    definitions.refer(&format!("action-{}", action.name), |definitions| {
        let mut properties = Map::new();
        properties.insert(action.name.to_owned(), described(field::value(action.ty, definitions), action.summary));
        for beside in action.fields {
            properties.insert(beside.name.to_owned(), field::field(beside, false, definitions));
        }
        titled(action.name, action.summary, field::object(properties, &[action.name]))
    })
}
