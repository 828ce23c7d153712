//! The tables of the file, and the statements on them.

use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, Row};

use super::{MOST_BYTES, MOST_VALUES, NotKept, Save, StateSettings};
use crate::private::{make_private_folder, touch_private};

const TABLES: &str = "
    create table if not exists browser (id text primary key, seen integer not null) without rowid;
    create index if not exists browser_seen on browser (seen);
    create table if not exists kept (
        browser text not null, place text not null, key text not null, value text not null,
        primary key (browser, place, key)
    ) without rowid;
";

/// How long a writer waits for another process.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many pages are left free beside what a value needs: its way through the trees may split some.
const SPARE_PAGES: i64 = 8;

/// Opens the file, and makes it where there is none.
pub(super) async fn open(settings: &StateSettings) -> Result<SqliteConnection, sqlx::Error> {
    if let Some(folder) = settings.path.parent() {
        make_private_folder(folder)?;
    }
    touch_private(&settings.path)?;
    let options = SqliteConnectOptions::new()
        .filename(&settings.path)
        .journal_mode(SqliteJournalMode::Wal)
        // A commit that was reported is on disk, also when the power fails.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(PATIENCE)
        .pragma("journal_size_limit", "4000000")
        .disable_statement_logging();
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let page = number(&mut connection, "pragma page_size").await?.max(1);
    let pages = i64::try_from(settings.bytes).unwrap_or(i64::MAX) / page;
    connection.execute(AssertSqlSafe(format!("pragma max_page_count = {pages}"))).await?;
    connection.execute(TABLES).await?;
    Ok(connection)
}

async fn number(connection: &mut SqliteConnection, sql: &'static str) -> Result<i64, sqlx::Error> {
    sqlx::query(sql).fetch_one(connection).await?.try_get(0)
}

/// Whether there are pages for so many bytes in so many values.
///
/// Whoever ran into the end of the file would lose all of the transaction.
async fn has_room(connection: &mut SqliteConnection, save: &Save) -> Result<bool, sqlx::Error> {
    let values = save.changes.iter().filter_map(|change| change.value.as_ref());
    let (count, bytes) = values.fold((0, 0), |(count, bytes), value| (count + 1, bytes + value.len()));
    if count == 0 {
        return Ok(true);
    }
    let page = number(connection, "pragma page_size").await?.max(1);
    let most = number(connection, "pragma max_page_count").await?;
    let used = number(connection, "pragma page_count").await? - number(connection, "pragma freelist_count").await?;
    let needed = i64::try_from(bytes).unwrap_or(i64::MAX) / page + 2 * count + SPARE_PAGES;
    Ok(used.saturating_add(needed) <= most)
}

/// Keeps and forgets values of one browser, or nothing.
pub(super) async fn save(connection: &mut SqliteConnection, save: &Save) -> Result<Result<(), NotKept>, sqlx::Error> {
    if !has_room(connection, save).await? {
        return Ok(Err(NotKept::Full));
    }
    connection.execute("savepoint one").await?;
    let result = try_save(connection, save).await?;
    if result.is_err() {
        connection.execute("rollback to one").await?;
    }
    connection.execute("release one").await?;
    Ok(result)
}

async fn try_save(connection: &mut SqliteConnection, save: &Save) -> Result<Result<(), NotKept>, sqlx::Error> {
    for change in &save.changes {
        let (sql, value) = match &change.value {
            Some(value) => (
                "insert into kept (browser, place, key, value) values (?, ?, ?, ?) \
                 on conflict do update set value = excluded.value",
                Some(value),
            ),
            None => ("delete from kept where browser = ? and place = ? and key = ?", None),
        };
        let query = sqlx::query(sql).bind(&save.browser).bind(&change.place).bind(&change.key);
        let query = if let Some(value) = value { query.bind(value) } else { query };
        query.execute(&mut *connection).await?;
    }
    let used = "select count(*) as number, \
                coalesce(sum(length(cast(value as blob)) + length(key) + length(place)), 0) as bytes \
                from kept where browser = ?";
    let used = sqlx::query(used).bind(&save.browser).fetch_one(&mut *connection).await?;
    let (number, bytes): (i64, i64) = (used.try_get("number")?, used.try_get("bytes")?);
    let adds = save.changes.iter().any(|change| change.value.is_some());
    if adds && (number > MOST_VALUES || bytes > MOST_BYTES) {
        return Ok(Err(NotKept::TooMuch));
    }
    // A browser of which nothing is kept is not known.
    let known = if number == 0 {
        sqlx::query("delete from browser where id = ?").bind(&save.browser)
    } else {
        sqlx::query(
            "insert into browser (id, seen) values (?, ?) on conflict do update set seen = max(seen, excluded.seen)",
        )
        .bind(&save.browser)
        .bind(save.now)
    };
    known.execute(connection).await?;
    Ok(Ok(()))
}

/// Forgets all browsers that were not seen since a moment; tells whether there were any.
pub(super) async fn forget(connection: &mut SqliteConnection, since: i64) -> Result<bool, sqlx::Error> {
    let is_any: i64 = sqlx::query("select exists (select 1 from browser where seen < ?)")
        .bind(since)
        .fetch_one(&mut *connection)
        .await?
        .try_get(0)?;
    if is_any == 0 {
        return Ok(false);
    }
    for sql in [
        "delete from kept where browser in (select id from browser where seen < ?)",
        "delete from browser where seen < ?",
    ] {
        sqlx::query(sql).bind(since).execute(&mut *connection).await?;
    }
    Ok(true)
}

/// Forgets a tenth of the browsers, those that were not seen for longest, unless that was after a moment; tells whether
/// there were any.
pub(super) async fn forget_oldest(connection: &mut SqliteConnection, since: i64) -> Result<bool, sqlx::Error> {
    let oldest = "create temporary table oldest as select id from browser where seen < ? order by seen \
                  limit (select count(*) / 10 + 1 from browser)";
    sqlx::query(oldest).bind(since).execute(&mut *connection).await?;
    connection.execute("delete from kept where browser in (select id from oldest)").await?;
    let forgotten = connection.execute("delete from browser where id in (select id from oldest)").await?;
    connection.execute("drop table oldest").await?;
    Ok(forgotten.rows_affected() > 0)
}
