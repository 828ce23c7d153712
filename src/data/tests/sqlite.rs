//! `SQLite`: types, what it refuses, and how a query ends.

use super::*;

#[tokio::test]
async fn sqlite_cells_have_their_declared_types_where_they_fit() {
    let app = App::new(SHOP, &[]).await;
    for (query, wanted) in [
        (
            "select * from orders order by id -- all",
            vec![
                "id int, day date, at datetime, done bool, amount float, note text, price decimal",
                "1, 2024-01-02, 2024-01-02T03:04:05, true, 1.5, a, 1000e-2",
                "2, -, 2024-07-02T05:04:05, false, 2.0, -, 25e-2",
            ],
        ),
        ("select * from mixed;", vec!["x text, y text", "1, 2024-01-02", "two, tomorrow", "2.5, -"]),
        ("select id, day, done from orders where 1=0", vec!["id int, day date, done bool"]),
        ("select count(*) as n, null as empty from orders", vec!["n int, empty null", "2, -"]),
        ("with x as (select 1 as a) select a from x", vec!["a int", "1"]),
        ("values (1, 'b')", vec!["column1 int, column2 text", "1, b"]),
    ] {
        assert_eq!(lines(&app.select(query).await.unwrap()), wanted, "{query}");
    }
}

#[tokio::test]
async fn sqlite_only_reads() {
    let app = App::new(SHOP, &[("text.csv", "no database, but longer than its header would be: x,y,z\n1,2,3\n")]).await;
    let before = std::fs::read(app.path("shop.db")).unwrap();
    let copy = app.path("copy.db");
    let copy = copy.to_str().unwrap();
    for (query, wanted) in [
        ("insert into orders (id) values (3)".to_owned(), "a query only reads"),
        ("delete from orders returning id".to_owned(), "one `select`"),
        ("with x as (select 1) delete from orders returning id".to_owned(), "one `select`"),
        ("create table x (y)".to_owned(), "a query only reads"),
        ("drop table orders".to_owned(), "a query only reads"),
        (format!("vacuum into '{copy}'"), "a query only reads"),
        (format!("select 1; vacuum into '{copy}'"), "one `select`"),
        (format!("select 1) q; vacuum into '{copy}'; select * from (select 1"), "syntax error"),
        (format!("attach '{copy}' as x"), "a query only reads"),
        ("pragma query_only = off".to_owned(), "a query only reads"),
        ("pragma table_info(orders)".to_owned(), "one `select`"),
        ("explain select 1".to_owned(), "one `select`"),
        ("select load_extension('x')".to_owned(), "not authorized"),
        (format!("select writefile('{copy}', 'x')"), "no such function: writefile"),
        ("select readfile('/etc/passwd')".to_owned(), "no such function: readfile"),
        ("select edit('x', 'true')".to_owned(), "no such function: edit"),
        ("pragma writable_schema = on".to_owned(), "a query only reads"),
        ("pragma journal_mode = wal".to_owned(), "one `select`"),
        ("select * from pragma_journal_mode('wal')".to_owned(), "unknown database"),
        (format!("select * from pragma_database_list; attach '{copy}' as x"), "one `select`"),
        ("explain query plan delete from orders".to_owned(), "one `select`"),
        ("begin exclusive".to_owned(), "a query only reads"),
        ("create virtual table x using fts5(y)".to_owned(), "a query only reads"),
        (
            "with x as (select 1) select * from x /* ; delete from orders */ ; delete from orders".to_owned(),
            "one `select`",
        ),
        (String::new(), "a query only reads"),
        ("select ".to_owned(), "incomplete input"),
        ("select 1 as a, 2 as a".to_owned(), "two columns of the result are called `a`: rename column 2"),
        ("select '?', ?".to_owned(), "a `{{ }}` stands inside quotes, or a `?` outside of them"),
        ("select amuont from orders".to_owned(), "no such column: amuont"),
    ] {
        let given = message(app.select(&query).await);
        assert!(given.contains(wanted), "{query}: {given}");
    }
    assert_eq!(std::fs::read(app.path("shop.db")).unwrap(), before);
    let names: Vec<_> = std::fs::read_dir(app.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[tokio::test]
async fn databases_that_are_not_there_are_named_as_written() {
    let app = App::new(SHOP, &[("text.csv", &"no database\n".repeat(100))]).await;
    for (connection, wanted) in [
        ("lost", "the database file `data/lost.db` is not there"),
        ("text", "`text.csv` is not a SQLite database"),
        ("nope", "there is no connection `nope`"),
    ] {
        let job = Job::Sql { connection: Name::from(connection), query: BoundQuery::plain("select 1") };
        assert_eq!(message(app.data.run(&job, &PLAIN).await), wanted);
    }
}

#[tokio::test]
async fn settings_that_change_lead_elsewhere_and_to_other_results() {
    let app = App::new(SHOP, &[]).await;
    let job = |connection: &str| Job::Sql { connection: connection.into(), query: BoundQuery::plain("select 1") };
    let keys = || ["shop", "text"].map(|connection| app.data.key(&job(connection), &PLAIN));
    let before = keys();
    let mut connections = connections();
    app.data.reconnect(connections.clone());
    assert_eq!(keys(), before);
    std::fs::copy(app.path("shop.db"), app.path("other.db")).unwrap();
    connections[0].target = Target::Sqlite { file: "other.db".to_owned() };
    std::fs::remove_file(app.path("shop.db")).unwrap();
    app.data.reconnect(connections);
    let after = keys();
    assert!(after[0] != before[0] && after[1] == before[1]);
    assert_eq!(lines(&app.select("select count(*) as n from orders").await.unwrap()), ["n int", "2"]);
}

#[tokio::test]
async fn a_file_that_is_exchanged_is_read_anew() {
    let app = App::new(SHOP, &[]).await;
    let other = App::new("create table orders (id integer); insert into orders values (7)", &[]).await;
    assert_eq!(lines(&app.select("select count(*) as n from orders").await.unwrap()), ["n int", "2"]);
    std::fs::rename(other.path("shop.db"), app.path("shop.db")).unwrap();
    assert_eq!(lines(&app.select("select * from orders").await.unwrap()), ["id int", "7"]);
}

const ENDLESS: &str = "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) as n from c";

#[tokio::test]
async fn a_timeout_ends_the_query_in_the_database() {
    let app = App::new(SHOP, &[]).await;
    let policy = Policy { timeout: Some(Duration::from_millis(50)), ..PLAIN };
    let error = app.data.run(&sql_job(vec![sql(ENDLESS)]), &policy).await.unwrap_err();
    assert_eq!(error.kind, DataErrorKind::Timeout);
    assert_all_connections_are_free(&app).await;
}

#[tokio::test]
async fn a_query_ends_in_the_database_when_nobody_waits() {
    let app = App::new(SHOP, &[]).await;
    let cached = Policy { cache: Some(Cache::FOREVER), ..PLAIN };
    for policy in [PLAIN, cached] {
        let job = sql_job(vec![sql(ENDLESS)]);
        {
            let mut run = std::pin::pin!(app.data.run(&job, &policy));
            // Long enough for it to be under way; how long does not matter.
            tokio::time::timeout(Duration::from_millis(50), &mut run).await.unwrap_err();
        }
        assert_all_connections_are_free(&app).await;
    }
}

/// Waits until no connection is in use: one whose query still ran would stay so for ever.
async fn assert_all_connections_are_free(app: &App) {
    let all_free = async {
        while app.data.pools().iter().any(|(_, pool)| pool.in_use > 0) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), all_free).await.unwrap();
}
