//! Queries that try to do more than read. What counts is not that they fail, but that data, files and sessions are
//! afterwards as they were.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use appspec_data::{BoundQuery, Data};
use appspec_lang::value::Scalar;

use crate::ground::{CONNECTION, Ground, open_folder, run};
use crate::servers::{ADMIN, Engine, Failure};
use crate::stage::{Outcome, Servers, Test};

/// Stands for a folder into which the database's process may write.
const FOLDER: &str = "FOLDER";

/// Stands for a lock that no other test knows.
const LOCK: &str = "LOCK";

/// What is left must be gone within this time.
const PATIENCE: Duration = Duration::from_secs(20);

const COMMON: &[&str] = &[
    "delete from t",
    "update t set n = 0",
    "insert into t values (9, 'x')",
    "insert into t values (9, 'x') returning n",
    "delete from t returning n",
    "drop table t",
    "truncate table t",
    "alter table t add column x int",
    "create table evil (n int)",
    "create temporary table evil (n int)",
    "create view evil as select 1",
    "select 1; delete from t",
    "select 1;\n-- a comment\ndelete from t;",
    "select 1) as q; delete from t; select * from (select 1",
    "select 1) q; delete from t; -- ",
    "select * from t) as q; commit; delete from t; select * from (select 1",
    "with gone as (delete from t returning n) select * from gone",
    "with gone as (update t set n = 0 returning n) select * from gone",
    "select * from (delete from t returning n) x",
    "explain analyze delete from t",
    "analyze delete from t",
    "commit",
    "rollback",
    "begin",
    "savepoint a",
    "-- a comment\ncommit",
    "/* a comment */ delete from t",
    "/*! delete from t */",
    "select 1 /*! ; delete from t */",
    "",
    ";",
    "select 1 as a union delete from t",
    "(delete from t)",
    "values (1); delete from t",
];

const SQLITE: &[&str] = &[
    "vacuum",
    "vacuum into 'FOLDER/stolen.db'",
    "select 1; vacuum into 'FOLDER/stolen.db'",
    "select 1) as q; vacuum into 'FOLDER/stolen.db'; select * from (select 1",
    "attach database 'FOLDER/evil.db' as evil",
    "select 1; attach database 'FOLDER/evil.db' as evil; create table evil.t (n int)",
    "pragma journal_mode = wal",
    "pragma user_version = 7",
    "pragma query_only = off",
    "pragma writable_schema = on",
    "pragma main.user_version = 7",
    "select * from pragma_user_version; pragma user_version = 7",
    "select load_extension('FOLDER/evil')",
    "select writefile('FOLDER/evil', 'x')",
    "select readfile('/etc/passwd')",
    "select fts3_tokenizer('simple', x'00')",
    "select * from pragma_table_info('t'); delete from t",
    "create virtual table evil using fts5(a)",
    "reindex",
    "detach database main",
    "replace into t values (1, 'x')",
];

const POSTGRES: &[&str] = &[
    "set transaction read write",
    "set session characteristics as transaction read write",
    "set default_transaction_read_only = off",
    "set search_path = evil",
    "select set_config('transaction_read_only', 'off', true)",
    "select set_config('default_transaction_read_only', 'off', false)",
    "select set_config('search_path', 'evil', false)",
    "select set_config('statement_timeout', '0', false)",
    "select set_config('myapp.secret', 'left behind', false)",
    "select 1; set transaction read write; delete from t",
    "begin; delete from t; commit",
    "do $$ begin delete from t; end $$",
    "select evil()",
    "select evil_commit()",
    "call evil_commit()",
    "select nextval('s')",
    "select setval('s', 77)",
    "select lo_create(4242)",
    "select lo_from_bytea(4243, 'x')",
    "select lo_import('/etc/passwd')",
    "select lo_export(1, 'FOLDER/evil')",
    "copy t to 'FOLDER/evil'",
    "copy t to program 'touch FOLDER/evil'",
    "copy (select 1) to 'FOLDER/evil'",
    "copy t from program 'echo 9'",
    "select pg_read_file('/etc/passwd')",
    "select pg_ls_dir('/etc')",
    "select * from pg_stat_file('/etc/passwd')",
    "select pg_advisory_lock(4711)",
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    "select pg_reload_conf()",
    "select query_to_xml('delete from t', true, true, '')",
    "select * from dblink('', 'delete from t') as x(n int)",
    "select n from t for update",
    "select n into evil from t",
    "create table evil as select 1",
    "explain analyze create table evil as select 1",
    "prepare evil as delete from t",
    "execute evil",
    "declare evil cursor with hold for select 1",
    "listen evil",
    "notify evil, 'x'",
    "select pg_notify('evil', 'x')",
    "lock table t in access exclusive mode",
    "discard all",
    "reset all",
    "load 'evil'",
    "refresh materialized view evil",
    "vacuum t",
    "cluster",
    "select * from xmltable('/' passing query_to_xml('delete from t', true, true, '') columns x text path '.')",
    "with x as (select 1) insert into t select 9, 'x'",
    "with x as (insert into t values (9, 'x') returning n) select n from x",
    "table t; delete from t",
    "select pg_create_restore_point('evil')",
    "select pg_switch_wal()",
    "select pg_logical_emit_message(true, 'evil', 'x')",
];

const MYSQL: &[&str] = &[
    "set session transaction read write",
    "set transaction read write",
    "start transaction read write",
    "set autocommit = 1",
    "set session sql_mode = 'ANSI_QUOTES'",
    "set @left = 1",
    "set names latin1",
    "use mysql",
    "select @left := 1",
    "select 1 into @left",
    "select n into @left from t limit 1",
    "select 1 /*! into @left */",
    "select 1 /*M! into @left */",
    "select 'x' into outfile 'FOLDER/evil'",
    "select 'x' into dumpfile 'FOLDER/evil'",
    "select 'x' /*!50000 into outfile 'FOLDER/evil' */",
    "(select 'x' into outfile 'FOLDER/evil')",
    "select * from (select 'x' into outfile 'FOLDER/evil') q",
    "select load_file('/etc/passwd') is null as x",
    "load data infile '/etc/passwd' into table t",
    "load data local infile '/etc/passwd' into table t",
    "select get_lock('LOCK', 1)",
    "select get_lock /* a comment */ ('LOCK', 1)",
    "select last_insert_id(4711)",
    "select evil()",
    "select evil_settings()",
    "call evil_commit()",
    "do get_lock('LOCK', 1)",
    "do sleep(0)",
    "handler t open",
    "lock tables t write",
    "flush tables with read lock",
    "kill connection_id()",
    "prepare evil from 'delete from t'",
    "execute immediate 'delete from t'",
    "select n from t for update",
    "select n from t procedure analyse()",
    "replace into t values (1, 'x')",
    "set statement sql_mode = '' for delete from t",
    "set statement max_statement_time = 0 for select 1",
    "begin not atomic delete from t; end",
    "select nextval(s)",
    "select setval(s, 77)",
    "show tables",
    "optimize table t",
    "analyze table t",
    "grant all on *.* to evil",
    "create user evil",
    "select 1 as n from dual where 1 = (select 1 into @left)",
    "with x as (select 1) delete from t",
    "xa start 'evil'",
    "create temporary table evil select 1",
    "checksum table t",
    "delimiter //\ndelete from t//",
    "install plugin evil soname 'evil.so'",
    "select sleep(0) into @left",
];

/// Writes that leave something in their session, on each engine; what is wrong in some of them is at their end.
fn leavings(engine: Engine) -> &'static [&'static [&'static str]] {
    match engine {
        Engine::Sqlite => &[
            &["create temporary table t as select 99 as n, 'shadow' as s"],
            &["create temporary view t as select 99 as n, 'shadow' as s", "nonsense"],
            &["pragma query_only = on"],
        ],
        Engine::Postgres => &[
            &["set search_path to pg_catalog", "delete from t where n = 77"],
            &["create temporary table t as select 99 as n, 'shadow'::text as s"],
            &["set session characteristics as transaction read write"],
            &["select set_config('myapp.secret', 'left behind', false)"],
            &["select pg_advisory_lock(4711)"],
            &["select pg_advisory_lock(4712)", "nonsense"],
            &["prepare evil as select 1"],
            &["declare evil cursor with hold for select 1"],
            &["listen evil"],
        ],
        Engine::MariaDb | Engine::MySql => &[
            &["set @left = 1"],
            &["set session sql_mode = 'ANSI_QUOTES'", "delete from t where n = 77"],
            &["create temporary table t as select 99 as n, 'shadow' as s"],
            &["create temporary table t as select 99 as n, 'shadow' as s", "nonsense"],
            &["select get_lock('LOCK', 1)"],
            &["select get_lock('LOCK', 1)", "nonsense"],
            &["select last_insert_id(4711)"],
            &["lock tables t read"],
        ],
    }
}

pub(crate) fn tests() -> Vec<Test> {
    let mut tests = Vec::new();
    for engine in Engine::all() {
        let name = format!("attacks::{}_finds_nothing_that_a_write_has_left", engine.name());
        tests.push(Test::new(name, &[engine], move |servers| leave(servers, engine)));
        for account in [Account::Owner, Account::Admin] {
            // SQLite has no accounts.
            if engine != Engine::Sqlite || account == Account::Owner {
                let name = format!("attacks::{}_only_reads_for_{}", engine.name(), account.name());
                tests.push(Test::new(name, &[engine], move |servers| attack(servers, engine, account)));
            }
        }
    }
    tests
}

/// As whom appspec comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Account {
    /// May do anything in its own database.
    Owner,
    /// May do anything at all.
    Admin,
}

impl Account {
    fn name(self) -> &'static str {
        match self {
            Self::Owner => "an_owner",
            Self::Admin => "an_administrator",
        }
    }
}

async fn attack(servers: Arc<Servers>, engine: Engine, account: Account) -> Outcome {
    let name = format!("attack_{}", account.name());
    let mut ground = Ground::make(&servers, engine, &name).await?;
    ground.script("create table t (n int, s varchar(20)); insert into t values (1, 'one'), (2, 'two')").await?;
    if engine != Engine::Sqlite && account == Account::Admin {
        ground.url = servers.get(engine)?.url(ADMIN, &name);
    }
    prepare(&ground).await?;
    let mut settings = ground.settings();
    // What one query leaves behind, the next one would find.
    settings.max_connections = 1;
    let data = ground.data_with(settings, "UTC");
    let folder = open_folder()?;
    let before = State::look(&servers, &ground, &data, folder.path()).await?;
    let own = match engine {
        Engine::Sqlite => SQLITE,
        Engine::Postgres => POSTGRES,
        Engine::MariaDb | Engine::MySql => MYSQL,
    };
    for attack in COMMON.iter().chain(own) {
        let sql = attack.replace(FOLDER, &folder.path().display().to_string()).replace(LOCK, &name);
        let outcome = run(&data, BoundQuery::plain(sql)).await;
        let rows = outcome.map(|table| table.rows());
        let started = Instant::now();
        // A server takes a moment to see the end of a session.
        while let Some(change) = before.change(&State::look(&servers, &ground, &data, folder.path()).await?) {
            if started.elapsed() > PATIENCE {
                return Err(Failure(format!("{attack:?} ended with {rows:?}, and changed {change}")));
            }
        }
    }
    Ok(())
}

/// A write may do what it likes to its own session: no query finds it there.
async fn leave(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let name = "attack_leave";
    let ground = Ground::make(&servers, engine, name).await?;
    ground.script("create table t (n int, s varchar(20)); insert into t values (1, 'one'), (2, 'two')").await?;
    prepare(&ground).await?;
    let mut settings = ground.settings();
    (settings.max_connections, settings.writable) = (1, true);
    let data = ground.data_with(settings, "UTC");
    let before = State::look(&servers, &ground, &data, ground.folder.path()).await?;
    for write in leavings(engine) {
        let statements: Vec<_> = write.iter().map(|sql| BoundQuery::plain(sql.replace(LOCK, name))).collect();
        let written = data.write(CONNECTION, &statements).await;
        assert!(written.is_err() || !write.contains(&"nonsense"), "{write:?}");
        let rows = run(&data, BoundQuery::plain("select s from t order by n")).await?.records(3);
        assert_eq!(rows, [vec![Scalar::text("one")], vec![Scalar::text("two")]], "{write:?}");
        let started = Instant::now();
        // A server takes a moment to see the end of a session.
        while let Some(change) = before.change(&State::look(&servers, &ground, &data, ground.folder.path()).await?) {
            assert!(started.elapsed() < PATIENCE, "{write:?} has changed {change}");
        }
    }
    Ok(())
}

/// Functions that do evil things when a query calls them.
async fn prepare(ground: &Ground) -> Outcome {
    let mut admin = ground.admin().await?;
    match ground.engine {
        Engine::Sqlite => {}
        Engine::Postgres => {
            admin.execute("create sequence s; select nextval('s')").await?;
            let body = "begin delete from t; return 1; end";
            admin.execute(&format!("create function evil() returns int language plpgsql as $$ {body} $$")).await?;
            let body = "begin commit; delete from t; commit; end";
            admin.execute(&format!("create procedure evil_commit() language plpgsql as $$ {body} $$")).await?;
        }
        Engine::MariaDb | Engine::MySql => {
            let body = "begin delete from t; return 1; end";
            admin.execute(&format!("create function evil() returns int modifies sql data {body}")).await?;
            let body =
                "begin set session sql_mode = ''; set @left = 7; set session group_concat_max_len = 77; return 1; end";
            admin.execute(&format!("create function evil_settings() returns int reads sql data {body}")).await?;
            admin.execute("create procedure evil_commit() begin commit; delete from t; commit; end").await?;
            if ground.engine == Engine::MariaDb {
                admin.execute("create sequence s; select nextval(s)").await?;
            }
        }
    }
    admin.close().await
}

/// All that an attack might have changed.
#[derive(PartialEq, Eq)]
struct State {
    /// Tables, their rows, sequences, large objects.
    data: Vec<String>,
    /// What lies where the database may write.
    files: Vec<String>,
    /// What the session of the next query finds.
    session: Vec<String>,
}

impl State {
    async fn look(servers: &Servers, ground: &Ground, data: &Data, folder: &Path) -> Result<Self, Failure> {
        let mut files: Vec<String> = Vec::new();
        for folder in [folder, ground.folder.path()] {
            for entry in fs::read_dir(folder)?.filter_map(Result::ok) {
                files.push(format!("{} {}", entry.file_name().to_string_lossy(), entry.metadata()?.len()));
            }
        }
        files.sort();
        let mut admin = match ground.engine {
            Engine::Sqlite => ground.admin().await?,
            engine => servers.get(engine)?.admin(ground.url.path().trim_start_matches('/')).await?,
        };
        let mut rows = admin.texts("select s from t order by n").await?;
        for question in questions(ground.engine) {
            rows.extend(admin.texts(question).await?);
        }
        admin.close().await?;
        let session = run(data, BoundQuery::plain(session_question(ground.engine))).await?;
        let session = session.records(usize::MAX).iter().map(|row| format!("{row:?}")).collect();
        Ok(Self { data: rows, files, session })
    }

    /// What of it another state has not.
    fn change(&self, after: &Self) -> Option<String> {
        let parts = [
            ("data", &self.data, &after.data),
            ("files", &self.files, &after.files),
            ("session", &self.session, &after.session),
        ];
        let (name, before, after) = parts.into_iter().find(|(_, before, after)| before != after)?;
        let lost: Vec<_> = before.iter().filter(|line| !after.contains(line)).collect();
        let new: Vec<_> = after.iter().filter(|line| !before.contains(line)).collect();
        Some(format!("{name}: {lost:?} became {new:?}"))
    }
}

/// What is asked past appspec.
fn questions(engine: Engine) -> &'static [&'static str] {
    match engine {
        Engine::Sqlite => &["select name || ' ' || sql from sqlite_master order by name"],
        Engine::Postgres => &[
            "select relname || ' ' || relkind::text from pg_class where relnamespace = 'public'::regnamespace order by 1",
            "select oid::text from pg_largeobject_metadata order by 1",
            "select last_value::text from s",
            "select rolname from pg_roles where rolname like 'evil%' order by 1",
            "select count(*)::text from pg_locks l join pg_database d on d.oid = l.database where locktype = 'advisory' and datname = current_database()",
        ],
        Engine::MariaDb => &[
            "select concat(table_name, table_type) from information_schema.tables where table_schema = database() order by 1",
            "select concat('next ', next_not_cached_value) from s",
            "select concat(user, '@', host) from mysql.user where user like 'evil%' order by 1",
            "select coalesce(is_used_lock(database()), 'free')",
            "select @@global.sql_mode",
        ],
        Engine::MySql => &[
            "select concat(table_name, table_type) from information_schema.tables where table_schema = database() order by 1",
            "select coalesce(is_used_lock(database()), 'free')",
            "select @@global.sql_mode",
        ],
    }
}

/// What is asked by appspec, in the session that the attack had.
fn session_question(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "select (select user_version from pragma_user_version) as v, (select journal_mode from pragma_journal_mode) as j, \
             (select query_only from pragma_query_only) as q, (select count(*) from pragma_database_list where name <> 'temp') as d, \
             (select count(*) from sqlite_temp_master) as t, \
             (select writable_schema from pragma_writable_schema) as w"
        }
        Engine::Postgres => {
            "select name, setting from pg_settings where name not in ('statement_timeout', 'transaction_read_only') and name not like 'plpgsql.%' \
             union all select 'myapp.secret', coalesce(current_setting('myapp.secret', true), '') \
             union all select 'statements ' || name, statement from pg_prepared_statements where name not like 'sqlx%' \
             union all select 'cursor', name from pg_cursors where is_holdable \
             union all select 'channel', c from pg_listening_channels() c \
             union all select 'temporary', relname from pg_class where relnamespace = pg_my_temp_schema() \
             order by 1"
        }
        Engine::MariaDb => {
            "select variable_name, variable_value from information_schema.session_variables where variable_name not in \
             ('MAX_STATEMENT_TIME', 'SQL_SELECT_LIMIT', 'INNODB_LOCK_WAIT_TIMEOUT', \
             'PSEUDO_THREAD_ID', 'TIMESTAMP', 'RAND_SEED1', 'RAND_SEED2', 'LAST_GTID', 'GTID_BINLOG_POS', 'GTID_CURRENT_POS', \
             'ERROR_COUNT', 'WARNING_COUNT', 'INNODB_BUFFER_POOL_LOAD_INCOMPLETE') \
             union all select 'left', @left union all select 'last', last_insert_id() union all select 'database', database() \
             order by 1"
        }
        Engine::MySql => {
            "select variable_name, variable_value from performance_schema.session_variables where variable_name not in \
             ('statement_id', 'gtid_executed', 'max_execution_time', 'sql_select_limit', 'innodb_lock_wait_timeout', 'pseudo_thread_id', 'timestamp', 'rand_seed1', 'rand_seed2', 'error_count', 'warning_count') \
             union all select 'left', @left union all select 'last', last_insert_id() union all select 'database', database() \
             order by 1"
        }
    }
}
