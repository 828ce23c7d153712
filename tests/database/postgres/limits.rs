//! A query ends in the server when its time is over, when nobody waits for it, and when enough was read.

use std::sync::Arc;
use std::time::Duration;

use appspec_data::{DataErrorKind, Policy};

use super::POSTGRES;
use super::ground::{Ground, PLAIN, job, lines, text};
use crate::servers::{Admin, Engine, Failure};
use crate::stage::{Outcome, Servers, Test};

pub(crate) fn tests() -> Vec<Test> {
    vec![
        Test::new("postgres::limits_of_time_are_kept_by_the_server", POSTGRES, timeout),
        Test::new("postgres::limits_of_rows_stop_the_reading_in_the_server", POSTGRES, rows),
        Test::new("postgres::queries_end_in_the_server_when_nobody_waits", POSTGRES, dropped),
        Test::new("postgres::queries_wait_for_a_connection_as_long_as_they_have_time", POSTGRES, queue),
    ]
}

async fn timeout(servers: Arc<Servers>) -> Outcome {
    let mut ground = Ground::new(&servers, "limits_time").await?;
    let mut admin = servers.get(Engine::Postgres)?.admin("postgres").await?;
    let nap = "select pg_sleep(100)::text as x /* of limits_time */";
    let policy = Policy { timeout: Some(Duration::from_millis(300)), ..PLAIN };
    ground.set(|settings| settings.max_connections = 1);
    let session = lines(&ground.select("select pg_backend_pid() as x").await?);
    let Err(error) = ground.query(vec![text(nap)], &policy).await else { return Err(Failure(nap.to_owned())) };
    assert_eq!(error.kind, DataErrorKind::Timeout);
    assert_eq!(&*error.message, "the query took longer than its timeout of 300ms");
    let same = lines(&ground.select("select pg_backend_pid() as x").await?);
    assert_eq!(same, session, "it was the server that kept the time: the session is of use still");
    assert!(!admin.running().await?.iter().any(|sql| sql.contains("of limits_time")));
    ground.set(|settings| settings.timeout = Duration::from_secs(3));
    let error = ground.error(nap).await?;
    assert_eq!(&*error.message, "the query took longer than its timeout of 3s");
    assert_eq!(lines(&ground.select("select 1 as x").await?), ["x int", "1"]);
    Ok(())
}

async fn rows(servers: Arc<Servers>) -> Outcome {
    let ground = Ground::new(&servers, "limits_rows").await?;
    let policy = Policy { max_rows: Some(3), ..PLAIN };
    let all = "with recursive c(n) as (select 1 union all select n + 1 from c) select n from c";
    for (sql, cut) in [(all, Some(3)), ("select 1 as n", None)] {
        let table = ground.query(vec![text(sql)], &policy).await?;
        assert_eq!(table.was_cut(), cut, "{sql}");
    }
    let ordered = ground.query(vec![text("select n from generate_series(1, 100) n order by n desc")], &policy).await?;
    assert_eq!(lines(&ordered), ["n int", "100", "99", "98"]);
    Ok(())
}

async fn dropped(servers: Arc<Servers>) -> Outcome {
    let mut ground = Ground::new(&servers, "limits_dropped").await?;
    // The pool is full while it is cancelled.
    ground.set(|settings| settings.max_connections = 1);
    let mut admin = servers.get(Engine::Postgres)?.admin("postgres").await?;
    let nap = "select pg_sleep(100)::text as x /* of limits_dropped */";
    let (data, wanted) = (Arc::clone(&ground.data), job(vec![text(nap)]));
    let query = tokio::spawn(async move { data.run(&wanted, &PLAIN).await });
    let is_running = |running: &[String]| running.iter().any(|sql| sql.contains("of limits_dropped"));
    while !is_running(&admin.running().await?) {}
    query.abort();
    while is_running(&admin.running().await?) {}
    let server = servers.get(Engine::Postgres)?;
    let cancels = || {
        let is_cancel = |sql: &&String| sql.contains("limits_dropped@") && sql.contains("pg_cancel_backend");
        server.statements().map(|statements| statements.iter().filter(is_cancel).count())
    };
    // What the server has done stands in its log a moment later.
    while cancels()? == 0 {}
    assert_eq!(lines(&ground.select("select 1 as x").await?), ["x int", "1"]);
    assert_eq!(cancels()?, 1);
    let sessions = "select count(*)::text from pg_stat_activity where usename = 'limits_dropped'";
    while admin.texts(sessions).await? != ["1"] {}
    Ok(())
}

async fn queue(servers: Arc<Servers>) -> Outcome {
    let mut ground = Ground::new(&servers, "limits_queue").await?;
    ground.set(|settings| settings.max_connections = 2);
    let mut owner = Admin::connect(&ground.url).await?;
    let naps: Vec<_> = (0..6)
        .map(|number| {
            let (data, wanted) =
                (Arc::clone(&ground.data), job(vec![text(&format!("select pg_sleep(0.1)::text as x, {number} as n"))]));
            tokio::spawn(async move { data.run(&wanted, &PLAIN).await })
        })
        .collect();
    for nap in naps {
        assert_eq!(nap.await??.rows(), 1);
    }
    let sessions = owner
        .texts("select count(*)::text from pg_stat_activity where usename = 'limits_queue' and pid <> pg_backend_pid()")
        .await?;
    assert_eq!(sessions, ["2"], "as many as are allowed");
    let nap = job(vec![text("select pg_sleep(100)::text as x")]);
    let holders: Vec<_> = (0..2)
        .map(|_| {
            let (data, nap) = (Arc::clone(&ground.data), nap.clone());
            tokio::spawn(async move { data.run(&nap, &PLAIN).await })
        })
        .collect();
    while owner.texts("select count(*)::text from pg_stat_activity where usename = 'limits_queue' and query like '%pg_sleep(100)%' and state = 'active' and pid <> pg_backend_pid()").await? != ["2"] {}
    let policy = Policy { timeout: Some(Duration::from_millis(200)), ..PLAIN };
    let Err(error) = ground.query(vec![text("select 1 as x")], &policy).await else {
        return Err(Failure("it ran".to_owned()));
    };
    assert!(error.kind == DataErrorKind::Busy && error.kind.is_transient());
    assert_eq!(
        &*error.message,
        "all 2 connections to `db` are in use: try again, or allow more with `max_connections`"
    );
    holders.iter().for_each(tokio::task::JoinHandle::abort);
    assert_eq!(ground.select("select 1 as x").await?.rows(), 1, "free again as soon as they are cancelled");
    Ok(())
}
