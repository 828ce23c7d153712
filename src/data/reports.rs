//! Says in the log which queries fail, and why: for those who run the app, once for as long as it is the same.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use appspec_lang::spec::QueryKey;
use appspec_lang::value::{Fingerprint, Scalar};

use crate::bind::{BoundQuery, Piece};
use crate::error::{DataError, DataErrorKind};
use crate::job::Job;

/// After how long the same failure of a query is said again.
const AGAIN: Duration = Duration::from_mins(10);

/// What was said of each query.
#[derive(Debug, Default)]
pub(crate) struct Reports(Mutex<HashMap<Fingerprint, Report>>);

#[derive(Debug)]
struct Report {
    key: QueryKey,
    said: Option<(String, Instant)>,
}

impl Reports {
    /// Learns what the queries of the app are called; what is not known by name is not reported.
    pub(crate) fn name(&self, queries: &[(QueryKey, Fingerprint)]) {
        let report = |(key, query): &(QueryKey, Fingerprint)| (*query, Report { key: key.clone(), said: None });
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = queries.iter().map(report).collect();
    }

    /// Takes what a query has failed with.
    pub(crate) fn note(&self, query: Fingerprint, job: &Job, error: &DataError) {
        if !is_of_the_query(error.kind, job) {
            return;
        }
        let mut reports = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(report) = reports.get_mut(&query) else { return };
        let (page, name) = (&*report.key.0, &*report.key.1);
        let message = without_values(&error.message, job);
        let is_said = |(said, at): &(String, Instant)| *said == message && at.elapsed() < AGAIN;
        if !report.said.as_ref().is_some_and(is_said) {
            tracing::warn!(page, query = name, "{message}");
            report.said = Some((message, Instant::now()));
        }
    }
}

/// Whether a failure is one of the query: that a connection is down is said of the connection.
fn is_of_the_query(kind: DataErrorKind, job: &Job) -> bool {
    match kind {
        DataErrorKind::Unreachable | DataErrorKind::Refused | DataErrorKind::Cancelled => false,
        DataErrorKind::File => !matches!(job.whole(), Job::Sql { .. }),
        DataErrorKind::Busy
        | DataErrorKind::Rejected
        | DataErrorKind::Timeout
        | DataErrorKind::Unsupported
        | DataErrorKind::Internal => true,
    }
}

/// The message without values of readers, which databases quote.
fn without_values(message: &str, job: &Job) -> String {
    let bound = match job.whole() {
        Job::Sql { query, .. } | Job::Transform { query, .. } => Some(query),
        _ => None,
    };
    let searched = match job {
        Job::Part { window, .. } => window.texts(),
        _ => Vec::new(),
    };
    let mut message = message.to_owned();
    for text in bound.into_iter().flat_map(texts).chain(searched) {
        for quote in ['"', '\''] {
            message = message.replace(&format!("{quote}{text}{quote}"), &format!("{quote}…{quote}"));
        }
    }
    message
}

fn texts(query: &BoundQuery) -> impl Iterator<Item = String> {
    let values = query.pieces.iter().flat_map(|piece| match piece {
        Piece::Param(Scalar::List(items)) => items.to_vec(),
        Piece::Param(value) => vec![value.clone()],
        Piece::List(items) => items.clone(),
        Piece::Sql(_) | Piece::Identifier(_) => Vec::new(),
    });
    values
        .filter_map(|value| match value {
            Scalar::Text(text) => Some(text.to_string()),
            Scalar::Int(int) => Some(int.to_string()),
            Scalar::Float(float) => Some(float.to_string()),
            _ => None,
        })
        .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sql(value: &str) -> Job {
        let pieces = vec![Piece::Sql("select".to_owned()), Piece::Param(Scalar::text(value))];
        Job::Sql { connection: "db".into(), query: BoundQuery { pieces } }
    }

    #[test]
    fn a_failure_is_one_of_the_query_unless_its_connection_is_down() {
        let rows = Job::Rows(Vec::new().into());
        for (kind, job, is_reported) in [
            (DataErrorKind::Rejected, sql(""), true),
            (DataErrorKind::Timeout, sql(""), true),
            (DataErrorKind::File, rows, true),
            (DataErrorKind::File, sql(""), false),
            (DataErrorKind::Unreachable, sql(""), false),
            (DataErrorKind::Cancelled, sql(""), false),
        ] {
            assert_eq!(is_of_the_query(kind, &job), is_reported, "{kind:?}");
        }
    }

    #[test]
    fn values_of_readers_are_not_logged() {
        let said = "invalid input syntax for type integer: \"Ada\" at Ada";
        assert_eq!(without_values(said, &sql("Ada")), "invalid input syntax for type integer: \"…\" at Ada");
        assert_eq!(without_values("no such column: x", &sql("")), "no such column: x");
    }
}
