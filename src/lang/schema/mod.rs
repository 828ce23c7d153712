//! JSON Schemas of what authors write, for their editors.
//!
//! A schema is made from the tables that the reader of specs itself goes by ([`spec`](crate::spec) and
//! [`component`](crate::component)), so the two cannot say different things. What only the names of an app tell, and
//! what stands inside of texts, is for the compiler alone.

mod component;
mod field;

use serde_json::{Map, Value, json};

use crate::spec::{self, Shape};

/// A kind of file that has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    Page,
    /// `app.yaml`, or `app.toml`.
    App,
    /// `_NAME.yaml`, or `_NAME.toml`.
    Partial,
    /// `NAME.test.yaml`, or `NAME.test.toml`.
    Test,
}

impl Document {
    pub const ALL: [Self; 4] = [Self::Page, Self::App, Self::Partial, Self::Test];

    /// The word for it on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::App => "app",
            Self::Partial => "partial",
            Self::Test => "test",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Page => "A page of appspec",
            Self::App => "The settings of an app of appspec",
            Self::Partial => "A partial of appspec",
            Self::Test => "Tests of a page of appspec",
        }
    }

    fn shape(self) -> &'static Shape {
        match self {
            Self::Page => &spec::PAGE,
            Self::App => &spec::APP,
            Self::Partial => &spec::PARTIAL,
            Self::Test => &spec::TESTS,
        }
    }
}

/// The schema of a kind of file, in draft 2020-12; the same text for the same version of appspec.
///
/// ```
/// use appspec_lang::schema::{Document, schema};
///
/// let page = schema(Document::Page);
/// assert_eq!(page["properties"]["layout"]["description"], "`centered` or `wide`.");
/// ```
pub fn schema(document: Document) -> Value {
    let mut definitions = Definitions { all: Map::new(), is_partial: document == Document::Partial };
    let mut root = field::shape(document.shape(), &mut definitions);
    if document.shape().fields.iter().all(|field| !field.required) {
        root = field::or_null(root);
    }
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("$id".to_owned(), json!(format!("urn:appspec:schema:{}", document.name())));
    schema.insert("title".to_owned(), json!(document.title()));
    if let Value::Object(root) = root {
        schema.extend(root);
    }
    schema.insert("$defs".to_owned(), Value::Object(definitions.all));
    Value::Object(schema)
}

/// What a schema describes once, under `$defs`, and refers to: structures, components, actions.
#[derive(Debug)]
struct Definitions {
    all: Map<String, Value>,
    /// Whether a parameter may stand where a name does.
    is_partial: bool,
}

impl Definitions {
    /// A reference to what `name` names; it is described where it is met first, and may refer to itself.
    fn refer(&mut self, name: &str, describe: impl FnOnce(&mut Self) -> Value) -> Value {
        if !self.all.contains_key(name) {
            self.all.insert(name.to_owned(), Value::Null);
            let described = describe(self);
            self.all.insert(name.to_owned(), described);
        }
        json!({ "$ref": format!("#/$defs/{name}") })
    }

    /// What the name of something declared elsewhere looks like.
    fn name_pattern(&self) -> String {
        let pattern = spec::NAME_PATTERN;
        if self.is_partial { pattern.replacen('^', r"^(params\.)?", 1) } else { pattern.to_owned() }
    }
}

/// A schema with a sentence for whoever points at it.
fn described(mut schema: Value, description: impl Into<String>) -> Value {
    if let Value::Object(entries) = &mut schema {
        entries.insert("description".to_owned(), Value::String(description.into()));
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All objects of a schema that stand where a schema may stand, with the way to them.
    fn objects<'v>(at: &str, value: &'v Value, found: &mut Vec<(String, &'v Map<String, Value>)>) {
        match value {
            Value::Object(entries) => {
                found.push((at.to_owned(), entries));
                for (key, inner) in entries {
                    objects(&format!("{at}/{key}"), inner, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| objects(at, item, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_to_a_definition_and_every_definition_is_used() {
        for document in Document::ALL {
            let schema = schema(document);
            let mut found = Vec::new();
            objects("", &schema, &mut found);
            let wanted: Vec<String> =
                found.iter().filter_map(|(_, entries)| Some(entries.get("$ref")?.as_str()?.to_owned())).collect();
            let definitions = schema["$defs"].as_object().unwrap();
            for name in &wanted {
                let name = name.strip_prefix("#/$defs/").unwrap();
                assert!(definitions.get(name).is_some_and(Value::is_object), "{name}");
            }
            for name in definitions.keys() {
                assert!(wanted.contains(&format!("#/$defs/{name}")), "{name}");
            }
        }
    }

    #[test]
    fn every_property_says_what_it_is() {
        for document in Document::ALL {
            let schema = schema(document);
            let mut found = Vec::new();
            objects("", &schema, &mut found);
            for (at, entries) in found {
                let Some(Value::Object(properties)) = entries.get("properties") else { continue };
                for (name, property) in properties {
                    let sentence = property["description"].as_str().unwrap_or_default();
                    assert!(sentence.ends_with('.'), "{at}: `{name}` is described as {sentence:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_built_is_not_offered() {
        assert!(schema(Document::Page)["properties"].get("access").is_none());
    }

    #[test]
    fn a_schema_is_the_same_each_time() {
        assert_eq!(schema(Document::App).to_string(), schema(Document::App).to_string());
    }
}
