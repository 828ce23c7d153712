//! `GET /-/events`: the late parts of a page that was just loaded.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use crate::serve::Server;
use crate::serve::answer::{self, Asked};
use crate::serve::session::{Session, Token};

/// Streams what was not ready when the page went out, in the order in which it gets ready.
pub(crate) async fn late(State(server): State<Arc<Server>>, uri: Uri, headers: HeaderMap) -> Response {
    let query = uri.query().unwrap_or_default();
    let named = |wanted: &str| {
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
    };
    let (page, view) = (named("page").unwrap_or_default(), named("view").unwrap_or_default());
    let session = Session::of(&headers);
    let token = Token::verify(&view, &server.key, &session);
    let place = server.places.find(&page);
    // 204 tells an event source not to ask again.
    let (Some(token), Some(place)) = (token, place) else { return StatusCode::NO_CONTENT.into_response() };
    let is_own = token.place == place.fingerprint();
    let parked = is_own.then(|| server.arriving.take(token.view)).flatten();
    let Some(parked) = parked else { return StatusCode::NO_CONTENT.into_response() };
    answer::rest(Asked { server, session, place }, parked)
}
