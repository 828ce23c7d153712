//! Writes: all of one or nothing, what they return, and what nobody knows.

use std::sync::Arc;

use appspec_data::{BoundQuery, Piece, Target};
use appspec_lang::value::Scalar;

use super::POSTGRES;
use super::ground::{Ground, lines, text};
use crate::servers::{Admin, Engine, Failure, Proxy};
use crate::stage::{Outcome, Servers, Test};

pub(crate) fn tests() -> Vec<Test> {
    vec![
        Test::new("postgres::writes_are_saved_and_return_a_row", POSTGRES, saved),
        Test::new("postgres::writes_return_what_needs_a_cast_or_say_so", POSTGRES, cast),
        Test::new("postgres::writes_that_fail_save_nothing", POSTGRES, failed),
        Test::new("postgres::writes_whose_commit_is_not_answered_are_unknown", POSTGRES, unknown),
    ]
}

const TODO: &str = "
    create table todo (id int generated always as identity primary key, title text not null, done bool default false,
        due date, took interval, unique (title) deferrable initially deferred);
    insert into todo (title) values ('a'), ('b');";

async fn writable(servers: &Servers, name: &str) -> Result<Ground, Failure> {
    let mut ground = Ground::new(servers, name).await?;
    ground.script(TODO).await?;
    ground.set(|settings| settings.writable = true);
    Ok(ground)
}

fn statement(before: &str, value: Scalar, behind: &str) -> BoundQuery {
    BoundQuery { pieces: vec![text(before), Piece::Param(value), text(behind)] }
}

async fn titles(ground: &Ground) -> Result<Vec<String>, Failure> {
    let mut owner = Admin::connect(&ground.url).await?;
    owner.texts("select title || case when done then '!' else '' end from todo order by id").await
}

async fn saved(servers: Arc<Servers>) -> Outcome {
    let ground = writable(&servers, "writes_saved").await?;
    let insert = "insert into todo (title, due, took) values (";
    let returning = ", '2024-02-29', '1 day') returning id, title, due, took";
    let writes = [
        statement(insert, Scalar::text("x' --"), returning),
        statement("update todo set done = true where id = ", Scalar::text("1"), ";"),
        statement("update todo set done = true where title in (", Scalar::list([Scalar::text("b")]), ")"),
    ];
    let returned = ground.data.write("db", &writes).await.map_err(|error| Failure(error.error.to_string()))?;
    let returned = returned.ok_or_else(|| Failure("nothing is returned".to_owned()))?;
    assert_eq!(lines(&returned), ["id int, title text, due date, took text", "3, x' --, 2024-02-29, 1 day"]);
    assert_eq!(titles(&ground).await?, ["a!", "b!", "x' --"]);
    let none = ground.data.write("db", &[statement("delete from todo where id = ", Scalar::Int(9), "")]).await;
    assert_eq!(none.map(|table| table.is_none()), Ok(true));
    let reading = ground.error("insert into todo (title) values ('c')").await?;
    assert!(reading.message.contains("a query only reads"), "sessions that wrote only read again");
    Ok(())
}

async fn cast(servers: Arc<Servers>) -> Outcome {
    let ground = writable(&servers, "writes_cast").await?;
    ground.script("create table done (id int, took interval)").await?;
    let write = async |sql: &str| ground.data.write("db", &[BoundQuery::plain(sql)]).await;
    let moving =
        "with moved as (delete from todo where id = 1 returning *) insert into done select id, '1 day' from moved";
    let error =
        write(&format!("{moving} returning id, took")).await.err().map(|failed| failed.error.message.to_string());
    let wanted = "the column `took` is of type `interval`, which this statement cannot return: write `took::text`";
    assert_eq!(error.as_deref(), Some(wanted));
    assert_eq!(titles(&ground).await?, ["a", "b"]);
    let table = write(&format!("{moving} returning id, took::text")).await.ok().flatten();
    assert_eq!(table.as_ref().map(lines), Some(vec!["id int, took text".to_owned(), "1, 1 day".to_owned()]));
    let table = write("with x as (select 7 as id) insert into done select id, '2 days' from x returning took").await;
    let table = table.ok().flatten();
    assert_eq!(table.as_ref().map(lines), Some(vec!["took text".to_owned(), "2 days".to_owned()]));
    Ok(())
}

async fn failed(servers: Arc<Servers>) -> Outcome {
    let ground = writable(&servers, "writes_failed").await?;
    let first = || statement("update todo set title = ", Scalar::text("z"), " where id = 1");
    for (sql, wanted) in [
        ("update todo set nope = 1", "column \"nope\" of relation \"todo\" does not exist"),
        ("update todo set title = null", "null value in column \"title\""),
        ("delete from todo; commit", "two statements"),
        // Only found out when it is committed.
        (
            "update todo set title = 'b'",
            "duplicate key value violates unique constraint \"todo_title_key\": key (title)=(b)",
        ),
        ("select 1 / 0 as x", "division by zero"),
    ] {
        let written = ground.data.write("db", &[first(), BoundQuery::plain(sql)]).await;
        let Err(error) = written else { return Err(Failure(format!("`{sql}` is saved"))) };
        assert!(error.error.message.contains(wanted) && !error.is_unknown, "{sql}: {error:?}");
        assert_eq!(titles(&ground).await?, ["a", "b"], "{sql}");
    }
    Ok(())
}

async fn unknown(servers: Arc<Servers>) -> Outcome {
    let mut ground = writable(&servers, "writes_unknown").await?;
    let proxy = Proxy::to(servers.get(Engine::Postgres)?.port())?;
    ground.set(|settings| {
        if let Target::Server(server) = &mut settings.target {
            server.port = Some(proxy.port());
        }
    });
    let insert = |title: &str| [statement("insert into todo (title) values (", Scalar::text(title), ")")];
    proxy.cut_after(b"commit");
    let Err(error) = ground.data.write("db", &insert("c")).await else { return Err(Failure("it answered".to_owned())) };
    assert!(error.is_unknown, "{error:?}");
    while titles(&ground).await? != ["a", "b", "c"] {}
    proxy.cut_after(b"insert into todo");
    let Err(error) = ground.data.write("db", &insert("d")).await else { return Err(Failure("it answered".to_owned())) };
    assert!(!error.is_unknown && error.error.kind.is_transient(), "{error:?}");
    // A session that was lost at rest has begun nothing: the write goes through once.
    let written = ground.data.write("db", &insert("e")).await;
    assert_eq!(written.map(|table| table.is_none()), Ok(true));
    proxy.cut();
    let written = ground.data.write("db", &insert("f")).await;
    assert_eq!(written.map(|table| table.is_none()), Ok(true));
    assert_eq!(titles(&ground).await?, ["a", "b", "c", "e", "f"]);
    Ok(())
}
