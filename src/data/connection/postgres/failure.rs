//! What `PostgreSQL` says when something fails, for readers of a page.

use sqlx::postgres::{PgDatabaseError, PgErrorPosition, PgSeverity};

use super::Postgres;
use crate::connection::pool::Failure;
use crate::error::{DataError, DataErrorKind};

impl Postgres {
    /// A failure while a session is opened.
    pub(super) fn opening_failure(&self, error: &sqlx::Error) -> DataError {
        let Some(error) = database_error(error) else {
            return self.server.address.opening(error, &self.server.settings.tls, "PostgreSQL");
        };
        match error.code() {
            "28P01" => self.server.address.wrong_password(self.server.settings.password.is_some()),
            "28000" if error.message().contains("no encryption") || error.message().contains("SSL off") => {
                self.server.address.not_admitted("only encrypted connections are let in from here: set `tls: require`")
            }
            "28000" if error.message().contains("pg_hba.conf") => {
                self.server.address.not_admitted("no rule of the server lets it in from here")
            }
            "28000" => self.server.address.wrong_password(self.server.settings.password.is_some()),
            "3D000" => self.server.address.unknown_database(),
            "53300" => self.server.address.crowded(),
            "57P03" | "57P01" | "57P02" => self.server.address.not_ready(),
            _ => {
                let message =
                    format!("the database `{}` refuses the connection: {}", self.server.address.name, error.message());
                DataError::new(DataErrorKind::Refused, message)
            }
        }
    }

    /// A failure of work on a session; `sql` is the text that was sent.
    pub(super) fn failure(&self, sql: &str, error: &sqlx::Error) -> Failure {
        let Some(error) = database_error(error) else {
            return match error {
                sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } | sqlx::Error::Encode(_) => {
                    DataError::internal(format!("a value could not be read: {error}")).into()
                }
                _ => Failure::lost(self.server.address.lost()),
            };
        };
        let is_fatal = matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic);
        match error.code() {
            "57P01" | "57P02" | "57P03" if is_fatal => Failure::lost(self.server.address.lost()),
            _ if is_fatal => Failure::lost(self.rejection(sql, error)),
            _ => self.rejection(sql, error).into(),
        }
    }

    fn rejection(&self, sql: &str, error: &PgDatabaseError) -> DataError {
        let kind = match error.code() {
            // The orchestrator knows how long it was.
            "57014" if error.message().contains("statement timeout") => DataErrorKind::Timeout,
            "57014" => return DataError::rejected("the query was cancelled in the database"),
            "53300" => return self.server.address.crowded(),
            // A lock, a deadlock, a conflict of transactions, a standby that catches up.
            "55P03" | "40P01" | "40001" | "40003" => DataErrorKind::Busy,
            "25006" => return only_reads(error),
            "0A000" if error.message().contains("data-modifying") => return only_reads(error),
            "42601" if error.message().contains("multiple commands") => {
                return DataError::rejected("`sql` holds two statements: a query is one `select`, a write has a list");
            }
            "42P18" => {
                return DataError::rejected(
                    "a `{{ }}` stands inside quotes, or where nothing says its type: add a cast",
                );
            }
            _ => DataErrorKind::Rejected,
        };
        let mut message = error.message().to_owned();
        // Which key is in the way of a write is in the detail; that of other constraints is the whole row, for nobody's
        // eyes.
        let detail = error.detail().filter(|_| matches!(error.code(), "23503" | "23505" | "23P01"));
        for more in [detail, error.hint()].into_iter().flatten() {
            message = format!("{message}: {}", as_clause(more));
        }
        DataError { at: place(sql, error), ..DataError::new(kind, message) }
    }
}

/// Whether a statement may fail only because it was prepared before the database was changed: it is not there, gives
/// other columns, or has its values of types that fit no more.
pub(super) fn is_outdated(error: &sqlx::Error) -> bool {
    database_error(error).is_some_and(|error| match error.code() {
        "26000" | "42725" | "42804" | "42846" | "42883" => true,
        "0A000" => error.message().contains("cached plan"),
        _ => false,
    })
}

fn database_error(error: &sqlx::Error) -> Option<&PgDatabaseError> {
    error.as_database_error()?.try_downcast_ref::<PgDatabaseError>()
}

fn only_reads(error: &PgDatabaseError) -> DataError {
    DataError::rejected(format!("a query only reads: {}", error.message()))
}

/// The byte that is to blame; the server counts characters from 1.
fn place(sql: &str, error: &PgDatabaseError) -> Option<usize> {
    let Some(PgErrorPosition::Original(position)) = error.position() else { return None };
    let (at, _) = sql.char_indices().nth(position.checked_sub(1)?)?;
    Some(at)
}

/// A sentence as a part of another.
fn as_clause(sentence: &str) -> String {
    let mut chars = sentence.trim().trim_end_matches('.').chars();
    let first: String = chars.next().into_iter().flat_map(char::to_lowercase).collect();
    first + chars.as_str()
}
