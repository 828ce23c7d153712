//! All routes on one page.

use std::sync::Arc;

use axum::Router;
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::middleware;
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use super::Server;
use super::answer::Endless;
use super::error::Error;
use super::handlers::{assets, events, export, metrics, page, update};
use super::{requests, security};

/// Below this many bytes compression costs more than it saves.
const WORTH_COMPRESSING: u64 = 1400;

/// The routes of an app.
pub fn router(server: Arc<Server>) -> Router {
    let compression = CompressionLayer::new().gzip(true);
    let is_worth = SizeAbove::new(WORTH_COMPRESSING).and(NotForContentType::IMAGES);
    // XLSX, Parquet and fonts for browsers are compressed themselves.
    let is_worth = is_worth.and(NotForContentType::const_new("application/vnd"));
    let is_worth = is_worth.and(NotForContentType::const_new("font/woff"));
    // What is compressed in passing takes a quarter of a megabyte as long as it lasts.
    let ends = |_, _, _: &HeaderMap, extensions: &Extensions| extensions.get::<Endless>().is_none();
    let compression = compression.compress_when(is_worth.and(ends));
    Router::new()
        .route("/healthz", get(|| async { "alive" }))
        .route("/readyz", get(|| async { (StatusCode::OK, "ready") }))
        .route("/metrics", get(metrics::metrics))
        .route("/-/static/{*path}", get(assets::built_in))
        .route("/-/assets/{*path}", get(assets::of_the_app))
        .route("/-/events", get(events::stream))
        .route("/-/export/{id}", post(export::download))
        .fallback(get(page::show).post(update::interact))
        .layer(compression)
        .layer(CatchPanicLayer::custom(|_panic: Box<dyn std::any::Any + Send>| {
            axum::response::IntoResponse::into_response(Error::Internal)
        }))
        .layer(middleware::from_fn(security::guard))
        .layer(middleware::from_fn(security::note))
        .layer(middleware::from_fn_with_state(Arc::clone(&server), requests::count))
        .with_state(server)
}
