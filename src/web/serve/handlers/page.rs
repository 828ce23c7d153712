//! `GET /sales`: a page as it is at first.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::time::{Instant, timeout_at};

use crate::eval::address;
use crate::eval::interact::load;
use crate::eval::kept;
use crate::eval::{Origin, Reaction, Resend, Run, User, View, ViewId};
use crate::serve::Server;
use crate::serve::answer::{self, Asked};
use crate::serve::session::{Session, Token, cookie};
use crate::serve::views::{Parked, Slot};

/// Set by the page's script as it follows a link: the token of the view that it leaves.
const FROM: &str = "appspec_from";

/// Loads a page: a new view at its initial values.
pub(crate) async fn show(
    State(server): State<Arc<Server>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let session = Session::of(&headers);
    let place = server.places.find(&url_of(&uri)).ok_or_else(|| answer::not_found(&server, uri.path()))?;
    let asked = Asked { server: Arc::clone(&server), session, place };
    if let Some(parked) = awaited(&asked, &uri) {
        return Ok(complete(&asked, parked).await);
    }
    let id = ViewId(rand::random());
    let mut view = asked.begin_view(id).await;
    let now = server.now();
    let said = server.said.take(&asked.session, asked.place.fingerprint());
    let with = |mut reaction: Reaction| {
        reaction.toasts.splice(0..0, said);
        reaction
    };
    if bring_along(&asked, &headers, &mut view).await {
        // What a link says is meant, whatever comes along.
        asked.follow_url(&mut view).await;
        // What came along would be lost with an untouched view.
        let slot = server.views.add(id, view);
        let (mut guard, turn) = slot.lock().await;
        let mut reaction = with(load(&server.engine, &mut guard, now).await);
        reaction.toasts.extend(asked.keep(&mut guard).await);
        let run = Run::start(Arc::clone(&server.engine), guard, now, Resend::All);
        return Ok(answer::page(&asked, wait_a_little(&server, run).await, &reaction, Some(turn)));
    }
    let mut reaction = with(load(&server.engine, &mut view, now).await);
    reaction.toasts.extend(asked.keep(&mut view).await);
    let (guard, _turn) = Slot::new(view).lock().await;
    let run = Run::start(Arc::clone(&server.engine), guard, now, Resend::All);
    Ok(answer::page(&asked, wait_a_little(&server, run).await, &reaction, None))
}

/// The path and query of a request.
pub(crate) fn url_of(uri: &Uri) -> String {
    uri.path_and_query().map_or_else(|| uri.path().to_owned(), ToString::to_string)
}

pub(crate) async fn wait_a_little(server: &Server, mut run: Run) -> Run {
    let deadline = Instant::now() + server.options.first_answer;
    while let Ok(true) = timeout_at(answer::patience(server, deadline, &run), run.step()).await {}
    run
}

/// The whole page once nothing of it is late any more, unless a newer interaction takes over.
async fn complete(asked: &Asked, Parked { mut run, mut turn, reaction }: Parked) -> Response {
    while let Some(is_more) = answer::step(&mut run, turn.as_mut()).await {
        if !is_more {
            return answer::page(asked, run, &reaction, turn);
        }
    }
    StatusCode::NO_CONTENT.into_response()
}

/// The run of a page that was sent with late parts to a browser without script, which now asks again.
fn awaited(asked: &Asked, uri: &Uri) -> Option<Parked> {
    let query = uri.query()?;
    let (_, token) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "view")?;
    let token = Token::verify(&token, &asked.server.key, &asked.session)?;
    if token.place != asked.place.fingerprint() {
        return None;
    }
    let mut parked = asked.server.arriving.take(token.view)?;
    parked.run.forget_sent();
    Some(parked)
}

/// Takes the app's state from the view that the browser leaves; false if there is none.
async fn bring_along(asked: &Asked, headers: &HeaderMap, view: &mut View) -> bool {
    let from = cookie(headers, FROM).and_then(|text| Token::verify(text, &asked.server.key, &asked.session));
    let Some(from) = from else { return false };
    let Some(slot) = asked.server.views.find(from.view) else { return false };
    // Its late parts, which nobody has fetched, may hold the view.
    asked.server.arriving.give_up(from.view);
    let (old, _turn) = slot.lock().await;
    view.take_shared(&old)
}

impl Asked {
    /// A view of this page at its first moment: as its URL says, else as is kept, else at its initial values.
    pub(crate) async fn begin_view(&self, id: ViewId) -> View {
        let mut view = View::new(self.origin(id));
        self.recall(&mut view).await;
        self.follow_url(&mut view).await;
        kept::note(&mut view);
        view
    }

    /// Gives a view that begins what its URL says.
    async fn follow_url(&self, view: &mut View) {
        if !self.place.query.is_empty() && address::has_any(view) {
            address::seed(&self.server.engine, view, &self.place.query, self.server.now()).await;
        }
    }

    /// What is fixed for a view of this page.
    pub(crate) fn origin(&self, view: ViewId) -> Arc<Origin> {
        Arc::new(Origin {
            app: Arc::clone(&self.server.app),
            page: self.place.page,
            view,
            params: self.place.params.clone(),
            user: User::default(),
            session: self.session.fingerprint(),
            secret: self.server.key.secret(),
        })
    }
}
