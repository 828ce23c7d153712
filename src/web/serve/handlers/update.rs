//! `POST /sales`: an interaction.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use jiff::civil::DateTime;
use tokio::sync::OwnedMutexGuard;

use crate::eval::address;
use crate::eval::interact::{decline, enter, interact as apply, load, may_write, rebuild};
use crate::eval::take::most_bytes;
use crate::eval::{Reaction, Refused, Resend, Run, Sent, View, ViewId};
use crate::serve::Server;
use crate::serve::answer::{self, Asked};
use crate::serve::error::Error;
use crate::serve::form::Form;
use crate::serve::handlers::page::{url_of, wait_a_little};
use crate::serve::question;
use crate::serve::session::{Session, Token};
use crate::serve::views::{Slot, Turn};
use appspec_lang::check::program::Page;

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
    let place = server.places.find(&url_of(uri)).ok_or(Error::NotFound)?;
    let mut form = Form::read(headers, body, &server.spool, |field| {
        most_bytes_of(server.app.program.pages.get(place.page), field)
    })
    .await?;
    // The script asks before it sends.
    form.sent.is_confirmed |= is_htmx;
    if !form.sent.files.is_empty() {
        server.relieve();
    }
    let asked = Asked { server: Arc::clone(server), session, place };
    let begun = begin(&asked, &form, is_htmx).await?;
    let now = server.now();
    let asked_of = question::Pressed::of(&form.sent);
    let writes = !form.is_quiet && may_write(&begun.view, &form.sent);
    let applied = if form.is_quiet {
        quiet(server, begun, &form.sent, now).await?
    } else if writes {
        write(server, begun, form.sent, now).await?
    } else {
        plain(server, begun, &form.sent, now).await?
    };
    let Applied { mut view, turn, resend, mut reaction } = applied;
    reaction.toasts.extend(asked.keep(&mut view).await);
    server.relieve();
    if let Some(to) = &reaction.goto {
        let url = answer::visible(to);
        if let Some(place) = server.places.find(&url).filter(|_| to.starts_with('/')) {
            server.said.keep(&asked.session, place.fingerprint(), reaction.toasts);
        }
        return Ok(answer::redirect(&asked, to, is_htmx));
    }
    if let (Some(question), Some(pressed)) = (&reaction.question, asked_of) {
        let run = Run::start(Arc::clone(&server.engine), view, now, Resend::All);
        return Ok(question::page(&asked, &run, &pressed, question, &reaction.toasts));
    }
    if is_htmx {
        let run = Run::start(Arc::clone(&server.engine), view, now, resend);
        return Ok(answer::fragments(asked, run, turn, reaction).await);
    }
    let run = Run::start(Arc::clone(&server.engine), view, now, Resend::All);
    if address::has_any(run.view()) {
        // Where the redirect leads may depend on what the run makes of the fields.
        let run = wait_a_little(server, run).await;
        return Ok(answer::see_other(&asked, run, turn, reaction));
    }
    if writes {
        return Ok(answer::see_other(&asked, run, turn, reaction));
    }
    Ok(answer::whole(&asked, run, turn, &reaction).await)
}

/// How large the file of a field may be; none if it takes none.
fn most_bytes_of(page: Option<&Page>, field: &str) -> Option<u64> {
    let page = page?;
    let key = page.state.iter().find(|state| *state.name == *field)?;
    key.widgets.iter().filter_map(|id| most_bytes(page.components.get(id.index())?)).max()
}

/// A view that is held by this interaction.
struct Begun {
    slot: Slot,
    view: OwnedMutexGuard<View>,
    turn: Turn,
    resend: Resend,
    /// Nobody knows any more what was clicked on this page.
    is_lost: bool,
}

/// A view to which an interaction was applied.
struct Applied {
    view: OwnedMutexGuard<View>,
    turn: Turn,
    resend: Resend,
    reaction: Reaction,
}

/// Takes what a browser holds, without anything that follows from it.
async fn quiet(server: &Server, begun: Begun, sent: &Sent, now: DateTime) -> Result<Applied, Error> {
    let Begun { mut view, turn, resend, .. } = begun;
    enter(&server.engine, &mut view, sent, now).await.map_err(refusal)?;
    Ok(Applied { view, turn, resend, reaction: Reaction::default() })
}

/// Applies an interaction that nothing outside sees.
async fn plain(server: &Server, begun: Begun, sent: &Sent, now: DateTime) -> Result<Applied, Error> {
    let Begun { mut view, turn, resend, .. } = begun;
    let reaction = apply(&server.engine, &mut view, sent, now).await.map_err(refusal)?;
    Ok(Applied { view, turn, resend, reaction })
}

/// Applies an interaction that may write, to its end: also when the browser is gone, and whatever it does meanwhile.
async fn write(server: &Arc<Server>, begun: Begun, sent: Sent, now: DateTime) -> Result<Applied, Error> {
    let under_way = server.writing.begin();
    let server = Arc::clone(server);
    let task = tokio::spawn(async move {
        let _under_way = under_way;
        let Begun { slot, mut view, turn, resend, is_lost } = begun;
        let reaction = if is_lost {
            decline(&server.engine, &mut view, &sent, now).await
        } else {
            slot.note_write();
            apply(&server.engine, &mut view, &sent, now).await
        };
        reaction.map(|reaction| Applied { view, turn, resend, reaction })
    });
    task.await.map_err(|error| Error::bug(&error))?.map_err(refusal)
}

/// Finds the view that a form belongs to, or begins one, and holds it.
async fn begin(asked: &Asked, form: &Form, is_htmx: bool) -> Result<Begun, Error> {
    let server = &asked.server;
    let Some(Found { slot, revision, memory }) = find(asked, form, is_htmx).await? else {
        // Foreign or missing: a view of its own, that reveals nothing of another.
        let id = ViewId(rand::random());
        let slot = server.views.add(id, asked.begin_view(id).await);
        return Ok(Begun { is_lost: form.view.is_some(), ..begin_anew(slot).await });
    };
    let begun = match revision {
        Some(revision) => go_on(slot, revision).await,
        None => begin_anew(slot).await,
    };
    let is_lost = memory != server.memory_of(&begun.view);
    Ok(Begun { is_lost, ..begun })
}

/// The view that a form belongs to.
pub(super) struct Found {
    pub(super) slot: Slot,
    /// The answer that the browser has swapped in last; none if nothing that it has can be relied on.
    revision: Option<u64>,
    /// Names what was remembered of the view's clicks.
    memory: u64,
}

/// Finds the view that a form belongs to; none if it belongs to none of this browser.
pub(super) async fn find(asked: &Asked, form: &Form, is_htmx: bool) -> Result<Option<Found>, Error> {
    let server = &asked.server;
    let is_own = |token: &Token| token.place == asked.place.fingerprint();
    let token = form.view.as_deref().and_then(|text| Token::verify(text, &server.key, &asked.session)).filter(is_own);
    let Some(token) = token else { return Ok(None) };
    let memory = token.memory;
    // A page load whose late parts nobody has fetched may hold the view.
    server.arriving.give_up(token.view);
    if let Some(slot) = server.views.find(token.view) {
        return Ok(Some(Found { slot, revision: Some(token.revision), memory }));
    }
    if token.revision == 0 {
        let (slot, revision) = find_untouched(asked, &token).await;
        return Ok(Some(Found { slot, revision, memory }));
    }
    if is_htmx && !form.is_full {
        return Err(Error::ViewLost);
    }
    // A restart, or long idle: the view is built anew from all that its browser holds.
    let mut view = asked.begin_view(token.view).await;
    view.memory = rand::random();
    rebuild(&server.engine, &mut view, &form.sent, server.now()).await.map_err(refusal)?;
    Ok(Some(Found { slot: server.views.add(token.view, view), revision: None, memory }))
}

/// Makes a view that nobody had touched when its page went out.
async fn find_untouched(asked: &Asked, token: &Token) -> (Slot, Option<u64>) {
    let server = &asked.server;
    // What its browser has sent since, another process may know, or nobody any more.
    let is_remembered = token.memory == server.memory && !server.views.has_forgotten(token.view);
    let memory = if is_remembered { 0 } else { rand::random() };
    if let Some(baseline) = token.baseline.and_then(|id| server.baselines.find(id)) {
        let mut view = baseline.restore(&server.engine, &asked.origin(token.view), server.now()).await;
        view.memory = memory;
        return (server.views.add(token.view, view), Some(token.revision));
    }
    let mut view = asked.begin_view(token.view).await;
    view.memory = memory;
    load(&server.engine, &mut view, server.now()).await;
    (server.views.add(token.view, view), None)
}

/// Holds a view of which the browser has swapped in the answer `revision`.
async fn go_on(slot: Slot, revision: u64) -> Begun {
    let (mut view, turn) = slot.lock().await;
    let resend = view.unsent_since(revision).map_or(Resend::All, Resend::These);
    Begun { slot, view, turn, resend, is_lost: false }
}

/// Holds a view of which the browser has nothing that can be relied on.
async fn begin_anew(slot: Slot) -> Begun {
    let (view, turn) = slot.lock().await;
    Begun { slot, view, turn, resend: Resend::All, is_lost: false }
}

fn refusal(refused: Refused) -> Error {
    Error::BadInput(match refused {
        Refused::UnknownField(name) => format!("This page has no field “{name}”."),
        Refused::UnknownAction(id) => format!("This page has no button “{id}”."),
        Refused::UnknownComponent(id) => format!("This page has no component “{id}”."),
    })
}
