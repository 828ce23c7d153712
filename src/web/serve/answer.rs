//! From a run to an answer: a whole page, fragments, or a stream of them.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use appspec_lang::check::program::{Component, Page};
use appspec_lang::value::Fingerprint;
use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};

use super::Server;
use super::error::Error;
use super::live::{Live, Message};
use super::near;
use super::place::Place;
use super::session::{Session, Token};
use super::views::{Parked, Turn};
use crate::eval::address;
use crate::eval::{Delta, Event, Reaction, Run, Toast};
use crate::render::{ErrorPage, Fragment, PageModel, Scene, title_partial, view_field};

/// How long a browser without script waits for a page.
const WHOLE_ANSWER: Duration = Duration::from_secs(30);

/// More often no page is loaded anew, in seconds.
const SHORTEST_RELOAD: u64 = 5;

/// Who asks for what.
#[derive(Debug)]
pub(super) struct Asked {
    pub server: Arc<Server>,
    pub session: Session,
    pub place: Place,
}

impl Asked {
    /// The token for what the browser holds with this answer.
    pub(super) fn token(&self, run: &Run) -> String {
        let view = run.view();
        let baseline =
            if view.revision == 0 { self.server.baselines.keep(view, &self.server.engine.data) } else { None };
        self.signed(run, view.revision, baseline)
    }

    /// The field that tells the server next time what the browser holds.
    pub(super) fn view_field(&self, run: &Run) -> String {
        let url = self.url(run);
        view_field(&self.token(run), url.as_deref(), run.is_expecting()).partial()
    }

    /// The URL of the page as it is; none where it never changes.
    pub(super) fn url(&self, run: &Run) -> Option<String> {
        let view = run.view();
        address::has_any(view).then(|| self.place.with_query(&address::query(view, &self.place.query)))
    }

    /// A token that names the view alone: of what its browser shows, nothing is settled.
    pub(super) fn early_token(&self, run: &Run, is_touched: bool) -> String {
        self.signed(run, run.view().revision + u64::from(is_touched), None)
    }

    fn signed(&self, run: &Run, revision: u64, baseline: Option<Fingerprint>) -> String {
        let view = run.view();
        let (place, memory) = (self.place.fingerprint(), self.server.memory_of(view));
        let token = Token { view: view.origin.view, place, revision, baseline, memory };
        token.sign(&self.server.key, &self.session)
    }

    pub(super) fn with_cookie(&self, mut response: Response) -> Response {
        let lasting = self.server.keeping.as_ref().map(|keeping| keeping.expires);
        let cookie = lasting.and_then(|time| self.session.lasting_cookie(time)).or_else(|| self.session.set_cookie());
        if let Some(cookie) = cookie {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        response
    }
}

/// The whole page as it stands. What is still open is kept for the browser to ask for.
///
/// With a turn, the view is a touched one, which counts its answers.
pub(super) fn page(asked: &Asked, mut run: Run, reaction: &Reaction, turn: Option<Turn>) -> Response {
    let is_late = !run.is_done();
    let is_partial = is_late && !run.lacks_extras_alone();
    let delta = run.take_delta(true);
    if !is_late {
        run.finish(turn.is_some());
    }
    let token = if is_late { asked.early_token(&run, turn.is_some()) } else { asked.token(&run) };
    let late = is_late.then(|| asked.late_url(&token));
    let url = asked.url(&run);
    let server = &asked.server;
    let said = |is_error| reaction.toasts.iter().filter(move |toast| toast.is_error == is_error);
    let toasts: Vec<&str> = said(false).map(|toast| toast.text.as_str()).collect();
    let notices: Vec<&str> = said(true).map(|toast| toast.text.as_str()).collect();
    let (title, description) = (run.title(), run.description());
    let html = server.renderer.page(&PageModel {
        scene: asked.scene(&run, &delta),
        title: &title,
        description: description.as_deref(),
        action: url.as_deref().unwrap_or(&asked.place.path),
        url: url.as_deref(),
        again: &with_view(url.as_deref().unwrap_or(&asked.place.path), &token),
        view: &token,
        is_expecting: run.is_expecting(),
        click: &format!("{:032x}", rand::random::<u128>()),
        nav: &server.nav.sections(&asked.place.path),
        toasts: &toasts,
        notices: &notices,
        late: late.as_deref(),
        is_partial,
        reload: reload(run.view().origin.page()),
    });
    if is_late {
        // A browser without script asks for the whole page again, and then for what was said with it.
        server.arriving.keep(run.view().origin.view, Parked { run, turn, reaction: reaction.clone() });
    }
    match html {
        Ok(html) => {
            let policy = (header::CONTENT_SECURITY_POLICY, server.policies.page(asked.place.page));
            asked.with_cookie(([policy], Html(html)).into_response())
        }
        Err(error) => failure(server, &Error::bug(&error)),
    }
}

/// The whole page after an interaction, for a browser without script.
pub(super) async fn whole(asked: &Asked, mut run: Run, mut turn: Turn, reaction: &Reaction) -> Response {
    let deadline = Instant::now() + WHOLE_ANSWER;
    loop {
        match timeout_at(deadline, step(&mut run, Some(&mut turn))).await {
            Ok(Some(true)) => {}
            // The newer interaction answers for this one too.
            Ok(None) => return StatusCode::NO_CONTENT.into_response(),
            Ok(Some(false)) | Err(_) => return page(asked, run, reaction, Some(turn)),
        }
    }
}

/// Sends a browser without script to the page as it is after an interaction: to load that again sends nothing again.
pub(super) fn see_other(asked: &Asked, run: Run, turn: Turn, reaction: Reaction) -> Response {
    let token = asked.early_token(&run, true);
    let url = asked.url(&run).unwrap_or_else(|| asked.place.path.clone());
    asked.server.arriving.keep(run.view().origin.view, Parked { run, turn: Some(turn), reaction });
    redirect(asked, &with_view(&url, &token), false)
}

/// What an interaction has changed: at once if it is ready soon, else as a stream.
pub(super) async fn fragments(asked: Asked, mut run: Run, mut turn: Turn, reaction: Reaction) -> Response {
    let deadline = Instant::now() + asked.server.options.plain_answer;
    loop {
        tokio::select! {
            biased;
            () = turn.overtaken() => return StatusCode::NO_CONTENT.into_response(),
            step = timeout_at(patience(&asked.server, deadline, &run), run.step()) => match step {
                Ok(true) => {}
                Ok(false) => break,
                Err(_late) => return late(asked, run, turn, &reaction),
            },
        }
    }
    let mut body = asked.partials(&mut run, false);
    body.push_str(&asked.toasts(&reaction));
    run.finish(true);
    body.push_str(&asked.view_field(&run));
    let mut response = Html(body).into_response();
    if let Some(url) = asked.url(&run).filter(|url| *url != asked.place.with_query(&asked.place.query)) {
        response.headers_mut().insert(HeaderName::from_static("hx-replace-url"), header_url(&url));
    }
    response.headers_mut().insert(HeaderName::from_static("server-timing"), timing(&run));
    asked.with_cookie(response)
}

/// Until when an answer waits for the next step of its run: for extras alone not as long as for what is shown.
pub(super) fn patience(server: &Server, deadline: Instant, run: &Run) -> Instant {
    if run.lacks_extras_alone() { deadline.min(Instant::now() + server.options.for_extras) } else { deadline }
}

/// A late answer as a stream of events; at first what is there, with what is open as pending.
fn late(asked: Asked, mut run: Run, turn: Turn, reaction: &Reaction) -> Response {
    let mut first = asked.partials(&mut run, true);
    first.push_str(&asked.toasts(reaction));
    events(asked, Parked { run, turn: Some(turn), reaction: Reaction::default() }, first)
}

/// The late parts of a page that was sent, as a stream of events.
pub(super) fn rest(asked: Asked, mut parked: Parked) -> Response {
    let first = asked.partials(&mut parked.run, false);
    events(asked, parked, first)
}

fn events(asked: Asked, Parked { run, turn, .. }: Parked, first: String) -> Response {
    let cookie = asked.session.set_cookie();
    let state = Some(Stream { asked, run, turn, first: Some(first) });
    let events = stream::unfold(state, |state| async move {
        let mut stream = state?;
        let (html, is_last) = stream.next().await?;
        let event = Ok::<_, Infallible>(event(&html));
        Some((event, (!is_last).then_some(stream)))
    });
    // What compresses it looks again behind its end.
    event_stream(Body::from_stream(events.fuse()), cookie)
}

/// What happens on a page that is looked at, as a stream of events.
pub(super) fn live(live: Live, session: &Session) -> Response {
    let events = stream::unfold(live, |mut live| async move {
        let bytes = match live.next().await? {
            Message::News(html) => event(&html),
            Message::Alive => Bytes::from_static(b"event: alive\ndata: .\n\n"),
            Message::Lost => LOST,
        };
        Some((Ok::<_, Infallible>(bytes), live))
    });
    // The first word opens the stream in the browser, however long nothing happens.
    let opening = stream::iter([Ok(Bytes::from_static(b": open\n\n"))]);
    let mut response = event_stream(Body::from_stream(opening.chain(events)), session.set_cookie());
    response.extensions_mut().insert(Endless);
    response
}

/// Marks an answer that lasts as long as the page is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Endless;

/// The answer to whoever wants to know what happens to a view that is not known.
pub(super) fn lost(session: &Session) -> Response {
    event_stream(Body::from(LOST), session.set_cookie())
}

const LOST: Bytes = Bytes::from_static(b"event: lost\ndata: .\n\n");

fn event_stream(body: Body, cookie: Option<HeaderValue>) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    // Else a proxy may gather what it is to pass on.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    if let Some(cookie) = cookie {
        headers.insert(header::SET_COOKIE, cookie);
    }
    response
}

/// An answer that goes on.
struct Stream {
    asked: Asked,
    run: Run,
    turn: Option<Turn>,
    first: Option<String>,
}

impl Stream {
    /// The next event, and whether it is the last; none if a newer interaction has taken over.
    async fn next(&mut self) -> Option<(String, bool)> {
        if let Some(first) = self.first.take().filter(|first| !first.is_empty()) {
            return Some((first, false));
        }
        loop {
            if !step(&mut self.run, self.turn.as_mut()).await? {
                break;
            }
            let html = self.asked.partials(&mut self.run, false);
            if !html.is_empty() {
                return Some((html, false));
            }
        }
        let mut html = self.asked.partials(&mut self.run, false);
        self.run.finish(self.turn.is_some());
        html.push_str(&self.asked.view_field(&self.run));
        Some((html, true))
    }
}

/// Takes a step of a run, if there is one; none if a newer interaction has taken over.
pub(super) async fn step(run: &mut Run, turn: Option<&mut Turn>) -> Option<bool> {
    let Some(turn) = turn else { return Some(run.step().await) };
    tokio::select! {
        biased;
        () = turn.overtaken() => None,
        is_more = run.step() => Some(is_more),
    }
}

/// What the run has done, for the network panel of a browser: `computed;desc=3, skipped;desc=1, hits;desc=0`.
fn timing(run: &Run) -> HeaderValue {
    let count = |is: fn(&Event) -> bool| run.log().iter().filter(|event| is(event)).count();
    let computed = count(|event| matches!(event, Event::Computed { .. } | Event::Failed(_)));
    let skipped = count(|event| matches!(event, Event::Skipped(_)));
    let hits = count(|event| matches!(event, Event::CacheHit(_)));
    let text = format!("computed;desc={computed}, skipped;desc={skipped}, hits;desc={hits}");
    HeaderValue::from_str(&text).expect("digits and letters make a header")
}

/// One server-sent event.
fn event(html: &str) -> Bytes {
    let mut text = String::with_capacity(html.len() + 16);
    // A carriage return of its own would end a line of the stream.
    let html =
        if html.contains('\r') { html.replace("\r\n", "\n").replace('\r', "\n").into() } else { Cow::from(html) };
    for line in html.lines() {
        text.push_str("data: ");
        text.push_str(line);
        text.push('\n');
    }
    text.push('\n');
    Bytes::from(text)
}

/// Sends the browser to another page.
pub(super) fn redirect(asked: &Asked, to: &str, is_htmx: bool) -> Response {
    let to = header_url(to);
    asked.with_cookie(if is_htmx {
        ([(HeaderName::from_static("hx-location"), to)], ()).into_response()
    } else {
        (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
    })
}

/// A URL as a header takes it.
fn header_url(url: &str) -> HeaderValue {
    HeaderValue::from_str(&visible(url)).expect("visible ASCII makes a header")
}

/// A URL as a browser sends it: what is no visible ASCII is percent-encoded.
pub(super) fn visible(url: &str) -> String {
    let mut text = String::with_capacity(url.len());
    for byte in url.bytes() {
        if byte.is_ascii_graphic() {
            text.push(char::from(byte));
        } else {
            let _infallible = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// The page that says why there is none.
pub(super) fn failure(server: &Server, error: &Error) -> Response {
    failure_near(server, error, &[])
}

/// The page that says that there is none at a path, with those that may have been meant.
pub(super) fn not_found(server: &Server, path: &str) -> Response {
    failure_near(server, &Error::NotFound, &near::pages(&server.app, path))
}

fn failure_near(server: &Server, error: &Error, near: &[(String, String)]) -> Response {
    let message = error.message();
    let status = error.status();
    let settings = &server.app.program.settings;
    let (status_code, title) = (status.as_u16(), error.title());
    let page = ErrorPage { settings, status: status_code, title, message: &message, diagnostics: None, near };
    match server.renderer.error(&page) {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => error.clone().into_response(),
    }
}

/// After how many seconds a browser without script loads a page anew that lives: only where nothing can be entered that
/// would be lost.
fn reload(page: &Page) -> Option<u64> {
    // To lose one's place in a table is less than to see old rows.
    let may_lose = |component: &Component| match &component.window {
        Some(window) => window.choices().next().is_some() || window.selection.is_some(),
        None => component.kind.acts() || component.selected().is_some(),
    };
    let acts = page.components.iter().any(may_lose);
    page.shortest_period().filter(|_| !acts).map(|period| period.as_secs().max(SHORTEST_RELOAD))
}

impl Asked {
    fn scene<'a>(&'a self, run: &'a Run, delta: &'a Delta) -> Scene<'a> {
        let settings = &self.server.app.program.settings;
        let now = std::time::Instant::now();
        Scene { page: run.view().origin.page(), settings, outcomes: &delta.changed, now, row: None }
    }

    /// What has changed since the last call, as fragments.
    pub(super) fn partials(&self, run: &mut Run, mark_pending: bool) -> String {
        let delta = run.take_delta(mark_pending);
        let changed = delta.changed.keys().cloned().collect();
        match self.server.renderer.fragments(&self.scene(run, &delta), &changed) {
            Ok(fragments) => fragments
                .iter()
                .map(Fragment::partial)
                .chain(run.take_title().map(|title| title_partial(&self.server.app.program.settings, &title)))
                .collect(),
            Err(error) => notice(&self.server, &Error::bug(&error).message()),
        }
    }

    fn toasts(&self, reaction: &Reaction) -> String {
        let shown = |said: &Toast| {
            if said.is_error { notice(&self.server, &said.text) } else { toast(&self.server, &said.text) }
        };
        reaction.toasts.iter().map(shown).collect()
    }

    fn late_url(&self, token: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let page = self.place.with_query(&self.place.query);
        query.append_pair("page", &page).append_pair("view", token);
        format!("/-/events?{}", query.finish())
    }
}

/// The URL at which a browser without script finds its view again.
fn with_view(url: &str, token: &str) -> String {
    format!("{url}{}view={token}", if url.contains('?') { '&' } else { '?' })
}

pub(super) fn toast(server: &Server, text: &str) -> String {
    let html = server.renderer.toast(text).unwrap_or_default();
    format!(r##"<hx-partial hx-target="#toasts" hx-swap="beforeend">{html}</hx-partial>"##)
}

/// What went wrong, to stay until the next answer.
fn notice(server: &Server, text: &str) -> String {
    let html = server.renderer.notice(text).unwrap_or_else(|error| Error::bug(&error).message());
    format!(r##"<hx-partial hx-target="#notices" hx-swap="beforeend">{html}</hx-partial>"##)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_a_fragment_stays_in_its_event() {
        for html in ["<p>\na\nb", "<p>\r\na\r\nb", "<p>\ra\rb"] {
            assert_eq!(event(html), "data: <p>\ndata: a\ndata: b\n\n", "{html:?}");
        }
    }

    #[test]
    fn any_text_makes_the_header_of_a_url() {
        for (url, expected) in
            [("/a?b=c%20d#e", "/a?b=c%20d#e"), ("/Zürich 1", "/Z%C3%BCrich%201"), ("/\r\nx", "/%0D%0Ax")]
        {
            assert_eq!(header_url(url), expected);
        }
    }
}
