//! How many requests were answered, by what they asked for and how it went.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

use super::Server;

const ROUTES: [&str; 5] = ["page", "interaction", "events", "file", "probe"];
const STATUSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The requests since the start.
#[derive(Debug, Default)]
pub(super) struct Requests([[AtomicU64; STATUSES.len()]; ROUTES.len()]);

impl Requests {
    fn count(&self, route: usize, status: u16) {
        let counter = self.0.get(route).and_then(|counters| counters.get(usize::from(status / 100).saturating_sub(1)));
        if let Some(counter) = counter {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What was asked for, the class of the answer's status, and how often.
    pub(super) fn counts(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> + '_ {
        self.0.iter().zip(ROUTES).flat_map(|(counters, route)| {
            counters.iter().zip(STATUSES).map(move |(counter, status)| (route, status, counter.load(Ordering::Relaxed)))
        })
    }
}

/// Counts each answer as its head goes out.
pub(super) async fn count(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let route = route_of(request.method(), request.uri().path());
    let response = next.run(request).await;
    server.requests.count(route, response.status().as_u16());
    response
}

/// An index of [`ROUTES`].
fn route_of(method: &Method, path: &str) -> usize {
    match path {
        "/healthz" | "/readyz" | "/metrics" => 4,
        "/-/events" => 2,
        _ if path.starts_with("/-/") => 3,
        _ if *method == Method::POST => 1,
        _ => 0,
    }
}
