//! `POST /-/export/ID`: the table of a component as a file, of the view that the form belongs to.

use std::io;
use std::sync::Arc;

use appspec_data::FileFormat;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, TryStreamExt};

use super::update::find;
use crate::eval::{Reaction, Resend, Run, Toast, export};
use crate::serve::Server;
use crate::serve::answer::{self, Asked};
use crate::serve::error::Error;
use crate::serve::file_name::disposition;
use crate::serve::form::Form;
use crate::serve::session::Session;
use crate::serve::views::Slot;

/// Hands over a file, or shows the page again with what went wrong.
pub(crate) async fn download(
    State(server): State<Arc<Server>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match respond(&server, &id, &headers, body).await {
        Ok(response) => response,
        Err(error) => answer::failure(&server, &error),
    }
}

async fn respond(server: &Arc<Server>, id: &str, headers: &HeaderMap, body: Body) -> Result<Response, Error> {
    let session = Session::of(headers);
    // Files that stand in the page are no matter of what is downloaded.
    let form = Form::read(headers, body, &server.spool, |_| Some(0)).await?;
    let place = form.page.as_deref().and_then(|page| server.places.find(page)).ok_or(Error::NotFound)?;
    let asked = Asked { server: Arc::clone(server), session, place };
    let Some(found) = find(&asked, &form, false).await? else {
        return Err(Error::BadInput("This page has expired: load it again, then download.".to_owned()));
    };
    let plan = {
        // An interaction under way goes first: what it changes belongs to what is shown.
        let (view, _turn) = found.slot.lock_behind().await;
        export::plan(&server.engine, &view, (id, form.format.as_deref()), server.now()).await
    };
    let Some(plan) = plan else { return Ok(back(asked, found.slot, "This cannot be downloaded now.").await) };
    let download = match plan.download().await {
        Ok(download) => download,
        Err(error) => return Ok(back(asked, found.slot, error.message()).await),
    };
    let format = download.export.format;
    match server.engine.data.export(download.export) {
        Ok(bytes) => {
            let report = |error: appspec_data::DataError| {
                tracing::warn!("a download has failed: {error}");
                io::Error::other(error)
            };
            // Whoever sends a body may ask once more for what follows its end.
            let body = Body::from_stream(bytes.fuse().map_ok(Bytes::from).map_err(report));
            Ok(attachment(body, format, &download.filename))
        }
        Err(error) => Ok(back(asked, found.slot, &error.message).await),
    }
}

fn attachment(body: Body, format: FileFormat, name: &str) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    headers.insert(header::CONTENT_DISPOSITION, disposition(name, format.ending()));
    response
}

/// Shows the page as it was, and says what went wrong.
async fn back(asked: Asked, slot: Slot, message: &str) -> Response {
    let (view, turn) = slot.lock_behind().await;
    let run = Run::start(Arc::clone(&asked.server.engine), view, asked.server.now(), Resend::All);
    let toasts = vec![Toast { text: message.to_owned(), is_error: true }];
    answer::see_other(&asked, run, turn, Reaction { toasts, ..Reaction::default() })
}
