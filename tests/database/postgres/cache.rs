//! What the cache spares the database, counted in the database's own log.

use std::sync::Arc;
use std::time::Duration;

use appspec_data::Policy;
use appspec_lang::spec::Cache;
use appspec_lang::value::Fingerprint;
use futures_util::future::join_all;

use super::POSTGRES;
use super::ground::{Ground, PLAIN, job, text};
use crate::servers::{Engine, Failure};
use crate::stage::{Outcome, Servers, Test};

pub(crate) fn tests() -> Vec<Test> {
    vec![Test::new("postgres::two_hundred_viewers_of_an_expired_result_cause_one_query", POSTGRES, expired)]
}

async fn expired(servers: Arc<Servers>) -> Outcome {
    let ground = Ground::new(&servers, "cache").await?;
    ground.script("create table viewed (n int); insert into viewed values (1), (2)").await?;
    let server = servers.get(Engine::Postgres)?;
    let asked = || server.statements().map(|all| all.iter().filter(|sql| sql.contains("from viewed -- seen")).count());
    let job = job(vec![text("select n, random() as x from viewed -- seen")]);
    let cache = Cache { ttl: Some(Duration::from_secs(2)), ..Cache::FOREVER };
    let policy = Policy { query: Fingerprint(1), cache: Some(cache), ..PLAIN };

    let first = ground.data.fetch(&job, &policy).await?;
    let once = asked()?;
    assert!(once > 0, "the log holds what was asked");
    let found = first.cached.ok_or_else(|| Failure("the result is not cached".to_owned()))?;
    while !ground.data.is_outdated(&found) {
        tokio::task::yield_now().await;
    }
    let viewers = (0..200).map(|_| {
        let (data, job) = (Arc::clone(&ground.data), job.clone());
        tokio::spawn(async move { data.run(&job, &policy).await })
    });
    let mut tables = Vec::new();
    for viewer in join_all(viewers).await {
        tables.push(viewer??.fingerprint());
    }
    tables.dedup();
    let [seen] = tables.as_slice() else { return Err(Failure("they see different results".to_owned())) };
    assert_ne!(*seen, first.table.fingerprint(), "which is a new one");
    assert_eq!(asked()?, 2 * once, "one query more than the first");
    Ok(())
}
