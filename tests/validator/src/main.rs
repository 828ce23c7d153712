//! Judges documents by JSON Schemas, with a validator that knows nothing of appspec.
//!
//! Standard input holds `{ "schemas": { NAME: SCHEMA }, "documents": [[NAME, DOCUMENT]] }`. Standard output gets
//! `{ "schemas": { NAME: PROBLEMS }, "documents": [PROBLEMS] }`: what is wrong with each schema by the meta-schema that
//! it names, and with each document by its schema, as lists of texts.

use std::collections::BTreeMap;
use std::io;

use jsonschema::Validator;
use serde_json::{Value, json};

fn main() {
    let input: Value = serde_json::from_reader(io::stdin()).expect("the test writes JSON");
    let schemas = input["schemas"].as_object().expect("the test names its schemas");
    let documents = input["documents"].as_array().expect("the test lists its documents");
    let wrong: BTreeMap<&String, Vec<String>> = schemas.iter().map(|(name, schema)| (name, of_meta(schema))).collect();
    let validators: BTreeMap<&str, Validator> = schemas
        .iter()
        .filter(|(name, _)| wrong[name].is_empty())
        .map(|(name, schema)| {
            (name.as_str(), jsonschema::validator_for(schema).expect("the meta-schema lets it through"))
        })
        .collect();
    let judged: Vec<Vec<String>> = documents
        .iter()
        .map(|document| {
            let name = document[0].as_str().expect("a document names its schema");
            let Some(validator) = validators.get(name) else { return vec![format!("`{name}` is no schema")] };
            let problem = |error: jsonschema::ValidationError<'_>| format!("{}: {error}", error.instance_path());
            validator.iter_errors(&document[1]).map(problem).collect()
        })
        .collect();
    println!("{}", json!({ "schemas": wrong, "documents": judged }));
}

/// What is wrong with a schema by its meta-schema.
fn of_meta(schema: &Value) -> Vec<String> {
    jsonschema::meta::validate(schema)
        .err()
        .map(|error| format!("{}: {error}", error.instance_path()))
        .into_iter()
        .collect()
}
