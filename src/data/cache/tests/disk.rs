//! Results that outlive the process.

use std::path::PathBuf;

use super::*;

/// A cache whose results survive it, in a folder.
fn on_disk(folder: &tempfile::TempDir, disk_bytes: u64) -> Arc<Cache> {
    let folder = Some(folder.path().join("cache"));
    Arc::new(Cache::new(CacheSettings { bytes: 1 << 20, folder, disk_bytes }))
}

/// Asks as the data layer does: the disk first, if that is allowed.
async fn ask_disk(cache: &Arc<Cache>, slot: Slot, outcome: Result<i64, DataError>) -> Outcome {
    let compute = |purpose| {
        let (cache, outcome) = (Arc::clone(cache), outcome.clone());
        async move {
            let restored = (purpose == Purpose::Demand).then(|| cache.restore(&slot)).flatten();
            restored.map_or_else(|| outcome.map(|rows| made(table(rows))), Ok)
        }
    };
    let found = cache.get_or_compute(slot, compute).await;
    cache.written().await;
    found
}

#[tokio::test]
async fn what_is_on_disk_survives_with_the_rest_of_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let first = on_disk(&folder, 1 << 20);
    ask_disk(&first, slot(1, PERSISTENT), Ok(1)).await.unwrap();
    ask_disk(&first, slot(2, FOREVER), Ok(1)).await.unwrap();
    assert_eq!(first.room().disk_entries, 1, "only what is to persist");

    let second = on_disk(&folder, 1 << 20);
    let found = ask_disk(&second, slot(1, PERSISTENT), Err(refused())).await.unwrap();
    assert_eq!((found.table.rows(), second.stats().restored, second.stats().misses), (1, 1, 1));
    let left = found.cached.unwrap().fresh_until.unwrap().duration_since(Instant::now());
    assert!(left <= Duration::from_hours(1));
    assert!(ask_disk(&second, slot(2, FOREVER), Err(refused())).await.is_err());

    let third = on_disk(&folder, 1 << 20);
    let strict = spec::Cache { ttl: Some(Duration::from_nanos(1)), ..PERSISTENT };
    assert!(ask_disk(&third, slot(1, strict), Err(refused())).await.is_err(), "too old for this query");
    let found = ask_disk(&third, slot(1, spec::Cache { persist: true, ..STALE }), Ok(2)).await.unwrap();
    assert_eq!(found.table.rows(), 1, "shown while a refresh runs");
    until(|| third.stats().refreshes == 1 && third.lock().flights.is_empty()).await;
    third.written().await;
    let fourth = on_disk(&folder, 1 << 20);
    assert_eq!(ask_disk(&fourth, slot(1, PERSISTENT), Err(refused())).await.unwrap().table.rows(), 2);
}

#[tokio::test]
async fn what_is_forgotten_is_forgotten_on_disk_too() {
    let folder = tempfile::tempdir().unwrap();
    for by_query in [false, true] {
        let cache = on_disk(&folder, 1 << 20);
        ask_disk(&cache, slot(1, PERSISTENT), Ok(1)).await.unwrap();
        assert_eq!(cache.room().disk_entries, 1);
        if by_query {
            cache.forget_query(Fingerprint(0));
        } else {
            cache.forget(Fingerprint(1));
        }
        assert_eq!(cache.room().disk_entries, 0);
        cache.written().await;
        assert!(ask_disk(&on_disk(&folder, 1 << 20), slot(1, PERSISTENT), Err(refused())).await.is_err());
    }
    // Also what nobody has read since the start.
    ask_disk(&on_disk(&folder, 1 << 20), slot(1, PERSISTENT), Ok(1)).await.unwrap();
    let unread = on_disk(&folder, 1 << 20);
    unread.forget_query(Fingerprint(0));
    unread.written().await;
    let again = on_disk(&folder, 1 << 20);
    again.written().await;
    assert_eq!((unread.room().disk_entries, again.room().disk_entries), (0, 0));
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the files of the test")]
async fn a_file_that_cannot_be_read_is_dropped_and_others_cannot_read_any() {
    let folder = tempfile::tempdir().unwrap();
    ask_disk(&on_disk(&folder, 1 << 20), slot(1, PERSISTENT), Ok(1)).await.unwrap();
    let files = || -> Vec<PathBuf> {
        std::fs::read_dir(folder.path().join("cache")).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let [file] = &files()[..] else { panic!("{:?}", files()) };
    #[cfg(unix)]
    for (path, mode) in [(file.as_path(), 0o600), (file.parent().unwrap(), 0o700)] {
        let found = std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions());
        assert_eq!(found & 0o777, mode, "{}", path.display());
    }
    std::fs::write(file, "nonsense").unwrap();
    std::fs::write(file.with_extension("other"), "no result").unwrap();
    let cache = on_disk(&folder, 1 << 20);
    assert!(ask_disk(&cache, slot(1, PERSISTENT), Err(refused())).await.is_err());
    assert_eq!((cache.room().disk_entries, files().len()), (0, 1));
}

#[tokio::test]
async fn what_was_used_longest_ago_makes_room_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let first = on_disk(&folder, 1 << 20);
    for key in 0..6 {
        ask_disk(&first, slot(key, PERSISTENT), Ok(1)).await.unwrap();
    }
    let each = first.room().disk_bytes / 6;
    // The order is that of the files' times after a restart: the first is used once more.
    ask_disk(&on_disk(&folder, 1 << 20), slot(0, PERSISTENT), Err(refused())).await.unwrap();
    let tight = on_disk(&folder, each * 4 + each / 2);
    ask_disk(&tight, slot(9, PERSISTENT), Ok(1)).await.unwrap();
    assert_eq!(tight.room().disk_entries, 4);
    assert!(tight.room().disk_bytes <= tight.room().disk_limit);
    for (key, is_there) in [(0, true), (1, false), (2, false), (5, true), (9, true)] {
        let found = tight.restore(&slot(key, PERSISTENT));
        assert_eq!(found.is_some(), is_there, "{key}");
    }
    ask_disk(&tight, slot(10, PERSISTENT), Ok(10_000)).await.unwrap();
    assert!(tight.restore(&slot(10, PERSISTENT)).is_none(), "a result above a quarter of the budget is not kept");
}

/// What is on disk, by a look at the folder itself.
fn files(folder: &tempfile::TempDir) -> usize {
    let entries = folder.path().join("cache").read_dir();
    entries.map_or(0, |entries| {
        entries.filter(|entry| entry.as_ref().unwrap().path().extension().unwrap() == "table").count()
    })
}

#[tokio::test]
async fn while_a_write_is_under_way_nothing_that_it_puts_out_of_date_is_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let of = |query: u128, key: u128| Slot { query: Fingerprint(query), ..slot(key, PERSISTENT) };
    let before = on_disk(&folder, 1 << 20);
    for (query, key) in [(1, 10), (1, 11), (2, 20)] {
        ask_disk(&before, of(query, key), Ok(1)).await.unwrap();
    }
    // Of a process that has not even looked at its folder.
    let cache = on_disk(&folder, 1 << 20);
    let write = cache.bar(&BTreeSet::from([Fingerprint(1)])).await;
    assert_eq!(files(&folder), 1, "what a commit puts out of date would outlive a process that ends right behind it");
    ask_disk(&cache, of(1, 12), Ok(1)).await.unwrap();
    ask_disk(&cache, of(2, 21), Ok(1)).await.unwrap();
    assert_eq!(files(&folder), 2, "nor does it get there meanwhile");
    drop(write);
    ask_disk(&cache, of(1, 12), Err(refused())).await.unwrap();
    assert_eq!(files(&folder), 3, "what was kept out is stored when it is used again");
}

#[tokio::test]
async fn what_waits_for_the_disk_does_not_come_back_after_a_write() {
    let folder = tempfile::tempdir().unwrap();
    let cache = on_disk(&folder, 1 << 20);
    for key in 0..20 {
        put(&cache, slot(key, PERSISTENT), 100).await;
        cache.evict(Fingerprint(key));
    }
    cache.forget_query(Fingerprint(0));
    cache.written().await;
    assert_eq!((cache.room().disk_entries, files(&folder)), (0, 0));
}

#[tokio::test]
async fn a_restored_result_is_as_old_as_it_is_and_counted_once_for_each_who_asks() {
    let folder = tempfile::tempdir().unwrap();
    ask_disk(&on_disk(&folder, 1 << 20), slot(1, PERSISTENT), Ok(1)).await.unwrap();
    let since = Instant::now();
    let cache = on_disk(&folder, 1 << 20);
    let asked = (0..5).map(|_| ask_disk(&cache, slot(1, PERSISTENT), Err(refused())));
    for found in futures_util::future::join_all(asked).await {
        assert_eq!(found.unwrap().table.rows(), 1);
    }
    let stats = cache.stats();
    assert_eq!((stats.misses, stats.restored, stats.shared, stats.hits), (1, 1, 4, 0));
    let newer = Slot { since: Some(since), ..slot(1, PERSISTENT) };
    assert_eq!(ask_disk(&cache, newer, Ok(2)).await.unwrap().table.rows(), 2, "whoever wants a newer one gets it");
}
