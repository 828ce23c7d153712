//! Does jobs: in databases, over HTTP, and in this process.

use std::sync::Arc;
use std::time::{Duration, Instant};

use appspec_lang::spec::Name;
use polars::prelude::{IntoLazy, LazyFrame};
use tokio::task::spawn_blocking;

use crate::bind::BoundQuery;
use crate::cache::failure_of;
use crate::connection::{Answer, QueryLimits};
use crate::data::Data;
use crate::error::{DataError, DataErrorKind};
use crate::file::{Body, Format};
use crate::job::{FileJob, HttpJob, Input, Job, Policy};
use crate::literal::literal_sql;
use crate::table::Table;
use crate::{generate, rows, transform};

/// How long what is computed in this process may take where its query says nothing else; the same as in databases.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Bytes of a table that takes a moment to be digested.
const LARGE: usize = 1_000_000;

impl Data {
    pub(crate) async fn compute(&self, job: &Job, policy: &Policy) -> Result<Table, DataError> {
        let running = self.cache().run(policy.query);
        let started = Instant::now();
        let outcome = self.compute_in_time(job, policy).await;
        running.end(started.elapsed(), outcome.is_err());
        if let Err(error) = &outcome {
            self.reports().note(policy.query, job, error);
        }
        match outcome {
            // Every reader asks for it next, and it may last some milliseconds.
            Ok(table) if table.bytes() > LARGE => {
                let digested = spawn_blocking(move || {
                    table.fingerprint();
                    table
                });
                digested.await.map_err(|error| failure_of(&error))
            }
            outcome => outcome,
        }
    }

    async fn compute_in_time(&self, job: &Job, policy: &Policy) -> Result<Table, DataError> {
        let limit = match job {
            // A connection keeps the time itself: in the database.
            Job::Sql { .. } => None,
            Job::Http(_) | Job::Rows(_) => policy.timeout,
            Job::File(_) | Job::Transform { .. } | Job::Generate { .. } => Some(policy.timeout.unwrap_or(TIMEOUT)),
        };
        let Some(limit) = limit else { return self.work(job, policy).await };
        tokio::time::timeout(limit, self.work(job, policy)).await.unwrap_or_else(|_| Err(DataError::timeout(limit)))
    }

    async fn work(&self, job: &Job, policy: &Policy) -> Result<Table, DataError> {
        let this = self.clone();
        let max_rows = policy.max_rows;
        match job.clone() {
            Job::Sql { connection, query } => {
                let limits = QueryLimits { max_rows, timeout: policy.timeout };
                self.connections().query(&connection, &query, &limits).await
            }
            Job::File(file) => self.blocking(move || this.read(&file, max_rows)).await,
            Job::Http(job) => {
                let answer = self.connections().get(&job.connection, &job.target, policy.timeout).await?;
                self.blocking(move || this.take(&job, answer, max_rows)).await
            }
            Job::Transform { query, tables } => self.blocking(move || this.transform(&query, &tables, max_rows)).await,
            Job::Rows(rows) => Ok(rows::table_of(&rows)?.cut_to(max_rows)),
            Job::Generate { spec, seed } => {
                self.blocking(move || Ok(generate::table_of(&spec, seed)?.cut_to(max_rows))).await
            }
        }
    }

    fn read(&self, file: &FileJob, max_rows: Option<u64>) -> Result<Table, DataError> {
        let files = self.files();
        let frame =
            transform::collect(files.scan(file)?, max_rows, true).map_err(|error| files.failure(&file.path, &error))?;
        Ok(Table::from_frame(&frame, self.zone())?.cut_to(max_rows))
    }

    /// Makes a table of an answer over HTTP.
    fn take(&self, job: &HttpJob, answer: Answer, max_rows: Option<u64>) -> Result<Table, DataError> {
        let path = job.target.split('?').next().unwrap_or_default();
        let called = format!("{}/{}", job.connection, path.trim_start_matches('/'));
        let content_type = answer.content_type.clone().unwrap_or_default();
        let bytes: Arc<[u8]> = answer.unpacked(&called)?.into();
        let format = match job.format {
            Some(format) => format.into(),
            None => Format::of_answer(&content_type, path, &bytes).ok_or_else(|| {
                let message = if content_type.starts_with("text/html") {
                    format!("`{called}` is a web page: is the path right?")
                } else {
                    format!("`{called}` does not tell what it is: give the query a `format`")
                };
                DataError::rejected(message)
            })?,
        };
        let body = Body { called: &called, bytes, format, options: &job.options, path: job.path.as_deref() };
        let files = self.files();
        let read = files.read(body).and_then(|frame| {
            transform::collect(frame, max_rows, false).map_err(|error| files.failure(&called, &error))
        });
        // What is wrong is wrong with the answer: no file is missing.
        let frame = read.map_err(|error| DataError { kind: DataErrorKind::Rejected, ..error })?;
        Ok(Table::from_frame(&frame, self.zone())?.cut_to(max_rows))
    }

    fn transform(
        &self,
        query: &BoundQuery,
        tables: &[(Name, Input)],
        max_rows: Option<u64>,
    ) -> Result<Table, DataError> {
        let inputs = tables.iter().map(|(name, input)| {
            let frame = match input {
                Input::Table(table) => table.frame().clone().lazy(),
                Input::File(file) => self.files().scan(file)?,
            };
            Ok((Name::clone(name), frame))
        });
        let inputs: Vec<(Name, LazyFrame)> = inputs.collect::<Result<_, DataError>>()?;
        let sql = literal_sql(query)?;
        let plan = transform::plan(&sql, inputs)?;
        let from_files = tables.iter().any(|(_, input)| matches!(input, Input::File(_)));
        let frame = transform::collect(plan, max_rows, from_files).map_err(|error| {
            let rejection = transform::rejection(&sql, &error);
            DataError { message: self.files().without_root(rejection.message.to_string()).into(), ..rejection }
        })?;
        Ok(Table::from_frame(&frame, self.zone())?.cut_to(max_rows))
    }
}
