//! All routes on one page.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate, SizeAbove};

use super::Server;
use super::error::Error;
use super::handlers::{assets, events, export, metrics, page, update};
use super::{requests, security};

/// Below this many bytes compression costs more than it saves.
const WORTH_COMPRESSING: u64 = 1400;

/// The routes of an app.
pub fn router(server: Arc<Server>) -> Router {
    let compression = CompressionLayer::new().gzip(true);
    let is_worth = DefaultPredicate::new().and(SizeAbove::new(WORTH_COMPRESSING));
    // XLSX and Parquet are compressed themselves.
    let compression = compression.compress_when(is_worth.and(NotForContentType::const_new("application/vnd")));
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
