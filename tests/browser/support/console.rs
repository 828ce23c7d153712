//! The console of the page, and commands that only Chromium's driver has.

use axum::http::Method;
use fantoccini::Client;
use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};
use url::{ParseError, Url};

use super::Failure;

/// Makes violations of the content security policy errors of the console, in every document before its own scripts.
const WATCH_POLICY: &str = "addEventListener('securitypolicyviolation', event => console.error(
    `securitypolicyviolation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));";

/// A command of Chromium's driver.
#[derive(Debug)]
struct Command {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

/// Has policy violations written to the console of every page that this tab opens.
pub(crate) async fn watch_policy(client: &Client) -> Result<(), Failure> {
    before_every_page(client, WATCH_POLICY).await
}

/// Runs a script in every page that this tab opens, before its own.
pub(crate) async fn before_every_page(client: &Client, source: &str) -> Result<(), Failure> {
    let body = json!({ "cmd": "Page.addScriptToEvaluateOnNewDocument", "params": { "source": source } });
    client.issue_cmd(Command { path: "goog/cdp/execute", body }).await?;
    Ok(())
}

/// Makes pages believe in a setting of the user: `prefers-color-scheme`, `prefers-reduced-motion`.
pub(crate) async fn emulate_media(client: &Client, feature: &str, value: &str) -> Result<(), Failure> {
    let params = json!({ "features": [{ "name": feature, "value": value }] });
    let body = json!({ "cmd": "Emulation.setEmulatedMedia", "params": params });
    client.issue_cmd(Command { path: "goog/cdp/execute", body }).await?;
    Ok(())
}

/// Has no page run scripts of its own from now on.
pub(crate) async fn disable_scripts(client: &Client) -> Result<(), Failure> {
    let body = json!({ "cmd": "Emulation.setScriptExecutionDisabled", "params": { "value": true } });
    client.issue_cmd(Command { path: "goog/cdp/execute", body }).await?;
    Ok(())
}

/// The errors that the console got since it was last asked.
pub(crate) async fn errors(client: &Client) -> Result<Vec<String>, Failure> {
    let log = client.issue_cmd(Command { path: "se/log", body: json!({ "type": "browser" }) }).await?;
    let entries = log.as_array().cloned().unwrap_or_default();
    let is_error = |entry: &&Value| entry["level"] == "SEVERE";
    let text = |entry: &Value| entry["message"].as_str().unwrap_or_default().to_owned();
    Ok(entries.iter().filter(is_error).map(text).collect())
}
