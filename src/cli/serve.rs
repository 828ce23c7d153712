//! `appspec serve`: the app in a folder, live.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use appspec_data::{ConnectionSettings, Data, Follower, Scrubber, exposed_files, weak_secrets};
use appspec_lang::source::World;
use appspec_lang::spec;
use appspec_web::serve::{self, Options, Server};
use tokio::net::TcpListener;
use tokio::signal;
use tokio::time::timeout;

use super::load::{self, Folder, Read, Whole};
use super::{Exit, Terminal};

/// How long a server that stops waits for results to get to disk: what is lost costs only time.
const LAST_RESULTS: Duration = Duration::from_secs(10);

/// Serves the app in a folder; one with errors is refused, as `check` would
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    folder: Folder,
    /// The name or address to listen on
    #[arg(long, env = "APPSPEC_HOST", default_value = "127.0.0.1")]
    host: String,
    /// The port to listen on; 0 takes a free one
    #[arg(long, env = "APPSPEC_PORT", default_value_t = 8501)]
    port: u16,
    /// Memory for all tables together, such as `512MB`; without it, what `limits` says in `app.yaml`
    #[arg(long, env = "APPSPEC_CACHE_SIZE", value_name = "SIZE", value_parser = size)]
    cache_size: Option<u64>,
}

fn size(text: &str) -> Result<u64, String> {
    spec::parse_size(text).ok_or_else(|| "a size is a whole number above zero and a unit: `512MB`, `2GB`".to_owned())
}

/// How often the secrets are looked at.
const PERIOD: Duration = Duration::from_secs(1);

pub(super) async fn run(arguments: &Arguments, scrubber: &Scrubber, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    let root = &arguments.folder.root;
    let Whole { app, data, secrets } = load::load_whole(&arguments.folder, scrubber, terminal).await?;
    warn_of_secrets(&secrets, terminal)?;
    let listener = listen(arguments, terminal).await?;
    if let Some(bytes) = arguments.cache_size {
        data.limit_cache(bytes);
    }
    let options = Options::new(root.clone(), load::state_folder(root));
    let pages = app.program.pages.len();
    let (server, warnings) = Server::new(Arc::new(app), Arc::new(data.clone()), &options);
    for warning in warnings {
        writeln!(terminal.err, "warning: {warning}")?;
    }
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        writeln!(
            terminal.err,
            "warning: everybody who reaches {address} can use this app: it asks nobody who they are"
        )?;
    }
    writeln!(terminal.out, "Serving {} at http://{address}/", root.display())?;
    terminal.out.flush()?;
    let connections = secrets.found.connected.settings.len();
    tracing::info!(version = env!("CARGO_PKG_VERSION"), %address, pages, connections, "started");
    let ended = tokio::select! {
        ended = serve::run(server, listener, stopped()) => ended,
        never = follow(terminal.world, secrets, &data) => match never {},
    };
    if let Err(error) = ended {
        writeln!(terminal.err, "error: cannot go on serving: {error}")?;
        return Err(Exit::Environment);
    }
    if timeout(LAST_RESULTS, data.written()).await.is_err() {
        tracing::warn!("some results were not kept on disk");
    }
    tracing::info!("stopped");
    Ok(())
}

/// Says which secrets others can see, and which connections cannot be used for want of them.
fn warn_of_secrets(Read { found, .. }: &Read, terminal: &mut Terminal<'_>) -> Result<(), Exit> {
    let settings = &found.connected.settings;
    let unusable = settings.iter().filter_map(ConnectionSettings::unusable);
    for warning in exposed_files(&found.places).into_iter().chain(weak_secrets(settings)).chain(unusable) {
        writeln!(terminal.err, "warning: {warning}")?;
    }
    Ok(())
}

/// Takes up changes of the secrets for as long as the app is served.
async fn follow(world: &dyn World, Read { secrets, declared, found }: Read, data: &Data) -> Infallible {
    let mut follower = Follower::new(found);
    loop {
        tokio::time::sleep(PERIOD).await;
        let read = tokio::task::block_in_place(|| secrets.read(world, &declared));
        if let Some(settings) = follower.look(read) {
            data.reconnect(settings.to_vec());
        }
    }
}

async fn listen(arguments: &Arguments, terminal: &mut Terminal<'_>) -> Result<TcpListener, Exit> {
    let (host, port) = (arguments.host.as_str(), arguments.port);
    match TcpListener::bind((host, port)).await {
        Ok(listener) => return Ok(listener),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            writeln!(terminal.err, "error: port {port} of {host} is in use")?;
            writeln!(terminal.err, "help: choose another with `--port`; `--port 0` takes a free one")?;
        }
        Err(error) => writeln!(terminal.err, "error: cannot listen on port {port} of {host}: {error}")?,
    }
    Err(Exit::Environment)
}

/// Completes when the process is asked to end.
async fn stopped() {
    tokio::select! {
        _ = signal::ctrl_c() => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    // Where the signal cannot be listened to, it ends the process by itself.
    match signal::unix::signal(signal::unix::SignalKind::terminate()) {
        Ok(mut terminations) => drop(terminations.recv().await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
