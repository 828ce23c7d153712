//! Does jobs: in databases, over HTTP, and in this process.

use std::sync::Arc;
use std::time::{Duration, Instant};

use appspec_lang::spec::Name;
use polars::prelude::{IntoLazy, LazyFrame, PolarsError};
use tokio::task::spawn_blocking;

use crate::bind::BoundQuery;
use crate::cache::failure_of;
use crate::connection::{Answer, QueryLimits};
use crate::data::Data;
use crate::error::{DataError, DataErrorKind};
use crate::file::{Body, Format};
use crate::job::{FileJob, HttpJob, Input, Job, Policy, Whole};
use crate::literal::literal_sql;
use crate::table::Table;
use crate::window::{Window, part_of, pushed};
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
            Job::Part { of: Whole::Job(job), .. } if matches!(**job, Job::Sql { .. }) => None,
            Job::Http(_) | Job::Rows(_) => policy.timeout,
            Job::File(_) | Job::Transform { .. } | Job::Generate { .. } | Job::Part { .. } => {
                Some(policy.timeout.unwrap_or(TIMEOUT))
            }
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
            Job::Part { of, window } => self.part(of, window, policy).await,
        }
    }

    /// A part of a table: made where the table is, if that can take it apart, else of the whole.
    async fn part(&self, of: Whole, window: Window, policy: &Policy) -> Result<Table, DataError> {
        let this = self.clone();
        let job = match of {
            Whole::Table(table) => return self.blocking(move || this.part_of_table(&table, &window)).await,
            Whole::Job(job) => *job,
        };
        match job {
            Job::Sql { connection, query } => {
                let limits = QueryLimits { max_rows: None, timeout: policy.timeout };
                let pushed = pushed(&query, &window, self.connections().dialect(&connection)?);
                let table = self.connections().query(&connection, &pushed.query, &limits).await?;
                Ok(if pushed.is_turned { table.turned() } else { table })
            }
            Job::File(file) => {
                let read = move || {
                    let files = this.files();
                    this.collect_part(files.scan(&file)?, &window, true, |error| files.failure(&file.path, error))
                };
                self.blocking(read).await
            }
            Job::Transform { query, tables } => {
                let read = move || {
                    let (plan, sql) = this.plan(&query, &tables)?;
                    let from_files = tables.iter().any(|(_, input)| matches!(input, Input::File(_)));
                    this.collect_part(plan, &window, from_files, |error| this.rejection(&sql, error))
                };
                self.blocking(read).await
            }
            other => {
                let table = Box::pin(self.work(&other, policy)).await?;
                self.blocking(move || this.part_of_table(&table, &window)).await
            }
        }
    }

    fn part_of_table(&self, table: &Table, window: &Window) -> Result<Table, DataError> {
        let plan = table.frame().clone().lazy();
        let part = self.collect_part(plan, window, false, |error| DataError::internal(error.to_string()))?;
        Ok(part.said_of(table))
    }

    fn collect_part(
        &self,
        plan: LazyFrame,
        window: &Window,
        from_files: bool,
        failure: impl Fn(&PolarsError) -> DataError,
    ) -> Result<Table, DataError> {
        let (plan, is_turned) = part_of(plan, window)?;
        let frame = transform::collect(plan, None, from_files).map_err(|error| failure(&error))?;
        let table = Table::from_frame(&frame, self.zone())?;
        Ok(if is_turned { table.turned() } else { table })
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
        let (plan, sql) = self.plan(query, tables)?;
        let from_files = tables.iter().any(|(_, input)| matches!(input, Input::File(_)));
        let frame = transform::collect(plan, max_rows, from_files).map_err(|error| self.rejection(&sql, &error))?;
        Ok(Table::from_frame(&frame, self.zone())?.cut_to(max_rows))
    }

    /// The plan of a transform, and its SQL with the values in it.
    fn plan(&self, query: &BoundQuery, tables: &[(Name, Input)]) -> Result<(LazyFrame, String), DataError> {
        let inputs = tables.iter().map(|(name, input)| {
            let frame = match input {
                Input::Table(table) => table.frame().clone().lazy(),
                Input::File(file) => self.files().scan(file)?,
            };
            Ok((Name::clone(name), frame))
        });
        let inputs: Vec<(Name, LazyFrame)> = inputs.collect::<Result<_, DataError>>()?;
        let sql = literal_sql(query)?;
        Ok((transform::plan(&sql, inputs)?, sql))
    }

    /// What Polars says of a transform, without saying where its files lie.
    fn rejection(&self, sql: &str, error: &PolarsError) -> DataError {
        let rejection = transform::rejection(sql, error);
        DataError { message: self.files().without_root(rejection.message.to_string()).into(), ..rejection }
    }
}
