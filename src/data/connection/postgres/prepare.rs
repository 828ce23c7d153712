//! Finds out what type each value of a query has to be of, by asking the server.
//!
//! The server says of each place what it expects there. A value that is of another kind gets a cast to its own type,
//! or is sent as text that the server reads as the expected type; a place of which the server knows nothing takes the
//! value as what it is. Text that is refused ends a transaction: a query is prepared before its own begins, and a
//! statement of a write behind a savepoint.

use appspec_lang::spec::Dialect;
use appspec_lang::value::Scalar;
use sqlx::postgres::{PgArguments, PgStatement, PgTypeInfo};
use sqlx::{Arguments, Either, Executor, SqlSafeStr, Statement};

use super::encode::{Argument, Fit, fit, has_nul, own_type, written};
use super::kind::Kind;
use super::{Postgres, Session};
use crate::bind::{BoundQuery, Piece, quoted_name};
use crate::connection::database::trusted;
use crate::connection::pool::Failure;
use crate::connection::template::{Slot, Template};
use crate::error::DataError;

/// More places than the protocol counts.
const MOST_VALUES: usize = 65_535;

/// Where a transaction goes back to when a text is refused that was only tried.
const SAVEPOINT: &str = "appspec_before_statement";

/// A query that the server understands, with its values.
pub(super) struct Prepared {
    pub(super) sql: String,
    pub(super) statement: PgStatement,
    values: Vec<(PgTypeInfo, Option<Vec<u8>>)>,
}

impl Prepared {
    pub(super) fn arguments(&self) -> Result<PgArguments, DataError> {
        let mut arguments = PgArguments::default();
        for (ty, bytes) in &self.values {
            let argument = Argument { ty: ty.clone(), bytes: bytes.clone() };
            Arguments::add(&mut arguments, argument).map_err(|error| DataError::rejected(error.to_string()))?;
        }
        Ok(arguments)
    }
}

/// What stands at the place of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Cast {
    /// The place alone: the server says what it expects.
    Plain,
    /// A cast to the type that the value is of; `over_text` where the server expected text, `narrow` for ints of 32 bits.
    Own { over_text: bool, narrow: bool },
    /// Text that the server reads as a type.
    Written(String),
    /// Text.
    Text,
    /// A set of no values of a type: there is no place.
    Empty(String),
}

impl Postgres {
    pub(super) async fn prepare(&self, session: &mut Session, query: &BoundQuery) -> Result<Prepared, Failure> {
        let template = Template::new(query, Dialect::Postgres, takes_array);
        let slots: Vec<&Slot> = template.slots().collect();
        if slots.iter().any(|slot| has_nul(slot)) {
            return Err(DataError::rejected("a value holds a null character, which PostgreSQL has no place for").into());
        }
        if slots.len() > MOST_VALUES {
            let message = format!(
                "the query has {} values, and PostgreSQL takes {MOST_VALUES}: bind long lists as `= any({{{{ … }}}})`",
                slots.len()
            );
            return Err(DataError::rejected(message).into());
        }
        let mut casts = vec![Cast::Plain; slots.len()];
        let mut first = None;
        loop {
            let sql = text(&template, &casts);
            match session.connection.prepare(trusted(sql.as_str()).into_sql_str()).await {
                Ok(statement) => {
                    let types = types_of(&statement);
                    if types.len() != casts.iter().filter(|cast| cast.is_open()).count() {
                        return Err(
                            DataError::rejected("a `{{ }}` stands inside quotes, or a `$1` outside of them").into()
                        );
                    }
                    if !self.settle(session, &slots, &types, &mut casts).await? {
                        let values = values(&slots, types, &casts, self);
                        return Ok(Prepared { sql, statement, values });
                    }
                }
                Err(error) => {
                    let mut failure = self.failure(&sql, &error);
                    let origin = |at| template.origin(at, quoted_name, place(&casts));
                    failure.error.at = failure.error.at.map(origin);
                    if !failure.is_whole() || !give_way(&error, &slots, &mut casts) {
                        return Err(first.unwrap_or(failure));
                    }
                    first.get_or_insert(failure);
                    self.step_back(session).await?;
                }
            }
        }
    }

    /// Goes back behind a text that was refused, in a transaction.
    async fn step_back(&self, session: &mut Session) -> Result<(), Failure> {
        if !session.has_savepoint {
            return Ok(());
        }
        let back = session.connection.execute(trusted(format!("rollback to savepoint {SAVEPOINT}"))).await;
        back.map(drop).map_err(|error| Failure::lost(self.failure("", &error).error))
    }

    /// Prepares a statement inside a transaction, which goes on whatever is tried.
    pub(super) async fn prepare_inside(
        &self,
        session: &mut Session,
        statement: &BoundQuery,
    ) -> Result<Prepared, Failure> {
        // Without values nothing is tried.
        if statement.pieces.iter().all(|piece| matches!(piece, Piece::Sql(_) | Piece::Identifier(_))) {
            return self.prepare(session, statement).await;
        }
        let failed = |error: sqlx::Error| self.failure("", &error);
        session.connection.execute(trusted(format!("savepoint {SAVEPOINT}"))).await.map_err(failed)?;
        session.has_savepoint = true;
        let prepared = self.prepare(session, statement).await;
        session.has_savepoint = false;
        let prepared = prepared?;
        session.connection.execute(trusted(format!("release savepoint {SAVEPOINT}"))).await.map_err(failed)?;
        Ok(prepared)
    }

    /// Decides what to write at the places of which the type is known now; whether anything changed.
    async fn settle(
        &self,
        session: &mut Session,
        slots: &[&Slot],
        types: &[PgTypeInfo],
        casts: &mut [Cast],
    ) -> Result<bool, Failure> {
        let mut types = types.iter();
        let mut is_changed = false;
        for (slot, cast) in slots.iter().zip(casts) {
            let ty = if cast.is_open() { types.next() } else { None };
            let Some(ty) = ty.filter(|_| *cast == Cast::Plain) else { continue };
            let kind = Kind::of(ty);
            let is_text = kind == Kind::Text;
            let better = match fit(slot, &kind, &self.server.zone) {
                _ if **slot == Slot::Nothing => Cast::Empty(self.type_name(session, ty).await?),
                Fit::Bytes(_) => continue,
                Fit::Own => Cast::Own { over_text: is_text, narrow: false },
                Fit::Written if is_text => Cast::Text,
                Fit::Written => Cast::Written(self.type_name(session, ty).await?),
            };
            *cast = better;
            is_changed = true;
        }
        Ok(is_changed)
    }

    /// A type as SQL names it.
    async fn type_name(&self, session: &mut Session, ty: &PgTypeInfo) -> Result<String, Failure> {
        let oid = ty.oid().map_or(0, |oid| oid.0);
        if let Some(name) = session.type_names.get(&oid) {
            return Ok(name.clone());
        }
        let asked = sqlx::query_scalar("select pg_catalog.format_type($1::int8::oid, null)").bind(i64::from(oid));
        let name: String = asked.fetch_one(&mut session.connection).await.map_err(|error| self.failure("", &error))?;
        session.type_names.insert(oid, name.clone());
        Ok(name)
    }
}

impl Cast {
    /// Whether a value is bound.
    fn is_open(&self) -> bool {
        !matches!(self, Self::Empty(_))
    }
}

fn text(template: &Template, casts: &[Cast]) -> String {
    template.text(quoted_name, place(casts))
}

/// Writes what stands for a value.
fn place(casts: &[Cast]) -> impl FnMut(usize, &Slot) -> String {
    let mut number = 0;
    move |at, slot| {
        let cast = casts.get(at).unwrap_or(&Cast::Plain);
        if let Cast::Empty(ty) = cast {
            return format!("select null::{ty} where false");
        }
        number += 1;
        let list = if matches!(slot, Slot::Array(_)) { "[]" } else { "" };
        match cast {
            Cast::Plain | Cast::Empty(_) => format!("${number}"),
            Cast::Own { narrow, .. } => format!("${number}::{}", own_type(slot, *narrow)),
            Cast::Written(ty) => format!("${number}::text{list}::{ty}"),
            Cast::Text => format!("${number}::text{list}"),
        }
    }
}

fn types_of(statement: &PgStatement) -> Vec<PgTypeInfo> {
    match statement.parameters() {
        Some(Either::Left(types)) => types.to_vec(),
        _ => Vec::new(),
    }
}

fn values(
    slots: &[&Slot],
    types: Vec<PgTypeInfo>,
    casts: &[Cast],
    postgres: &Postgres,
) -> Vec<(PgTypeInfo, Option<Vec<u8>>)> {
    let open = slots.iter().zip(casts).filter(|(_, cast)| cast.is_open());
    let bound = open.zip(types).map(|((slot, cast), ty)| {
        let bytes = match cast {
            Cast::Plain | Cast::Own { .. } => match fit(slot, &Kind::of(&ty), &postgres.server.zone) {
                Fit::Bytes(bytes) => bytes,
                // A list of several kinds is one of texts.
                Fit::Own | Fit::Written => written(slot),
            },
            Cast::Written(_) | Cast::Text | Cast::Empty(_) => written(slot),
        };
        (ty, bytes)
    });
    bound.collect()
}

/// Writes something else at the places that the server does not understand; false if nothing is left to try.
fn give_way(error: &sqlx::Error, slots: &[&Slot], casts: &mut [Cast]) -> bool {
    let Some(error) = error.as_database_error() else { return false };
    let code = error.code().unwrap_or_default();
    if matches!(code.as_ref(), "42P18" | "42P08")
        && let Some(cast) = place_named(error.message()).and_then(|number| open_cast(casts, number))
        && *cast == Cast::Plain
    {
        *cast = Cast::Own { over_text: false, narrow: false };
        return true;
    }
    let mut is_changed = false;
    for cast in casts.iter_mut().filter(|cast| matches!(cast, Cast::Own { over_text: true, .. })) {
        *cast = Cast::Text;
        is_changed = true;
    }
    // No such function or operator, several of them, or types that do not go together.
    if is_changed || !matches!(code.as_ref(), "42883" | "42725" | "42804" | "42P18" | "42P08") {
        return is_changed;
    }
    for (cast, slot) in casts.iter_mut().zip(slots) {
        if *cast == Cast::Plain && **slot != Slot::Nothing && **slot != Slot::Value(Scalar::Null) {
            *cast = Cast::Own { over_text: false, narrow: false };
            is_changed = true;
        }
    }
    if is_changed {
        return true;
    }
    for (cast, slot) in casts.iter_mut().zip(slots) {
        if let (Cast::Own { narrow: narrow @ false, .. }, Slot::Value(Scalar::Int(_))) = (cast, slot) {
            *narrow = true;
            is_changed = true;
        }
    }
    is_changed
}

/// The cast at the place with this number, counted from 1.
fn open_cast(casts: &mut [Cast], number: usize) -> Option<&mut Cast> {
    casts.iter_mut().filter(|cast| cast.is_open()).nth(number.checked_sub(1)?)
}

/// The number of the place in `could not determine data type of parameter $1`.
fn place_named(message: &str) -> Option<usize> {
    let digits = message.rsplit_once('$')?.1;
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits.get(..end)?.parse().ok()
}

/// Whether a list is meant as a whole here: `any(…)`, `…::text[]`.
fn takes_array(before: &str, behind: &str) -> bool {
    let before = before.trim_end();
    if let Some(before) = before.strip_suffix('(') {
        let before = before.trim_end();
        let start = before.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
        let word = before.get(start..).unwrap_or_default().to_lowercase();
        if matches!(word.as_str(), "any" | "all" | "some" | "unnest") {
            return true;
        }
    }
    let cast = behind.trim_start().strip_prefix("::").unwrap_or_default().trim_start();
    let end = cast.find(|c: char| c.is_whitespace() || matches!(c, ')' | ',' | ';')).unwrap_or(cast.len());
    cast.get(..end).unwrap_or_default().ends_with("[]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_arrays_where_the_dialect_takes_them() {
        for (before, behind, wanted) in [
            ("x = any(", ")", true),
            ("x <> ALL ( ", ")", true),
            ("from unnest(", ") as t", true),
            ("x in (", ")", false),
            ("company(", ")", false),
            ("x && ", "::text[] and y", true),
            ("x && ", "::int[]) and y", true),
            ("x in (", "::text) and y = array[1]::int[]", false),
        ] {
            assert_eq!(takes_array(before, behind), wanted, "{before} {behind}");
        }
    }

    #[test]
    fn messages_name_places() {
        for (message, wanted) in [
            ("could not determine data type of parameter $1", Some(1)),
            ("konnte Datentyp von Parameter $12 nicht ermitteln", Some(12)),
            ("no place", None),
        ] {
            assert_eq!(place_named(message), wanted);
        }
    }
}
