//! `GET /-/static/…` and `GET /-/assets/…`: files of the server, and of the app.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use appspec_lang::value::Fingerprint;
use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::render::asset;
use crate::serve::Server;
use crate::serve::error::Error;

/// A script or style of the server: named by its content, so browsers keep it for good.
pub(crate) async fn built_in(State(server): State<Arc<Server>>, uri: Uri, asked: HeaderMap) -> Response {
    let own = server.own_style.iter().find(|style| style.url == uri.path());
    let Some(asset) = own.or_else(|| asset::find(uri.path())) else { return Error::NotFound.into_response() };
    let codings = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_compressed = codings.contains("gzip");
    let bytes = if is_compressed { asset.gzip() } else { asset.bytes() };
    let mut response = bytes.clone().into_response();
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if is_compressed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    response
}

/// A file below `assets/` in the folder of the specs.
///
/// Browsers keep it, and ask each time whether it is still the same.
pub(crate) async fn of_the_app(
    State(server): State<Arc<Server>>,
    UrlPath(path): UrlPath<String>,
    asked: HeaderMap,
) -> Response {
    let Some(path) = below(&server.options.root.join("assets"), &path) else { return Error::NotFound.into_response() };
    let Ok(bytes) = tokio::fs::read(&path).await else { return Error::NotFound.into_response() };
    let tag = format!("W/\"{}\"", Fingerprint::of(&bytes).hex());
    let is_known = asked.get_all(header::IF_NONE_MATCH).iter().any(|known| names(known, &tag));
    let mut response = if is_known { StatusCode::NOT_MODIFIED.into_response() } else { bytes.into_response() };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(&path)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.extend(HeaderValue::from_str(&tag).map(|tag| (header::ETAG, tag)));
    response
}

/// Whether `If-None-Match` names a tag. Tags are weak, for what has one may be compressed in passing (RFC 9110, 8.8.3).
fn names(known: &HeaderValue, tag: &str) -> bool {
    let mut known = known.to_str().unwrap_or_default().split(',').map(str::trim);
    known.any(|known| known == "*" || known.trim_start_matches("W/") == tag.trim_start_matches("W/"))
}

/// The file of a relative path that stays below the folder, hidden files left out.
fn below(folder: &Path, path: &str) -> Option<PathBuf> {
    let path = Path::new(path);
    let is_plain = |part: Component<'_>| match part {
        Component::Normal(name) => !name.to_string_lossy().starts_with('.'),
        _ => false,
    };
    path.components().all(is_plain).then(|| folder.join(path))
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()).unwrap_or_default() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "svg" => "image/svg+xml",
        "ico" => "image/x-icon",
        "css" => "text/css; charset=utf-8",
        "txt" | "md" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "json" => "application/json",
        "pdf" => "application/pdf",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        _ => "application/octet-stream",
    }
}
