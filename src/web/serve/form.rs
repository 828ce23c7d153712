//! The fields of an interaction, as a browser sends them.

use std::collections::BTreeMap;

use appspec_lang::value::Fingerprint;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, header};

use super::error::Error;
use crate::eval::Sent;

/// How many bytes an interaction may have.
const LONGEST: usize = 1_000_000;

/// An interaction, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    /// The token of the view.
    pub view: Option<String>,
    /// Whether all fields of the page are there, not only the changed ones.
    pub is_full: bool,
    /// Whether this is no interaction: the browser only tells what it holds.
    pub is_quiet: bool,
    /// The path of the page, where that is not where the form is sent to.
    pub page: Option<String>,
    pub sent: Sent,
}

impl Form {
    /// Reads the body of a POST.
    pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Self, Error> {
        let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !media_type.is_empty() && !media_type.starts_with("application/x-www-form-urlencoded") {
            return Err(Error::BadInput(format!("A form is expected here, not {media_type}.")));
        }
        let bytes = to_bytes(body, LONGEST).await.map_err(|_| Error::TooLarge)?;
        Ok(Self::parse(&bytes))
    }

    fn parse(bytes: &[u8]) -> Self {
        let mut form = Self::default();
        let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(bytes) {
            // What begins with a point is the server's own: no key of state does.
            match &*name {
                "view" => form.view = Some(value.into_owned()),
                "click" if value.is_empty() => {}
                "click" => form.sent.click = Some(Fingerprint::of(value.as_bytes())),
                ".page" => form.page = Some(value.into_owned()),
                ".full" => form.is_full = value == "true",
                ".quiet" => form.is_quiet = value == "true",
                ".url" => form.sent.url = Some(value.into_owned()),
                ".retry" => form.sent.retry = Some(value.into_owned()),
                "action" => form.sent.action = Some(value.into_owned()).filter(|action| !action.is_empty()),
                _ => fields.entry(name.into_owned()).or_default().push(value.into_owned()),
            }
        }
        form.sent.fields = fields;
        form
    }
}
