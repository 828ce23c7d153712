//! The cache by itself: its flights, how results grow old, its budget, and what is on disk.

mod disk;

use std::sync::atomic::AtomicUsize;

use appspec_lang::spec;
use appspec_lang::value::{Scalar, Type};
use tokio::sync::{Semaphore, oneshot};

use super::*;
use crate::error::DataErrorKind;

const FOREVER: spec::Cache = spec::Cache::FOREVER;

/// Old at once, and shown for as long as nothing newer is there.
const STALE: spec::Cache = spec::Cache { ttl: Some(Duration::from_nanos(1)), stale: Duration::MAX, ..FOREVER };

const PERSISTENT: spec::Cache = spec::Cache { ttl: Some(Duration::from_hours(1)), persist: true, ..FOREVER };

fn cache_of(bytes: u64) -> Arc<Cache> {
    Arc::new(Cache::new(CacheSettings { bytes, ..CacheSettings::default() }))
}

fn slot(key: u128, cache: spec::Cache) -> Slot {
    Slot { cache, ..Slot::new(Fingerprint(key), Fingerprint(0)) }
}

/// A table of so many ints, eight bytes each.
fn table(rows: i64) -> Table {
    Table::from_columns(vec![("x".into(), Type::Int, (0..rows).map(Scalar::Int).collect())]).unwrap()
}

fn made(table: Table) -> Made {
    Made::since(Instant::now(), table)
}

fn refused() -> DataError {
    DataError::rejected("no")
}

async fn ask(cache: &Arc<Cache>, slot: Slot, outcome: Result<i64, DataError>) -> Outcome {
    cache.get_or_compute(slot, |_| ready(outcome.clone().map(|rows| made(table(rows))))).await
}

async fn put(cache: &Arc<Cache>, slot: Slot, rows: i64) -> Cached {
    ask(cache, slot, Ok(rows)).await.unwrap().cached.unwrap()
}

/// Whether there is something to show in memory.
fn holds(cache: &Cache, key: u128) -> bool {
    cache.peek(&Cached::unread(Fingerprint(key), Fingerprint(0))).is_some()
}

async fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_hundred_concurrent_misses_compute_once() {
    for fails in [false, true] {
        let cache = cache_of(1 << 20);
        let (computed, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
        let demands: Vec<_> = (0..100)
            .map(|_| {
                let (cache, computed, gate) = (Arc::clone(&cache), Arc::clone(&computed), Arc::clone(&gate));
                let compute = move |_| {
                    let (computed, gate) = (Arc::clone(&computed), Arc::clone(&gate));
                    async move {
                        computed.fetch_add(1, Ordering::Relaxed);
                        let _open = gate.acquire().await;
                        if fails { Err(refused()) } else { Ok(made(table(1))) }
                    }
                };
                tokio::spawn(async move { cache.get_or_compute(slot(1, FOREVER), compute).await })
            })
            .collect();
        until(|| cache.stats().shared >= 99).await;
        gate.add_permits(1);
        for demand in demands {
            assert_eq!(demand.await.unwrap().is_err(), fails);
        }
        assert_eq!((computed.load(Ordering::Relaxed), cache.stats().misses), (1, 1));
        assert_eq!(cache.stats().entries, u64::from(!fails), "failures are not kept");
    }
}

/// A computation that says when it has begun, ends when it is let, and says when it is dropped.
struct Gated {
    begun: Option<oneshot::Sender<()>>,
    open: oneshot::Receiver<()>,
    _dropped: oneshot::Sender<()>,
}

struct Controls {
    begun: oneshot::Receiver<()>,
    open: oneshot::Sender<()>,
    dropped: oneshot::Receiver<()>,
}

fn gated() -> (Gated, Controls) {
    let (start, begun) = oneshot::channel();
    let (open, opened) = oneshot::channel();
    let (drop, dropped) = oneshot::channel();
    (Gated { begun: Some(start), open: opened, _dropped: drop }, Controls { begun, open, dropped })
}

impl Gated {
    async fn run(mut self) -> Result<Made, DataError> {
        self.begun.take().unwrap().send(()).unwrap();
        (&mut self.open).await.unwrap();
        Ok(made(table(1)))
    }
}

/// Asks in a task of its own; only the first computation that is started is the gated one.
fn ask_gated(cache: &Arc<Cache>, gated: Gated) -> tokio::task::JoinHandle<Outcome> {
    let cache = Arc::clone(cache);
    tokio::spawn(async move {
        let gated = Mutex::new(Some(gated));
        cache.get_or_compute(slot(1, FOREVER), |_| gated.lock().unwrap().take().unwrap().run()).await
    })
}

fn ask_again(cache: &Arc<Cache>) -> tokio::task::JoinHandle<Outcome> {
    let cache = Arc::clone(cache);
    tokio::spawn(async move { ask(&cache, slot(1, FOREVER), Err(refused())).await })
}

#[tokio::test]
async fn a_computation_goes_on_without_the_one_who_began_it_and_ends_with_the_last_who_waits() {
    for is_let in [true, false] {
        let cache = cache_of(1 << 20);
        let (gated, controls) = gated();
        let first = ask_gated(&cache, gated);
        controls.begun.await.unwrap();
        let second = ask_again(&cache);
        until(|| cache.stats().shared == 1).await;
        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());
        if is_let {
            controls.open.send(()).unwrap();
            assert_eq!(second.await.unwrap().unwrap().table.rows(), 1);
        } else {
            second.abort();
            assert!(second.await.unwrap_err().is_cancelled());
            controls.dropped.await.unwrap_err();
            assert!(cache.lock().flights.is_empty());
            put(&cache, slot(1, FOREVER), 1).await;
        }
        assert_eq!(cache.stats().entries, 1);
    }
}

#[tokio::test]
async fn what_is_forgotten_under_way_is_not_kept_and_ends_with_the_last_who_waits() {
    for is_let in [true, false] {
        let cache = cache_of(1 << 20);
        let (gated, controls) = gated();
        let demand = ask_gated(&cache, gated);
        controls.begun.await.unwrap();
        cache.forget(Fingerprint(1));
        if is_let {
            controls.open.send(()).unwrap();
            assert_eq!(demand.await.unwrap().unwrap().cached, None);
        } else {
            demand.abort();
            controls.dropped.await.unwrap_err();
        }
        assert_eq!(cache.stats().entries, 0);
    }
}

#[tokio::test]
async fn whoever_asks_after_a_key_was_forgotten_waits_for_no_older_computation() {
    let cache = cache_of(1 << 20);
    let (gated, controls) = gated();
    let old = ask_gated(&cache, gated);
    controls.begun.await.unwrap();
    cache.forget(Fingerprint(1));
    put(&cache, slot(1, FOREVER), 2).await;
    controls.open.send(()).unwrap();
    assert_eq!(old.await.unwrap().unwrap().table.rows(), 1);
    assert_eq!(ask(&cache, slot(1, FOREVER), Err(refused())).await.unwrap().table.rows(), 2);
}

#[tokio::test]
async fn a_panic_is_an_error_and_frees_the_key() {
    let cache = cache_of(1 << 20);
    let error = cache.get_or_compute(slot(1, FOREVER), |_| async { panic!("a mistake") }).await.unwrap_err();
    assert_eq!(error.kind, DataErrorKind::Internal);
    put(&cache, slot(1, FOREVER), 1).await;
    assert_eq!(cache.stats().entries, 1);
}

#[tokio::test]
async fn results_grow_old() {
    let cache = cache_of(1 << 20);
    let for_so_long = |millis: u64| spec::Cache { ttl: Some(Duration::from_millis(millis)), ..FOREVER };
    let short = put(&cache, slot(1, for_so_long(10)), 1).await;
    put(&cache, slot(2, for_so_long(3_600_000)), 1).await;
    put(&cache, slot(3, FOREVER), 1).await;
    until(|| cache.is_outdated(&short)).await;
    assert_eq!([1, 2, 3].map(|key| holds(&cache, key)), [false, true, true]);
    let error = ask(&cache, slot(1, for_so_long(10)), Err(refused())).await.unwrap_err();
    assert_eq!(error, refused(), "nothing stands in for what is not to be had");
}

#[tokio::test]
async fn each_query_has_its_own_idea_of_what_is_fresh() {
    let cache = cache_of(1 << 20);
    let slow = slot(1, FOREVER);
    let quick =
        Slot { query: Fingerprint(2), ..slot(1, spec::Cache { ttl: Some(Duration::from_nanos(1)), ..FOREVER }) };
    put(&cache, slow, 1).await;
    assert_eq!(ask(&cache, slow, Ok(2)).await.unwrap().table.rows(), 1);
    assert_eq!(ask(&cache, quick, Ok(3)).await.unwrap().table.rows(), 3, "too old for this one");
    assert_eq!(ask(&cache, slow, Ok(4)).await.unwrap().table.rows(), 3, "and what it got is shared");
    let (stats, _) = cache.stats_of(Fingerprint(2));
    assert_eq!((stats.misses, stats.hits), (1, 0));
}

#[tokio::test]
async fn an_old_result_is_shown_while_one_refresh_runs_behind_it() {
    let cache = cache_of(1 << 20);
    let shown = put(&cache, slot(1, STALE), 1).await;
    assert!(cache.is_outdated(&shown));
    let gate = Arc::new(Semaphore::new(0));
    let compute = |_| {
        let gate = Arc::clone(&gate);
        async move {
            let _open = gate.acquire().await;
            Ok(made(table(2)))
        }
    };
    for _ in 0..50 {
        let found = cache.get_or_compute(slot(1, STALE), compute).await.unwrap();
        assert_eq!(found.table.rows(), 1);
    }
    let stats = cache.stats();
    assert_eq!((stats.stale_hits, stats.refreshes, stats.misses, stats.shared), (50, 1, 1, 0));
    gate.add_permits(1);
    until(|| cache.lock().flights.is_empty()).await;
    let found = cache.get(slot(1, STALE), compute).unwrap();
    assert_eq!((found.table.rows(), found.trouble.is_none()), (2, true));
    assert!(cache.peek(&shown).is_none(), "who has seen the old one is not given the new one unawares");
}

#[tokio::test]
async fn a_refresh_that_fails_keeps_the_old_result_and_waits_before_the_next() {
    let cache = cache_of(1 << 20);
    put(&cache, slot(1, STALE), 1).await;
    for _ in 0..20 {
        let found = ask(&cache, slot(1, STALE), Err(refused())).await.unwrap();
        assert_eq!(found.table.rows(), 1);
        until(|| cache.lock().flights.is_empty()).await;
    }
    let found = ask(&cache, slot(1, STALE), Ok(2)).await.unwrap();
    let trouble = found.trouble.unwrap();
    assert_eq!((found.table.rows(), trouble.error, trouble.attempts), (1, refused(), 1));
    assert_eq!((cache.stats().refreshes, cache.stats().failed_refreshes), (1, 1));
    assert!(trouble.retry_at > Instant::now());
    // Who insists is not put off, and what comes of it ends the trouble.
    cache.forget(Fingerprint(1));
    let found = ask(&cache, slot(1, STALE), Ok(2)).await.unwrap();
    assert_eq!((found.table.rows(), found.trouble.is_none()), (2, true));
}

#[tokio::test]
async fn what_was_asked_to_be_newer_is_waited_for_and_stands_in_only_if_that_fails() {
    let cache = cache_of(1 << 20);
    let fresh_for_long = spec::Cache { ttl: Some(Duration::from_hours(1)), ..STALE };
    let shown = put(&cache, slot(1, fresh_for_long), 1).await;
    assert!(!cache.is_outdated(&shown));
    cache.forget(Fingerprint(1));
    assert!(cache.is_outdated(&shown));
    let found = ask(&cache, slot(1, fresh_for_long), Err(refused())).await.unwrap();
    assert_eq!((found.table.rows(), found.trouble.unwrap().error), (1, refused()));
    assert!(cache.is_outdated(&found.cached.unwrap()), "it is not fresh again by that");
    cache.forget(Fingerprint(1));
    assert_eq!(ask(&cache, slot(1, fresh_for_long), Ok(2)).await.unwrap().table.rows(), 2);
}

#[tokio::test]
async fn whoever_shows_a_result_hears_of_what_takes_its_place_but_not_of_want_of_room() {
    let cache = cache_of(1 << 20);
    let evicted = put(&cache, slot(1, FOREVER), 1).await;
    cache.evict(Fingerprint(1));
    assert!(!cache.is_outdated(&evicted));
    put(&cache, slot(1, FOREVER), 2).await;
    assert!(cache.is_outdated(&evicted));
    let of_query = Slot { query: Fingerprint(5), ..slot(2, FOREVER) };
    let (forgotten, of_query) = (put(&cache, slot(1, FOREVER), 1).await, put(&cache, of_query, 1).await);
    cache.forget(Fingerprint(1));
    assert!(cache.is_outdated(&forgotten) && !cache.is_outdated(&of_query));
    cache.forget_query(Fingerprint(5));
    assert!(cache.is_outdated(&of_query));
    assert_eq!(cache.stats().entries, 0);
}

#[tokio::test]
async fn all_results_together_keep_to_the_budget() {
    let cache = cache_of(100_000);
    for key in 0..200 {
        put(&cache, slot(key, FOREVER), 100).await;
        assert!(cache.stats().bytes <= 100_000);
        assert!(holds(&cache, 0), "what is used stays");
    }
    let stats = cache.stats();
    assert!(holds(&cache, 199) && !holds(&cache, 50));
    assert!(stats.bytes >= 80_000, "{stats:?}");
    assert_eq!(stats.entries + stats.evictions, 200);
    let large = ask(&cache, slot(1000, FOREVER), Ok(10_000)).await.unwrap();
    assert_eq!(large.cached, None, "a result above a quarter of the budget is not kept");
    (0..200).for_each(|key| cache.forget(Fingerprint(key)));
    assert_eq!((cache.stats().bytes, cache.stats().entries), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_budget_holds_whoever_fills_it_at_the_same_time() {
    let cache = cache_of(200_000);
    let fill = (0..8_u128).map(|part| {
        let cache = Arc::clone(&cache);
        tokio::spawn(async move {
            for key in 0..300 {
                let rows = i64::try_from(key % 7 * 100).unwrap();
                ask(&cache, slot(part * 1000 + key, FOREVER), Ok(rows)).await.unwrap();
                assert!(cache.room().bytes <= 200_000, "{:?}", cache.room());
            }
        })
    });
    for filled in fill.collect::<Vec<_>>() {
        filled.await.unwrap();
    }
    let (stats, entries) = (cache.stats(), cache.lock().store.cache_size() as u64);
    assert_eq!((stats.entries, stats.entries + stats.evictions), (entries, 2400));
}

#[tokio::test]
async fn tables_that_others_hold_leave_less_room() {
    let cache = cache_of(100_000);
    for key in 0..100 {
        put(&cache, slot(key, FOREVER), 100).await;
    }
    let held = table(6_000);
    cache.count(&held);
    cache.count(&held.clone());
    assert!(cache.room().held_bytes < 49_000, "counted once");
    assert!(cache.room().bytes + cache.room().held_bytes <= 100_000);
    let more = table(60_000);
    cache.count(&more);
    assert!(cache.room().bytes >= 15_000, "a quarter is left whatever others hold");
    drop((held, more));
    assert_eq!(cache.room().held_bytes, 0);
}

#[tokio::test]
async fn a_table_counts_once_whoever_keeps_or_holds_it() {
    let cache = cache_of(100_000);
    let shared = table(1000);
    cache.count(&shared);
    let bytes = cache.room().held_bytes;
    for key in 0..20 {
        cache.put(&slot(key, FOREVER), &shared);
    }
    assert_eq!((cache.room().bytes, cache.room().held_bytes, cache.stats().evictions), (bytes, 0, 0));
    (0..19).for_each(|key| cache.forget(Fingerprint(key)));
    assert_eq!((cache.room().bytes, cache.room().held_bytes), (bytes, 0));
    cache.forget(Fingerprint(19));
    assert_eq!((cache.room().bytes, cache.room().held_bytes), (0, bytes), "its page shows it still");
    drop(shared);
    assert_eq!((cache.room().bytes, cache.room().held_bytes), (0, 0));
}

#[tokio::test]
async fn what_another_query_was_given_before_a_write_is_not_given_to_one_that_it_has_put_out_of_date() {
    let cache = cache_of(1 << 20);
    let (one, other) = (slot(1, FOREVER), Slot { query: Fingerprint(2), ..slot(1, FOREVER) });
    // It is there.
    put(&cache, one, 1).await;
    cache.forget_query(Fingerprint(2));
    assert!(cache.get_kept(&other).is_none() && cache.get_kept(&one).is_some());
    assert_eq!(ask(&cache, other, Ok(2)).await.unwrap().table.rows(), 2);
    cache.forget(Fingerprint(1));
    // It is on its way.
    let gate = Arc::new(Semaphore::new(0));
    let waiting = {
        let (cache, gate) = (Arc::clone(&cache), Arc::clone(&gate));
        let compute = move |_| {
            let gate = Arc::clone(&gate);
            async move {
                let _open = gate.acquire().await;
                Ok(made(table(3)))
            }
        };
        tokio::spawn(async move { cache.get_or_compute(one, compute).await })
    };
    until(|| !cache.lock().flights.is_empty()).await;
    cache.forget_query(Fingerprint(2));
    assert_eq!(ask(&cache, other, Ok(4)).await.unwrap().table.rows(), 4);
    gate.add_permits(1);
    assert_eq!(waiting.await.unwrap().unwrap().table.rows(), 3, "whoever has asked before gets what was asked for");
    assert_eq!(cache.get_kept(&other).unwrap().table.rows(), 4, "and takes the place of nothing newer");
}

#[tokio::test]
async fn a_query_keeps_so_many_entries() {
    let cache = cache_of(1 << 20);
    let two = spec::Cache { max_entries: Some(2), ..FOREVER };
    put(&cache, Slot { query: Fingerprint(9), ..slot(100, FOREVER) }, 1).await;
    for key in 0..4 {
        put(&cache, slot(key, two), 1).await;
    }
    let kept = [0, 1, 2, 3, 100].map(|key| holds(&cache, key));
    assert_eq!(kept, [false, false, true, true, true]);
}

#[tokio::test]
async fn runs_are_counted_by_how_they_end_and_how_long_they_take() {
    let cache = cache_of(1 << 20);
    let query = Fingerprint(1);
    cache.run(query).end(Duration::from_millis(3), false);
    cache.run(query).end(Duration::from_mins(2), true);
    drop(cache.run(query));
    let running = cache.run(query);
    let (_, runs) = cache.stats_of(query);
    assert_eq!((runs.running, runs.ended, runs.failures, runs.cancelled), (1, 2, 1, 1));
    assert_eq!(runs.time, Duration::from_millis(120_003));
    assert_eq!(runs.buckets, [1, 0, 0, 0, 0, 0, 0, 1]);
    drop(running);
    assert_eq!(cache.stats_of(Fingerprint(2)).1, RunStats::default());
}

#[tokio::test]
async fn those_who_want_something_newer_share_one_computation_and_its_failure() {
    let cache = cache_of(1 << 20);
    put(&cache, slot(1, FOREVER), 1).await;
    let computed = Arc::new(AtomicUsize::new(0));
    let ask = |since: Instant, fails: bool| {
        let (cache, computed) = (Arc::clone(&cache), Arc::clone(&computed));
        async move {
            let compute = |_| {
                let computed = Arc::clone(&computed);
                async move {
                    computed.fetch_add(1, Ordering::Relaxed);
                    if fails { Err(DataError::unreachable("down")) } else { Ok(made(table(2))) }
                }
            };
            cache.get_or_compute(Slot { since: Some(since), ..slot(1, FOREVER) }, compute).await
        }
    };
    let rows = || cache.peek(&Cached::unread(Fingerprint(1), Fingerprint(0))).map(|table| table.rows());
    let since = Instant::now();
    for _ in 0..3 {
        assert_eq!(ask(since, true).await.unwrap_err().kind, DataErrorKind::Unreachable);
    }
    assert_eq!(computed.load(Ordering::Relaxed), 1, "the failure is told to all of them");
    assert_eq!(rows(), Some(1), "what was there stays");
    let later = Instant::now();
    for _ in 0..3 {
        assert_eq!(ask(later, false).await.unwrap().table.rows(), 2);
    }
    assert_eq!(computed.load(Ordering::Relaxed), 2, "a newer moment asks anew, once");
    assert_eq!(rows(), Some(2), "the old makes way for the new");
}
