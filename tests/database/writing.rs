//! Writes on every engine: lists whose statements need each other, and writes that something is in the way of.

use std::sync::Arc;
use std::time::{Duration, Instant};

use appspec_data::{BoundQuery, ConnectionSettings, Data, DataErrorKind, WriteError};
use appspec_lang::value::Scalar;

use crate::ground::{CONNECTION, Ground, run};
use crate::servers::{Admin, Engine, Failure};
use crate::stage::{Outcome, Servers, Test};

/// Far below what is in the way, far above what a write may take.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn tests() -> Vec<Test> {
    let mut tests = Vec::new();
    for engine in Engine::all() {
        let name = format!("writing::{}_uses_in_a_list_what_it_makes", engine.name());
        tests.push(Test::new(name, &[engine], move |servers| lists(servers, engine)));
        if engine != Engine::Sqlite {
            let name = format!("writing::{}_waits_for_a_lock_no_longer_than_its_timeout", engine.name());
            tests.push(Test::new(name, &[engine], move |servers| locked(servers, engine)));
            let name = format!("writing::{}_ends_in_the_server_what_takes_too_long", engine.name());
            tests.push(Test::new(name, &[engine], move |servers| endless(servers, engine)));
        }
    }
    tests
}

fn writable(ground: &Ground, timeout: Duration) -> Arc<Data> {
    let settings = ConnectionSettings { writable: true, timeout, ..ground.settings() };
    ground.data_with(settings, "UTC")
}

fn statements(sql: &[&str]) -> Vec<BoundQuery> {
    sql.iter().map(|sql| BoundQuery::plain(*sql)).collect()
}

async fn failing(data: &Data, sql: &str) -> Result<WriteError, Failure> {
    data.write(CONNECTION, &statements(&[sql])).await.err().ok_or_else(|| Failure(format!("{sql} was written")))
}

async fn lists(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let ground = Ground::make(&servers, engine, "writing_lists").await?;
    ground.script("create table t (n int); insert into t values (1), (2)").await?;
    let data = writable(&ground, PATIENCE);
    let own: &[&str] = match engine {
        Engine::Postgres => &["create temp table x on commit drop as select n + 10 as n from t"],
        Engine::MariaDb | Engine::MySql => &["set @by = 10", "create temporary table x as select n + @by as n from t"],
        Engine::Sqlite => &["create temporary table x as select n + 10 as n from t"],
    };
    let list: Vec<&str> =
        own.iter().copied().chain(["insert into t select n from x", "select sum(n) as n from t"]).collect();
    for sum in [26, 92] {
        let written = data.write(CONNECTION, &statements(&list)).await;
        let written = written.map_err(|failed| Failure(failed.error.to_string()))?;
        let table = written.ok_or_else(|| Failure("nothing is returned".to_owned()))?;
        let cell = table.records(1).concat().pop();
        let is_sum = match &cell {
            Some(Scalar::Int(int)) => *int == sum,
            Some(Scalar::Decimal { units, scale: 0 }) => *units == i128::from(sum),
            _ => false,
        };
        assert!(is_sum, "{cell:?} is not {sum}");
    }
    let ending = data.write(CONNECTION, &statements(&["set autocommit = 0", "delete from t"])).await;
    let rows = run(&data, BoundQuery::plain("select n from t")).await?.rows();
    assert!(ending.is_err() && rows == 8, "{ending:?}, {rows}");
    Ok(())
}

async fn locked(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let ground = Ground::make(&servers, engine, "writing_locked").await?;
    ground.script("create table t (n int); insert into t values (1)").await?;
    let data = writable(&ground, Duration::from_secs(1));
    let mut other = ground.admin().await?;
    let (lock, unlock) = match engine {
        Engine::Postgres => ("begin; lock table t in access exclusive mode", "commit"),
        _ => ("lock tables t write", "unlock tables"),
    };
    other.execute(lock).await?;
    let started = Instant::now();
    let failed = failing(&data, "update t set n = 2 /* locked */").await?;
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
    assert_eq!((failed.error.kind, failed.is_unknown), (DataErrorKind::Timeout, false), "{}", failed.error);
    let mut admin = administrator(&servers, engine).await?;
    while running(&mut admin, "/* locked */").await? {}
    other.execute(unlock).await?;
    assert_eq!(other.texts("select concat(n, '') from t").await?, ["1"]);
    assert_eq!(data.write(CONNECTION, &statements(&["update t set n = 2"])).await.map(|_| ()), Ok(()));
    Ok(())
}

async fn endless(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let ground = Ground::make(&servers, engine, "writing_endless").await?;
    ground.script("create table t (n int); insert into t values (1)").await?;
    let data = writable(&ground, Duration::from_secs(1));
    // The limits of the server are out of force: what is given up here has to be ended there.
    let list: &[&str] = match engine {
        Engine::Postgres => {
            &["set local statement_timeout = 0", "update t set n = 2 where pg_sleep(100) is not null /* endless */"]
        }
        Engine::MariaDb => {
            &["set statement max_statement_time = 0 for update t set n = 2 where sleep(100) = 0 /* endless */"]
        }
        _ => &["update t set n = 2 where sleep(100) = 0 /* endless */"],
    };
    let started = Instant::now();
    let failed = data.write(CONNECTION, &statements(list)).await.err();
    let failed = failed.ok_or_else(|| Failure("it was written".to_owned()))?;
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
    assert_eq!((failed.error.kind, failed.is_unknown), (DataErrorKind::Timeout, false), "{}", failed.error);
    let mut admin = administrator(&servers, engine).await?;
    while running(&mut admin, "/* endless */").await? {
        assert!(started.elapsed() < PATIENCE, "it goes on");
    }
    assert_eq!(data.write(CONNECTION, &statements(&["update t set n = 3"])).await.map(|_| ()), Ok(()));
    assert_eq!(ground.admin().await?.texts("select concat(n, '') from t").await?, ["3"]);
    Ok(())
}

async fn administrator(servers: &Servers, engine: Engine) -> Result<Admin, Failure> {
    servers.get(engine)?.admin(if engine == Engine::Postgres { "postgres" } else { "" }).await
}

async fn running(admin: &mut Admin, mark: &str) -> Result<bool, Failure> {
    Ok(admin.running().await?.iter().any(|statement| statement.contains(mark)))
}
