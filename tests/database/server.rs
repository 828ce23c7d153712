//! The servers themselves: they start, answer, tell what they were asked, and come back.

use std::sync::Arc;

use crate::servers::{Admin, Engine, Proxy, Server};
use crate::stage::{Outcome, Servers, Test};

pub(crate) fn tests() -> Vec<Test> {
    vec![
        Test::new("server::postgres_shows_what_runs", &[Engine::Postgres], |servers| shows(servers, Engine::Postgres)),
        Test::new("server::mariadb_shows_what_runs", &[Engine::MariaDb], |servers| shows(servers, Engine::MariaDb)),
        Test::new("server::postgres_answers", &[Engine::Postgres], |servers| answers(servers, Engine::Postgres)),
        Test::new("server::mariadb_answers", &[Engine::MariaDb], |servers| answers(servers, Engine::MariaDb)),
        Test::new("server::postgres_comes_back", &[Engine::Postgres], |_| comes_back(Engine::Postgres)),
        Test::new("server::mariadb_comes_back", &[Engine::MariaDb], |_| comes_back(Engine::MariaDb)),
        Test::new("server::postgres_is_cut_off", &[Engine::Postgres], |servers| cut_off(servers, Engine::Postgres)),
        Test::new("server::mariadb_is_cut_off", &[Engine::MariaDb], |servers| cut_off(servers, Engine::MariaDb)),
    ]
}

async fn answers(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let server = servers.get(engine)?;
    let database = server.database("answers").await?;
    let mut owner = Admin::connect(&database).await?;
    owner.execute("create table t (n int); insert into t values (1), (2), (null)").await?;
    assert_eq!(
        owner.texts("select n\nfrom t -- a mark of this test\norder by n is null, n").await?,
        ["1", "2", "null"]
    );
    let seen = server.statements()?.iter().filter(|statement| statement.contains("a mark of this test")).count();
    assert_eq!(seen, 1, "the log holds every statement once");
    assert!(owner.execute("create role intruder").await.is_err(), "the owner of a database is no administrator");
    owner.close().await
}

async fn shows(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let server = servers.get(engine)?;
    let database = server.database("shows").await?;
    let (nap, socket) = match engine {
        Engine::Postgres => ("select pg_sleep(100)", ".s.PGSQL."),
        _ => ("select sleep(100)", "mysql.sock"),
    };
    let mut owner = Admin::connect(&database).await?;
    let sleeper = tokio::spawn(async move { owner.texts(nap).await });
    let mut admin = server.admin(if engine == Engine::Postgres { "postgres" } else { "" }).await?;
    while !admin.running().await?.iter().any(|statement| statement == nap) {}
    sleeper.abort();
    let entries = std::fs::read_dir(server.sockets()?)?.filter_map(Result::ok);
    assert!(entries.filter_map(|entry| entry.file_name().into_string().ok()).any(|name| name.starts_with(socket)));
    Ok(())
}

async fn comes_back(engine: Engine) -> Outcome {
    let server = Server::start(engine)?;
    let database = server.database("comes_back").await?;
    let mut owner = Admin::connect(&database).await?;
    owner.execute("create table t (n int); insert into t values (7)").await?;
    server.crash()?;
    assert!(owner.texts("select n from t").await.is_err());
    assert!(Admin::connect(&database).await.is_err());
    server.restart()?;
    let mut owner = Admin::connect(&database).await?;
    assert_eq!(owner.texts("select n from t").await?, ["7"]);
    Ok(())
}

async fn cut_off(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let server = servers.get(engine)?;
    let database = server.database("cut_off").await?;
    let proxy = Proxy::to(server.port())?;
    let mut url = database;
    let _every_such_url_has_one = url.set_port(Some(proxy.port()));
    let mut owner = Admin::connect(&url).await?;
    owner.execute("create table t (n int)").await?;
    proxy.cut_after(b"insert into t");
    assert!(owner.execute("insert into t values (7)").await.is_err(), "the answer is lost");
    let mut again = Admin::connect(&url).await?;
    while again.texts("select n from t").await? != ["7"] {}
    proxy.cut();
    assert!(again.texts("select n from t").await.is_err());
    assert_eq!(Admin::connect(&url).await?.texts("select n from t").await?, ["7"]);
    Ok(())
}
