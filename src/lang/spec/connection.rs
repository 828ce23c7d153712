//! `connections:`: databases and servers, by name.
//!
//! Where a connection leads is settled only where the app runs: secrets and the environment may add to what is written
//! here, or say otherwise, key by key. So values stay text, by key, and only constants are checked.

use std::ops::Range;

use super::env::{env_parts, reads_env};
use super::field::{Field, FieldType};
use super::literal;
use super::lower::Lowering;
use super::name::{self, Use};
use super::shape::{Fields, Shape};
use super::{Connection, ConnectionKind, Dialect, KnownConnection};
use crate::diagnostic::code::{MISSING_KEY, SECRET, VALUE};
use crate::source::Spanned;
use crate::syntax::{Entry, Node, NodeKind};

/// `connections:`
pub(super) const ENTRIES: FieldType = FieldType::Named(&FieldType::OneOf(&[&SQLITE, &SQL, &HTTP]));

const fn type_of(word: &'static [&'static str]) -> Field {
    Field::required("type", FieldType::Choice(word), "`sqlite`, `sql` or `http`.")
}

const DIALECTS: &[&str] = &["postgres", "mysql", "sqlite"];

const WRITABLE: Field =
    Field::optional("writable", FieldType::Setting, "Whether writes may use it; queries only read.");
const MAX_CONNECTIONS: Field =
    Field::optional("max_connections", FieldType::Setting, "How many are open at a time at most.");
const TIMEOUT: Field =
    Field::optional("timeout", FieldType::Setting, "How long a query may take that does not say so itself.");

/// A connection to a database file.
pub(super) static SQLITE: Shape = Shape {
    name: "a connection of type `sqlite`",
    fields: &[
        type_of(&["sqlite"]),
        Field::required("file", FieldType::Setting, "The database file, relative to the folder of the app."),
        WRITABLE,
        MAX_CONNECTIONS,
        TIMEOUT,
    ],
    one_of: &[],
    unbuilt: &[],
};

/// A connection to a database server.
pub(super) static SQL: Shape = Shape {
    name: "a connection of type `sql`",
    fields: &[
        type_of(&["sql"]),
        Field::optional("dialect", FieldType::Known(DIALECTS), "`postgres`, `mysql` (MariaDB too) or `sqlite`."),
        Field::optional("url", FieldType::Setting, "All of the address: `postgres://app@db.example.com/shop`."),
        Field::optional("host", FieldType::Setting, "The name or address of the server, or the folder of its socket."),
        Field::optional("port", FieldType::Setting, "By default that of the dialect."),
        Field::optional("database", FieldType::Setting, "The name of the database; for SQLite its file."),
        Field::optional("username", FieldType::Setting, "Who logs in."),
        Field::optional("password", FieldType::Setting, "Only as `${env:NAME}`: a secret stands in no spec."),
        Field::optional(
            "tls",
            FieldType::Either(&FieldType::Setting, &TLS),
            "`off`, `prefer`, `require`, `verify-ca` or `verify-full`, or a map.",
        ),
        WRITABLE,
        MAX_CONNECTIONS,
        TIMEOUT,
    ],
    one_of: &[],
    unbuilt: &[],
};

/// A connection to a server that answers over HTTP.
pub(super) static HTTP: Shape = Shape {
    name: "a connection of type `http`",
    fields: &[
        type_of(&["http"]),
        Field::optional("base_url", FieldType::Setting, "What all requests begin with: `https://api.example.com/v1`."),
        Field::optional(
            "headers",
            FieldType::MapOf(&FieldType::Setting),
            "Sent with every request; a secret as `${env:NAME}`.",
        ),
        Field::optional("timeout", FieldType::Setting, "How long a request may take."),
    ],
    one_of: &[],
    unbuilt: &[],
};

/// `tls:` as a map.
pub(super) static TLS: Shape = Shape {
    name: "`tls`",
    fields: &[
        Field::required("mode", FieldType::Setting, "`off`, `prefer`, `require`, `verify-ca` or `verify-full`."),
        Field::optional(
            "ca",
            FieldType::Setting,
            "A file of certificates to trust, relative to the folder of the app.",
        ),
    ],
    one_of: &[],
    unbuilt: &[],
};

/// The modes of `tls`.
pub const TLS_MODES: &[&str] = &["off", "prefer", "require", "verify-ca", "verify-full"];

/// Words in the names of headers and parameters that carry secrets.
const SECRET_WORDS: &[&str] =
    &["auth", "cookie", "credential", "key", "passwd", "password", "secret", "signature", "token"];

impl ConnectionKind {
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::Sql, Self::Http];

    /// The word behind `type`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Sql => "sql",
            Self::Http => "http",
        }
    }

    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The keys of a connection of this type, beside `type`; those of inner maps with a dot.
    pub fn keys(self) -> impl Iterator<Item = &'static str> {
        let tls: &[&str] = if self == Self::Sql { &["tls.mode", "tls.ca"] } else { &[] };
        let keys = self.shape().fields.iter().map(|field| field.name).filter(|name| *name != "type");
        keys.chain(tls.iter().copied())
    }

    fn shape(self) -> &'static Shape {
        match self {
            Self::Sqlite => &SQLITE,
            Self::Sql => &SQL,
            Self::Http => &HTTP,
        }
    }
}

impl Dialect {
    pub const ALL: [Self; 3] = [Self::Postgres, Self::Mysql, Self::Sqlite];

    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
            Self::Sqlite => "sqlite",
        }
    }

    /// Reads the name of a dialect or the scheme of a URL, as other tools write them too: `postgresql+psycopg2`.
    pub fn find(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        match name.split('+').next().unwrap_or_default() {
            "postgres" | "postgresql" => Some(Self::Postgres),
            "mysql" | "mariadb" => Some(Self::Mysql),
            "sqlite" | "sqlite3" => Some(Self::Sqlite),
            _ => None,
        }
    }

    /// The dialect of a database URL.
    pub fn of_url(url: &str) -> Option<Self> {
        url.split_once("://").and_then(|(scheme, _)| Self::find(scheme))
    }
}

impl Connection {
    /// The value of a key; those of inner maps with a dot.
    pub fn key(&self, key: &str) -> Option<&str> {
        self.keys.iter().find(|(name, _)| name == key).map(|(_, value)| value.value.as_str())
    }

    /// What its declaration tells of it.
    pub fn known(&self) -> KnownConnection {
        let dialect = match self.kind {
            ConnectionKind::Sqlite => Some(Dialect::Sqlite),
            ConnectionKind::Sql => {
                self.key("dialect").and_then(Dialect::find).or_else(|| self.key("url").and_then(Dialect::of_url))
            }
            ConnectionKind::Http => None,
        };
        KnownConnection { kind: self.kind, dialect, writable: self.key("writable") == Some("true") }
    }
}

/// Lowers `connections:`.
pub(super) fn lower(node: &Node, ctx: &mut Lowering<'_>) -> Vec<Connection> {
    let mut connections = Vec::new();
    for entry in ctx.map(node, "`connections`").unwrap_or_default() {
        let Some(name) = name::declared(&entry.key, Use::Connection, ctx) else { continue };
        match connection(entry, ctx) {
            Some((kind, keys)) => connections.push(Connection { name, kind, keys }),
            None => ctx.broken.push(name.value),
        }
    }
    connections
}

type Keys = Vec<(String, Spanned<String>)>;

fn connection(entry: &Entry, ctx: &mut Lowering<'_>) -> Option<(ConnectionKind, Keys)> {
    let kind = kind(entry, ctx)?;
    let fields = Fields::of(&entry.value, kind.shape(), entry.key.span, ctx)?;
    let mut keys = Keys::new();
    for name in kind.shape().fields.iter().map(|field| field.name).filter(|name| *name != "type") {
        let Some(node) = fields.get(name) else { continue };
        match (name, &node.kind) {
            ("headers", NodeKind::Map(entries)) => headers(entries, &mut keys, ctx),
            ("tls", NodeKind::Map(_)) => {
                let inner = Fields::of(node, &TLS, node.span.at_start(), ctx)?;
                for name in ["mode", "ca"] {
                    let value = inner.get(name).and_then(|node| setting(name, node, ctx));
                    keys.extend(value.map(|value| (format!("tls.{name}"), value)));
                }
            }
            _ => {
                let key = if name == "tls" { "tls.mode" } else { name };
                keys.extend(setting(name, node, ctx).map(|value| (key.to_owned(), value)));
            }
        }
    }
    report_contradiction(&keys, ctx);
    if kind == ConnectionKind::Sqlite && !keys.iter().any(|(name, _)| name == "file") {
        return None;
    }
    Some((kind, keys))
}

/// The type of a connection; one that is missing or unknown is reported.
fn kind(entry: &Entry, ctx: &mut Lowering<'_>) -> Option<ConnectionKind> {
    ctx.map(&entry.value, "a connection")?;
    let Some(node) = entry.value.get("type").filter(|node| !matches!(node.kind, NodeKind::Null)) else {
        let diagnostic = ctx.diagnostics.report(&MISSING_KEY, entry.key.span, "a connection needs `type`");
        diagnostic
            .help("add `type: sqlite`, `type: sql` or `type: http`; without secrets, `check` has it from here alone");
        return None;
    };
    let word = match &node.kind {
        NodeKind::Broken => return None,
        _ => node.as_text().unwrap_or_else(|| ctx.sources.text(node.span).trim()),
    };
    if let Some(kind) = ConnectionKind::find(word) {
        return Some(kind);
    }
    let diagnostic = ctx.diagnostics.report(&VALUE, node.span, format!("there is no type of connection `{word}`"));
    match Dialect::find(word) {
        Some(Dialect::Sqlite) => diagnostic.help("write `type: sqlite`"),
        Some(dialect) => diagnostic.help(format!("write `type: sql` and `dialect: {}` beside it", dialect.name())),
        None => diagnostic.nearest(word, ConnectionKind::ALL.map(ConnectionKind::name)),
    };
    None
}

fn headers(entries: &[Entry], keys: &mut Keys, ctx: &mut Lowering<'_>) {
    for header in entries {
        let name = &header.key;
        if !is_header(&name.value) {
            let message = format!("`{}` cannot name a header", name.value);
            ctx.diagnostics.report(&VALUE, name.span, message).help("letters, digits and `-` are meant: `X-Api-Key`");
            continue;
        }
        let Some(value) = text_of(&header.value, ctx) else {
            if !matches!(header.value.kind, NodeKind::Broken) {
                let message =
                    format!("the header `{}` takes text, but this is {}", name.value, header.value.describe());
                ctx.diagnostics.report(&VALUE, header.value.span, message);
            }
            continue;
        };
        if bears_secret(&name.value) && is_literal(&value.value) {
            report_secret(&format!("the header `{}`", name.value), &header.value, None, ctx);
        }
        check_env(&value, ctx);
        keys.push((format!("headers.{}", name.value), value));
    }
}

/// The value of a key as text, checked as far as it is constant.
fn setting(name: &str, node: &Node, ctx: &mut Lowering<'_>) -> Option<Spanned<String>> {
    let value = text_of(node, ctx)?;
    if name == "password" {
        if is_literal(&value.value) {
            report_secret("a password", node, None, ctx);
        }
    } else if matches!(name, "url" | "base_url") {
        for range in secrets_in_url(&value.value) {
            report_secret("a secret in the URL", node, Some(range), ctx);
        }
    }
    if !check_env(&value, ctx) {
        return None;
    }
    if reads_env(&value.value) {
        return Some(value);
    }
    is_fit(name, node, &value, ctx).then_some(value)
}

/// A scalar as text; numbers as they are written.
fn text_of(node: &Node, ctx: &mut Lowering<'_>) -> Option<Spanned<String>> {
    let text = match &node.kind {
        NodeKind::Text(text) | NodeKind::Moment(text) => text.text.to_string(),
        NodeKind::Bool(bool) => bool.to_string(),
        NodeKind::Int(int) => int.to_string(),
        NodeKind::Float(_) => ctx.sources.text(node.span).trim().to_owned(),
        NodeKind::Null | NodeKind::List(_) | NodeKind::Map(_) | NodeKind::Broken => return None,
    };
    Some(Spanned::new(text, node.span))
}

/// Whether the references of a text can be read; what is wrong is reported.
fn check_env(value: &Spanned<String>, ctx: &mut Lowering<'_>) -> bool {
    let read = env_parts(&value.value);
    if let Err(wrong) = read {
        ctx.diagnostics.report(&VALUE, value.span, wrong).help("as in `${env:SHOP_PASSWORD}`");
    }
    read.is_ok()
}

/// Whether a constant may stand behind a key; if not, that is reported.
fn is_fit(name: &str, node: &Node, value: &Spanned<String>, ctx: &mut Lowering<'_>) -> bool {
    let text = value.value.as_str();
    let (message, help) = match name {
        "writable" if !matches!(text, "true" | "false") => {
            (format!("`writable` is `true` or `false`, but not `{text}`"), String::new())
        }
        "port" if text.parse::<u16>().is_ok_and(|port| port > 0) => return true,
        "port" => (format!("`{text}` is no port"), "a port is a number from 1 to 65535".to_owned()),
        "max_connections" if text.parse::<u32>().is_ok_and(|count| count > 0) => return true,
        "max_connections" => (format!("`{text}` is no number of connections"), "at least 1 is meant".to_owned()),
        "timeout" => return literal::duration(node, ctx).is_some(),
        "dialect" if Dialect::find(text).is_none() => {
            (format!("there is no dialect `{text}`"), "it is `postgres`, `mysql` or `sqlite`".to_owned())
        }
        "tls" | "mode" if !matches!(text, "true" | "false") && !TLS_MODES.contains(&text) => {
            let known: Vec<String> = TLS_MODES.iter().map(|mode| format!("`{mode}`")).collect();
            (format!("there is no mode `{text}` of `tls`"), format!("it is one of {}", known.join(", ")))
        }
        "url" if Dialect::of_url(text).is_none() => (
            "the URL names no database that is known".to_owned(),
            "it begins with `postgres://`, `mysql://` or `sqlite://`".to_owned(),
        ),
        "base_url" if !is_base_url(text) => (
            "a base URL begins with `https://` or `http://`, and has no `?` or `#`".to_owned(),
            "what follows it stands in the queries".to_owned(),
        ),
        _ => return true,
    };
    let diagnostic = ctx.diagnostics.report(&VALUE, value.span, message);
    if !help.is_empty() {
        diagnostic.help(help);
    }
    false
}

/// Reports a URL of another dialect than the one that is named.
fn report_contradiction(keys: &Keys, ctx: &mut Lowering<'_>) {
    let find = |key: &str| keys.iter().find(|(name, _)| name == key).map(|(_, value)| value);
    let (Some(dialect), Some(url)) = (find("dialect"), find("url")) else { return };
    let (named, meant) = (Dialect::find(&dialect.value), Dialect::of_url(&url.value));
    if let (Some(named), Some(meant)) = (named, meant)
        && named != meant
    {
        let message = format!("the URL leads to `{}`, but the dialect is `{}`", meant.name(), named.name());
        ctx.diagnostics.report(&VALUE, url.span, message).label(dialect.span, "the dialect");
    }
}

/// Reports a secret that is written into the spec, and keeps its place, so that nobody prints it.
fn report_secret(what: &str, node: &Node, part: Option<Range<usize>>, ctx: &mut Lowering<'_>) {
    let span = match (&node.kind, part) {
        (NodeKind::Text(text), Some(part)) => text.span_of(part),
        _ => node.span,
    };
    ctx.secrets.push(span);
    let diagnostic = ctx.diagnostics.report(&SECRET, span, format!("{what} must not stand in a spec"));
    diagnostic
        .help("put it into `.appspec/secrets.toml`, under `[connections.NAME]`, which stays out of version control")
        .help("or read it from the environment: `${env:NAME}`");
}

/// Whether a text holds anything that is not read from the environment.
fn is_literal(text: &str) -> bool {
    !text.is_empty() && !reads_env(text)
}

fn bears_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| name.contains(word))
}

/// The parts of a URL that are secrets: its password, and parameters whose names say so.
fn secrets_in_url(url: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let start = url.find("://").map_or(0, |at| at + 3);
    let query = url.find('?').unwrap_or(url.len());
    // A password that holds a `/` or a `?` of its own is written wrongly, but it is one.
    let userinfo = url.rfind('@').filter(|at| *at > start);
    if let Some(end) = userinfo {
        match url.get(start..end).and_then(|userinfo| userinfo.find(':')) {
            Some(colon) => found.push(start + colon + 1..end),
            // To log in over HTTP with a name alone is to log in with a token.
            None if url.starts_with("http") => found.push(start..end),
            None => {}
        }
    }
    let mut at = query + 1;
    for pair in url.get(at..).unwrap_or_default().split('&') {
        if let Some((name, _)) = pair.split_once('=').filter(|(name, _)| bears_secret(name)) {
            found.push(at + name.len() + 1..at + pair.len());
        }
        at += pair.len() + 1;
    }
    found.retain(|range| url.get(range.clone()).is_some_and(is_literal));
    found
}

fn is_base_url(text: &str) -> bool {
    let rest = ["https://", "http://"].iter().find_map(|scheme| text.strip_prefix(scheme));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !rest.contains(['?', '#', ' ', '\\']))
}

/// Whether a text can name a header of HTTP.
pub fn is_header(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialects_are_known_by_the_names_that_other_tools_use() {
        for (name, dialect) in [
            ("postgres", Some(Dialect::Postgres)),
            ("postgresql", Some(Dialect::Postgres)),
            ("postgresql+psycopg2", Some(Dialect::Postgres)),
            ("PostgreSQL", Some(Dialect::Postgres)),
            ("mysql", Some(Dialect::Mysql)),
            ("mysql+pymysql", Some(Dialect::Mysql)),
            ("mariadb+mariadbconnector", Some(Dialect::Mysql)),
            ("sqlite", Some(Dialect::Sqlite)),
            ("oracle", None),
            ("", None),
        ] {
            assert_eq!(Dialect::find(name), dialect, "{name}");
        }
    }

    #[test]
    fn words_of_the_tables_are_those_that_are_read() {
        assert_eq!(DIALECTS, Dialect::ALL.map(Dialect::name));
        for kind in ConnectionKind::ALL {
            let ty = kind.shape().field("type").map(|field| field.ty);
            assert!(matches!(ty, Some(FieldType::Choice([word])) if *word == kind.name()), "{kind:?}");
        }
    }

    #[test]
    fn secrets_are_found_in_urls() {
        for (url, secrets) in [
            ("postgres://db.example.com/shop", &[][..]),
            ("postgres://app@db.example.com/shop", &[]),
            ("postgres://app:sesame@db.example.com/shop", &["sesame"]),
            ("postgres://app:ses/a@me@db.example.com/shop", &["ses/a@me"]),
            ("postgres://app:${env:PW}@db.example.com/shop", &[]),
            ("postgres://app:@db.example.com/shop", &[]),
            ("https://example.com/v1?api_key=sesame&page=2", &["sesame"]),
            ("https://example.com/v1?api_key=${env:KEY}", &[]),
            ("https://sesame@example.com/v1", &["sesame"]),
            ("nonsense", &[]),
        ] {
            let found: Vec<&str> = secrets_in_url(url).into_iter().map(|range| &url[range]).collect();
            assert_eq!(found, secrets, "{url}");
        }
    }
}
