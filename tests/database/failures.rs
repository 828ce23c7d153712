//! Servers that are down, die, come back, refuse or take long; queries that nobody waits for any more.

use std::sync::Arc;
use std::time::{Duration, Instant};

use appspec_data::{BoundQuery, Data, DataError, DataErrorKind, Secret, Target, Tls};
use appspec_lang::value::Scalar;

use crate::ground::{CONNECTION, Ground, limited, run};
use crate::servers::{Admin, Engine, Failure, PASSWORD, Proxy, Server};
use crate::stage::{Outcome, Servers, Test};

/// A message must come within this time, of a server that does not answer.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn tests() -> Vec<Test> {
    type Run = fn(Arc<Servers>, Engine) -> futures_util::future::BoxFuture<'static, Outcome>;
    let shared: &[(&str, Run)] = &[
        ("refuses_with_a_reason", |servers, engine| Box::pin(refuses(servers, engine))),
        ("stops_at_the_timeout", |servers, engine| Box::pin(times_out(servers, engine))),
        ("stops_when_nobody_waits", |servers, engine| Box::pin(is_cancelled(servers, engine))),
        ("stops_at_max_rows", |servers, engine| Box::pin(stops_reading(servers, engine))),
        ("goes_on_after_errors", |servers, engine| Box::pin(goes_on(servers, engine))),
        ("loses_the_answer_to_a_commit", |servers, engine| Box::pin(loses_commit(servers, engine))),
        ("writes_all_or_nothing", |servers, engine| Box::pin(all_or_nothing(servers, engine))),
    ];
    let own: &[(&str, Run)] = &[
        ("is_down_at_start", |_, engine| Box::pin(is_down(engine))),
        ("dies_in_the_middle", |_, engine| Box::pin(dies(engine))),
        ("comes_back_unnoticed", |_, engine| Box::pin(comes_back(engine))),
        ("is_full", |_, engine| Box::pin(is_full(engine))),
    ];
    let mut tests = Vec::new();
    for engine in Engine::all().into_iter().filter(|engine| *engine != Engine::Sqlite) {
        let own = if engine == Engine::MySql { &[] } else { own };
        for &(name, run) in shared.iter().chain(own) {
            let name = format!("failures::{}_{name}", engine.name());
            tests.push(Test::new(name, &[engine], move |servers| run(servers, engine)));
        }
    }
    tests
}

const ONE: &str = "select 1 as n";

/// A query that takes long, with a mark that is seen among the statements that run.
fn sleeping(engine: Engine, mark: &str) -> BoundQuery {
    let long = match engine {
        Engine::Postgres => "select pg_sleep(100)::text",
        // In MySQL a nap that is cut short is a result.
        Engine::MySql => {
            "select (select count(*) from information_schema.collations a, information_schema.collations b, \
             information_schema.collations c, information_schema.collations d, information_schema.collations e)"
        }
        _ => "select sleep(100)",
    };
    BoundQuery::plain(format!("{long} as n /* {mark} */"))
}

/// A message for readers: it says what is wrong, and holds no secret.
fn check(error: &DataError, kind: DataErrorKind, parts: &[&str]) {
    assert_eq!(error.kind, kind, "{error}");
    for part in parts {
        assert!(error.message.contains(part), "{error} does not say {part}");
    }
    assert!(!error.message.contains(PASSWORD), "{error}");
}

async fn failing(data: &Data, query: &str) -> Result<DataError, Failure> {
    match limited(data, BoundQuery::plain(query), None, None).await {
        Ok(_) => Err(Failure(format!("{query} worked"))),
        Err(error) => Ok(error),
    }
}

async fn refuses(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let ground = Ground::make(&servers, engine, "refuses").await?;
    let server = |change: &dyn Fn(&mut appspec_data::ServerSettings)| {
        let mut settings = ground.settings();
        let Target::Server(server) = &mut settings.target else { panic!("{} has a server", engine.name()) };
        change(server);
        ground.data_with(settings, "UTC")
    };
    let wrong = server(&|server| server.password = Some(Secret::new("canary")));
    let error = failing(&wrong, ONE).await?;
    check(&error, DataErrorKind::Refused, &["password"]);
    assert!(!error.message.contains("canary"), "{error}");
    let nobody = server(&|server| server.username = Some("nobody_there".to_owned()));
    check(&failing(&nobody, ONE).await?, DataErrorKind::Refused, &["password"]);
    let nowhere = server(&|server| server.database = Some("nothing_there".to_owned()));
    check(&failing(&nowhere, ONE).await?, DataErrorKind::Refused, &["nothing_there"]);
    let silent = server(&|server| server.port = Some(1));
    check(&failing(&silent, ONE).await?, DataErrorKind::Unreachable, &["does not answer", "127.0.0.1:1"]);
    let unknown = server(&|server| "no-such-host.invalid".clone_into(&mut server.host));
    check(&failing(&unknown, ONE).await?, DataErrorKind::Unreachable, &["no-such-host.invalid"]);
    Ok(())
}

/// How many statements with a mark run.
async fn running(admin: &mut Admin, mark: &str) -> Result<usize, Failure> {
    Ok(admin.running().await?.iter().filter(|statement| statement.contains(mark)).count())
}

async fn administrator(server: &Server) -> Result<Admin, Failure> {
    server.admin(if server.engine() == Engine::Postgres { "postgres" } else { "" }).await
}

async fn times_out(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let ground = Ground::make(&servers, engine, "times_out").await?;
    let data = ground.data("UTC");
    let started = Instant::now();
    let error = limited(&data, sleeping(engine, "times out"), Some(Duration::from_millis(1500)), None).await.err();
    let took = started.elapsed();
    let error = error.ok_or_else(|| Failure("a query of 100 seconds ended".to_owned()))?;
    check(&error, DataErrorKind::Timeout, &["timeout", "1.5s"]);
    assert!(took >= Duration::from_secs(1) && took < PATIENCE, "{took:?}");
    let mut admin = administrator(servers.get(engine)?).await?;
    while running(&mut admin, "times out").await? > 0 {}
    assert!(run(&data, BoundQuery::plain(ONE)).await.is_ok());
    // The connection's own timeout.
    let mut settings = ground.settings();
    settings.timeout = Duration::from_secs(1);
    let data = ground.data_with(settings, "UTC");
    let error = limited(&data, sleeping(engine, "times out again"), None, None).await.err();
    check(&error.ok_or_else(|| Failure("it ended".to_owned()))?, DataErrorKind::Timeout, &["1s"]);
    Ok(())
}

async fn is_cancelled(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let ground = Ground::make(&servers, engine, "is_cancelled").await?;
    let mut settings = ground.settings();
    // The pool is full while the query runs: stopping it takes no place in it.
    settings.max_connections = 1;
    let data = ground.data_with(settings, "UTC");
    let mut admin = administrator(servers.get(engine)?).await?;
    for _ in 0..3 {
        let waiting = tokio::spawn({
            let data = Arc::clone(&data);
            async move { run(&data, sleeping(engine, "is cancelled")).await }
        });
        while running(&mut admin, "is cancelled").await? == 0 {}
        waiting.abort();
        let started = Instant::now();
        while running(&mut admin, "is cancelled").await? > 0 {
            assert!(started.elapsed() < PATIENCE, "it still runs");
        }
        assert_eq!(run(&data, BoundQuery::plain(ONE)).await?.rows(), 1);
    }
    Ok(())
}

async fn stops_reading(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let ground = Ground::make(&servers, engine, "stops_reading").await?;
    let data = ground.data("UTC");
    let many = match engine {
        Engine::Postgres => "select generate_series(1, 1000000000) as n",
        Engine::MariaDb => "select seq as n from seq_1_to_1000000000",
        _ => {
            "with recursive digits as (select 0 as d union all select d + 1 from digits where d < 9) \
             select 1 as n from digits a, digits b, digits c, digits d, digits e, digits f, digits g, digits h, digits i"
        }
    };
    for end in ["", " limit 900000000"] {
        let started = Instant::now();
        let table = limited(&data, BoundQuery::plain(format!("{many}{end}")), None, Some(1000)).await;
        let table = table.map_err(|error| Failure(error.to_string()))?;
        assert_eq!((table.rows(), table.was_cut()), (1000, Some(1000)));
        assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
    }
    let exact = limited(&data, BoundQuery::plain(format!("{many} limit 1000")), None, Some(1000)).await;
    assert_eq!(exact.map(|table| (table.rows(), table.was_cut())), Ok((1000, None)));
    Ok(())
}

async fn goes_on(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let ground = Ground::make(&servers, engine, "goes_on").await?;
    let mut settings = ground.settings();
    settings.max_connections = 1;
    let data = ground.data_with(settings, "UTC");
    for wrong in ["select nothing", "selec 1", "select 1 from nowhere", "select 1/0 as n", ONE] {
        let _may_fail = run(&data, BoundQuery::plain(wrong)).await;
        let table = run(&data, BoundQuery::plain(ONE)).await?;
        assert_eq!(table.records(1), [vec![Scalar::Int(1)]], "after {wrong}");
    }
    Ok(())
}

fn statements(sql: &[&str]) -> Vec<BoundQuery> {
    sql.iter().map(|sql| BoundQuery::plain(*sql)).collect()
}

/// The wire is cut behind the commit: it is not known whether it was saved. Cut before, nothing is.
async fn loses_commit(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let ground = Ground::make(&servers, engine, "loses_commit").await?;
    ground.script("create table t (n int)").await?;
    let proxy = Proxy::to(servers.get(engine)?.port())?;
    let mut settings = ground.settings();
    settings.writable = true;
    let Target::Server(server) = &mut settings.target else { panic!("{} has a server", engine.name()) };
    // The words have to be seen on the wire.
    (server.port, server.tls) = (Some(proxy.port()), Tls::Off);
    if engine == Engine::MySql {
        return Ok(());
    }
    let data = ground.data_with(settings, "UTC");
    let traps = [("insert into t values (1)", false, &[][..]), ("commit", true, &["1"])];
    for (trap, is_unknown, saved) in traps {
        // The connection is there: it is in use, not opened, when it is cut.
        run(&data, BoundQuery::plain(ONE)).await?;
        proxy.cut_after(trap.as_bytes());
        let failed = data.write(CONNECTION, &statements(&["insert into t values (1)"])).await.err();
        let failed = failed.ok_or_else(|| Failure("it was written".to_owned()))?;
        assert_eq!(failed.is_unknown, is_unknown, "{}", failed.error);
        check(&failed.error, DataErrorKind::Unreachable, &["was lost"]);
        let mut admin = ground.admin().await?;
        while admin.texts("select n from t").await? != saved {}
        admin.close().await?;
    }
    assert_eq!(run(&data, BoundQuery::plain("select n from t")).await?.rows(), 1);
    Ok(())
}

async fn all_or_nothing(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let ground = Ground::make(&servers, engine, "all_or_nothing").await?;
    ground.script("create table t (n int primary key)").await?;
    let mut settings = ground.settings();
    settings.writable = true;
    let data = ground.data_with(settings, "UTC");
    let twice = statements(&["insert into t values (1)", "insert into t values (2)", "insert into t values (1)"]);
    let failed = data.write(CONNECTION, &twice).await.err().ok_or_else(|| Failure("it was written".to_owned()))?;
    assert!(!failed.is_unknown);
    assert_eq!(run(&data, BoundQuery::plain("select n from t")).await?.rows(), 0);
    let once = statements(&["insert into t values (1)", "insert into t values (2)", "select max(n) as n from t"]);
    let result = data.write(CONNECTION, &once).await.map_err(|failed| Failure(failed.error.to_string()))?;
    assert_eq!(result.map(|table| table.records(2)), Some(vec![vec![Scalar::Int(2)]]));
    assert_eq!(run(&data, BoundQuery::plain("select n from t")).await?.rows(), 2);
    let second = statements(&["insert into t values (3); insert into t values (4)"]);
    assert!(data.write(CONNECTION, &second).await.is_err());
    assert_eq!(run(&data, BoundQuery::plain("select n from t")).await?.rows(), 2);
    Ok(())
}

/// A server of its own, which may be stopped.
async fn own(engine: Engine) -> Result<(Server, Ground), Failure> {
    let server = Server::start(engine)?;
    let ground = Ground::on(&server, "own").await?;
    Ok((server, ground))
}

async fn is_down(engine: Engine) -> Outcome {
    let (server, ground) = own(engine).await?;
    server.crash()?;
    let data = ground.data("UTC");
    let started = Instant::now();
    let error = failing(&data, ONE).await?;
    check(&error, DataErrorKind::Unreachable, &["does not answer", &server.port().to_string()]);
    assert!(error.kind.is_transient() && started.elapsed() < PATIENCE);
    server.restart()?;
    assert_eq!(run(&data, BoundQuery::plain(ONE)).await?.rows(), 1);
    Ok(())
}

async fn dies(engine: Engine) -> Outcome {
    let (server, ground) = own(engine).await?;
    let data = ground.data("UTC");
    let waiting = tokio::spawn({
        let data = Arc::clone(&data);
        async move { limited(&data, sleeping(engine, "dies"), None, None).await }
    });
    let mut admin = administrator(&server).await?;
    while running(&mut admin, "dies").await? == 0 {}
    server.crash()?;
    let error = waiting.await?.err().ok_or_else(|| Failure("it ended".to_owned()))?;
    check(&error, DataErrorKind::Unreachable, &["was lost"]);
    assert!(error.kind.is_transient());
    check(&failing(&data, ONE).await?, DataErrorKind::Unreachable, &["does not answer"]);
    server.restart()?;
    assert_eq!(run(&data, BoundQuery::plain(ONE)).await?.rows(), 1);
    Ok(())
}

async fn comes_back(engine: Engine) -> Outcome {
    let (server, ground) = own(engine).await?;
    let data = ground.data("UTC");
    // More than one connection is open when the server goes.
    let several = (0..4).map(|_| run(&data, BoundQuery::plain(ONE)));
    for done in futures_util::future::join_all(several).await {
        done?;
    }
    server.crash()?;
    server.restart()?;
    for _ in 0..6 {
        assert_eq!(run(&data, BoundQuery::plain(ONE)).await?.rows(), 1);
    }
    Ok(())
}

async fn is_full(engine: Engine) -> Outcome {
    let (server, ground) = own(engine).await?;
    let mut admin = administrator(&server).await?;
    admin
        .execute(match engine {
            Engine::Postgres => "alter role own connection limit 1",
            _ => "alter user own with max_user_connections 1",
        })
        .await?;
    let mut held = Admin::connect(&ground.url).await?;
    let data = ground.data("UTC");
    let error = failing(&data, ONE).await?;
    check(&error, DataErrorKind::Busy, &["too many connections"]);
    assert!(error.kind.is_transient());
    assert_eq!(held.texts("select 1").await?, ["1"]);
    held.close().await?;
    // The server takes a moment to see the end of a connection.
    while run(&data, BoundQuery::plain(ONE)).await.is_err() {}
    Ok(())
}
