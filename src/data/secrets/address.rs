//! Database URLs, taken apart into the keys that they stand for.

use std::borrow::Cow;
use std::sync::Arc;

use appspec_lang::diagnostic::suggest;
use appspec_lang::spec::Dialect;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::layer::{Keys, Written};
use crate::connection::Secret;

/// Parameters of the URLs of `PostgreSQL` that are handed on as they are.
const OPTIONS: &[&str] = &["application_name", "options"];

/// Parameters that mean something to other drivers, and that nothing is lost without.
const NEEDLESS: &[&str] = &[
    "cache",
    "channel_binding",
    "charset",
    "client_encoding",
    "collation",
    "connect_timeout",
    "driver",
    "gssencmode",
    "local_infile",
    "mode",
];

/// Replaces `url` among the keys of one source by what it says. Keys that stand beside it hold over it.
///
/// What is wrong is said without the URL.
pub(super) fn take_apart(keys: &mut Keys, warnings: &mut Vec<String>) -> Result<Vec<String>, String> {
    let Some(written) = keys.get("url").cloned() else { return Ok(Vec::new()) };
    let text = written.text.expose();
    let origin = &written.origin;
    let dialect = Dialect::of_url(text)
        .ok_or_else(|| format!("the URL in {origin} begins with none of `postgres://`, `mysql://` and `sqlite://`"))?;
    let mut found = match dialect {
        Dialect::Sqlite => vec![("database".to_owned(), sqlite_file(text))],
        _ => server(text).map_err(|why| format!("the URL in {origin} cannot be read: {why}"))?,
    };
    keys.remove("url");
    found.push(("dialect".to_owned(), dialect.name().to_owned()));
    let names: Vec<String> = found.iter().map(|(name, _)| name.clone()).collect();
    for (name, value) in found {
        let written = Written { text: Secret::new(value), origin: Arc::clone(origin) };
        keys.entry(name).or_insert(written);
    }
    // A `?` of a password begins what looks like parameters: then they are pieces of it.
    let are_told = !text.split_once('?').is_some_and(|(_, query)| query.contains('@'));
    let mut said = parameters(keys, dialect, are_told, warnings);
    said.extend(names);
    Ok(said)
}

/// The parts of the URL of a server.
fn server(text: &str) -> Result<Vec<(String, String)>, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    let mut found = Vec::new();
    let mut add = |key: &str, value: Cow<'_, str>| {
        if !value.is_empty() {
            found.push((key.to_owned(), value.into_owned()));
        }
    };
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    match url.host() {
        Some(Host::Ipv6(address)) => add("host", address.to_string().into()),
        Some(host) => add("host", decoded(&host.to_string()).into()),
        None => {}
    }
    if let Some(port) = url.port() {
        add("port", port.to_string().into());
    }
    add("username", decoded(url.username()).into());
    if let Some(password) = url.password() {
        add("password", decoded(password).into());
    }
    add("database", decoded(url.path().trim_start_matches('/')).into());
    for (name, value) in url.query_pairs() {
        add(&format!("query.{name}"), value);
    }
    Ok(found)
}

/// The file of a URL of `SQLite`: three slashes before a path from the folder of the app, four before one from the root.
fn sqlite_file(text: &str) -> String {
    let rest = text.split_once("://").map_or("", |(_, rest)| rest);
    let rest = rest.split('?').next().unwrap_or_default();
    percent_decode_str(rest.strip_prefix('/').unwrap_or(rest)).decode_utf8_lossy().into_owned()
}

/// Replaces the parameters of a URL, `query.sslmode`, by the keys that they stand for; gives these. The names of those
/// that are not understood are only told where they surely are names.
pub(super) fn parameters(keys: &mut Keys, dialect: Dialect, are_told: bool, warnings: &mut Vec<String>) -> Vec<String> {
    let names: Vec<String> = keys.keys().filter(|key| key.starts_with("query.")).cloned().collect();
    let mut said = Vec::new();
    for name in names {
        let Some(written) = keys.remove(&name) else { continue };
        let parameter = name.trim_start_matches("query.");
        let is_option = dialect == Dialect::Postgres && OPTIONS.contains(&parameter);
        let value = written.text.expose().to_ascii_lowercase();
        let meant = match parameter {
            // A mode that is not known must not pass for a weaker one: it is refused where all modes are.
            "sslmode" | "ssl-mode" | "ssl_mode" => Some(("tls.mode", tls_mode(&value).unwrap_or(&value).to_owned())),
            "ssl" if matches!(value.as_str(), "true" | "1") => Some(("tls.mode", "require".to_owned())),
            "ssl" => Some(("tls.mode", "off".to_owned())),
            "sslrootcert" | "ssl-ca" | "ssl_ca" if value == "system" => continue,
            "sslrootcert" | "ssl-ca" | "ssl_ca" => Some(("tls.ca", written.text.expose().to_owned())),
            "host" | "socket" | "unix_socket" => Some(("host", written.text.expose().to_owned())),
            "port" | "password" => Some((parameter, written.text.expose().to_owned())),
            "user" => Some(("username", written.text.expose().to_owned())),
            "dbname" => Some(("database", written.text.expose().to_owned())),
            _ if is_option => {
                keys.insert(format!("option.{parameter}"), written);
                continue;
            }
            _ if NEEDLESS.contains(&parameter) => continue,
            _ => None,
        };
        if let Some((key, text)) = meant {
            keys.entry(key.to_owned()).or_insert(Written { text: Secret::new(text), origin: written.origin });
            said.push(key.to_owned());
        } else {
            let is_name = |c: char| c.is_ascii_lowercase() || matches!(c, '_' | '-');
            if !are_told || !parameter.chars().all(is_name) {
                let message =
                    "a parameter of the URL is not understood: is there a `?` of the password, which is written `%3F`?";
                warnings.push(format!("{}: {message}", written.origin));
                continue;
            }
            let known = OPTIONS.iter().copied().chain(["sslmode", "sslrootcert"]);
            let near = suggest::nearest(parameter, known).map(|near| format!(": did you mean `{near}`?"));
            let near = near.unwrap_or_default();
            warnings.push(format!("{}: the parameter `{parameter}` is not understood{near}", written.origin));
        }
    }
    said
}

/// The mode of TLS in the words of `PostgreSQL` or `MySQL`.
fn tls_mode(word: &str) -> Option<&'static str> {
    match word.replace('-', "_").as_str() {
        "disable" | "disabled" => Some("off"),
        "allow" | "prefer" | "preferred" => Some("prefer"),
        "require" | "required" => Some("require"),
        "verify_ca" => Some("verify-ca"),
        "verify_full" | "verify_identity" => Some("verify-full"),
        _ => None,
    }
}
