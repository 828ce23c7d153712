//! Chromium's driver, and the browsers that it starts.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tempfile::TempDir;

use super::Failure;
use super::server::first_match;

/// The names that distributions give the programs.
const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome"];
const DRIVERS: &[&str] = &["chromedriver", "chromium.chromedriver"];

/// Nothing that talks to anybody but the server under test.
const FLAGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--window-size=1280,900",
];

/// A running chromedriver; it and its browsers are ended on drop.
pub(crate) struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    /// What is not there that journeys need.
    pub(crate) fn missing() -> Option<String> {
        let runs = |names: &[&str]| names.iter().any(|name| program(name));
        let missing = [("Chromium", BROWSERS), ("chromedriver", DRIVERS)];
        let missing = missing.iter().find(|(_, names)| !runs(names));
        missing.map(|(what, names)| format!("{what} is not installed (looked for {})", names.join(", ")))
    }

    pub(crate) fn start() -> Result<Self, Failure> {
        let name = DRIVERS.iter().find(|name| program(name)).unwrap_or(&"chromedriver");
        let mut child = Command::new(name)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let output = child.stdout.take().ok_or_else(|| Failure("the driver has no output".to_owned()))?;
        let mut driver = Self { child, port: 0 };
        let port = first_match(output, |line| {
            let (_, port) = line.split_once("successfully on port ")?;
            Some(port.trim_end_matches('.').to_owned())
        })?;
        driver.port = port.parse()?;
        Ok(driver)
    }

    /// Starts a browser with a new, empty profile, which lives as long as the folder that is returned.
    pub(crate) async fn browser(&self) -> Result<(Client, TempDir), Failure> {
        let profile = TempDir::new()?;
        let mut arguments: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let mut wanted = serde_json::Map::new();
        wanted.insert("goog:chromeOptions".to_owned(), json!({ "args": arguments }));
        wanted.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted)
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await?;
        Ok((client, profile))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Killing the driver would leave its browsers behind: it is asked to end them first.
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let _best_effort = stream.set_read_timeout(Some(Duration::from_secs(10)));
            let _best_effort =
                stream.write_all(b"GET /shutdown HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            let _best_effort = stream.read_to_end(&mut Vec::new());
        }
        let _already_ended = self.child.kill();
        let _already_ended = self.child.wait();
    }
}

/// Whether a program of this name is there and runs.
fn program(name: &str) -> bool {
    let mut version = Command::new(name);
    version.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    version.status().is_ok_and(|status| status.success())
}
