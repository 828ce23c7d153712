//! The SQL of databases, before anybody is asked: what is wrong with it takes the place of the columns it would give.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::connection;
use crate::diagnostic::{Diagnostics, Fix, code};
use crate::expr::{Skeleton, Template};
use crate::source::{Span, Spanned};
use crate::spec::{self, Definitions, Dialect, KnownConnection, Name, SchemaError, SchemaErrorKind, Schemas};
use crate::sql::database::{self, Purpose};
use crate::sql::{Fault, Mend};

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
        Some(Dialect::Mysql | Dialect::Sqlite) => format!("?{}", index + 1),
        _ => format!("${}", index + 1),
    };
    let skeletons = sql.skeletons(|expr, index| match expr.first_identifier() {
        Some(name) => dialect.unwrap_or(Dialect::Postgres).quoted(&name),
        None => placeholder(index),
    });
    skeletons.into_iter().find_map(|skeleton| {
        let fault = database::fault(&skeleton.text, dialect, purpose)?;
        let fault = unjoined(fault, &skeleton, |sql| database::fault(sql, dialect, purpose).is_none());
        Some(in_words_of_source(fault, &skeleton))
    })
}

/// Says of an optional part that begins in the middle of a condition what is missing in front of it; `reads` tells
/// whether SQL can be read.
pub(super) fn unjoined(fault: Fault, skeleton: &Skeleton, reads: impl Fn(&str) -> bool) -> Fault {
    let at = fault.at.start;
    let Some((before, after)) = skeleton.text.split_at_checked(at).filter(|_| skeleton.begins_optional(at)) else {
        return fault;
    };
    if !reads(&format!("{before}and {after}")) {
        return fault;
    }
    let mend = Mend { title: "write `and` in front of it".to_owned(), insertions: vec![(at, "and ")], is_safe: false };
    Fault {
        message: "this optional part does not begin with `and`".to_owned(),
        help: Some("what joins a condition to those before it is dropped with it: `[[ and … ]]`".into()),
        mend: Some(mend),
        ..fault
    }
}

/// A fault of the SQL that a template gives, said of the template.
pub(super) fn in_words_of_source(fault: Fault, skeleton: &Skeleton) -> SchemaError {
    let fix = fault.mend.and_then(|mend| {
        let edits = mend.insertions.iter().map(|(at, text)| Some((skeleton.place_before(*at)?, (*text).to_owned())));
        let edits = edits.collect::<Option<Vec<_>>>()?;
        Some(Box::new(Fix { title: skeleton.as_written(&mend.title), is_safe: mend.is_safe, edits }))
    });
    SchemaError {
        at: skeleton.span_of(fault.at),
        message: skeleton.as_written(&fault.message),
        help: fault.help.map(|help| skeleton.as_written(&help)),
        fix,
        kind: SchemaErrorKind::Unreadable,
    }
}

/// Reports what is wrong with SQL; where it does not say its place, at `span`.
pub(super) fn report(error: SchemaError, span: Span, diagnostics: &mut Diagnostics) {
    let diagnostic = diagnostics.report(&code::SQL, error.at.unwrap_or(span), error.message);
    diagnostic.help.extend(error.help);
    diagnostic.fix = error.fix.map(|fix| *fix);
}
