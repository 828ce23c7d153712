//! The columns of queries as far as they are known, and what the author says of them.

use super::Checker;
use crate::check::columns::Table;
use crate::check::format;
use crate::check::names::Reader;
use crate::check::program::{Query, QueryId, Source, TableRef};
use crate::diagnostic::{Diagnostics, code};
use crate::spec::{self, ColumnMeaning};
use crate::value::{Columns, Type};

impl Checker<'_> {
    /// The columns of a query as far as they can be told without resolving it.
    pub(super) fn known_columns(&self, query: &spec::Query, reader: Reader) -> Option<Columns> {
        let outside = match (self.schemas.queries.get(&self.key(query, reader)), &query.source) {
            (Some(Ok(columns)), _) => Some(columns.clone()),
            // It may be missing, and is an empty table then.
            (Some(Err(_)), _) if query.optional => None,
            (Some(Err(_)), _) => return None,
            (None, source) => source.columns().map(Columns::from),
        };
        query.columns_among(outside.as_ref())
    }
}

/// A meaning can only be given to a column that is there.
pub(super) fn check_meanings(query: &spec::Query, columns: Option<&Columns>, diagnostics: &mut Diagnostics) {
    let Some(columns) = columns else { return };
    let table = Table { called: format!("query `{}`", query.name.value), columns, declared: Some(query.name.span) };
    for meaning in &query.columns {
        let column = table.named(&meaning.column, diagnostics);
        if let (Some(column), Some(format)) = (column, &meaning.format) {
            format::check(format, &column.ty, &format!("the column `{}`", column.name), diagnostics);
        }
    }
}

/// Warns of types that contradict what is known of a column. Only what is read from files and answers is converted: of
/// others a `type` says what they are.
pub(super) fn check_types(query: &spec::Query, outside: &Columns, diagnostics: &mut Diagnostics) {
    if matches!(query.source, spec::Source::File { .. } | spec::Source::Http { .. }) {
        return;
    }
    for meaning in &query.columns {
        let known = outside.named(&meaning.column.value).map(|column| column.ty.inner());
        let (Some(declared), Some(known)) = (&meaning.ty, known) else { continue };
        // Databases without bools have 0 and 1.
        let is_flag = matches!((declared.inner(), known), (Type::Bool, Type::Int));
        if is_flag || declared.is_unknown() || known.is_unknown() || !declared.join(known).is_unknown() {
            continue;
        }
        let (name, declared, known) = (&meaning.column.value, declared.words(), known.words());
        let message = format!("the column `{name}` is said to be {declared}, and comes as {known}");
        diagnostics
            .report(&code::SUSPICIOUS, meaning.column.span, message)
            .here(format!("its query gives {known}"))
            .help("`type` converts only what is read from a file or over HTTP: convert it in the SQL, or leave `type` out");
    }
}

/// A transform's columns mean what they mean in the queries that it reads, unless it says otherwise.
pub(super) fn inherit_meanings(queries: &mut [Query]) {
    // Each pass carries meanings one transform further.
    for _ in 0..queries.len() {
        let mut changed = false;
        for index in 0..queries.len() {
            for meaning in inherited(queries, QueryId::at(index)) {
                if let Some(query) = queries.get_mut(index) {
                    query.meanings.push(meaning);
                    changed = true;
                }
            }
        }
        if !changed {
            return;
        }
    }
}

fn inherited(queries: &[Query], id: QueryId) -> Vec<ColumnMeaning> {
    let Some(query) = queries.get(id.index()) else { return Vec::new() };
    let Source::Transform { tables, .. } = &query.source else { return Vec::new() };
    let mut found: Vec<ColumnMeaning> = Vec::new();
    for (_, table) in tables {
        let TableRef::Query(source) = table else { continue };
        for meaning in queries.get(source.index()).into_iter().flat_map(|source| &source.meanings) {
            let name = &meaning.column.value;
            let has = |meanings: &[ColumnMeaning]| meanings.iter().any(|known| known.column.value == *name);
            let may_return = |columns: &Columns| columns.is_open() || columns.named(name).is_some();
            let returns = query.columns.as_ref().is_none_or(may_return);
            if returns && !has(&query.meanings) && !has(&found) {
                // The type is that of the other column: what this one's is, its own query tells.
                found.push(ColumnMeaning { ty: None, ..meaning.clone() });
            }
        }
    }
    found
}
