//! Writes to `MySQL` and `MariaDB`, each in a transaction of its own.

use std::time::Duration;

use appspec_lang::value::Scalar;
use futures_util::TryStreamExt;
use sqlx::{Executor, Row, Statement, raw_sql};

use super::bind::{bind_all, placeholders};
use super::read::{columns_of, table_of};
use super::{MySql, Session, State, failure};
use crate::bind::BoundQuery;
use crate::connection::database::{Cells, GRACE, Stage, WriteFailure, refuse_twins, trusted};
use crate::connection::pool::Failure;
use crate::error::DataError;
use crate::table::Table;

/// What begins statements that end a transaction, whatever becomes of the rest of it.
const ENDING: &[&str] = &[
    "alter", "analyze", "begin", "check", "commit", "create", "drop", "flush", "grant", "lock", "optimize", "rename",
    "repair", "reset", "revoke", "rollback", "set", "start", "truncate", "unlock", "xa",
];

/// Errors of a commit of which nobody knows whether it has happened.
const UNKNOWN: &[u16] = &[1053, 1180, 1317, 1927];

impl MySql {
    /// Runs statements in one transaction; gives the first row of the last one that returns columns.
    pub(super) async fn write_all(
        &self,
        session: &mut Session,
        statements: &[BoundQuery],
        timeout: Duration,
    ) -> Result<Option<Table>, WriteFailure> {
        let beginning = |failure| WriteFailure { failure, stage: Stage::Beginning };
        let bound = statements.iter().map(placeholders).collect::<Result<Vec<_>, _>>();
        let bound = bound.map_err(|error| beginning(error.into()))?;
        if bound.len() > 1
            && let Some(word) = bound.iter().find_map(|(sql, _)| ending_word(sql))
        {
            let message =
                format!("`{word}` ends the transaction of the statements around it: make it a write of its own");
            return Err(beginning(DataError::rejected(message).into()));
        }
        self.begin(session, "start transaction", None, timeout).await.map_err(beginning)?;
        // What statements that write leave in a session is not looked at.
        session.state = State::Touched;
        // Each statement is timed by the server, where it can; this is for a server that does not answer at all.
        let lost = || Failure { error: self.address.lost(), is_lost: true };
        let written = tokio::time::timeout(timeout + GRACE, self.write_bound(session, &bound)).await;
        match written.unwrap_or_else(|_| Err(lost())) {
            Ok(result) => {
                let committing = session.connection.execute(raw_sql("commit"));
                let committed = tokio::time::timeout(timeout + GRACE, committing).await;
                match committed {
                    Ok(Ok(_)) => Ok(result),
                    Ok(Err(error)) => {
                        let is_unknown = failure::number(&error).is_none_or(|number| UNKNOWN.contains(&number));
                        let stage = if is_unknown { Stage::Committing } else { Stage::Writing };
                        Err(WriteFailure { failure: self.failure("", &error), stage })
                    }
                    Err(_) => Err(WriteFailure { failure: lost(), stage: Stage::Committing }),
                }
            }
            Err(failure) if failure.is_lost => {
                session.state = State::Unread;
                Err(WriteFailure { failure, stage: Stage::Writing })
            }
            Err(failure) => {
                let is_lost = self.undo(session).await.is_err();
                Err(WriteFailure { failure: Failure { is_lost, ..failure }, stage: Stage::Writing })
            }
        }
    }

    async fn write_bound(
        &self,
        session: &mut Session,
        statements: &[(String, Vec<Scalar>)],
    ) -> Result<Option<Table>, Failure> {
        let mut result = None;
        for (sql, values) in statements {
            if let Some(table) = self.write_one(session, sql, values).await? {
                result = Some(table);
            }
        }
        Ok(result)
    }

    async fn write_one(&self, session: &mut Session, sql: &str, values: &[Scalar]) -> Result<Option<Table>, Failure> {
        let prepared = self.prepare(session, sql, values.len()).await?;
        refuse_twins(prepared.columns().iter().map(sqlx::Column::name))?;
        let mut columns = columns_of(&prepared, session.is_utc.then_some(&self.zone));
        let failure = |error: &sqlx::Error| self.failure(sql, error);
        let mut rows = session.connection.fetch(bind_all(sqlx::query(trusted(sql)), values));
        let mut is_first = true;
        while let Some(row) = rows.try_next().await.map_err(|error| failure(&error))? {
            if is_first {
                for (at, column) in columns.iter_mut().enumerate() {
                    let cell = row.try_get_raw(at).map_err(|error| failure(&error))?;
                    column.push(cell).map_err(|error| failure(&sqlx::Error::Decode(error)))?;
                }
            }
            is_first = false;
        }
        drop(rows);
        if columns.is_empty() { Ok(None) } else { Ok(Some(table_of(columns)?)) }
    }
}

/// The first word of a statement, if it ends a transaction.
fn ending_word(sql: &str) -> Option<&'static str> {
    let word = first_word(sql)?.to_ascii_lowercase();
    ENDING.iter().find(|ending| **ending == word).copied()
}

/// The first word behind blanks and comments. What is a comment for some versions of the server only counts.
fn first_word(sql: &str) -> Option<&str> {
    let mut rest = sql.trim_start();
    loop {
        rest = if let Some(comment) = rest.strip_prefix("/*!").or_else(|| rest.strip_prefix("/*M!")) {
            comment.trim_start_matches(|c: char| c.is_ascii_digit())
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.split_once("*/")?.1
        } else if rest.starts_with("--") || rest.starts_with('#') {
            rest.split_once('\n')?.1
        } else {
            break;
        };
        rest = rest.trim_start();
    }
    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    rest.get(..end).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_end_transactions_are_known() {
        for (sql, wanted) in [
            ("insert into t values (1)", None),
            ("  Commit", Some("commit")),
            ("-- a note\n/* another */ # and\n create table t (n int)", Some("create")),
            ("/*!40101 set */ autocommit = 0", Some("set")),
            ("/* open", None),
            ("", None),
        ] {
            assert_eq!(ending_word(sql), wanted, "{sql}");
        }
    }
}
