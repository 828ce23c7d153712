//! Values that are kept for browsers: an `SQLite` file of the server's own.
//!
//! What [`StateFile::save`] has returned from is on disk, whatever becomes of the process. Savers that come at the same
//! time share one transaction, and so one wait for the disk. The file is bounded: each browser may have so much, all
//! together so much, and who was not seen for long is forgotten.

mod schema;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection, Row};
use tokio::sync::{Mutex as AsyncMutex, MutexGuard as AsyncMutexGuard, oneshot};

use crate::error::DataError;

/// The longest value that is kept, in bytes.
const LONGEST: usize = 64_000;

/// How much one browser may have: values, and bytes of all of them with their names.
const MOST_VALUES: i64 = 1000;
const MOST_BYTES: i64 = 1_000_000;

/// How many seconds pass until it is noted again that a browser was seen.
const DAY: i64 = 24 * 3600;

/// How many seconds a browser has not been seen for that makes room for others, if there is none.
const MONTH: i64 = 30 * DAY;

/// Where values are kept, and how much and how long.
#[derive(Clone, Debug)]
pub struct StateSettings {
    pub path: PathBuf,
    /// The most bytes that the file may have.
    pub bytes: u64,
    /// How long after its last visit a browser is forgotten.
    pub expires: Duration,
}

/// A value of a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptValue {
    /// The page that it is of; empty for all pages.
    pub place: String,
    pub key: String,
    pub value: String,
}

/// A value that has changed; none is forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptChange {
    pub place: String,
    pub key: String,
    pub value: Option<String>,
}

/// Why something is not kept; nothing of what was to be saved together is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotKept {
    /// One value, or all of the browser, would take too much.
    TooMuch,
    /// There is no room left for anybody.
    Full,
    /// The file cannot be written; the log says why.
    Broken,
}

impl fmt::Display for NotKept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooMuch => "more than is kept for one browser",
            Self::Full => "there is no room left to keep anything",
            Self::Broken => "the server cannot keep anything just now",
        })
    }
}

/// What was asked to be saved, and who waits for it.
struct Save {
    browser: String,
    changes: Vec<KeptChange>,
    /// The moment, in seconds.
    now: i64,
    done: oneshot::Sender<Result<(), NotKept>>,
}

/// The file; it is made when something is kept first.
#[derive(Clone)]
pub struct StateFile(Arc<Inner>);

struct Inner {
    settings: StateSettings,
    waiting: Mutex<Vec<Save>>,
    /// Writes one transaction at a time.
    writer: AsyncMutex<Option<SqliteConnection>>,
    reader: AsyncMutex<Option<SqliteConnection>>,
}

impl fmt::Debug for StateFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StateFile").field(&self.0.settings).finish()
    }
}

impl StateFile {
    pub fn new(settings: StateSettings) -> Self {
        let inner =
            Inner { settings, waiting: Mutex::default(), writer: AsyncMutex::default(), reader: AsyncMutex::default() };
        Self(Arc::new(inner))
    }

    /// Sees whether the file can be written.
    pub async fn open(&self) -> Result<(), DataError> {
        let mut writer = self.0.writer.lock().await;
        self.0.connect(&mut writer).await.map(drop).map_err(|error| DataError::file(error.to_string()))
    }

    /// What is kept for a browser at a place and for all pages. What cannot be read is as if it was not there.
    pub async fn values(&self, browser: &str, place: &str, now: i64) -> Vec<KeptValue> {
        let (seen, values) = match self.0.read(browser, place).await {
            Ok(found) => found,
            Err(error) => {
                tracing::error!("what is kept for browsers cannot be read: {error}");
                return Vec::new();
            }
        };
        if seen.is_some_and(|seen| seen < now - DAY) {
            // Whoever comes is not forgotten; nobody waits for that.
            drop(self.begin_save(browser, Vec::new(), now));
        }
        values
    }

    /// Keeps and forgets values of a browser: all of them, or none.
    pub async fn save(&self, browser: &str, changes: Vec<KeptChange>, now: i64) -> Result<(), NotKept> {
        if changes.iter().any(|change| change.value.as_ref().is_some_and(|value| value.len() > LONGEST)) {
            return Err(NotKept::TooMuch);
        }
        self.begin_save(browser, changes, now).await.unwrap_or(Err(NotKept::Broken))
    }

    /// Has changes saved with all that wait by then, to the end, whoever still waits.
    fn begin_save(&self, browser: &str, changes: Vec<KeptChange>, now: i64) -> oneshot::Receiver<Result<(), NotKept>> {
        let (done, saved) = oneshot::channel();
        self.0.lock_waiting().push(Save { browser: browser.to_owned(), changes, now, done });
        let inner = Arc::clone(&self.0);
        tokio::spawn(async move { inner.write_waiting().await });
        saved
    }
}

impl Inner {
    fn lock_waiting(&self) -> std::sync::MutexGuard<'_, Vec<Save>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection, opened if there is none.
    async fn connect<'g>(
        &self,
        connection: &'g mut AsyncMutexGuard<'_, Option<SqliteConnection>>,
    ) -> Result<&'g mut SqliteConnection, sqlx::Error> {
        if connection.is_none() {
            **connection = Some(schema::open(&self.settings).await?);
        }
        Ok(connection.as_mut().expect("it was opened above"))
    }

    async fn read(&self, browser: &str, place: &str) -> Result<(Option<i64>, Vec<KeptValue>), sqlx::Error> {
        if !self.settings.path.exists() {
            return Ok((None, Vec::new()));
        }
        let mut reader = self.reader.lock().await;
        let connection = self.connect(&mut reader).await?;
        let sql = "select b.seen, k.place, k.key, k.value from browser b left join kept k \
                   on k.browser = b.id and k.place in ('', ?) where b.id = ?";
        let rows = match sqlx::query(sql).bind(place).bind(browser).fetch_all(connection).await {
            Ok(rows) => rows,
            Err(error) => {
                *reader = None;
                return Err(error);
            }
        };
        let seen = rows.first().map(|row| row.try_get("seen")).transpose()?;
        let value = |row: &SqliteRow| -> Result<Option<KeptValue>, sqlx::Error> {
            let Some(key) = row.try_get("key")? else { return Ok(None) };
            Ok(Some(KeptValue { place: row.try_get("place")?, key, value: row.try_get("value")? }))
        };
        let values = rows.iter().filter_map(|row| value(row).transpose()).collect::<Result<_, _>>()?;
        Ok((seen, values))
    }

    /// Writes all that waits in one transaction, if nobody did before.
    async fn write_waiting(&self) {
        let mut writer = self.writer.lock().await;
        let saves = std::mem::take(&mut *self.lock_waiting());
        if saves.is_empty() {
            return;
        }
        let connection = match self.connect(&mut writer).await {
            Ok(connection) => connection,
            Err(error) => return refuse(saves, &error),
        };
        let mut results = match self.write(connection, &saves).await {
            Ok(results) => results,
            Err(error) => {
                // Whatever was begun ends with its connection.
                *writer = None;
                return refuse(saves, &error);
            }
        };
        if results.contains(&Err(NotKept::Full)) {
            tracing::warn!("no room is left for what is kept for browsers");
        }
        for (save, result) in saves.into_iter().zip(results.drain(..)) {
            // Whoever does not wait any more need not know.
            let _nobody_waits = save.done.send(result);
        }
    }

    async fn write(
        &self,
        connection: &mut SqliteConnection,
        saves: &[Save],
    ) -> Result<Vec<Result<(), NotKept>>, sqlx::Error> {
        let now = saves.iter().map(|save| save.now).max().unwrap_or_default();
        let lifetime = i64::try_from(self.settings.expires.as_secs()).unwrap_or(i64::MAX);
        let oldest = now.saturating_sub(lifetime);
        let mut transaction = connection.begin_with("begin immediate").await?;
        let mut results = Vec::with_capacity(saves.len());
        for save in saves {
            let mut result = schema::save(&mut transaction, save).await?;
            while result == Err(NotKept::Full)
                && (schema::forget(&mut transaction, oldest).await?
                    || schema::forget_oldest(&mut transaction, now - MONTH).await?)
            {
                result = schema::save(&mut transaction, save).await?;
            }
            results.push(result);
        }
        // Behind the others: one of them may have noted that somebody was seen.
        schema::forget(&mut transaction, oldest).await?;
        transaction.commit().await?;
        Ok(results)
    }
}

/// Tells all who wait that nothing was written.
fn refuse(saves: Vec<Save>, error: &sqlx::Error) {
    tracing::error!("what is kept for browsers cannot be written: {error}");
    for save in saves {
        let _nobody_waits = save.done.send(Err(NotKept::Broken));
    }
}

#[cfg(test)]
mod tests;
