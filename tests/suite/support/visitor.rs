//! A browser without a screen: it keeps cookies, and sends what a page's fields or its script would send.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, BodyDataStream, to_bytes};
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use futures_util::StreamExt;
use tower::ServiceExt;

use super::app::TestApp;
use super::html;

/// A browser: its cookies, and the app it visits.
#[derive(Clone)]
pub(crate) struct Visitor {
    router: Arc<Mutex<Router>>,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
}

/// An answer of the server, read to its end.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// A stream of events, as it comes.
pub(crate) struct Events {
    status: StatusCode,
    body: BodyDataStream,
    /// What has come and was not asked for.
    read: String,
}

/// A page that is open in a tab.
#[derive(Clone)]
pub(crate) struct Tab {
    pub(crate) visitor: Visitor,
    path: String,
    /// The page as it was last sent whole.
    pub(crate) html: String,
    /// The token of the view, from the last answer.
    pub(crate) view: String,
}

impl Visitor {
    pub(crate) fn new(router: Router) -> Self {
        Self { router: Arc::new(Mutex::new(router)), cookies: Arc::default() }
    }

    /// Goes on with another server under the same address, in all tabs.
    pub(crate) fn visit(&self, app: &TestApp) {
        *self.router.lock().unwrap() = app.router();
    }

    /// As they stand in a header.
    pub(crate) fn cookies(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    /// Sends a request as it is, but for the cookies.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.begin(request).await.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8_lossy(&body).into_owned();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Sends a request, and gives the answer as soon as it begins.
    async fn begin(&self, mut request: Request<Body>) -> Response<Body> {
        let cookies = self.cookies();
        if !cookies.is_empty() {
            request.headers_mut().insert(header::COOKIE, cookies.parse().unwrap());
        }
        let router = self.router.lock().unwrap().clone();
        let response = router.oneshot(request).await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
        }
        response
    }

    /// Opens a stream of events.
    pub(crate) async fn stream(&self, url: &str) -> Events {
        let response = self.begin(Request::get(url).body(Body::empty()).unwrap()).await;
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        Events { status: response.status(), body: response.into_body().into_data_stream(), read: String::new() }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Posts a form; with `script`, as htmx does.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)], script: bool) -> Answer {
        let body = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = if script { request.header("hx-request", "true") } else { request };
        self.send(request.body(Body::from(body.collect::<Vec<_>>().join("&"))).unwrap()).await
    }

    /// Opens a page in a new tab.
    pub(crate) async fn open(&self, path: &str) -> Tab {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let mut tab = Tab { visitor: self.clone(), path: path.to_owned(), html: String::new(), view: String::new() };
        tab.show(&answer);
        tab
    }
}

impl Tab {
    /// Sends what the script sends: the view and the fields that were changed.
    pub(crate) async fn edit(&mut self, fields: &[(&str, &str)]) -> Answer {
        let view = self.view.clone();
        let all: Vec<(&str, &str)> = std::iter::once(("view", view.as_str())).chain(fields.iter().copied()).collect();
        let answer = self.visitor.post(&self.path, &all, true).await;
        self.view = answer.view().unwrap_or(view);
        answer
    }

    /// Looks at the page, as the script does while it is visible.
    pub(crate) async fn listen(&self) -> Events {
        let (page, view) = (encode(&self.path), encode(&self.view));
        self.visitor.stream(&format!("/-/events?page={page}&view={view}&live=")).await
    }

    /// Clicks a button, with script.
    pub(crate) async fn click(&mut self, id: &str) -> Answer {
        self.edit(&[("action", id)]).await
    }

    /// Presses the button of a download: all fields are sent, some of them changed.
    pub(crate) async fn download(&self, id: &str, changes: &[(&str, &str)]) -> Answer {
        let mut fields = html::fields(&self.html, "view");
        fields.retain(|(name, _)| name != "view" && !changes.iter().any(|(changed, _)| changed == name));
        let fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let fields: Vec<(&str, &str)> =
            [("view", self.view.as_str())].into_iter().chain(fields).chain(changes.iter().copied()).collect();
        self.visitor.post(&format!("/-/export/{id}"), &fields, false).await
    }

    /// Sends the form as a browser without script does: all its fields, some of them changed, and perhaps a button.
    pub(crate) async fn submit(&mut self, changes: &[(&str, &str)], button: Option<&str>) -> Answer {
        let mut fields = html::fields(&self.html, "view");
        fields.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        let button = button.map(|id| ("action", id));
        let changes = changes.iter().copied().chain(button).map(|(name, value)| (name.to_owned(), value.to_owned()));
        fields.extend(changes);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = self.visitor.post(&self.path, &fields, false).await;
        if answer.status == StatusCode::OK {
            self.show(&answer);
        }
        answer
    }

    fn show(&mut self, answer: &Answer) {
        self.html.clone_from(&answer.body);
        self.view = answer.view().unwrap_or_default();
    }

    /// What a reader sees in a component.
    pub(crate) fn text_of(&self, id: &str) -> String {
        html::by_id(&self.html, &format!("c-{id}")).map(|element| element.text()).unwrap_or_default()
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// What a reader sees of it.
    pub(crate) fn text(&self) -> String {
        html::text(&self.body)
    }

    /// The token of the view that the answer is of; the last one, if it came in parts.
    pub(crate) fn view(&self) -> Option<String> {
        let fields = html::elements(&self.body);
        let field = fields.iter().rev().find(|element| element.attribute("name") == Some("view"))?;
        field.attribute("value").map(str::to_owned)
    }

    /// The ids of the components in the answer to a script, in their order, each once.
    pub(crate) fn components(&self) -> Vec<String> {
        let mut ids = Vec::new();
        for partial in html::elements(&self.body).iter().filter(|element| element.tag == "hx-partial") {
            let target = partial.attribute("hx-target").unwrap_or_default();
            if let Some(id) = target.strip_prefix("#c-").filter(|id| !ids.iter().any(|known| known == id)) {
                ids.push(id.to_owned());
            }
        }
        ids
    }

    /// What a reader sees in a component of the answer.
    pub(crate) fn text_of(&self, id: &str) -> String {
        html::by_id(&self.body, &format!("c-{id}")).map(|element| element.text()).unwrap_or_default()
    }
}

/// How long a test waits for something to happen on a page.
const PATIENCE: Duration = Duration::from_secs(30);

impl Events {
    /// The next event: its name, `message` if it has none, and its data; none once the stream has ended.
    pub(crate) async fn event(&mut self) -> Option<(String, String)> {
        let event = tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some(end) = self.read.find("\n\n") {
                    let found = read_event(&self.read[..end]);
                    self.read.drain(..end + 2);
                    if found.is_some() {
                        return found;
                    }
                    continue;
                }
                let bytes = self.body.next().await?.unwrap();
                self.read.push_str(std::str::from_utf8(&bytes).unwrap());
            }
        });
        event.await.expect("nothing happens on the page")
    }

    /// The next fragments.
    pub(crate) async fn news(&mut self) -> Answer {
        loop {
            let (name, body) = self.event().await.expect("the stream goes on");
            match name.as_str() {
                "alive" => {}
                "message" => return Answer { status: self.status, headers: HeaderMap::new(), body },
                other => panic!("{other}"),
            }
        }
    }
}

/// The name and the data of an event; none of a comment.
fn read_event(text: &str) -> Option<(String, String)> {
    let values = |field: &str| -> Vec<&str> { text.lines().filter_map(|line| line.strip_prefix(field)).collect() };
    let data = values("data: ");
    let name = values("event: ").first().map_or("message", |name| *name);
    (!data.is_empty()).then(|| (name.to_owned(), data.join("\n")))
}

/// Percent-encodes a part of a form.
fn encode(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}
