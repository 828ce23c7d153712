//! What `MySQL` and `MariaDB` say when something fails, for readers of a page.

use sqlx::mysql::MySqlDatabaseError;

use super::MySql;
use crate::blame::blame;
use crate::connection::pool::Failure;
use crate::error::{DataError, DataErrorKind};

pub(super) const UNKNOWN_ZONE: u16 = 1298;
pub(super) const UNKNOWN_SESSION: u16 = 1094;
/// The text is no SQL.
pub(super) const NOT_UNDERSTOOD: u16 = 1064;
/// `into` stands where it may not.
pub(super) const OUT_OF_PLACE: u16 = 3954;

pub(super) const ONLY_READS: &str = "a query only reads: write it as one `select`";

impl MySql {
    /// A failure while a session is opened.
    pub(super) fn opening_failure(&self, error: &sqlx::Error) -> DataError {
        let Some(refusal) = database_error(error) else {
            // The driver encrypts the whole way or nothing.
            if error.to_string().contains("RSA auth") {
                return self.server.address.not_admitted("its password is only taken encrypted: set `tls: prefer`");
            }
            return self.server.address.opening(error, &self.server.settings.tls, "MySQL or MariaDB");
        };
        match refusal.number() {
            1045 | 1698 => self.server.address.wrong_password(self.server.settings.password.is_some()),
            1044 => {
                let database = self.server.settings.database.as_deref().unwrap_or_default();
                self.server
                    .address
                    .not_admitted(&format!("it has no right to a database `{database}`: check `database`"))
            }
            1049 => self.server.address.unknown_database(),
            1129 | 1130 => self.server.address.not_admitted("connections from here are not let in"),
            3159 => self.server.address.not_admitted("only encrypted connections are let in: set `tls: require`"),
            1820 | 1862 => self.server.address.not_admitted("its password has expired"),
            3118 | 4151 => self.server.address.not_admitted("its account is locked"),
            1040 | 1203 | 1226 => self.server.address.crowded(),
            1053 => self.server.address.not_ready(),
            _ => {
                let message = format!(
                    "the database `{}` refuses the connection: {}",
                    self.server.address.name,
                    refusal.message()
                );
                DataError::new(DataErrorKind::Refused, message)
            }
        }
    }

    /// A failure of work on a session; `sql` is the text that was sent.
    pub(super) fn failure(&self, sql: &str, error: &sqlx::Error) -> Failure {
        let Some(refusal) = database_error(error) else {
            return match error {
                // What else the server sends is not waited for.
                sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } | sqlx::Error::Encode(_) => {
                    Failure::given_up(DataError::internal(format!("a value could not be read: {error}")))
                }
                _ => Failure::lost(self.server.address.lost()),
            };
        };
        match refusal.number() {
            // The server ends its work, or the session.
            1053 | 1077 | 1152 | 1158..=1161 | 1184 | 1927 | 3169 | 4031 => Failure::lost(self.server.address.lost()),
            _ => rejection(sql, refusal).into(),
        }
    }
}

fn rejection(sql: &str, refusal: &MySqlDatabaseError) -> DataError {
    let kind = match refusal.number() {
        // The orchestrator knows how long it was.
        1969 | 3024 => DataErrorKind::Timeout,
        1317 => return DataError::rejected("the query was cancelled in the database"),
        1205 => return DataError::new(DataErrorKind::Busy, "another transaction holds the rows for too long"),
        1213 | 1020 => return DataError::new(DataErrorKind::Busy, "another transaction was in the way"),
        1295 | 1792 => return DataError::rejected(ONLY_READS),
        _ => DataErrorKind::Rejected,
    };
    let (message, at) = blame(sql, &plain(refusal.message()));
    DataError { at, ..DataError::new(kind, message) }
}

/// The server's number of an error.
pub(super) fn number(error: &sqlx::Error) -> Option<u16> {
    database_error(error).map(MySqlDatabaseError::number)
}

fn database_error(error: &sqlx::Error) -> Option<&MySqlDatabaseError> {
    error.as_database_error()?.try_downcast_ref::<MySqlDatabaseError>()
}

/// The message without the advice to look into a manual, and without the server's names for parts of a query.
fn plain(message: &str) -> String {
    if let Some((column, _)) = message.split_once(" in '").filter(|(column, _)| column.starts_with("Unknown column ")) {
        return column.to_owned();
    }
    let near = message.split_once(" for the right syntax to use near '").map(|(_, near)| near);
    let Some((near, _)) = near.and_then(|near| near.rsplit_once("' at line")) else { return message.to_owned() };
    if near.is_empty() { "syntax error at the end".to_owned() } else { format!("near \"{near}\": syntax error") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syntax_errors_are_short() {
        let long = "You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server \
                    version for the right syntax to use near ";
        for (message, wanted) in [
            (format!("{long}'form sales' at line 1"), "near \"form sales\": syntax error"),
            (format!("{long}'it's' at line 2"), "near \"it's\": syntax error"),
            (format!("{long}'' at line 1"), "syntax error at the end"),
            ("Unknown column 'a' in 'field list'".to_owned(), "Unknown column 'a'"),
            ("Table 'a' doesn't exist".to_owned(), "Table 'a' doesn't exist"),
        ] {
            assert_eq!(plain(&message), wanted);
        }
    }
}
