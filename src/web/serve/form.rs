//! The fields of an interaction, as a browser sends them.

use std::collections::BTreeMap;
use std::sync::Arc;

use appspec_lang::value::Fingerprint;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, header};

use super::error::Error;
use super::multipart::{self, Spool, Spooled, boundary_of};
use crate::eval::Sent;

/// Stands before the name of a key whose widget is in a form: its field there says what it shall be, this what it is.
pub(super) const HELD: &str = ".was.";

/// How many bytes an interaction may have.
pub(super) const LONGEST: usize = 1_000_000;

/// An interaction, read.
#[derive(Debug, Default)]
pub(super) struct Form {
    /// The token of the view.
    pub view: Option<String>,
    /// Whether all fields of the page are there, not only the changed ones.
    pub is_full: bool,
    /// Whether this is no interaction: the browser only tells what it holds.
    pub is_quiet: bool,
    /// The path of the page, where that is not where the form is sent to.
    pub page: Option<String>,
    /// The format of a download, where there is a choice.
    pub format: Option<String>,
    pub sent: Sent,
    /// Counts the bytes of its files while they are in memory.
    pub spooled: Option<Spooled>,
}

impl Form {
    /// Reads the body of a POST; `most` says how many bytes the file of a field may have, if it takes any.
    pub(super) async fn read(
        headers: &HeaderMap,
        body: Body,
        spool: &Arc<Spool>,
        most: impl Fn(&str) -> Option<u64>,
    ) -> Result<Self, Error> {
        let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if let Some(boundary) = boundary_of(media_type) {
            let parts = multipart::read(body, &boundary, spool, most).await?;
            let mut form = Self::of(parts.fields.into_iter());
            form.sent.files = parts.files;
            form.spooled = Some(parts.spooled);
            return Ok(form);
        }
        if !media_type.is_empty() && !media_type.starts_with("application/x-www-form-urlencoded") {
            return Err(Error::BadInput(format!("A form is expected here, not {media_type}.")));
        }
        let bytes = to_bytes(body, LONGEST).await.map_err(|_| Error::TooLarge)?;
        Ok(Self::parse(&bytes))
    }

    fn parse(bytes: &[u8]) -> Self {
        Self::of(form_urlencoded::parse(bytes).into_owned())
    }

    fn of(sent: impl Iterator<Item = (String, String)>) -> Self {
        let mut form = Self::default();
        let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut cleared = None;
        for (name, value) in sent {
            // What begins with a point is the server's own: no key of state does.
            match &*name {
                "view" => form.view = Some(value),
                "click" if value.is_empty() => {}
                "click" => form.sent.click = Some(Fingerprint::of(value.as_bytes())),
                ".page" => form.page = Some(value),
                ".full" => form.is_full = value == "true",
                ".quiet" => form.is_quiet = value == "true",
                ".format" => form.format = Some(value),
                ".clear" => cleared = Some(value),
                ".url" => form.sent.url = Some(value),
                ".retry" => form.sent.retry = Some(value),
                ".confirmed" => form.sent.is_confirmed = value == "true",
                "action" => form.sent.action = Some(value).filter(|action| !action.is_empty()),
                held if held.starts_with(HELD) => {
                    let key = held.strip_prefix(HELD).unwrap_or_default().to_owned();
                    form.sent.held.entry(key).or_default().push(value);
                }
                // Without script browsers end lines as on a typewriter.
                _ => fields.entry(name).or_default().push(value.replace("\r\n", "\n")),
            }
        }
        // Without script the fields of a list are sent beside the button that empties it.
        fields.extend(cleared.map(|key| (key, vec![String::new()])));
        form.sent.fields = fields;
        form
    }
}
