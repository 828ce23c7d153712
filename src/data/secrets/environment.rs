//! The environment: variables that name a key, and references inside of values.

use std::sync::Arc;

use appspec_lang::source::World;
use appspec_lang::spec::{EnvPart, env_parts};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::layer::{Layer, connection_and_key};

/// What the names of our variables begin with.
const PREFIX: &str = "APPSPEC_CONNECTIONS__";

/// What variables such as `APPSPEC_CONNECTIONS__SHOP__PASSWORD` say; an empty one says nothing.
pub(super) fn read(world: &dyn World) -> (Layer, Vec<String>) {
    let (mut layer, mut warnings) = (Layer::default(), Vec::new());
    for name in world.env_names() {
        let Some(rest) = name.strip_prefix(PREFIX) else { continue };
        let lower = rest.to_ascii_lowercase();
        let path: Vec<String> = ["connections"].into_iter().chain(lower.split("__")).map(str::to_owned).collect();
        let Some((connection, key)) = connection_and_key(&path).filter(|(connection, _)| !connection.is_empty()) else {
            warnings.push(format!("the environment variable `{name}` names no key: `{PREFIX}NAME__KEY` is meant"));
            continue;
        };
        let Some(text) = world.env(&name).filter(|text| !text.is_empty()) else { continue };
        // The name of a variable cannot hold a `-`, and the names of headers hold no `_`.
        let key = if key.starts_with("headers.") { key.replace('_', "-") } else { key };
        let origin: Arc<str> = format!("the environment variable `{name}`").into();
        layer.put(&connection, &key, &text, &origin);
    }
    (layer, warnings)
}

/// A text with the variables that it names in their places.
///
/// In the part of a URL that says who logs in, they are percent-encoded.
pub(super) fn expand(world: &dyn World, text: &str, is_url: bool) -> Result<String, String> {
    let parts = env_parts(text)?;
    let mut expanded = String::new();
    for (at, part) in parts.iter().enumerate() {
        match part {
            EnvPart::Text(text) => expanded.push_str(text),
            EnvPart::Variable(name) => {
                let value = world.env(name).ok_or_else(|| format!("the environment variable `{name}` is not set"))?;
                let before = parts.get(..at).unwrap_or_default();
                let after = parts.get(at + 1..).unwrap_or_default();
                if is_url && says_who(before, after) {
                    expanded.extend(utf8_percent_encode(&value, NON_ALPHANUMERIC));
                } else {
                    expanded.push_str(&value);
                }
            }
        }
    }
    Ok(expanded)
}

/// Whether what stands between these parts of a URL is in front of its `@`.
fn says_who(before: &[EnvPart<'_>], after: &[EnvPart<'_>]) -> bool {
    let texts = |parts: &[EnvPart<'_>]| -> String {
        let text = |part: &EnvPart<'_>| match part {
            EnvPart::Text(text) => (*text).to_owned(),
            EnvPart::Variable(_) => String::new(),
        };
        parts.iter().map(text).collect()
    };
    let (before, after) = (texts(before), texts(after));
    let authority = before.split_once("://").map(|(_, authority)| authority);
    authority.is_some_and(|authority| !authority.contains(['@', '/', '?']))
        && after.split(['/', '?', '#']).next().is_some_and(|rest| rest.contains('@'))
}
