//! An app of one page on a server, and tabs that show it.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use appspec_data::Data;
use appspec_lang::compile::compile;
use appspec_lang::diagnostic::{Diagnostics, render};
use appspec_lang::source::Sources;
use appspec_lang::spec::Schemas;
use appspec_web::serve::{Options, router};
use axum::Router;
use axum::body::{Body, BodyDataStream, to_bytes};
use axum::http::{Request, Response, header};
use futures_util::StreamExt;
use tempfile::TempDir;
use tower::ServiceExt;

use crate::postgres::ground::{data_settings, settings};
use crate::servers::{Failure, Server};

const APP: &str = "connection: db\nconnections: { db: { type: sql, dialect: postgres, writable: true } }\n";

/// How long something on a page is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// An app that is served in this process.
pub(super) struct App {
    router: Router,
    _folder: TempDir,
}

/// A page in a browser.
pub(super) struct Tab {
    router: Router,
    cookie: String,
    pub(super) html: String,
}

/// What happens on it.
pub(super) struct Events {
    body: BodyDataStream,
    read: String,
}

impl App {
    /// An app whose connection leads to a new database of a server.
    pub(super) async fn on(server: &Server, database: &str, page: &str) -> Result<Self, Failure> {
        Self::through(server.port(), server, database, page).await
    }

    /// The same, where the server is reached through another port than its own.
    pub(super) async fn through(port: u16, server: &Server, database: &str, page: &str) -> Result<Self, Failure> {
        server.database(database).await?;
        let mut sources = Sources::default();
        sources.add("app.yaml", APP);
        sources.add("index.yaml", page);
        let mut diagnostics = Diagnostics::default();
        let app = compile(&sources, &Schemas::default(), &mut diagnostics);
        let app = app.ok_or_else(|| Failure(render::terminal(&sources, &diagnostics.sorted(), false)))?;
        let folder = TempDir::new()?;
        fs::create_dir_all(folder.path())?;
        let mut connection = settings(port, database);
        connection.writable = true;
        let data = Data::connect(folder.path(), vec![connection], data_settings());
        let options = Options::new(folder.path().to_owned(), folder.path().join(".appspec"));
        let options = Options { first_answer: PATIENCE, plain_answer: PATIENCE, for_extras: PATIENCE, ..options };
        let (server, _) = appspec_web::serve::Server::new(Arc::new(app), Arc::new(data), &options);
        Ok(Self { router: router(server), _folder: folder })
    }

    pub(super) async fn open(&self) -> Result<Tab, Failure> {
        let response = send(&self.router, "/", "").await?;
        let cookie = response.headers().get(header::SET_COOKIE).and_then(|cookie| cookie.to_str().ok());
        let cookie = cookie.and_then(|cookie| cookie.split(';').next()).unwrap_or_default().to_owned();
        let bytes = to_bytes(response.into_body(), usize::MAX).await?;
        Ok(Tab { router: self.router.clone(), cookie, html: String::from_utf8(bytes.to_vec())? })
    }
}

impl Tab {
    fn token(&self) -> Result<&str, Failure> {
        let token = self.html.split(r#"name="view" value=""#).nth(1).and_then(|rest| rest.split('"').next());
        token.ok_or_else(|| Failure("the page has no token".to_owned()))
    }

    /// Sends changed fields as the script does.
    pub(super) async fn post(&self, fields: &str) -> Result<String, Failure> {
        let request = Request::post("/").header(header::COOKIE, &self.cookie).header("hx-request", "true");
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.body(Body::from(format!("view={}&{fields}", self.token()?)))?;
        let response = self.router.clone().oneshot(request).await?;
        Ok(String::from_utf8(to_bytes(response.into_body(), usize::MAX).await?.to_vec())?)
    }

    pub(super) async fn listen(&self) -> Result<Events, Failure> {
        let url = format!("/-/events?page=/&live=&view={}", self.token()?);
        let response = send(&self.router, &url, &self.cookie).await?;
        Ok(Events { body: response.into_body().into_data_stream(), read: String::new() })
    }

    /// What a reader sees in a component.
    pub(super) fn text(&self, id: &str) -> String {
        let from = self.html.split(&format!(r#"id="c-{id}""#)).nth(1).unwrap_or_default();
        let inside = from.split_once('>').map_or("", |(_, rest)| rest);
        text(inside.split("</main>").next().unwrap_or_default())
    }
}

impl Events {
    /// The text of the next fragments.
    pub(super) async fn news(&mut self) -> Result<String, Failure> {
        tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some(end) = self.read.find("\n\n") {
                    let event: String = self.read.drain(..end + 2).collect();
                    let lines: Vec<&str> = event.lines().filter_map(|line| line.strip_prefix("data: ")).collect();
                    if !lines.is_empty() && !event.starts_with("event: ") {
                        return Ok(text(&lines.join("\n")));
                    }
                    continue;
                }
                let bytes = self.body.next().await.ok_or_else(|| Failure("the stream has ended".to_owned()))??;
                self.read.push_str(std::str::from_utf8(&bytes)?);
            }
        })
        .await?
    }
}

async fn send(router: &Router, url: &str, cookie: &str) -> Result<Response<Body>, Failure> {
    let request = Request::get(url).header(header::COOKIE, cookie).body(Body::empty())?;
    Ok(router.clone().oneshot(request).await?)
}

/// Text without tags, blanks folded.
fn text(html: &str) -> String {
    let parts = html.split('<').enumerate();
    let plain = parts.map(|(at, part)| if at == 0 { part } else { part.split_once('>').map_or("", |(_, rest)| rest) });
    plain.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}
