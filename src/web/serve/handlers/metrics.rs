//! `GET /metrics`: what the server counts, for a monitor to collect.

use std::sync::Arc;

use appspec_data::{BUCKETS, CacheStats, RunStats};
use appspec_lang::spec::QueryKey;
use appspec_lang::value::Fingerprint;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::serve::Server;
use crate::serve::openmetrics::{Family, process, text};

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Tells what has happened since the start, and what is held.
pub(crate) async fn metrics(State(server): State<Arc<Server>>) -> Response {
    let mut families = process(server.started);
    families.extend(of_server(&server));
    families.extend(of_cache(&server));
    families.extend(of_connections(&server));
    families.extend(of_queries(&server));
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], text(&families)).into_response()
}

fn of_server(server: &Server) -> Vec<Family> {
    let held = server.held();
    let mut requests =
        Family::counter("appspec_requests", "Requests by what they asked for, and how they were answered.");
    for (route, status, count) in server.requests.counts() {
        requests.add(&[("route", route), ("status", status)], count);
    }
    vec![
        requests,
        Family::gauge("appspec_views", "Pages open in a browser that somebody has touched.").of(held.views as u64),
        Family::counter("appspec_views_relieved", "Times that such a page gave up its tables for want of memory.")
            .of(server.views.relieved()),
        Family::gauge("appspec_baselines", "Beginnings of pages that are kept for those that nobody has touched.")
            .of(held.baselines as u64),
        Family::counter("appspec_renders", "Templates that were rendered.").of(held.renders),
    ]
}

fn of_cache(server: &Server) -> Vec<Family> {
    let room = server.engine.data.room();
    vec![
        Family::bytes("appspec_cache_bytes", "Memory of all cached tables.").of(room.bytes),
        Family::bytes("appspec_cache_limit_bytes", "Memory that all tables may take.").of(room.limit),
        Family::bytes("appspec_tables_held_bytes", "Memory of tables that open pages hold and the cache does not.")
            .of(room.held_bytes),
        Family::bytes("appspec_cache_disk_bytes", "Disk of all results that are kept there.").of(room.disk_bytes),
        Family::bytes("appspec_cache_disk_limit_bytes", "Disk that results may take.").of(room.disk_limit),
        Family::gauge("appspec_cache_disk_entries", "Results that are kept on disk.").of(room.disk_entries),
    ]
}

fn of_connections(server: &Server) -> Vec<Family> {
    let mut limit = Family::gauge("appspec_connection_sessions_limit", "Sessions with a database that may be in use.");
    let mut in_use = Family::gauge("appspec_connection_sessions_in_use", "Sessions that are at work.");
    let mut resting = Family::gauge("appspec_connection_sessions_resting", "Sessions that are open and have no work.");
    for (connection, pool) in server.engine.data.pools() {
        let labels = [("connection", &*connection)];
        limit.add(&labels, pool.max as u64);
        in_use.add(&labels, pool.in_use as u64);
        resting.add(&labels, pool.resting as u64);
    }
    vec![limit, in_use, resting]
}

/// A number of a query's, and the family that it belongs to.
type Column<Stats> = (fn(&'static str, &'static str) -> Family, &'static str, &'static str, fn(&Stats) -> u64);

const CACHE: &[Column<CacheStats>] = &[
    (Family::counter, "appspec_query_cache_hits", "Demands that a fresh result was there for.", |stats| stats.hits),
    (
        Family::counter,
        "appspec_query_cache_stale_hits",
        "Demands that were given an older result, with a refresh behind it.",
        |stats| stats.stale_hits,
    ),
    (Family::counter, "appspec_query_cache_misses", "Demands that started a computation.", |stats| stats.misses),
    (Family::counter, "appspec_query_cache_shared", "Demands that joined that of another.", |stats| stats.shared),
    (Family::counter, "appspec_query_cache_restored", "Misses that found their result on disk.", |stats| {
        stats.restored
    }),
    (Family::counter, "appspec_query_cache_evictions", "Results dropped for want of room.", |stats| stats.evictions),
    (Family::counter, "appspec_query_cache_refreshes", "Computations behind an older result.", |stats| stats.refreshes),
    (
        Family::counter,
        "appspec_query_cache_failed_refreshes",
        "Computations that failed and left an older result in place.",
        |stats| stats.failed_refreshes,
    ),
    (Family::gauge, "appspec_query_cache_entries", "Results that are kept.", |stats| stats.entries),
    (Family::bytes, "appspec_query_cache_bytes", "Memory of the results that are kept.", |stats| stats.bytes),
];

const RUNS: &[Column<RunStats>] = &[
    (Family::gauge, "appspec_query_running", "Computations under way.", |stats| stats.running),
    (Family::counter, "appspec_query_failures", "Computations that failed.", |stats| stats.failures),
    (Family::counter, "appspec_query_cancelled", "Computations that nobody waited for to the end.", |stats| {
        stats.cancelled
    }),
];

fn of_queries(server: &Server) -> Vec<Family> {
    let stats: Vec<(&QueryKey, (CacheStats, RunStats))> =
        server.queries.iter().map(|(key, name)| (key, server.engine.data.stats_of(*name))).collect();
    let mut families = Vec::new();
    for (make, name, help, number) in CACHE {
        let mut family = make(name, help);
        for ((page, query), (cache, _)) in &stats {
            family.add(&labels(page, query), number(cache));
        }
        families.push(family);
    }
    for (make, name, help, number) in RUNS {
        let mut family = make(name, help);
        for ((page, query), (_, runs)) in &stats {
            family.add(&labels(page, query), number(runs));
        }
        families.push(family);
    }
    let mut times = Family::times("appspec_query_duration_seconds", "How long computations took.");
    for ((page, query), (_, runs)) in &stats {
        times.add_times(&labels(page, query), &BUCKETS, &runs.buckets, runs.time);
    }
    families.push(times);
    families
}

fn labels<'a>(page: &'a str, query: &'a str) -> [(&'static str, &'a str); 2] {
    [("page", page), ("query", query)]
}

/// The queries of an app, each once, with what the data layer knows them by.
pub(crate) fn queries_of(app: &appspec_lang::App) -> Vec<(QueryKey, Fingerprint)> {
    let all = app.program.pages.iter().flat_map(|page| &page.queries);
    let named: std::collections::BTreeMap<QueryKey, Fingerprint> =
        all.map(|query| (query.key.clone(), crate::eval::query_id(&query.key))).collect();
    named.into_iter().collect()
}
