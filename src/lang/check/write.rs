//! Writes: their SQL resolved, what they make out of date, and what actions hand over to them.

use super::binding;
use super::connection::{Connections, report_http};
use super::names::Reader;
use super::program::{QueryId, Ref, Refreshes, Source, TableRef, Write, WriteId, WriteParam};
use super::sql;
use super::types::{Context, Typed, fit, null_within, words};
use crate::diagnostic::{Diagnostics, code};
use crate::expr::types::Scope;
use crate::expr::{Expr, Name as Written, Template};
use crate::source::{Span, Spanned};
use crate::spec::{self, ConnectionKind, KnownConnection, Name, QueryKey, SchemaError, SchemaErrorKind, Schemas};
use crate::sql::statement::Statement;
use crate::value::{Columns, Type};

/// Resolves the writes of the app and of the page, in the order of their ids.
pub(super) fn check(
    (spec, page): (&spec::Spec, &spec::Page),
    schemas: &Schemas,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Write> {
    let connections = Connections::new(spec, context.names, schemas);
    let mut writes = Vec::new();
    for (write, named) in context.writes.iter().zip(&context.names.writes) {
        let key = key(named.shared, page, write);
        let error = schemas.writes.get(&key).and_then(|found| found.as_ref().err());
        let reader = Reader::of(named.shared);
        let checker = Checker { spec, connections: &connections, write, key, context, reader };
        let reported = diagnostics.len();
        let is_readable = error.is_none_or(|error| error.kind != SchemaErrorKind::Unreadable);
        writes.push(checker.check(diagnostics));
        if is_readable {
            checker.check_verbs(diagnostics);
        }
        if let Some(error) = error.filter(|_| diagnostics.len() == reported || !is_readable) {
            checker.report_schema_error(error, diagnostics);
        }
    }
    writes
}

/// The columns that each write returns, where a database has told them.
pub(super) fn results(spec: &spec::Spec, page: &spec::Page, schemas: &Schemas) -> Vec<Option<Columns>> {
    let shared = spec.shared.writes.iter().map(|write| key(true, page, write));
    let all = shared.chain(page.definitions.writes.iter().map(|write| key(false, page, write)));
    all.map(|key| schemas.writes.get(&key)?.as_ref().ok().cloned()).collect()
}

fn key(shared: bool, page: &spec::Page, write: &spec::Write) -> QueryKey {
    (if shared { String::new() } else { page.path.clone() }, write.name.value.clone())
}

struct Checker<'a> {
    spec: &'a spec::Spec,
    connections: &'a Connections<'a>,
    write: &'a spec::Write,
    key: QueryKey,
    context: &'a Context<'a>,
    reader: Reader,
}

impl Checker<'_> {
    fn check(&self, diagnostics: &mut Diagnostics) -> Write {
        let spec::Write { name, params, statements, refreshes, .. } = self.write;
        let connection = self.connection(diagnostics);
        let resolved = statements.iter().map(|statement| self.statement(statement, diagnostics)).collect();
        self.report_unused(diagnostics);
        Write {
            shared: self.reader.is_app,
            name: name.value.clone(),
            key: self.key.clone(),
            connection,
            params: params
                .iter()
                .map(|param| WriteParam { name: param.name.value.clone(), ty: param.ty.clone() })
                .collect(),
            statements: resolved,
            refreshes: match refreshes {
                spec::Refreshes::Connection => Refreshes::Connection,
                spec::Refreshes::All => Refreshes::All,
                spec::Refreshes::These(queries) => Refreshes::These(self.refreshed(queries, diagnostics)),
            },
            span: name.span,
        }
    }

    /// The connection; it must be one that takes SQL and may be written to.
    fn connection(&self, diagnostics: &mut Diagnostics) -> Name {
        let name = &self.write.name;
        let help = || {
            let is_meant = |known: &KnownConnection| known.writable && known.kind != ConnectionKind::Http;
            match self.connections.known.iter().find(|(_, known)| is_meant(known)) {
                Some((first, _)) => format!("add `connection: {first}` to it"),
                None => "declare one under `connections` in `app.yaml`, with `writable: true`, and name it".to_owned(),
            }
        };
        let found = self.connections.resolve(("write", name), self.write.connection.as_ref(), help, diagnostics);
        let Some((named, known)) = found else { return Name::from("") };
        let at = self.write.connection.as_ref().map_or(name.span, |named| named.span);
        match known {
            Some(known) if known.kind == ConnectionKind::Http => report_http(&named.value, at, diagnostics),
            Some(known) if !known.writable => {
                let message =
                    format!("the write `{}` needs the connection `{}` to be writable", name.value, named.value);
                let diagnostic = diagnostics.report(&code::MISSING_KEY, at, message);
                let declared = self.spec.connections.iter().find(|declared| declared.name.value == named.value);
                if let Some(declared) = declared {
                    diagnostic.label(declared.name.span, "read-only, as connections are unless they say otherwise");
                }
                diagnostic.help("add `writable: true` to the connection");
            }
            _ => {}
        }
        named.value.clone()
    }

    fn statement(&self, statement: &Template, diagnostics: &mut Diagnostics) -> Template<Ref> {
        let local = Local { write: Some(self.write), ..Local::default() };
        let resolved =
            statement.resolve(&mut |name, span| self.context.resolve_at((self.reader, local), name, span, diagnostics));
        let Some(resolved) = resolved else { return Template { parts: Vec::new(), span: statement.span } };
        resolved.check_sql(&Own { context: self.context, params: &self.write.params }, diagnostics);
        binding::check(&resolved, diagnostics);
        resolved
    }

    /// A statement is one, begins no transaction of its own, and not all of them only read.
    fn check_verbs(&self, diagnostics: &mut Diagnostics) {
        let mut reading = Vec::new();
        for statement in &self.write.statements {
            let mut says_something = false;
            for skeleton in statement.skeletons(|_, _| "?".to_owned()) {
                let place = |range| skeleton.span_of(range).unwrap_or(statement.span);
                let found = Statement::look_over(&skeleton.text);
                says_something |= found.as_ref().is_none_or(|found| !found.is_empty);
                let Some(found) = found.filter(|found| !found.is_empty) else { continue };
                if let Some(second) = &found.second {
                    let message = "two statements stand in one text";
                    diagnostics
                        .report(&code::SQL, place(second.clone()), message)
                        .here("the second begins here")
                        .help("make `sql` a list: all its statements are one transaction");
                } else if found.is_transaction() {
                    let (verb, at) = found.verb.clone().unwrap_or_default();
                    diagnostics
                        .report(&code::SQL, place(at), format!("a write is a transaction by itself, without `{verb}`"))
                        .help("make `sql` a list: all its statements are one transaction");
                }
                reading.push(found.only_reads.then(|| found.verb.map_or(statement.span, |(_, at)| place(at))));
            }
            if !says_something {
                diagnostics.report(&code::SQL, statement.span, "this SQL holds no statement");
            }
        }
        let all: Option<Vec<Span>> = reading.into_iter().collect();
        if let Some(at) = all.and_then(|all| all.first().copied()) {
            diagnostics
                .report(&code::SUSPICIOUS, at, format!("the write `{}` changes nothing", self.write.name.value))
                .help("what only reads is a query: declare it under `queries`, and read it by its name");
        }
    }

    fn report_unused(&self, diagnostics: &mut Diagnostics) {
        let is_read = |param: &spec::WriteParam| {
            let refs = self.write.statements.iter().flat_map(Template::refs);
            refs.into_iter().any(|(name, _)| matches!(name, Written::Param(read) if read == param.name.value))
        };
        for param in self.write.params.iter().filter(|param| !is_read(param)) {
            let message =
                format!("the write `{}` does not use its parameter `{}`", self.write.name.value, param.name.value);
            let help = format!("bind it in the SQL, `{{{{ params.{} }}}}`, or leave it out", param.name.value);
            diagnostics.report(&code::SUSPICIOUS, param.name.span, message).help(help);
        }
    }

    fn report_schema_error(&self, error: &SchemaError, diagnostics: &mut Diagnostics) {
        let name = &self.write.name;
        let span = self.write.statements.first().map_or(name.span, |sql| sql.span);
        match error.kind {
            SchemaErrorKind::Upstream => {}
            SchemaErrorKind::File => _ = diagnostics.report(&code::FILE, name.span, error.message.clone()),
            SchemaErrorKind::Sql | SchemaErrorKind::Unreadable => {
                sql::report(error.clone(), span, diagnostics);
            }
        }
    }

    /// The queries that are named; for a transform, those that it reads, since it is made from their tables.
    fn refreshed(&self, queries: &[Spanned<Name>], diagnostics: &mut Diagnostics) -> Vec<QueryId> {
        let named = queries.iter().filter_map(|query| self.context.names.query(query, self.reader, diagnostics));
        let mut open: Vec<QueryId> = named.collect();
        let (mut seen, mut found) = (Vec::new(), Vec::new());
        while let Some(id) = open.pop() {
            if seen.contains(&id) {
                continue;
            }
            seen.push(id);
            match self.context.queries.get(id.index()).map(|query| &query.source) {
                Some(Source::Transform { tables, .. }) => {
                    let read = tables.iter().filter_map(|(_, table)| match table {
                        TableRef::Query(id) => Some(*id),
                        TableRef::State(_) => None,
                    });
                    open.extend(read);
                }
                _ => found.push(id),
            }
        }
        found.sort();
        found
    }
}

/// Names that stand for something in one place only.
#[derive(Clone, Copy, Default)]
pub(super) struct Local<'a> {
    /// In the SQL of a write, `params` are its own.
    pub write: Option<&'a spec::Write>,
    /// Behind a `run`, `result` is what its write has returned.
    pub has_result: bool,
}

impl Context<'_> {
    /// What a name stands for at a place that has names of its own.
    pub(super) fn resolve_at(
        &self,
        (reader, local): (Reader, Local<'_>),
        name: &Written,
        span: Span,
        diagnostics: &mut Diagnostics,
    ) -> Option<Ref> {
        match (name, local.write) {
            (Written::Result, _) if local.has_result => Some(Ref::Result),
            (Written::Param(param), Some(write)) => own_param(write, param, span, diagnostics),
            _ => self.names.resolve(name, span, reader, diagnostics),
        }
    }

    /// Whether a write may give something that `result` can stand for.
    pub(super) fn may_return(&self, write: WriteId) -> bool {
        if let Some(Some(columns)) = self.results.get(write.index()) {
            return !columns.is_empty();
        }
        let statements = self.writes.get(write.index()).map(|write| write.statements.as_slice()).unwrap_or_default();
        let skeletons = statements.iter().flat_map(|statement| statement.skeletons(|_, _| "?".to_owned()));
        skeletons.into_iter().any(|skeleton| Statement::look_over(&skeleton.text).is_none_or(|found| found.may_return))
    }

    /// Brings what a `run` hands over into the order of the write's parameters, and holds it to their types.
    pub(super) fn handed_over(
        &self,
        (id, at): (WriteId, Span),
        mut given: Vec<(&Spanned<Name>, Span, Typed)>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Expr<Ref>> {
        let Some(write) = self.writes.get(id.index()) else { return Vec::new() };
        let known = || write.params.iter().map(|param| &*param.name.value);
        for (name, _, _) in given.iter().filter(|(name, _, _)| !known().any(|known| *known == *name.value)) {
            let message = format!("the write `{}` has no parameter `{}`", write.name.value, name.value);
            let diagnostic = diagnostics.report(&code::UNKNOWN_NAME, name.span, message);
            diagnostic.label(write.name.span, "declared here").nearest(&name.value, known());
        }
        let mut ordered = Vec::new();
        for param in &write.params {
            let position = given.iter().position(|(name, _, _)| name.value == param.name.value);
            let Some((_, span, typed)) = position.map(|position| given.swap_remove(position)) else {
                let message = format!("the write `{}` is not given its `{}`", write.name.value, param.name.value);
                diagnostics
                    .report(&code::MISSING_KEY, at, message)
                    .label(param.name.span, "declared here")
                    .help(format!("hand it over: `with: {{ {}: … }}`", param.name.value));
                continue;
            };
            expect_type(write, param, (&typed, span), diagnostics);
            ordered.push(typed.expr);
        }
        ordered
    }
}

fn own_param(write: &spec::Write, param: &Name, span: Span, diagnostics: &mut Diagnostics) -> Option<Ref> {
    let found = write.params.iter().position(|known| known.name.value == *param);
    if found.is_none() {
        let message = format!("the write `{}` has no parameter `{param}`", write.name.value);
        let diagnostic = diagnostics.report(&code::UNKNOWN_NAME, span, message);
        diagnostic.here("not declared").nearest(param, write.params.iter().map(|known| &*known.name.value));
        diagnostic.help(format!("declare it, `params: {{ {param}: … }}`, and hand it over where the write is run"));
    }
    found.and_then(|index| u32::try_from(index).ok()).map(Ref::WriteParam)
}

fn expect_type(
    write: &spec::Write,
    param: &spec::WriteParam,
    (typed, span): (&Typed, Span),
    diagnostics: &mut Diagnostics,
) {
    let fits_as_constant = typed.expr.constant().is_some_and(|constant| fit(&constant, &param.ty).is_some());
    if let Some(null) = null_within(&typed.expr, &param.ty) {
        let (name, ty) = (&param.name.value, words(&param.ty));
        let message = format!("`{name}` of the write `{}` takes {ty}, but this has null in it", write.name.value);
        let diagnostic = diagnostics.report(&code::TYPE, null, message);
        diagnostic.here("null").label(param.name.span, format!("the parameter is {ty}"));
        return;
    }
    if param.ty.accepts(&typed.ty) || fits_as_constant {
        return;
    }
    let (name, found) = (&param.name.value, words(&typed.ty));
    let message =
        format!("`{name}` of the write `{}` takes {}, but this is {found}", write.name.value, words(&param.ty));
    let diagnostic = diagnostics.report(&code::TYPE, span, message);
    diagnostic.here(found).label(param.name.span, format!("the parameter is {}", words(&param.ty)));
    if *typed.ty.inner() == Type::Any && typed.ty.is_nullable() {
        diagnostic
            .help(format!("if it may be null, declare it so: `{name}: {{ type: {}, nullable: true }}`", param.ty));
    }
}

/// The scope of a write's SQL, in which its parameters have types.
struct Own<'a> {
    context: &'a Context<'a>,
    params: &'a [spec::WriteParam],
}

impl Scope<Ref> for Own<'_> {
    fn type_of(&self, reference: &Ref) -> Type {
        match reference {
            Ref::WriteParam(index) => self.params.get(*index as usize).map_or(Type::Any, |param| param.ty.clone()),
            other => self.context.type_of(other),
        }
    }

    fn describe(&self, reference: &Ref) -> String {
        self.context.describe(reference)
    }
}

/// The scope behind a `run`, where what a write has returned is a row of known columns.
#[derive(Clone, Copy)]
pub(super) struct Behind<'a> {
    pub context: &'a Context<'a>,
    pub result: Option<&'a Columns>,
}

impl Scope<Ref> for Behind<'_> {
    fn type_of(&self, reference: &Ref) -> Type {
        self.context.type_of(reference)
    }

    fn row_of(&self, reference: &Ref) -> Option<Columns> {
        match reference {
            Ref::Result => self.result.cloned(),
            other => self.context.row_of(other),
        }
    }

    fn describe(&self, reference: &Ref) -> String {
        match reference {
            Ref::Result => "what the write returns".to_owned(),
            other => self.context.describe(other),
        }
    }
}
