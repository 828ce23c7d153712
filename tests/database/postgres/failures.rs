//! What is wrong with a server is told apart, with what to do, and is over when it is over.

use std::net::TcpListener;
use std::sync::Arc;

use appspec_data::{ConnectionSettings, DataErrorKind, Secret, Target, Tls};

use super::POSTGRES;
use super::ground::{Ground, PLAIN, job, lines, text};
use crate::servers::{Admin, Engine, Failure, Proxy, Server};
use crate::stage::{Outcome, Servers, Test};

pub(crate) fn tests() -> Vec<Test> {
    vec![
        Test::new("postgres::failures_to_connect_say_what_to_do", POSTGRES, opening),
        Test::new("postgres::failures_of_a_server_are_survived", POSTGRES, survived),
        Test::new("postgres::failures_of_a_session_at_rest_are_not_seen", POSTGRES, at_rest),
        Test::new("postgres::failures_in_the_middle_are_transient", POSTGRES, in_the_middle),
        Test::new("postgres::failures_for_want_of_connections_pass", POSTGRES, crowded),
        Test::new("postgres::changes_of_a_table_are_not_failures", POSTGRES, changed),
    ]
}

type Change = Box<dyn FnOnce(&mut appspec_data::ServerSettings) + Send>;

fn change(settings: &mut ConnectionSettings, change: impl FnOnce(&mut appspec_data::ServerSettings)) {
    if let Target::Server(server) = &mut settings.target {
        change(server);
    }
}

type Case = (Change, DataErrorKind, String);

fn cases(port: u16) -> Result<impl Iterator<Item = Case>, Failure> {
    Ok(refusals(port).into_iter().chain(silences()?))
}

fn refusals(port: u16) -> Vec<Case> {
    vec![
        (
            Box::new(|server| server.password = Some(Secret::new("canary-1"))),
            DataErrorKind::Refused,
            format!(
                "the server of `db` at 127.0.0.1:{port} refuses the user `failures_opening`: check `username` and `password`"
            ),
        ),
        (
            Box::new(|server| server.password = None),
            DataErrorKind::Refused,
            format!("the server of `db` at 127.0.0.1:{port} refuses the user `failures_opening`: give it a `password`"),
        ),
        (
            Box::new(|server| server.username = Some("nobody".to_owned())),
            DataErrorKind::Refused,
            format!(
                "the server of `db` at 127.0.0.1:{port} refuses the user `nobody`: check `username` and `password`"
            ),
        ),
        (
            Box::new(|server| server.database = Some("nowhere".to_owned())),
            DataErrorKind::Refused,
            format!("the server of `db` at 127.0.0.1:{port} has no database `nowhere`: check `database`"),
        ),
        (
            Box::new(|server| server.tls = Tls::Require),
            DataErrorKind::Refused,
            format!("the server of `db` at 127.0.0.1:{port} does not encrypt: set `tls: off` if the way to it is safe"),
        ),
        (
            Box::new(|server| server.tls = Tls::VerifyFull { ca: Some("lost.pem".into()) }),
            DataErrorKind::Refused,
            format!(
                "the server of `db` at 127.0.0.1:{port} cannot be verified: the certificate file `lost.pem` cannot be read"
            ),
        ),
    ]
}

fn silences() -> Result<Vec<Case>, Failure> {
    // One port that nobody listens at, and one where all are turned away.
    let closed = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    let blocked = Proxy::to(1)?.port();
    Ok(vec![
        (
            Box::new(move |server| server.port = Some(closed)),
            DataErrorKind::Unreachable,
            format!("the database `db` does not answer at 127.0.0.1:{closed}"),
        ),
        (
            Box::new(move |server| server.port = Some(blocked)),
            DataErrorKind::Unreachable,
            format!("the database `db` does not answer at 127.0.0.1:{blocked}"),
        ),
        (
            Box::new(|server| server.host = String::from("no-such-host.invalid")),
            DataErrorKind::Unreachable,
            "the host `no-such-host.invalid` of the database `db` is not known: check `host`".to_owned(),
        ),
        (
            Box::new(|server| server.host = String::from("/nowhere")),
            DataErrorKind::Unreachable,
            "the database `db` has no socket in /nowhere: is it running?".to_owned(),
        ),
    ])
}

async fn opening(servers: Arc<Servers>) -> Outcome {
    let server = servers.get(Engine::Postgres)?;
    let mut ground = Ground::new(&servers, "failures_opening").await?;
    let port = server.port();
    let good = ground.settings.clone();
    for (case, kind, message) in cases(port)? {
        ground.set(|settings| change(settings, case));
        let error = ground.error("select 1 as x").await?;
        assert_eq!((error.kind, &*error.message), (kind, message.as_str()));
        assert_eq!(kind.is_transient(), kind == DataErrorKind::Unreachable);
        ground.set(|settings| *settings = good.clone());
        assert_eq!(ground.select("select 1 as x").await?.rows(), 1);
    }
    let sockets = server.sockets()?.to_string_lossy().into_owned();
    ground.set(|settings| change(settings, |server| server.host = sockets));
    assert_eq!(ground.select("select 1 as x").await?.rows(), 1, "by its socket");
    Ok(())
}

async fn survived(_servers: Arc<Servers>) -> Outcome {
    let server = Server::start(Engine::Postgres)?;
    let ground = Ground::on(&server, "failures_survived").await?;
    server.crash()?;
    let silent = format!("the database `db` does not answer at 127.0.0.1:{}", server.port());
    assert_eq!(&*ground.error("select 1 as x").await?.message, silent, "down from the start");
    server.restart()?;
    let all: Vec<_> = (0..4).map(|_| ground.select("select pg_sleep(0.1)::text as x")).collect();
    for one in futures_util::future::join_all(all).await {
        assert_eq!(one?.rows(), 1);
    }
    server.restart()?;
    for _ in 0..4 {
        assert_eq!(ground.select("select 1 as x").await?.rows(), 1, "sessions of before the restart are not noticed");
    }
    server.crash()?;
    let error = ground.error("select 1 as x").await?;
    assert!(error.kind.is_transient() && *error.message == *silent, "{error}");
    server.restart()?;
    assert_eq!(ground.select("select 1 as x").await?.rows(), 1);
    Ok(())
}

async fn at_rest(servers: Arc<Servers>) -> Outcome {
    let server = servers.get(Engine::Postgres)?;
    let mut ground = Ground::new(&servers, "failures_rest").await?;
    ground.set(|settings| settings.max_connections = 1);
    let mut admin = server.admin("postgres").await?;
    let process = "select pg_backend_pid() as x";
    let before = lines(&ground.select(process).await?);
    admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'failures_rest'").await?;
    let after = lines(&ground.select(process).await?);
    assert_ne!(before, after);
    // A wire that is cut says nothing to the server.
    let proxy = Proxy::to(server.port())?;
    ground.set(|settings| change(settings, |server| server.port = Some(proxy.port())));
    ground.select(process).await?;
    proxy.cut();
    assert_eq!(ground.select(process).await?.rows(), 1);
    Ok(())
}

async fn in_the_middle(servers: Arc<Servers>) -> Outcome {
    let server = servers.get(Engine::Postgres)?;
    let mut ground = Ground::new(&servers, "failures_middle").await?;
    let proxy = Proxy::to(server.port())?;
    ground.set(|settings| change(settings, |server| server.port = Some(proxy.port())));
    let mut admin = server.admin("postgres").await?;
    let nap = "select pg_sleep(100)::text as x /* of failures_middle */";
    let is_running = |running: &[String]| running.iter().any(|sql| sql.contains("of failures_middle"));
    for cut in [true, false] {
        let (data, wanted) = (Arc::clone(&ground.data), job(vec![text(nap)]));
        let query = tokio::spawn(async move { data.run(&wanted, &PLAIN).await });
        while !is_running(&admin.running().await?) {}
        if cut {
            proxy.cut();
        } else {
            let kill = "select pg_terminate_backend(pid) from pg_stat_activity where query like '%of failures_middle%' and pid <> pg_backend_pid()";
            admin.execute(kill).await?;
        }
        let Err(error) = query.await? else { return Err(Failure("the query went on".to_owned())) };
        assert_eq!(
            &*error.message,
            format!("the connection to the database `db` at 127.0.0.1:{} was lost", proxy.port())
        );
        assert!(error.kind.is_transient());
        while is_running(&admin.running().await?) {}
        assert_eq!(ground.select("select 1 as x").await?.rows(), 1);
    }
    Ok(())
}

async fn crowded(_servers: Arc<Servers>) -> Outcome {
    let arguments = ["-c", "max_connections=5", "-c", "superuser_reserved_connections=2"];
    let server = Server::start_with(Engine::Postgres, &arguments, &[])?;
    let ground = Ground::on(&server, "failures_crowded").await?;
    let mut guests = Vec::new();
    while let Ok(guest) = Admin::connect(&ground.url).await {
        guests.push(guest);
    }
    let error = ground.error("select 1 as x").await?;
    assert_eq!(error.kind, DataErrorKind::Busy);
    let wanted =
        format!("the database `db` at 127.0.0.1:{} has too many connections: lower `max_connections`", server.port());
    assert_eq!(&*error.message, wanted);
    for guest in guests {
        guest.close().await?;
    }
    while ground.select("select 1 as x").await.is_err_and(|error| error.kind == DataErrorKind::Busy) {}
    assert_eq!(ground.select("select 1 as x").await?.rows(), 1);
    Ok(())
}

/// What a session has prepared does not outlive what it was prepared for.
async fn changed(servers: Arc<Servers>) -> Outcome {
    let ground = Ground::new(&servers, "failures_changed").await?;
    ground.script("create table t (x int); insert into t values (1)").await?;
    for (change, wanted) in [
        ("select 1", ["x int", "1"].as_slice()),
        ("alter table t alter x type text using 'one'", &["x text", "one"]),
        ("alter table t add y date", &["x text, y date", "one, -"]),
        ("drop table t; create table t (z bool); insert into t values (true)", &["z bool", "true"]),
    ] {
        ground.script(change).await?;
        assert_eq!(lines(&ground.select("select * from t").await?), wanted, "{change}");
    }
    ground.script("drop table t").await?;
    assert_eq!(&*ground.error("select * from t").await?.message, "relation \"t\" does not exist");
    Ok(())
}
