//! From what all sources say of a connection to its settings.

use std::collections::BTreeSet;
use std::path::PathBuf;

use appspec_lang::diagnostic::suggest;
use appspec_lang::source::World;
use appspec_lang::spec::{ConnectionKind, Dialect, Name, is_header, is_name, parse_duration};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use url::Url;

use super::address;
use super::environment::expand;
use super::layer::{Keys, Layer, Written};
use crate::connection::{ConnectionSettings, HttpSettings, Secret, ServerSettings, Target, Tls};

/// Keys of Streamlit's connections that say nothing here.
const NEEDLESS: &[&str] = &["driver"];

/// The settings of all connections, and what is wrong with what was said of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connected {
    pub settings: Vec<ConnectionSettings>,
    /// A sentence each, without any secret.
    pub warnings: Vec<String>,
}

/// Puts the sources together, the first of which says least.
pub(super) fn resolve(world: &dyn World, layers: &[Layer]) -> Connected {
    let names: BTreeSet<&Name> = layers.iter().flat_map(|layer| layer.connections.keys()).collect();
    let mut connected = Connected::default();
    for name in names {
        let mut resolver = Resolver { world, name, keys: Keys::new(), warnings: &mut connected.warnings };
        connected.settings.extend(resolver.settings(layers));
    }
    connected
}

/// Puts one connection together.
struct Resolver<'a> {
    world: &'a dyn World,
    name: &'a Name,
    keys: Keys,
    warnings: &'a mut Vec<String>,
}

impl Resolver<'_> {
    /// The settings; none for what is no connection of an app at all.
    fn settings(&mut self, layers: &[Layer]) -> Option<ConnectionSettings> {
        if !is_name(self.name) {
            let message = format!("`{}` cannot name a connection: a name is `[a-z_][a-z0-9_]*`", self.name);
            self.warnings.push(message);
            return None;
        }
        let merged = layers.iter().map(|layer| self.merge(layer)).fold(Ok(()), Result::and);
        let kind = self.kind()?;
        if let Err(reason) = merged {
            return Some(self.unusable(kind, reason));
        }
        self.report_unknown(kind);
        let target = match kind {
            ConnectionKind::Sqlite => self.needed("file").map(|file| Target::Sqlite { file }),
            ConnectionKind::Sql => self.database(),
            ConnectionKind::Http => self.http().map(Target::Http),
        };
        let settings = target.and_then(|target| self.with_options(target));
        Some(settings.unwrap_or_else(|reason| self.unusable(kind, reason)))
    }

    fn unusable(&self, kind: ConnectionKind, reason: String) -> ConnectionSettings {
        let dialect = match kind {
            ConnectionKind::Sqlite => Some(Dialect::Sqlite),
            ConnectionKind::Sql => self.text("dialect").and_then(|word| Dialect::find(&word)),
            ConnectionKind::Http => None,
        };
        let writable = self.text("writable").is_some_and(|word| flag(&word) == Some(true));
        let target = Target::Unusable { kind, dialect, reason };
        ConnectionSettings { writable, ..ConnectionSettings::new(Name::clone(self.name), target) }
    }

    /// Lays what a source says over what others said before. Goes on after what is wrong, and gives the first of it.
    fn merge(&mut self, layer: &Layer) -> Result<(), String> {
        let Some(written) = layer.connections.get(self.name) else { return Ok(()) };
        let (mut keys, mut wrong) = (Keys::new(), None);
        for (key, value) in written {
            let is_url = matches!(key.as_str(), "url" | "base_url");
            match expand(self.world, value.text.expose(), is_url) {
                Ok(text) => {
                    keys.insert(key.clone(), Written { text: Secret::new(text), origin: value.origin.clone() });
                }
                Err(why) => wrong = wrong.or(Some(format!("`{key}` in {}: {why}", value.origin))),
            }
        }
        match address::take_apart(&mut keys, self.warnings) {
            Ok(said) => {
                // A URL without a port means the usual one, not the port of another server.
                if said.iter().any(|key| key == "host") {
                    self.keys.remove("port");
                }
            }
            Err(why) => wrong = wrong.or(Some(why)),
        }
        self.keys.extend(keys);
        wrong.map_or(Ok(()), Err)
    }

    /// The type, as far as the keys tell; none for connections of other programs.
    fn kind(&mut self) -> Option<ConnectionKind> {
        let has = |key: &str| self.keys.contains_key(key);
        let Some(written) = self.keys.get("type") else {
            let kind = match () {
                () if has("base_url") => ConnectionKind::Http,
                () if has("file") => ConnectionKind::Sqlite,
                () if has("host") || has("url") || has("dialect") => ConnectionKind::Sql,
                () => {
                    let origin =
                        self.keys.values().next().map_or_else(String::new, |written| format!("{}: ", written.origin));
                    self.warnings
                        .push(format!("{origin}the connection `{}` has no `type`, and is passed over", self.name));
                    return None;
                }
            };
            return Some(kind);
        };
        let word = written.text.expose();
        if let Some(kind) = ConnectionKind::find(word) {
            return Some(kind);
        }
        if Dialect::find(word).is_some() {
            let dialect = written.clone();
            self.keys.entry("dialect".to_owned()).or_insert(dialect);
            return Some(ConnectionKind::Sql);
        }
        let message = "its type is none of `sql`, `sqlite` and `http`, and other types are not supported";
        self.warnings.push(format!("{}: the connection `{}` is passed over: {message}", written.origin, self.name));
        None
    }

    fn report_unknown(&mut self, kind: ConnectionKind) {
        for (key, written) in &self.keys {
            let first = key.split('.').next().unwrap_or_default();
            let is_known = kind.keys().any(|known| known == key)
                || (first == "headers" && kind == ConnectionKind::Http)
                || (matches!(first, "query" | "option") && kind == ConnectionKind::Sql);
            if is_known || key == "type" || NEEDLESS.contains(&first) {
                continue;
            }
            let of = format!("{}: a connection of type `{}`", written.origin, kind.name());
            self.warnings.push(if first == "create_engine_kwargs" {
                format!("{of} does not take `{key}`: `max_connections`, `timeout` and `tls` are what it has")
            } else {
                let near = suggest::nearest(key, kind.keys()).map(|near| format!(": did you mean `{near}`?"));
                format!("{of} has no key `{key}`{}", near.unwrap_or_default())
            });
        }
    }

    fn with_options(&self, target: Target) -> Result<ConnectionSettings, String> {
        let defaults = ConnectionSettings::new(Name::clone(self.name), target);
        let is_count = |text: &str| text.trim().parse().ok().filter(|count| *count > 0);
        let timeout = |text: &str| parse_duration(text.trim()).filter(|duration| !duration.is_zero());
        Ok(ConnectionSettings {
            writable: self.read("writable", "`true` or `false`", flag)?.unwrap_or(defaults.writable),
            max_connections: self
                .read("max_connections", "a number above zero", is_count)?
                .unwrap_or(defaults.max_connections),
            timeout: self.read("timeout", "a duration such as `30s`", timeout)?.unwrap_or(defaults.timeout),
            ..defaults
        })
    }

    fn database(&mut self) -> Result<Target, String> {
        let word = self.needed("dialect")?;
        let dialect = Dialect::find(&word).ok_or_else(|| self.wrong("dialect", "`postgres`, `mysql` or `sqlite`"))?;
        address::parameters(&mut self.keys, dialect, true, self.warnings);
        if dialect == Dialect::Sqlite {
            let file = self.needed("database")?;
            if file.is_empty() || file == ":memory:" {
                return Err("a SQLite database in memory holds nothing: name its file".to_owned());
            }
            return Ok(Target::Sqlite { file });
        }
        let port = |text: &str| text.trim().parse::<u16>().ok().filter(|port| *port > 0);
        let option = |(key, written): (&String, &Written)| {
            let name = key.strip_prefix("option.")?;
            Some((name.to_owned(), written.text.expose().to_owned()))
        };
        Ok(Target::Server(ServerSettings {
            dialect,
            host: self.needed("host")?,
            port: self.read("port", "a number from 1 to 65535", port)?,
            database: self.text("database"),
            username: self.text("username"),
            password: self.keys.get("password").map(|written| written.text.clone()),
            tls: self.tls()?,
            options: self.keys.iter().filter_map(option).collect(),
        }))
    }

    fn tls(&self) -> Result<Tls, String> {
        let ca = self.text("tls.ca").map(PathBuf::from);
        let Some(mode) = self.text("tls.mode") else {
            // Who says whom to trust wants nobody else.
            return Ok(ca.map_or(Tls::Prefer, |ca| Tls::VerifyFull { ca: Some(ca) }));
        };
        match mode.trim() {
            "off" | "false" => Ok(Tls::Off),
            "prefer" => Ok(Tls::Prefer),
            "require" | "true" => Ok(Tls::Require),
            "verify-ca" => Ok(Tls::VerifyCa { ca }),
            "verify-full" => Ok(Tls::VerifyFull { ca }),
            _ => Err(self.wrong("tls.mode", "`off`, `prefer`, `require`, `verify-ca` or `verify-full`")),
        }
    }

    fn http(&self) -> Result<HttpSettings, String> {
        let text = self.needed("base_url")?;
        let wanted = "a URL that begins with `https://` or `http://` and has no `?` or `#`";
        let url = Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "https" | "http"));
        let url = url.filter(|url| url.has_host() && url.query().is_none() && url.fragment().is_none());
        let mut base_url = url.ok_or_else(|| self.wrong("base_url", wanted))?;
        let mut headers = Vec::new();
        for (key, written) in &self.keys {
            let Some(name) = key.strip_prefix("headers.") else { continue };
            let value = written.text.expose();
            if !is_header(name) || value.chars().any(char::is_control) {
                return Err(format!("`{key}` in {} makes no header", written.origin));
            }
            headers.push((name.to_owned(), written.text.clone()));
        }
        // Who logs in goes into a header, so that the URL can be shown.
        let login = login_of(&base_url);
        let stripped = base_url.set_password(None).and_then(|()| base_url.set_username(""));
        if let Some(login) = login.filter(|_| stripped.is_ok())
            && !headers.iter().any(|(name, _)| name == "authorization")
        {
            headers.push(("authorization".to_owned(), login));
        }
        Ok(HttpSettings { base_url, headers })
    }

    fn text(&self, key: &str) -> Option<String> {
        self.keys.get(key).map(|written| written.text.expose().to_owned()).filter(|text| !text.is_empty())
    }

    fn needed(&self, key: &str) -> Result<String, String> {
        self.text(key).ok_or_else(|| {
            let variable = self.name.to_uppercase();
            let key_of_variable = key.to_uppercase();
            format!("its `{key}` is not known: secrets say it, or `APPSPEC_CONNECTIONS__{variable}__{key_of_variable}`")
        })
    }

    /// The value of a key as what it must be.
    fn read<T>(&self, key: &str, wanted: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, String> {
        self.text(key).map(|text| parse(&text).ok_or_else(|| self.wrong(key, wanted))).transpose()
    }

    /// Says that a value is not what it must be, without the value: it may be a secret in the wrong place.
    fn wrong(&self, key: &str, wanted: &str) -> String {
        let origin = self.keys.get(key).map_or_else(String::new, |written| format!(" in {}", written.origin));
        format!("`{key}`{origin} is not {wanted}")
    }
}

fn flag(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// The login in a URL as a header says it.
fn login_of(url: &Url) -> Option<Secret> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let login = format!("{}:{}", decoded(url.username()), decoded(url.password().unwrap_or_default()));
    Some(Secret::new(format!("Basic {}", BASE64_STANDARD.encode(login))))
}
