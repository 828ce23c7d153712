//! The SQL of databases, before anybody is asked: what is wrong with it takes the place of the columns it would give.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::connection;
use crate::expr::Template;
use crate::source::Spanned;
use crate::spec::{self, Definitions, Dialect, KnownConnection, Name, SchemaError, SchemaErrorKind, Schemas};
use crate::sql::database::{self, Purpose};

/// The schemas, with the queries and writes of the app and of a page among them whose SQL is surely wrong.
pub(super) fn sifted<'s>(spec: &spec::Spec, page: &spec::Page, schemas: &'s Schemas) -> Cow<'s, Schemas> {
    let mut sieve =
        Sieve { spec, page, connections: connection::known(spec, schemas), schemas: Cow::Borrowed(schemas) };
    sieve.sift("", &spec.shared);
    sieve.sift(&page.path, &page.definitions);
    sieve.schemas
}

struct Sieve<'a, 's> {
    spec: &'a spec::Spec,
    page: &'a spec::Page,
    connections: BTreeMap<Name, KnownConnection>,
    schemas: Cow<'s, Schemas>,
}

impl Sieve<'_, '_> {
    fn sift(&mut self, page: &str, definitions: &Definitions) {
        for query in &definitions.queries {
            let spec::Source::Sql { connection, sql } = &query.source else { continue };
            if let Some(error) = wrong(sql, self.dialect(connection.as_ref()), Purpose::Query) {
                let key = (page.to_owned(), query.name.value.clone());
                self.own().queries.insert(key, Err(error));
            }
        }
        for write in &definitions.writes {
            let dialect = self.dialect(write.connection.as_ref());
            let mut errors = write.statements.iter().filter_map(|sql| wrong(sql, dialect, Purpose::Write));
            if let Some(error) = errors.next() {
                let key = (page.to_owned(), write.name.value.clone());
                self.own().writes.insert(key, Err(error));
            }
        }
    }

    /// The schemas as far as the page needs them, to be changed.
    fn own(&mut self) -> &mut Schemas {
        if let Cow::Borrowed(all) = self.schemas {
            self.schemas = Cow::Owned(all.of_page(&self.page.path));
        }
        self.schemas.to_mut()
    }

    /// None where only the secrets of another machine tell it.
    fn dialect(&self, named: Option<&Spanned<Name>>) -> Option<Dialect> {
        let connection = self.spec.app.connection_of(named)?;
        self.connections.get(&connection.value)?.dialect
    }
}

/// What is surely wrong with a template, in whichever way through it.
fn wrong(sql: &Template, dialect: Option<Dialect>, purpose: Purpose) -> Option<SchemaError> {
    let placeholder = |index| match dialect {
        Some(Dialect::Mysql | Dialect::Sqlite) => "?".to_owned(),
        _ => format!("${}", index + 1),
    };
    let skeletons = sql.skeletons(|expr, index| match expr.first_identifier() {
        Some(name) => dialect.unwrap_or(Dialect::Postgres).quoted(&name),
        None => placeholder(index),
    });
    skeletons.into_iter().find_map(|skeleton| {
        let fault = database::fault(&skeleton.text, dialect, purpose)?;
        Some(SchemaError {
            at: skeleton.span_of(fault.at),
            message: fault.message,
            help: fault.help.map(Cow::into_owned),
            kind: SchemaErrorKind::Unreadable,
        })
    })
}
