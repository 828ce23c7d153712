//! The page that asks before a button acts, for browsers without script: it sends the same form once more.

use axum::response::{Html, IntoResponse, Response};

use super::answer::{Asked, failure};
use super::error::Error;
use super::form::HELD;
use crate::eval::{Question, Run, Sent, Toast};
use crate::render::QuestionPage;

/// A button that was pressed and has not acted, and all that was sent with it.
pub(super) struct Pressed {
    action: String,
    fields: Vec<(String, String)>,
}

impl Pressed {
    /// None where nothing is left to be asked.
    pub(super) fn of(sent: &Sent) -> Option<Self> {
        let action = sent.action.clone().filter(|_| !sent.is_confirmed)?;
        let held = sent.held.iter().map(|(name, values)| (format!("{HELD}{name}"), values));
        let all = sent.fields.iter().map(|(name, values)| (name.clone(), values)).chain(held);
        let fields = all.flat_map(|(name, values)| values.iter().map(move |value| (name.clone(), value.clone())));
        Some(Self { action, fields: fields.collect() })
    }
}

/// What was entered counts already; the button acts when the page that is given here is answered.
pub(super) fn page(asked: &Asked, run: &Run, pressed: &Pressed, question: &Question, said: &[Toast]) -> Response {
    let server = &asked.server;
    let said: Vec<&str> = said.iter().map(|toast| toast.text.as_str()).collect();
    let url = asked.url(run);
    let html = server.renderer.question(&QuestionPage {
        settings: &server.app.program.settings,
        text: &question.text,
        label: &question.label,
        is_danger: question.is_danger,
        url: url.as_deref().unwrap_or(&asked.place.path),
        action: &pressed.action,
        view: &asked.early_token(run, true),
        click: &format!("{:032x}", rand::random::<u128>()),
        fields: &pressed.fields,
        said: &said,
    });
    match html {
        Ok(html) => asked.with_cookie(Html(html).into_response()),
        Err(error) => failure(server, &Error::bug(&error)),
    }
}
