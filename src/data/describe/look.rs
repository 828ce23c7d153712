//! What databases say of queries and writes when they are asked, without running any.

use std::collections::BTreeMap;
use std::ops::Range;

use appspec_lang::check::program::{Query, Ref, Source, Write};
use appspec_lang::check::{PageScope, Program};
use appspec_lang::diagnostic::Diagnostics;
use appspec_lang::expr::{Expr, Skeleton, Template};
use appspec_lang::source::Span;
use appspec_lang::spec::{ConnectionKind, Name, QueryKey, SchemaError, SchemaErrorKind, Schemas};
use appspec_lang::sql::statement::Statement;
use appspec_lang::value::{Column, Columns, Scalar, Type};
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::civil::{date, time};

use super::at_its_word;
use crate::bind::{BoundQuery, Piece, quoted_name};
use crate::connection::Described;
use crate::data::Data;
use crate::error::{DataError, DataErrorKind};

/// So many questions are under way at a time.
const AT_ONCE: usize = 4;

/// Statements that every database can look at without running them.
const READABLE: &[&str] = &["select", "with", "values", "insert", "update", "delete", "replace"];

/// What databases have told that were asked.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    queries: BTreeMap<QueryKey, Result<Columns, SchemaError>>,
    writes: BTreeMap<QueryKey, Result<Columns, SchemaError>>,
}

impl Seen {
    pub(super) fn tell(&self, schemas: &mut Schemas) {
        schemas.queries.extend(self.queries.clone());
        schemas.writes.extend(self.writes.clone());
    }
}

/// Something to ask of a database.
struct Question {
    key: QueryKey,
    is_write: bool,
    connection: Name,
    /// What is looked at one after the other; the columns are those of the last that gives any.
    statements: Vec<Asked>,
}

/// A statement, in each way through its template.
struct Asked {
    ways: Vec<Way>,
}

/// One way through a template, with what may stand for its values: the first that is taken will do.
struct Way {
    skeleton: Skeleton,
    bound: Vec<BoundQuery>,
}

impl Data {
    /// Asks each server for the columns of its queries and what its writes return, without running any.
    ///
    /// Fails where one cannot be asked. What is not known to be right or wrong is left out.
    pub async fn look(&self, program: &Program) -> Result<Seen, DataError> {
        let found = stream::iter(questions(program)).map(|question| async move {
            let answer = self.answer(&question).await?;
            Ok::<_, DataError>((question, answer))
        });
        let found: Vec<_> = found.buffered(AT_ONCE).try_collect().await?;
        let mut seen = Seen::default();
        for (question, answer) in found {
            let answers = if question.is_write { &mut seen.writes } else { &mut seen.queries };
            if let Some(answer) = answer.transpose() {
                answers.insert(question.key, answer);
            }
        }
        Ok(seen)
    }

    /// What a database says of a question: columns, what is wrong with it, or nothing that is certain.
    async fn answer(&self, question: &Question) -> Result<Result<Option<Columns>, SchemaError>, DataError> {
        let mut columns = None;
        for statement in &question.statements {
            // A template that could not be resolved says nothing.
            if statement.ways.is_empty() {
                return Ok(Ok(None));
            }
            let mut first = None;
            for way in &statement.ways {
                match self.look_at(question, way).await? {
                    Ok(found) => _ = first.get_or_insert(found),
                    Err(error) => return Ok(error.map_or(Ok(None), Err)),
                }
            }
            let of_statement = first.unwrap_or_default();
            if columns.is_none() || !of_statement.is_empty() {
                columns = Some(of_statement);
            }
        }
        Ok(Ok(columns.map(Columns::from)))
    }

    /// The columns of one way; else what is wrong with it, where that is certain.
    async fn look_at(
        &self,
        question: &Question,
        way: &Way,
    ) -> Result<Result<Vec<Column>, Option<SchemaError>>, DataError> {
        let mut refused = None;
        for bound in way.bound.iter().cloned() {
            let described = if question.is_write { Described::Statement(bound) } else { Described::Query(bound) };
            match self.connections().describe(&question.connection, &described).await {
                Ok(columns) => return Ok(Ok(columns)),
                Err(error) if error.kind == DataErrorKind::Rejected => _ = refused.get_or_insert(error),
                Err(error) if matches!(error.kind, DataErrorKind::Internal | DataErrorKind::Unsupported) => {
                    return Ok(Err(None));
                }
                Err(error) => return Err(error),
            }
        }
        let error =
            refused.map(|error| SchemaError { kind: SchemaErrorKind::Sql, ..at_its_word(&error, &way.skeleton) });
        Ok(Err(error))
    }
}

/// All that servers are to be asked: what pages share, once.
fn questions(program: &Program) -> Vec<Question> {
    let is_server = |name: &str| program.connections.get(name).is_some_and(|known| known.kind == ConnectionKind::Sql);
    let mut questions: BTreeMap<(bool, QueryKey), Question> = BTreeMap::new();
    for page in &program.pages {
        for query in &page.queries {
            let Query { key, source: Source::Sql { connection, sql }, .. } = query else { continue };
            if !is_server(connection) || questions.contains_key(&(false, key.clone())) {
                continue;
            }
            let statements = vec![asked(sql, PageScope { page, write: None })];
            let (key, connection) = (key.clone(), Name::clone(connection));
            questions.insert((false, key.clone()), Question { key, is_write: false, connection, statements });
        }
        for write in &page.writes {
            let Write { key, connection, .. } = write;
            if !is_server(connection) || questions.contains_key(&(true, key.clone())) || !is_readable(write) {
                continue;
            }
            let scope = PageScope { page, write: Some(write) };
            let statements = write.statements.iter().map(|sql| asked(sql, scope)).collect();
            let (key, connection) = (key.clone(), Name::clone(connection));
            questions.insert((true, key.clone()), Question { key, is_write: true, connection, statements });
        }
    }
    questions.into_values().collect()
}

/// Whether all statements of a write can be looked at, and none makes what another needs.
fn is_readable(write: &Write) -> bool {
    let skeletons = write.statements.iter().flat_map(|sql| sql.skeletons(|_, _| "?".to_owned()));
    skeletons.into_iter().all(|skeleton| {
        let verb = Statement::look_over(&skeleton.text).and_then(|found| found.verb);
        verb.is_some_and(|(verb, _)| READABLE.contains(&verb.as_str()))
    })
}

/// A template as it can be asked about, with values of the types that its expressions have.
fn asked(sql: &Template<Ref>, scope: PageScope<'_>) -> Asked {
    let mut places: BTreeMap<Span, (Piece, bool)> = BTreeMap::new();
    let skeletons = sql.skeletons(|expr, _| {
        let (piece, is_known) = piece_of(expr, scope);
        let text = if let Piece::Identifier(name) = &piece { quoted_name(name) } else { "?".to_owned() };
        places.insert(expr.span, (piece, is_known));
        text
    });
    let way = |skeleton: Skeleton| {
        let is_known = skeleton.places().all(|(_, span)| places.get(&span).is_none_or(|(_, is_known)| *is_known));
        let stand_ins = stand_ins();
        let tried = if is_known { &stand_ins[..1] } else { &stand_ins[..] };
        let bound = tried.iter().map(|unknown| bound(&skeleton, &places, unknown)).collect();
        Way { skeleton, bound }
    };
    Asked { ways: skeletons.into_iter().filter(|skeleton| !skeleton.text.trim().is_empty()).map(way).collect() }
}

/// A skeleton with its values, `unknown` standing for those of which no type is known.
fn bound(skeleton: &Skeleton, places: &BTreeMap<Span, (Piece, bool)>, unknown: &Scalar) -> BoundQuery {
    let mut pieces = Vec::new();
    let mut done = 0;
    let text = |range: Range<usize>| Piece::Sql(skeleton.text.get(range).unwrap_or_default().to_owned());
    for (at, span) in skeleton.places() {
        pieces.push(text(done..at.start));
        pieces.push(match places.get(&span) {
            Some((piece, true)) => piece.clone(),
            _ => Piece::Param(unknown.clone()),
        });
        done = at.end;
    }
    pieces.push(text(done..skeleton.text.len()));
    BoundQuery { pieces }
}

/// What is bound for an expression, and whether its type says so.
fn piece_of(expr: &Expr<Ref>, scope: PageScope<'_>) -> (Piece, bool) {
    if let Some(name) = expr.first_identifier() {
        return (Piece::Identifier(name), true);
    }
    // What is wrong with it is reported where it is checked.
    let ty = expr.ty(&scope, &mut Diagnostics::default());
    match ty.inner() {
        Type::List(item) | Type::Range(item) => match sample(item) {
            Some(item) => (Piece::List(vec![item]), true),
            None => (Piece::List(vec![Scalar::Null]), false),
        },
        single => sample(single).map_or((Piece::Param(Scalar::Null), false), |value| (Piece::Param(value), true)),
    }
}

/// A value of a type.
fn sample(ty: &Type) -> Option<Scalar> {
    Some(match ty.inner() {
        Type::Bool => Scalar::Bool(true),
        Type::Int => Scalar::Int(1),
        Type::Float => Scalar::Float(1.5),
        Type::Decimal => Scalar::Decimal { units: 15, scale: 1 },
        Type::Text | Type::Color => Scalar::text("a"),
        Type::Date => Scalar::Date(date(2024, 1, 31)),
        Type::Time => Scalar::Time(time(9, 30, 0, 0)),
        Type::DateTime => Scalar::DateTime(date(2024, 1, 31).at(9, 30, 0, 0)),
        Type::Any | Type::List(_) | Type::Range(_) | Type::Table(_) | Type::Nullable(_) => return None,
    })
}

/// What may stand for a value of which no type is known.
fn stand_ins() -> [Scalar; 5] {
    let day = Scalar::Date(date(2024, 1, 31));
    [Scalar::Null, Scalar::Int(1), Scalar::text("a"), Scalar::Bool(true), day]
}
