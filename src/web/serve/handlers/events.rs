//! `GET /-/events`: the late parts of a page that was just loaded, and what changes while somebody looks at it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use crate::serve::Server;
use crate::serve::answer::{self, Asked};
use crate::serve::live::Live;
use crate::serve::session::{Session, Token};

/// Streams what was not ready when the page went out, in the order in which it gets ready; with `live`, what changes
/// from then on.
pub(crate) async fn stream(State(server): State<Arc<Server>>, uri: Uri, headers: HeaderMap) -> Response {
    let query = uri.query().unwrap_or_default();
    let named = |wanted: &str| {
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
    };
    let (page, view, is_live) =
        (named("page").unwrap_or_default(), named("view").unwrap_or_default(), named("live").is_some());
    let session = Session::of(&headers);
    let token = Token::verify(&view, &server.key, &session);
    // 204 tells an event source not to ask again.
    let Some(place) = server.places.find(&page) else { return StatusCode::NO_CONTENT.into_response() };
    let unknown = || if is_live { answer::lost(&session) } else { StatusCode::NO_CONTENT.into_response() };
    let Some(token) = token.filter(|token| token.place == place.fingerprint()) else { return unknown() };
    let asked = Asked { server: Arc::clone(&server), session: session.clone(), place };
    if let Some(parked) = server.arriving.take(token.view) {
        return answer::rest(asked, parked);
    }
    // Late parts that nobody has fetched in time are made again.
    match Live::open(asked, &token, is_live).await {
        Some(live) => answer::live(live, &session),
        None => unknown(),
    }
}
