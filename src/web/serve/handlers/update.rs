//! `POST /sales`: an interaction.

use std::sync::Arc;

use appspec_lang::value::Fingerprint;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use tokio::sync::OwnedMutexGuard;

use crate::eval::interact::{enter, interact as apply, load, rebuild, try_again};
use crate::eval::{Reaction, Refused, Resend, Run, View, ViewId};
use crate::serve::Server;
use crate::serve::answer::{self, Asked};
use crate::serve::error::Error;
use crate::serve::form::Form;
use crate::serve::session::{Session, Token};
use crate::serve::views::{Slot, Turn};

/// Applies what a user did, and answers with what that has changed.
pub(crate) async fn interact(State(server): State<Arc<Server>>, uri: Uri, headers: HeaderMap, body: Body) -> Response {
    let is_htmx = headers.get("hx-request").is_some_and(|value| value == "true");
    match respond(&server, &uri, &headers, body, is_htmx).await {
        Ok(response) => response,
        Err(error) if is_htmx => error.into_response(),
        Err(error) => answer::failure(&server, &error),
    }
}

async fn respond(
    server: &Arc<Server>,
    uri: &Uri,
    headers: &HeaderMap,
    body: Body,
    is_htmx: bool,
) -> Result<Response, Error> {
    let session = Session::of(headers);
    let place = server.places.find(uri.path()).ok_or(Error::NotFound)?;
    let form = Form::read(headers, body).await?;
    let asked = Asked { server: Arc::clone(server), session, place };
    let Begun { mut view, turn, mut resend } = begin(&asked, &form, is_htmx).await?;
    let now = server.now();
    let click = form.click.as_ref().map(|click| Fingerprint::of(click.as_bytes()));
    let reaction = if form.is_quiet || click.is_some_and(|click| view.has_seen(click)) {
        // The click is done, but what was edited since came with it.
        enter(&server.engine, &mut view, &form.sent, now).await.map_err(refusal)?;
        Reaction::default()
    } else {
        let reaction = match &form.retry {
            Some(failed) => try_again(&server.engine, &mut view, (&form.sent, failed), now).await,
            None => apply(&server.engine, &mut view, &form.sent, now).await,
        };
        let reaction = reaction.map_err(refusal)?;
        view.note_click(click);
        reaction
    };
    if let Some(to) = &reaction.goto {
        return Ok(answer::redirect(&asked, to, is_htmx));
    }
    if !is_htmx {
        resend = Resend::All;
    }
    let run = Run::start(Arc::clone(&server.engine), view, now, resend);
    if is_htmx {
        Ok(answer::fragments(asked, run, turn, reaction).await)
    } else {
        Ok(answer::whole(&asked, run, turn, &reaction).await)
    }
}

/// A view that is held by this interaction.
struct Begun {
    view: OwnedMutexGuard<View>,
    turn: Turn,
    resend: Resend,
}

/// Finds the view that a form belongs to, or begins one.
async fn begin(asked: &Asked, form: &Form, is_htmx: bool) -> Result<Begun, Error> {
    let server = &asked.server;
    let is_own = |token: &Token| token.place == asked.place.fingerprint();
    let token = form.view.as_deref().and_then(|text| Token::verify(text, &server.key, &asked.session)).filter(is_own);
    let Some(token) = token else {
        // Foreign or missing: a view of its own, that reveals nothing of another.
        let id = ViewId(rand::random());
        return Ok(begin_anew(&server.views.add(id, View::new(asked.origin(id)))).await);
    };
    // A page load whose late parts nobody has fetched may hold the view.
    server.arriving.give_up(token.view);
    if let Some(slot) = server.views.find(token.view) {
        return Ok(go_on(&slot, token.revision).await);
    }
    let origin = asked.origin(token.view);
    if token.revision > 0 {
        // A restart, or long idle: the view is built anew from all that its browser holds.
        if is_htmx && !form.is_full {
            return Err(Error::ViewLost);
        }
        let mut view = View::new(origin);
        rebuild(&server.engine, &mut view, &form.sent, server.now()).await.map_err(refusal)?;
        return Ok(begin_anew(&server.views.add(token.view, view)).await);
    }
    if let Some(baseline) = token.baseline.and_then(|id| server.baselines.find(id)) {
        let view = baseline.restore(&server.engine, &origin, server.now()).await;
        return Ok(go_on(&server.views.add(token.view, view), token.revision).await);
    }
    let mut view = View::new(origin);
    load(&server.engine, &mut view, server.now()).await;
    Ok(begin_anew(&server.views.add(token.view, view)).await)
}

/// Holds a view of which the browser has swapped in the answer `revision`.
async fn go_on(slot: &Slot, revision: u64) -> Begun {
    let (mut view, turn) = slot.lock().await;
    let resend = view.unsent_since(revision).map_or(Resend::All, Resend::These);
    Begun { view, turn, resend }
}

/// Holds a view of which the browser has nothing that can be relied on.
async fn begin_anew(slot: &Slot) -> Begun {
    let (view, turn) = slot.lock().await;
    Begun { view, turn, resend: Resend::All }
}

fn refusal(refused: Refused) -> Error {
    Error::BadInput(match refused {
        Refused::UnknownField(name) => format!("This page has no field “{name}”."),
        Refused::UnknownAction(id) => format!("This page has no button “{id}”."),
        Refused::UnknownComponent(id) => format!("This page has no component “{id}”."),
    })
}
