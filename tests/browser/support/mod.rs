//! What journeys need: the servers, the driver of the browser, and a tab that is used as a person would.

mod console;
mod driver;
mod server;
mod tab;

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::runtime::Runtime;

pub(crate) use driver::Driver;
use server::Server;
pub(crate) use tab::Tab;

/// How long a journey may take; far above what any needs.
const LIMIT: Duration = Duration::from_mins(5);

/// A journey, and the app that it is made in.
pub(crate) struct Journey {
    pub(crate) name: &'static str,
    pub(crate) app: AppFolder,
    pub(crate) make: fn(Tab) -> BoxFuture<'static, Outcome>,
}

/// An app that is served.
#[derive(Clone, Copy)]
pub(crate) enum AppFolder {
    /// `specs/`
    Demo,
    /// `tests/browser/specs/`
    Own,
    /// The same, by a server that only this journey uses, and may restart.
    Alone,
    /// `tests/browser/german/`, by a server that only this journey uses.
    German,
    /// `specs/`, by a server that only this journey uses.
    DemoAlone,
}

/// Keys as `WebDriver` names them.
pub(crate) mod key {
    pub(crate) const TAB: &str = "\u{e004}";
    pub(crate) const ENTER: &str = "\u{e007}";
    pub(crate) const ESCAPE: &str = "\u{e00c}";
    pub(crate) const SPACE: &str = "\u{e00d}";
    pub(crate) const UP: &str = "\u{e013}";
    pub(crate) const RIGHT: &str = "\u{e014}";
    pub(crate) const DOWN: &str = "\u{e015}";
}

pub(crate) type Outcome = Result<(), Failure>;

/// Why a journey cannot go on.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// The servers and the driver that all journeys share; ended on drop.
pub(crate) struct Stage {
    demo: Arc<Mutex<Server>>,
    own: Arc<Mutex<Server>>,
    driver: Driver,
    runtime: Runtime,
}

impl Stage {
    pub(crate) fn set() -> Result<Self, String> {
        let set = || -> Result<Self, Failure> {
            Ok(Self {
                demo: start("specs")?,
                own: start("tests/browser/specs")?,
                driver: Driver::start()?,
                runtime: Runtime::new()?,
            })
        };
        set().map_err(|failure| format!("the stage cannot be set: {failure}"))
    }

    /// Makes a journey in a browser of its own, which is closed whatever happens.
    pub(crate) fn perform(&self, journey: &Journey) -> Result<(), String> {
        self.runtime.block_on(async {
            let server = match journey.app {
                AppFolder::Demo => Arc::clone(&self.demo),
                AppFolder::Own => Arc::clone(&self.own),
                AppFolder::Alone => start("tests/browser/specs").map_err(|failure| failure.to_string())?,
                AppFolder::German => start("tests/browser/german").map_err(|failure| failure.to_string())?,
                AppFolder::DemoAlone => start("specs").map_err(|failure| failure.to_string())?,
            };
            let tab = Tab::open_browser(&self.driver, server).await.map_err(|failure| failure.to_string())?;
            let made = AssertUnwindSafe((journey.make)(tab.clone())).catch_unwind();
            let result = match tokio::time::timeout(LIMIT, made).await {
                Ok(Ok(Ok(()))) => tab.console_is_clean().await.map_err(|failure| failure.to_string()),
                Ok(Ok(Err(failure))) => Err(failure.to_string()),
                Ok(Err(panic)) => Err(panic_message(&*panic)),
                Err(_) => Err(format!("the journey took more than {} s", LIMIT.as_secs())),
            };
            let result = match result {
                Ok(()) => Ok(()),
                Err(message) => Err(format!("{message}\n{}", tab.last_sight(&picture(journey.name)).await)),
            };
            tab.close_browser().await;
            result
        })
    }
}

fn start(folder: &str) -> Result<Arc<Mutex<Server>>, Failure> {
    let server = Server::start(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))?;
    Ok(Arc::new(Mutex::new(server)))
}

/// Where the picture of a failed journey goes.
fn picture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"))
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("the journey panicked").to_owned()
}
