//! `schema.lock`: what databases have told of the columns of queries, for checks that ask none.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use appspec_lang::expr::Template;
use appspec_lang::spec::{ConnectionKind, Name, Outdated, QueryKey, Schemas, Source, Spec, parse_type};
use appspec_lang::value::{Column, Fingerprint, Hasher, Type};
use toml::de::{DeTable, DeValue};

/// The form of the file; another is not read.
const VERSION: &str = "1";

const HEADER: &str = "\
# Written by `appspec check DIR --connect --lock`: the columns of queries, as their databases have told them.
# It belongs beside `app.yaml` in version control, and is not edited by hand.
";

/// The columns of queries in databases, each as it was when its database was asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lock {
    entries: BTreeMap<QueryKey, Entry>,
}

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    connection: Name,
    /// Of what was asked.
    digest: Fingerprint,
    columns: Arc<[Column]>,
}

/// What a lock says of a query.
#[derive(Clone, Debug, PartialEq)]
enum Locked<'l> {
    Columns(&'l Arc<[Column]>),
    /// It was another query then.
    Edited,
    Missing,
}

impl Lock {
    /// The name of the file, beside `app.yaml`.
    pub const FILE: &'static str = "schema.lock";

    /// Reads the text of the file. The error says where and why it is none.
    pub fn read(text: &str) -> Result<Self, String> {
        let document = DeTable::parse(text).map_err(|error| {
            let before = text.get(..error.span().map_or(0, |span| span.start)).unwrap_or_default();
            format!("line {}: {}", before.matches('\n').count() + 1, error.message())
        })?;
        let document = document.get_ref();
        match document.get("version").map(toml::Spanned::get_ref) {
            Some(DeValue::Integer(version)) if version.as_str() == VERSION => {}
            Some(DeValue::Integer(version)) => return Err(format!("it is of version {}", version.as_str())),
            _ => return Err("it has no `version`".to_owned()),
        }
        let queries = match document.get("query").map(toml::Spanned::get_ref) {
            Some(DeValue::Array(queries)) => queries.iter().map(|query| entry(query.get_ref())).collect(),
            Some(_) => None,
            None => Some(BTreeMap::new()),
        };
        queries.map(|entries| Self { entries }).ok_or_else(|| "an entry is not as appspec writes it".to_owned())
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What is known of the queries of an app whose databases were asked.
    pub fn of(spec: &Spec, schemas: &Schemas) -> Self {
        let mut lock = Self::default();
        for (key, connection, sql) in queries(spec) {
            if let Some(Ok(columns)) = schemas.queries.get(&key) {
                lock.add(key, (connection, sql), columns.to_vec().into());
            }
        }
        lock
    }

    /// Adds the columns of the queries of an app to what is known, and which queries it does not hold for.
    ///
    /// A database that is a file is looked at itself, where it is there.
    pub fn tell(&self, spec: &Spec, schemas: &mut Schemas) {
        for (key, connection, sql) in queries(spec) {
            let declared = spec.connections.iter().find(|declared| declared.name.value == *connection);
            let kind = schemas.connections.get(connection).map(|known| known.kind);
            if kind.or(declared.map(|declared| declared.kind)) != Some(ConnectionKind::Sql) {
                continue;
            }
            match self.find(&key, connection, sql) {
                Locked::Columns(columns) => {
                    schemas.queries.insert(key, Ok(Arc::clone(columns).into()));
                }
                Locked::Edited => drop(schemas.outdated.insert(key, Outdated::Edited)),
                Locked::Missing => drop(schemas.outdated.insert(key, Outdated::Missing)),
            }
        }
    }

    /// The columns of a query, if they are known as it is.
    pub(crate) fn columns_of(&self, key: &QueryKey, connection: &Name, sql: &Template) -> Option<&Arc<[Column]>> {
        match self.find(key, connection, sql) {
            Locked::Columns(columns) => Some(columns),
            Locked::Edited | Locked::Missing => None,
        }
    }

    /// Notes the queries of which the lock says otherwise than what is known of them.
    pub fn compare(&self, spec: &Spec, schemas: &mut Schemas) {
        for (key, connection, sql) in queries(spec) {
            let Some(Ok(known)) = schemas.queries.get(&key) else { continue };
            let outdated = match self.find(&key, connection, sql) {
                Locked::Columns(columns) => {
                    let differences = differences(columns, known);
                    if differences.is_empty() {
                        continue;
                    }
                    Outdated::Differs(differences)
                }
                Locked::Edited => Outdated::Edited,
                Locked::Missing => Outdated::Missing,
            };
            schemas.outdated.insert(key, outdated);
        }
    }

    fn add(&mut self, key: QueryKey, (connection, sql): (&Name, &Template), columns: Arc<[Column]>) {
        let entry = Entry { connection: Name::clone(connection), digest: digest(connection, sql), columns };
        self.entries.insert(key, entry);
    }

    /// What is known of a query; one that was only moved or renamed is found too.
    fn find(&self, key: &QueryKey, connection: &Name, sql: &Template) -> Locked<'_> {
        let digest = digest(connection, sql);
        let own = self.entries.get(key);
        let mut same = own.into_iter().chain(self.entries.values()).filter(|entry| entry.digest == digest);
        match (same.next(), own) {
            (Some(entry), _) => Locked::Columns(&entry.columns),
            (None, Some(_)) => Locked::Edited,
            (None, None) => Locked::Missing,
        }
    }
}

/// The text of the file: in the order of pages and names, a line for each column.
impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        writeln!(f, "{HEADER}\nversion = {VERSION}")?;
        for ((page, name), Entry { connection, digest, columns }) in &self.entries {
            writeln!(f, "\n[[query]]")?;
            if !page.is_empty() {
                writeln!(f, "page = {}", quoted(page))?;
            }
            writeln!(f, "name = {}", quoted(name))?;
            writeln!(f, "connection = {}", quoted(connection))?;
            writeln!(f, "digest = {}", quoted(&digest.hex()))?;
            writeln!(f, "columns = [")?;
            for column in columns.iter() {
                writeln!(f, "    {{ name = {}, type = {} }},", quoted(&column.name), quoted(&column.ty.to_string()))?;
            }
            writeln!(f, "]")?;
        }
        Ok(())
    }
}

/// The queries of an app that ask a database, with its connection.
fn queries(spec: &Spec) -> impl Iterator<Item = (QueryKey, &Name, &Template)> {
    let pages = spec.pages.iter().map(|page| (page.path.as_str(), &page.definitions));
    let all = std::iter::once(("", &spec.shared)).chain(pages);
    let of_all = all.flat_map(|(page, definitions)| definitions.queries.iter().map(move |query| (page, query)));
    of_all.filter_map(|(page, query)| {
        let Source::Sql { connection, sql } = &query.source else { return None };
        let connection = spec.app.connection_of(connection.as_ref())?;
        Some(((page.to_owned(), Name::clone(&query.name.value)), &connection.value, sql))
    })
}

/// What has changed from some columns to others, in words.
fn differences(before: &[Column], after: &[Column]) -> Vec<String> {
    let named = |columns: &[Column], name: &str| columns.iter().find(|column| *column.name == *name).cloned();
    let mut found = Vec::new();
    for column in after {
        match named(before, &column.name) {
            None => found.push(format!("`{}` is new", column.name)),
            Some(old) if old.ty != column.ty => {
                found.push(format!("`{}` is {}, and was {}", column.name, column.ty, old.ty));
            }
            Some(_) => {}
        }
    }
    let gone = before.iter().filter(|old| named(after, &old.name).is_none());
    found.extend(gone.map(|old| format!("`{}` is gone", old.name)));
    let order = |columns: &[Column]| columns.iter().map(|column| Name::clone(&column.name)).collect::<Vec<_>>();
    if found.is_empty() && order(before) != order(after) {
        found.push("the columns come in another order".to_owned());
    }
    found
}

fn entry(query: &DeValue<'_>) -> Option<(QueryKey, Entry)> {
    let DeValue::Table(query) = query else { return None };
    let text = |table: &DeTable<'_>, key: &str| match table.get(key)?.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        _ => None,
    };
    let DeValue::Array(columns) = query.get("columns")?.get_ref() else { return None };
    let column = |column: &DeValue<'_>| {
        let DeValue::Table(column) = column else { return None };
        Some(Column { name: text(column, "name")?.into(), ty: type_from_text(&text(column, "type")?)? })
    };
    let columns: Option<Arc<[Column]>> = columns.iter().map(|item| column(item.get_ref())).collect();
    let digest = u128::from_str_radix(&text(query, "digest")?, 16).ok()?;
    let entry = Entry { connection: text(query, "connection")?.into(), digest: Fingerprint(digest), columns: columns? };
    Some(((text(query, "page").unwrap_or_default(), text(query, "name")?.into()), entry))
}

/// Reads a type as it is displayed.
fn type_from_text(text: &str) -> Option<Type> {
    if let Some(inner) = text.strip_suffix('?') {
        return type_from_text(inner).map(Type::nullable);
    }
    if let Some(item) = text.strip_prefix("list<").and_then(|rest| rest.strip_suffix('>')) {
        return type_from_text(item).map(|item| Type::List(Box::new(item)));
    }
    match text {
        "unknown" => Some(Type::Any),
        "null" => Some(Type::Any.nullable()),
        _ => parse_type(text),
    }
}

/// The digest of a connection and of all that a template may ask of it.
fn digest(connection: &str, sql: &Template) -> Fingerprint {
    let mut hasher = Hasher::default();
    hasher.text(connection);
    for skeleton in sql.skeletons(|expr, _| expr.first_identifier().unwrap_or_else(|| "?".to_owned())) {
        hasher.text(skeleton.text.trim());
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use appspec_lang::diagnostic::Diagnostics;
    use appspec_lang::expr::parse_sql;
    use appspec_lang::source::{FileId, SourceText, Span};

    use super::*;

    type Named<'a> = &'a [(&'a str, Type)];

    fn template(text: &str) -> Template {
        let span = Span::new(FileId(0), 0, u32::try_from(text.len()).unwrap());
        parse_sql(&SourceText::verbatim(text, span), &mut Diagnostics::default()).unwrap()
    }

    fn columns(named: Named<'_>) -> Arc<[Column]> {
        named.iter().map(|(name, ty)| Column { name: (*name).into(), ty: ty.clone() }).collect()
    }

    fn key(page: &str, name: &str) -> QueryKey {
        (page.to_owned(), name.into())
    }

    #[test]
    fn what_is_written_is_read_again() {
        let list = Type::List(Box::new(Type::List(Box::new(Type::Text))));
        let all = [
            ("id", Type::Int),
            ("an \"odd\" näme\n", Type::Decimal.nullable()),
            ("tags", list),
            ("what", Type::Any),
            ("nothing", Type::Any.nullable()),
        ];
        let mut lock = Lock::default();
        let (shop, sql) = (Name::from("shop"), template("select 1"));
        lock.add(key("/sales", "orders"), (&shop, &sql), columns(&all));
        lock.add(key("", "regions"), (&shop, &sql), columns(&[]));
        assert_eq!(Lock::read(&lock.to_string()), Ok(lock.clone()));
        let regions = lock.to_string().find("regions").unwrap();
        assert!(regions < lock.to_string().find("orders").unwrap(), "in the order of pages");
        assert_eq!(Lock::read(&Lock::default().to_string()), Ok(Lock::default()));
    }

    #[test]
    fn a_query_that_was_edited_is_not_found() {
        let (shop, other) = (Name::from("shop"), Name::from("other"));
        let sql = template("select id from t where a = {{ state.a }} [[ and b = {{ state.b }} ]]\n");
        let mut lock = Lock::default();
        let found = columns(&[("id", Type::Int)]);
        lock.add(key("/p", "q"), (&shop, &sql), found.clone());
        let cases = [
            (
                "q",
                &shop,
                "select id from t where a = {{ state.a }} [[ and b = {{ state.b }} ]]",
                Locked::Columns(&found),
            ),
            ("q", &shop, "select id from t where a = {{ state.c }} [[ and b = {{ 1 }} ]]", Locked::Columns(&found)),
            (
                "renamed",
                &shop,
                "select id from t where a = {{ state.a }} [[ and b = {{ state.b }} ]]",
                Locked::Columns(&found),
            ),
            ("q", &shop, "select id from t where a = {{ state.a }} and b = {{ state.b }}", Locked::Edited),
            ("q", &other, "select id from t where a = {{ state.a }} [[ and b = {{ state.b }} ]]", Locked::Edited),
            ("new", &shop, "select id, a from t", Locked::Missing),
        ];
        for (name, connection, text, wanted) in cases {
            assert_eq!(lock.find(&key("/p", name), connection, &template(text)), wanted, "{name}: {text}");
        }
    }

    #[test]
    fn differences_are_told_in_words() {
        let before = columns(&[("id", Type::Int), ("a", Type::Int), ("b", Type::Text)]);
        let cases: [(Named<'_>, &[&str]); 3] = [
            (&[("id", Type::Int), ("a", Type::Int), ("b", Type::Text)], &[]),
            (
                &[("id", Type::Int), ("a", Type::Decimal), ("c", Type::Text)],
                &["`a` is decimal, and was int", "`c` is new", "`b` is gone"],
            ),
            (&[("a", Type::Int), ("id", Type::Int), ("b", Type::Text)], &["the columns come in another order"]),
        ];
        for (after, wanted) in cases {
            assert_eq!(differences(&before, &columns(after)), wanted);
        }
    }

    #[test]
    fn what_is_no_lock_is_told() {
        for (text, wanted) in [
            ("version = 1\n<<<<<<< ours\n", "line 2: "),
            ("", "it has no `version`"),
            ("version = 2\n", "it is of version 2"),
            ("version = 1\nquery = 3\n", "an entry is not as"),
            ("version = 1\n[[query]]\nname = \"a\"\n", "an entry is not as"),
            (
                "version = 1\n[[query]]\nname = \"a\"\nconnection = \"b\"\ndigest = \"0\"\ncolumns = [{ name = \"c\", type = \"number\" }]\n",
                "an entry is not as",
            ),
        ] {
            let said = Lock::read(text).unwrap_err();
            assert!(said.starts_with(wanted), "{text}: {said}");
        }
    }
}
