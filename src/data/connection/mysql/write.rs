//! Writes to `MySQL` and `MariaDB`, each in a transaction of its own.

use std::time::Duration;

use appspec_lang::spec::Dialect;
use appspec_lang::value::Scalar;
use sqlx::{Executor, Statement, raw_sql};
use tokio::time::Instant;

use super::bind::bind_all;
use super::read::{columns_of, table_of};
use super::{MySql, Session, State, failure};
use crate::bind::BoundQuery;
use crate::connection::database::{GRACE, Stage, WriteFailure, first_row, patiently, refuse_twins, trusted};
use crate::connection::pool::{Failure, Leaves};
use crate::connection::words::words;
use crate::error::DataError;
use crate::table::Table;

/// What begins statements that end a transaction, whatever becomes of the rest of it.
const ENDING: &[&str] = &[
    "alter",
    "analyze",
    "begin",
    "cache",
    "change",
    "check",
    "commit",
    "create",
    "drop",
    "flush",
    "grant",
    "install",
    "lock",
    "optimize",
    "rename",
    "repair",
    "reset",
    "revoke",
    "rollback",
    "start",
    "stop",
    "truncate",
    "uninstall",
    "unlock",
    "xa",
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
        let at = |stage| move |failure| WriteFailure { failure, stage };
        let bound = statements.iter().map(|statement| self.bound(session, statement));
        let bound = bound.collect::<Result<Vec<_>, _>>().map_err(|error| at(Stage::Beginning)(error.into()))?;
        let ending = bound.iter().find_map(|(sql, _)| ending_word(sql));
        if let Some(word) = ending.as_ref().filter(|_| bound.len() > 1) {
            let message =
                format!("`{word}` ends the transaction of the statements around it: make it a write of its own");
            return Err(at(Stage::Beginning)(DataError::rejected(message).into()));
        }
        let deadline = Instant::now() + timeout + GRACE;
        let begun = patiently(deadline, timeout, self.begin(session, "start transaction", None, timeout)).await;
        begun.map_err(at(Stage::Beginning))?;
        let written = patiently(deadline, timeout, self.write_bound(session, &bound)).await;
        let done = match written {
            Ok(result) => self.commit(session, timeout).await.map(|()| result),
            Err(failure) if failure.is_whole() => {
                let undone = patiently(Instant::now() + GRACE, timeout, self.undo(session)).await;
                let leaves = undone.err().map_or(Leaves::Whole, |failure| failure.leaves);
                Err(at(Stage::Writing)(Failure { leaves, ..failure }))
            }
            // What commits by itself may have done so.
            Err(failure) => Err(at(if ending.is_some() { Stage::Committing } else { Stage::Writing })(failure)),
        };
        if done.as_ref().err().is_none_or(|failed| failed.failure.is_whole()) {
            // What statements that write leave in a session is not looked at.
            session.state = State::Touched;
        }
        done
    }

    async fn commit(&self, session: &mut Session, timeout: Duration) -> Result<(), WriteFailure> {
        let committing = session.connection.execute(raw_sql("commit"));
        // One that is not answered is left to the server: to end it would not tell what became of it.
        let lost = |_| WriteFailure { failure: Failure::lost(self.server.address.lost()), stage: Stage::Committing };
        let committed = tokio::time::timeout(timeout + GRACE, committing).await.map_err(lost)?;
        committed.map(drop).map_err(|error| {
            let is_unknown = failure::number(&error).is_none_or(|number| UNKNOWN.contains(&number));
            let stage = if is_unknown { Stage::Committing } else { Stage::Writing };
            WriteFailure { failure: self.failure("", &error), stage }
        })
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
        let mut columns = columns_of(&prepared, session.is_utc.then_some(&self.server.zone));
        let steps = session.connection.fetch_many(bind_all(sqlx::query(trusted(sql)), values));
        first_row(steps, &mut columns).await.map_err(|error| self.failure(sql, &error))?;
        if columns.is_empty() { Ok(None) } else { Ok(Some(table_of(columns)?)) }
    }
}

/// The first word of a statement, if it ends a transaction.
fn ending_word(sql: &str) -> Option<String> {
    let words = words(sql, Dialect::Mysql);
    let (verb, rest) = words.split_first()?;
    let is_next = |word: &str| rest.first().is_some_and(|next| next == word);
    let is_ending = match verb.as_str() {
        "set" => is_next("password") || rest.iter().any(|word| word.trim_start_matches("@@") == "autocommit"),
        "create" | "drop" => !rest.iter().take(3).any(|word| word == "temporary"),
        "load" => is_next("index"),
        verb => ENDING.contains(&verb),
    };
    is_ending.then(|| verb.clone())
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
            ("create or replace temporary table t (n int)", None),
            ("drop temporary table t", None),
            ("drop table `temporary`", Some("drop")),
            ("/*!40101 set */ autocommit = 0", Some("set")),
            ("set @@autocommit = 1", Some("set")),
            ("set @a = 'autocommit', sql_mode = ''", None),
            ("set password = 'x'", Some("set")),
            ("load index into cache t", Some("load")),
            ("/* open", None),
            ("", None),
        ] {
            assert_eq!(ending_word(sql).as_deref(), wanted, "{sql}");
        }
    }
}
