//! What tests share: the servers, started when first needed, and a runtime.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::runtime::Runtime;

use crate::servers::{Engine, Failure, Server};

/// How long a test may take; far above what any needs.
const LIMIT: Duration = Duration::from_mins(2);

pub(crate) type Outcome = Result<(), Failure>;

/// A test, and the engines without which it is skipped.
pub(crate) struct Test {
    pub(crate) name: String,
    pub(crate) engines: Vec<Engine>,
    pub(crate) run: Box<dyn Fn(Arc<Servers>) -> BoxFuture<'static, Outcome> + Send + Sync>,
}

impl Test {
    /// A test that an async function makes of the servers.
    pub(crate) fn new<F>(
        name: impl Into<String>,
        engines: &[Engine],
        run: impl Fn(Arc<Servers>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        Self { name: name.into(), engines: engines.to_vec(), run: Box::new(move |servers| run(servers).boxed()) }
    }
}

/// The servers that all tests share. A test makes its own databases on them, and does not stop them.
#[derive(Default)]
pub(crate) struct Servers {
    postgres: Shared,
    mariadb: Shared,
    mysql: Shared,
}

/// A server that starts when it is first asked for, and the reason why it did not.
type Shared = OnceLock<Result<Server, String>>;

impl Servers {
    pub(crate) fn get(&self, engine: Engine) -> Result<&Server, Failure> {
        let place = match engine {
            Engine::Sqlite => return Err(Failure("SQLite has no server".to_owned())),
            Engine::Postgres => &self.postgres,
            Engine::MariaDb => &self.mariadb,
            Engine::MySql => &self.mysql,
        };
        let find = || Server::find(engine).map_err(|failure| failure.to_string());
        place.get_or_init(find).as_ref().map_err(|message| Failure(message.clone()))
    }
}

/// Where tests are performed.
pub(crate) struct Stage {
    servers: Arc<Servers>,
    runtime: OnceLock<Result<Runtime, String>>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self { servers: Arc::default(), runtime: OnceLock::new() }
    }

    pub(crate) fn perform(&self, test: &Test) -> Result<(), String> {
        let runtime = self.runtime.get_or_init(|| Runtime::new().map_err(|error| error.to_string()));
        runtime.as_ref().map_err(String::clone)?.block_on(async {
            let run = AssertUnwindSafe((test.run)(Arc::clone(&self.servers))).catch_unwind();
            match tokio::time::timeout(LIMIT, run).await {
                Ok(Ok(outcome)) => outcome.map_err(|failure| failure.to_string()),
                Ok(Err(panic)) => Err(panic_message(&*panic)),
                Err(_) => Err(format!("the test took more than {} s", LIMIT.as_secs())),
            }
        })
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("the test panicked").to_owned()
}
