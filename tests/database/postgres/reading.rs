//! Queries only read: after every attempt the data, the files of the server and the session are as before.

use std::sync::Arc;

use appspec_lang::value::Scalar;

use super::POSTGRES;
use super::ground::{Ground, PLAIN, lines, settings, text};
use crate::ground::open_folder;
use crate::servers::{ADMIN, Admin, Engine, Failure, Server};
use crate::stage::{Outcome, Servers, Test};
use appspec_data::Piece;

pub(crate) fn tests() -> Vec<Test> {
    vec![
        Test::new("postgres::reading_is_all_that_a_query_does", POSTGRES, attempts),
        Test::new("postgres::reading_leaves_the_session_as_it_was", POSTGRES, sessions),
        Test::new("postgres::reading_as_a_superuser_writes_nothing_either", POSTGRES, superuser),
        Test::new("postgres::values_are_never_statements", POSTGRES, injections),
    ]
}

const DATA: &str = "
    create table t (id int primary key, note text);
    insert into t values (1, 'a'), (2, 'b');
    create sequence s;
    create function writes() returns int language plpgsql as
        $$ begin insert into t values (9, 'z'); return 1; end $$;
    create function sets() returns text language plpgsql as
        $$ begin execute 'set transaction read write'; insert into t values (9, 'z'); return 'x'; end $$;
    create function commits() returns int language plpgsql as $$ begin commit; return 1; end $$;
    create function temps() returns int language plpgsql as
        $$ begin create temp table u (x int); return 1; end $$;
    create view v as select writes() as x;";

/// A query that would change something, and a part of what it is told.
const ATTEMPTS: &[(&str, &str)] = &[
    ("insert into t values (3, 'c')", "a query only reads"),
    ("insert into t values (3, 'c') returning id", "one `select`"),
    ("update t set note = 'x' returning *", "one `select`"),
    ("delete from t", "a query only reads"),
    ("truncate t", "a query only reads"),
    ("drop table t", "a query only reads"),
    ("create table u as select 1 as x", "a query only reads"),
    ("select * into u from t", "a query only reads"),
    ("with x as (insert into t values (3, 'c') returning id) select * from x", "a query only reads"),
    ("with x as (delete from t returning id) select * from x", "a query only reads"),
    ("select 1; delete from t", "two statements"),
    ("select 1; commit; delete from t", "two statements"),
    ("select 1) as q; delete from t; select * from (select 1", "syntax error"),
    ("select 1 /* ) as q; delete from t; -- */", "a table"),
    ("begin; delete from t; commit", "two statements"),
    ("commit", "a query only reads"),
    ("set transaction read write", "a query only reads"),
    ("set session characteristics as transaction read write", "a query only reads"),
    ("set default_transaction_read_only = off", "a query only reads"),
    ("reset all", "a query only reads"),
    ("explain analyze delete from t", "one `select`"),
    ("explain analyze insert into t values (3, 'c')", "one `select`"),
    ("show all", "one `select`"),
    ("copy t to 'FOLDER/stolen'", "a query only reads"),
    ("copy t from program 'echo 3'", "a query only reads"),
    ("do $$ begin delete from t; end $$", "a query only reads"),
    ("call pg_sleep(0)", "is not a procedure"),
    ("select writes()", "a query only reads: cannot execute INSERT in a read-only transaction"),
    ("select * from v", "a query only reads: cannot execute INSERT in a read-only transaction"),
    ("select sets()", "transaction read-write mode must be set before any query"),
    ("select commits()", "invalid transaction termination"),
    ("select temps()", "a query only reads: cannot execute CREATE TABLE in a read-only transaction"),
    ("select nextval('s')", "a query only reads: cannot execute nextval() in a read-only transaction"),
    ("select setval('s', 7)", "a query only reads: cannot execute setval() in a read-only transaction"),
    ("select * from t for update", "a query only reads: cannot execute SELECT FOR UPDATE in a read-only transaction"),
    ("select set_config('transaction_read_only', 'off', true), writes()", "read-write mode"),
    ("select query_to_xml('delete from t', true, true, '')", "DELETE is not allowed in a non-volatile function"),
    ("select lo_create(7)", "a table"),
    ("select pg_read_file('postgresql.conf')", "permission denied for function pg_read_file"),
    ("select pg_ls_dir('/')", "permission denied for function pg_ls_dir"),
    ("select lo_import('/etc/passwd')", "permission denied for function lo_import"),
    ("select pg_reload_conf()", "permission denied for function pg_reload_conf"),
    ("listen x", "a query only reads"),
    ("notify x", "a query only reads"),
    ("lock table t", "a query only reads"),
    ("prepare p as delete from t", "a query only reads"),
    ("declare c cursor with hold for select 1", "a query only reads"),
    ("vacuum", "a query only reads"),
    ("", "a query only reads"),
    ("-- nothing", "a query only reads"),
];

/// All that a database holds.
const STATE: &str = "
    select string_agg(x, ';') from (
        select t::text as x from t union all
        select format('%s %s', c.relname, c.relkind) from pg_class c where c.relnamespace = 'public'::regnamespace union all
        select format('%s %s', last_value, is_called) from s union all
        select 'large ' || oid from pg_largeobject_metadata order by 1) y";

async fn attempts(servers: Arc<Servers>) -> Outcome {
    let ground = Ground::new(&servers, "reading_attempts").await?;
    ground.script(DATA).await?;
    let mut owner = Admin::connect(&ground.url).await?;
    let before = owner.texts(STATE).await?;
    let folder = open_folder()?;
    for (sql, wanted) in ATTEMPTS {
        let sql = sql.replace("FOLDER", &folder.path().display().to_string());
        let said = match ground.select(&sql).await {
            Ok(table) => format!("a table: {:?}", lines(&table)),
            Err(error) => error.to_string(),
        };
        assert!(said.contains(wanted), "{sql}: {said}");
        assert_eq!(owner.texts(STATE).await?, before, "{sql}");
    }
    assert_eq!(std::fs::read_dir(folder.path())?.count(), 0, "files of the server");
    Ok(())
}

/// What a session may be left with. An extension adds settings of its own when it is first used.
const SESSION: &str = "
    select name, setting from pg_settings
        where name not in ('statement_timeout', 'transaction_read_only') and name not like '%.%'
    union all select 'locks', count(*)::text from pg_locks where pid = pg_backend_pid() and locktype = 'advisory'
    union all select 'temporary', count(*)::text from pg_class where relpersistence = 't'
    union all select 'cursors', count(*)::text from pg_cursors where name <> ''
    union all select 'role', current_user
    union all select 'process', pg_backend_pid()::text
    order by 1";

async fn sessions(servers: Arc<Servers>) -> Outcome {
    let mut ground = Ground::new(&servers, "reading_sessions").await?;
    ground.set(|settings| settings.max_connections = 1);
    ground.script(DATA).await?;
    let before = lines(&ground.select(SESSION).await?);
    for sql in [
        "select set_config('statement_timeout', '1', false)",
        "select set_config('search_path', 'pg_catalog', false)",
        "select set_config('default_transaction_read_only', 'off', false)",
        "select set_config('session_replication_role', 'replica', false)",
        "select set_config('role', 'pg_monitor', false)",
        "select set_config('TimeZone', 'Asia/Tokyo', false)",
        "select pg_advisory_lock(7)::text as x",
        "select pg_try_advisory_lock(1, 2) as x",
        "select pg_notify('x', 'y')::text as x",
        "select sets()",
        "select writes()",
        "select 1 / 0 as x",
    ] {
        let _whatever_it_gives = ground.select(sql).await;
        let after = lines(&ground.select(SESSION).await?);
        let changed: Vec<&String> = after.iter().filter(|line| !before.contains(line)).collect();
        assert!(changed.is_empty() && after.len() == before.len(), "{sql}: {changed:?}");
    }
    let modes = ground.select("select current_setting('transaction_read_only') as mode").await?;
    assert_eq!(lines(&modes), ["mode text", "on"]);
    Ok(())
}

/// Nothing but a role without rights keeps a superuser's query from reading files; writing it cannot.
async fn superuser(_servers: Arc<Servers>) -> Outcome {
    let server = Server::start(Engine::Postgres)?;
    let mut ground = Ground::on(&server, "reading_superuser").await?;
    ground.script(DATA).await?;
    ground.set(|connection| *connection = settings(server.port(), ADMIN));
    let mut admin = server.admin("postgres").await?;
    let files = "select count(*)::text from pg_ls_dir('.') union all select count(*)::text from pg_ls_dir('base')";
    let before = admin.texts(files).await?;
    let folder = open_folder()?;
    for (sql, wanted) in [
        ("create table u (x int)", "a query only reads"),
        ("copy (select 1) to 'FOLDER/stolen'", "a query only reads"),
        ("copy (select 1) to program 'touch FOLDER/stolen'", "a query only reads"),
        ("select 1 as x; copy (select 1) to program 'touch FOLDER/stolen'", "two statements"),
        ("alter system set work_mem = '1MB'", "a query only reads"),
        ("create role intruder superuser", "a query only reads"),
    ] {
        let sql = sql.replace("FOLDER", &folder.path().display().to_string());
        let said = ground.error(&sql).await?.to_string();
        assert!(said.contains(wanted), "{sql}: {said}");
    }
    // Where the server lets it through, it is rolled back.
    ground.select("select lo_from_bytea(7, 'x')").await?;
    assert_eq!(admin.texts("select oid::text from pg_largeobject_metadata").await?, [""; 0]);
    assert_eq!(admin.texts(files).await?, before);
    assert_eq!(std::fs::read_dir(folder.path())?.count(), 0, "files of the server");
    Ok(())
}

async fn injections(servers: Arc<Servers>) -> Outcome {
    let ground = Ground::new(&servers, "reading_injections").await?;
    ground.script(DATA).await?;
    let mut owner = Admin::connect(&ground.url).await?;
    let before = owner.texts(STATE).await?;
    for hostile in [
        "a'; delete from t; --",
        "a' or '1'='1",
        "\\'; delete from t; --",
        "$$; delete from t; $$",
        "1); delete from t; select (1",
        "\u{2019}; delete from t",
        "'||(select writes())||'",
    ] {
        for (before, behind, rows) in [("note = ", "", 0), ("note in (", ")", 0), ("note <> all(array[", "])", 2)] {
            let pieces = vec![
                text(&format!("select id from t where {before}")),
                Piece::Param(Scalar::text(hostile)),
                text(behind),
            ];
            let found = ground.query(pieces, &PLAIN).await?;
            assert_eq!(found.rows(), rows, "{before} {hostile}");
        }
        let named = vec![text("select id from t order by "), Piece::Identifier(hostile.to_owned())];
        let Err(error) = ground.query(named, &PLAIN).await else { return Err(Failure(hostile.to_owned())) };
        assert!(error.message.starts_with("column \""), "{hostile}: {error}");
    }
    assert_eq!(owner.texts(STATE).await?, before);
    Ok(())
}
