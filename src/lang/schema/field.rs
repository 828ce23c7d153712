//! Structures, their fields, and how fields are written.

use serde_json::{Map, Value, json};

use super::{Definitions, component, described};
use crate::component::icon;
use crate::spec::{
    DURATION_PATTERN, Field, FieldType, GENERATORS, GeneratorShape, NAME_PATTERN, PARAMETER_PATTERN, RESERVED,
    SIZE_PATTERN, Shape, Takes, type_names,
};

/// An object with the fields of a structure, and no others.
pub(super) fn shape(shape: &Shape, definitions: &mut Definitions) -> Value {
    let mut properties = Map::new();
    for item in shape.fields {
        let is_alternative = shape.one_of.contains(&item.name);
        properties.insert(item.name.to_owned(), field(item, is_alternative, definitions));
    }
    let required: Vec<&str> = shape.fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    let mut object = object(properties, &required);
    if !shape.one_of.is_empty() {
        let alternatives: Vec<Value> = shape.one_of.iter().map(|name| json!({ "required": [name] })).collect();
        object.insert("oneOf".to_owned(), Value::Array(alternatives));
    }
    let dependent: Map<String, Value> = shape
        .fields
        .iter()
        .filter(|field| !field.beside.is_empty())
        .map(|field| (field.name.to_owned(), beside(field)))
        .collect();
    if !dependent.is_empty() {
        object.insert("dependentSchemas".to_owned(), Value::Object(dependent));
    }
    Value::Object(object)
}

/// An object of these properties, and no others.
pub(super) fn object(properties: Map<String, Value>, required: &[&str]) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("type".to_owned(), json!("object"));
    object.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        object.insert("required".to_owned(), json!(required));
    }
    object.insert("additionalProperties".to_owned(), json!(false));
    object
}

/// What must be there where a field is that has no meaning alone.
fn beside(field: &Field) -> Value {
    let fields: Vec<Value> = field.beside.iter().map(|name| json!({ "required": [name] })).collect();
    json!({ "anyOf": fields })
}

pub(super) fn field(field: &Field, is_alternative: bool, definitions: &mut Definitions) -> Value {
    let written = value(field.ty, definitions);
    let may_be_empty = field.ty.null_is_absent() && !field.required && !is_alternative;
    described(if may_be_empty { or_null(written) } else { written }, field.summary)
}

/// The same schema, and null too.
pub(super) fn or_null(mut schema: Value) -> Value {
    let Some(entries) = schema.as_object_mut().filter(|entries| entries.contains_key("type")) else {
        return json!({ "anyOf": [schema, { "type": "null" }] });
    };
    if let Some(ty) = entries.get_mut("type") {
        match ty {
            Value::Array(types) => types.push(json!("null")),
            single => *single = json!([single.take(), "null"]),
        }
    }
    if let Some(Value::Array(words)) = entries.get_mut("enum") {
        words.push(Value::Null);
    }
    schema
}

/// What may be written where a field of this type stands.
pub(super) fn value(ty: FieldType, definitions: &mut Definitions) -> Value {
    match ty {
        FieldType::Text => json!({ "type": ["string", "number"] }),
        FieldType::Expression => json!({}),
        FieldType::Sql | FieldType::Word => json!({ "type": "string" }),
        FieldType::Statements => json!({ "type": ["string", "array"], "items": { "type": "string" } }),
        FieldType::Choice(words) => json!({ "type": "string", "enum": words }),
        FieldType::Known(words) => json!({ "type": "string", "examples": words }),
        FieldType::Type => json!({ "type": "string", "enum": type_names() }),
        FieldType::Icon => icon(definitions),
        FieldType::Name => name(definitions),
        FieldType::Names => {
            let pattern = definitions.name_pattern();
            json!({ "type": ["string", "array", "null"], "pattern": pattern, "items": name(definitions) })
        }
        FieldType::Column => json!({ "type": ["string", "integer"] }),
        FieldType::Bool => json!({ "type": "boolean" }),
        FieldType::Parameter => json!({ "type": ["boolean", "string"], "pattern": PARAMETER_PATTERN }),
        FieldType::Int => json!({ "type": "integer" }),
        FieldType::Setting => json!({ "type": ["string", "number", "boolean"] }),
        FieldType::Single => single(),
        FieldType::Constant => json!({ "type": ["string", "number", "boolean", "array", "null"] }),
        FieldType::Duration => duration(),
        FieldType::Keeping => json!({ "anyOf": [{ "enum": ["forever", "off", false] }, duration()] }),
        FieldType::Period => json!({ "anyOf": [{ "enum": ["off", false] }, { "type": "string" }] }),
        FieldType::Size => json!({ "type": "string", "pattern": SIZE_PATTERN }),
        FieldType::Generator => generator(definitions),
        FieldType::Map(shape) => structure(shape, definitions),
        FieldType::Named(inner) => json!({
            "type": "object",
            "propertyNames": { "pattern": NAME_PATTERN, "not": { "enum": RESERVED } },
            "additionalProperties": element(*inner, definitions),
        }),
        FieldType::MapOf(inner) => {
            json!({ "type": "object", "additionalProperties": element(*inner, definitions) })
        }
        FieldType::Assignments => {
            json!({ "type": "object", "propertyNames": { "pattern": definitions.name_pattern() }, "minProperties": 1 })
        }
        FieldType::OneOf(shapes) => {
            let shapes: Vec<Value> = shapes.iter().map(|shape| structure(shape, definitions)).collect();
            json!({ "anyOf": shapes })
        }
        FieldType::Either(short, shape) => {
            json!({ "anyOf": [value(*short, definitions), structure(shape, definitions)] })
        }
        FieldType::ListOf(inner) => json!({ "type": "array", "items": element(*inner, definitions) }),
        FieldType::Components => component::list(definitions),
    }
}

/// What may stand in a map or list; a structure that needs nothing may be left empty.
fn element(ty: FieldType, definitions: &mut Definitions) -> Value {
    let written = value(ty, definitions);
    match ty {
        FieldType::Map(shape) if shape.one_of.is_empty() && shape.fields.iter().all(|field| !field.required) => {
            or_null(written)
        }
        _ => written,
    }
}

fn structure(described: &Shape, definitions: &mut Definitions) -> Value {
    let name = described.name.trim_start_matches("an ").trim_start_matches("a ").replace('`', "").replace(' ', "-");
    definitions.refer(&name, |definitions| shape(described, definitions))
}

/// The name of what is declared elsewhere.
pub(super) fn name(definitions: &Definitions) -> Value {
    json!({ "type": "string", "pattern": definitions.name_pattern() })
}

/// A constant that is no list.
pub(super) fn single() -> Value {
    json!({ "type": ["string", "number", "boolean", "null"] })
}

fn duration() -> Value {
    json!({ "type": "string", "pattern": DURATION_PATTERN })
}

/// The name of an icon. Editors that would list all of them with a mistake are told what to say instead.
pub(super) fn icon(definitions: &mut Definitions) -> Value {
    definitions.refer("icon", |_| {
        let names: Vec<&str> = icon::names().collect();
        json!({ "type": "string", "enum": names, "errorMessage": "There is no such icon: they are those of Lucide." })
    })
}

/// How a column is drawn: the name of a generator, or a map from the name to what it takes.
fn generator(definitions: &mut Definitions) -> Value {
    definitions.refer("generator", |_| {
        let bare = GENERATORS.iter().filter(|generator| generator.takes != Takes::Values);
        let bare: Vec<&str> = bare.map(|generator| generator.name).collect();
        let mut forms = vec![json!({ "type": "string", "enum": bare })];
        forms.extend(GENERATORS.iter().map(with_arguments));
        json!({ "anyOf": forms })
    })
}

fn with_arguments(generator: &GeneratorShape) -> Value {
    let pair = |ty: &str| json!({ "type": "array", "items": { "type": ty }, "minItems": 2, "maxItems": 2 });
    let takes = match generator.takes {
        Takes::Numbers => pair("number"),
        Takes::Ints => pair("integer"),
        Takes::Values => json!({ "type": "array", "items": single(), "minItems": 1 }),
    };
    let mut properties = Map::new();
    properties.insert(generator.name.to_owned(), described(takes, format!("Takes {}.", generator.summary)));
    Value::Object(object(properties, &[generator.name]))
}
