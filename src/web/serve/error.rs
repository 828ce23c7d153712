//! What can go wrong with a request, and how it is said.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Why a request has no page for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Error {
    NotFound,
    /// Sent by another site.
    CrossSite,
    TooLarge,
    /// The form cannot be read, or names what the page does not have.
    BadInput(String),
    /// The view is not known any more: the browser is asked for all that it holds.
    ViewLost,
    Internal,
}

impl Error {
    /// An error of the server's own making: said in its log, not on the page.
    pub(super) fn bug(error: &dyn std::fmt::Display) -> Self {
        tracing::error!("a page cannot be rendered: {error}");
        Self::Internal
    }

    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::CrossSite => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BadInput(_) => StatusCode::BAD_REQUEST,
            Self::ViewLost => StatusCode::CONFLICT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What it is called above the message.
    pub(super) fn title(&self) -> &'static str {
        match self {
            Self::NotFound => "Page not found",
            Self::CrossSite | Self::TooLarge | Self::BadInput(_) => "Not accepted",
            Self::ViewLost => "Out of date",
            Self::Internal => "Server error",
        }
    }

    /// What a reader is told.
    pub(super) fn message(&self) -> String {
        match self {
            Self::NotFound => "There is no page at this address.".to_owned(),
            Self::CrossSite => "This was sent by another site, and is refused.".to_owned(),
            Self::TooLarge => "More was sent than this page takes.".to_owned(),
            Self::BadInput(message) => message.clone(),
            Self::ViewLost => "This page is not known any more: send all its fields.".to_owned(),
            Self::Internal => "Something went wrong on the server. Its log says more.".to_owned(),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let body = self.message();
        (self.status(), [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], body).into_response()
    }
}
