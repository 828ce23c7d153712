//! Tables that change under a session that has read them: a query shows what they are now.

use std::sync::Arc;

use appspec_data::{BoundQuery, Data, Piece, Table};
use appspec_lang::value::Scalar;

use crate::ground::{Ground, limited, run};
use crate::servers::{Engine, Failure};
use crate::stage::{Outcome, Servers, Test};

pub(crate) fn tests() -> Vec<Test> {
    let mut tests = Vec::new();
    for engine in Engine::all() {
        let name = format!("changes::{}_shows_the_columns_of_now", engine.name());
        tests.push(Test::new(name, &[engine], move |servers| columns(servers, engine)));
        let name = format!("changes::{}_takes_values_for_the_types_of_now", engine.name());
        tests.push(Test::new(name, &[engine], move |servers| types(servers, engine)));
    }
    tests
}

/// The data of a connection with one session, which sees all of the queries.
fn with_one_session(ground: &Ground) -> Arc<Data> {
    let mut settings = ground.settings();
    settings.max_connections = 1;
    ground.data_with(settings, "UTC")
}

fn shown(table: &Table) -> String {
    let names: Vec<String> = table.columns().iter().map(|column| column.name.to_string()).collect();
    let rows = table.records(usize::MAX).into_iter().map(|row| format!("{row:?}"));
    std::iter::once(names.join(" ")).chain(rows).collect::<Vec<_>>().join("\n")
}

async fn columns(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let ground = Ground::make(&servers, engine, "changes_columns").await?;
    ground.script("create table w (a int, b int); insert into w values (1, 2)").await?;
    let data = with_one_session(&ground);
    let first = if matches!(engine, Engine::MariaDb | Engine::MySql) { "first" } else { "" };
    let order = if first.is_empty() { "a b z" } else { "z a b" };
    let row = if first.is_empty() { "[Int(1), Int(2), Null]" } else { "[Null, Int(1), Int(2)]" };
    let anew = "drop table w; create table w";
    for (change, wanted) in [
        ("select 1".to_owned(), "a b\n[Int(1), Int(2)]".to_owned()),
        (format!("alter table w add column z int {first}"), format!("{order}\n{row}")),
        (format!("{anew} (b int, a int); insert into w values (2, 1)"), "b a\n[Int(2), Int(1)]".to_owned()),
        (format!("{anew} (c int); insert into w values (3)"), "c\n[Int(3)]".to_owned()),
        (format!("{anew} (c int, d int)"), "c d".to_owned()),
        (format!("{anew} (d varchar(9), c int)"), "d c".to_owned()),
    ] {
        ground.script(&change).await?;
        assert_eq!(shown(&run(&data, BoundQuery::plain("select * from w")).await?), wanted, "{change}");
    }
    // What was asked before with another limit is the same text to the server.
    ground.script(&format!("{anew} (a int, d varchar(9)); insert into w values (1, 'x')")).await?;
    let table = limited(&data, BoundQuery::plain("select * from w"), None, Some(7)).await;
    let table = table.map_err(|error| Failure(error.to_string()))?;
    assert_eq!(shown(&table), "a d\n[Int(1), Text(\"x\")]");
    Ok(())
}

async fn types(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let ground = Ground::make(&servers, engine, "changes_types").await?;
    ground.script("create table w (a int, n int); insert into w values (1, 1)").await?;
    let data = with_one_session(&ground);
    let pieces = vec![Piece::Sql("select n from w where a = ".to_owned()), Piece::Param(Scalar::Int(1))];
    let query = || BoundQuery { pieces: pieces.clone() };
    assert_eq!(run(&data, query()).await?.rows(), 1);
    let other = "drop table w; create table w (a varchar(9), n int); insert into w values ('1', 2)";
    for change in [if engine == Engine::Postgres { "alter table w alter a type text" } else { other }, other] {
        ground.script(change).await?;
        assert_eq!(run(&data, query()).await?.rows(), 1, "{change}");
    }
    Ok(())
}
