//! Jobs from end to end: files in a folder, databases, transforms, and the cache over them.

use std::path::Path;
use std::time::Duration;

use appspec_lang::source::{FileId, Span, Spanned};
use appspec_lang::spec::{Cache, Connection, ConnectionKind, FileOptions, Name};
use appspec_lang::value::{Fingerprint, Scalar, Type};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _, Executor};

use crate::{BoundQuery, Data, DataErrorKind, DataSettings, FileJob, Input, Job, Piece, Policy, Table};

pub(crate) const PLAIN: Policy = Policy { query: Fingerprint(0), cache: None, timeout: None, max_rows: None };

/// A folder with a database, as a test wants them.
pub(crate) struct App {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) data: Data,
}

impl App {
    pub(crate) async fn new(sql: &str, files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new().filename(folder.path().join("shop.db")).create_if_missing(true);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        connection.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
        connection.close().await.unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let data = Data::open(folder.path(), &connections(), settings());
        Self { folder, data }
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) async fn sql(&self, pieces: Vec<Piece>) -> Result<Table, crate::DataError> {
        self.data.run(&sql_job(pieces), &PLAIN).await
    }

    async fn select(&self, sql: &str) -> Result<Table, crate::DataError> {
        self.sql(vec![Piece::Sql(sql.to_owned())]).await
    }

    async fn file(&self, path: &str, options: FileOptions) -> Result<Table, crate::DataError> {
        self.data.run(&Job::File(FileJob { path: path.to_owned(), options }), &PLAIN).await
    }

    async fn transform(&self, pieces: Vec<Piece>, tables: Vec<(Name, Input)>) -> Result<Table, crate::DataError> {
        self.data.run(&Job::Transform { query: BoundQuery { pieces }, tables }, &PLAIN).await
    }
}

pub(crate) fn connections() -> Vec<Connection> {
    let connection = |name: &str, file: &str| {
        let kind = ConnectionKind::Sqlite { file: spanned(file.to_owned()) };
        Connection { name: spanned(Name::from(name)), kind }
    };
    vec![connection("shop", "shop.db"), connection("lost", "data/lost.db"), connection("text", "text.csv")]
}

pub(crate) fn settings() -> DataSettings {
    DataSettings { timezone: "Europe/Berlin".to_owned(), cache_bytes: 1 << 20 }
}

pub(crate) fn spanned<T>(value: T) -> Spanned<T> {
    Spanned::new(value, Span { file: FileId(0), start: 0, end: 0 })
}

pub(crate) fn sql_job(pieces: Vec<Piece>) -> Job {
    Job::Sql { connection: Name::from("shop"), query: BoundQuery { pieces } }
}

fn sql(text: &str) -> Piece {
    Piece::Sql(text.to_owned())
}

/// A table as lines: names and types, then cells.
fn lines(table: &Table) -> Vec<String> {
    let head: Vec<String> = table.columns().iter().map(|column| format!("{} {}", column.name, column.ty)).collect();
    let cell = |cell: &Scalar| match cell {
        Scalar::Text(text) => text.to_string(),
        Scalar::Decimal { units, scale } => format!("{units}e-{scale}"),
        Scalar::Null => "-".to_owned(),
        Scalar::Bool(bool) => bool.to_string(),
        Scalar::Int(int) => int.to_string(),
        Scalar::Float(float) => format!("{float:?}"),
        Scalar::Date(date) => date.to_string(),
        Scalar::Time(time) => time.to_string(),
        Scalar::DateTime(moment) => moment.to_string(),
        other => format!("{other:?}"),
    };
    let rows = table.records(usize::MAX).into_iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(", "));
    std::iter::once(head.join(", ")).chain(rows).collect()
}

fn message(result: Result<Table, crate::DataError>) -> String {
    match result {
        Ok(table) => format!("a table: {:?}", lines(&table)),
        Err(error) => error.to_string(),
    }
}

const SHOP: &str = "
    create table orders (id integer, day date, at datetime, done boolean, amount real, note text, price decimal(10,2));
    insert into orders values
        (1, '2024-01-02', '2024-01-02 03:04:05', 1, 1.5, 'a', 10),
        (2, null, '2024-07-02T03:04:05Z', 0, 2, null, 0.25);
    create table mixed (x integer, y date);
    insert into mixed values (1, '2024-01-02'), ('two', 'tomorrow'), (2.5, null);
";

#[tokio::test]
async fn sqlite_cells_have_their_declared_types_where_they_fit() {
    let app = App::new(SHOP, &[]).await;
    for (query, wanted) in [
        (
            "select * from orders order by id -- all",
            vec![
                "id int, day date, at datetime, done bool, amount float, note text, price float",
                "1, 2024-01-02, 2024-01-02T03:04:05, true, 1.5, a, 10.0",
                "2, -, 2024-07-02T05:04:05, false, 2.0, -, 0.25",
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

/// What texts do to those who write them into SQL.
const HOSTILE: [&str; 12] = [
    "x' or 1=1 --",
    "'",
    "''",
    "\\",
    "\\'; drop table orders; --",
    "a\nb",
    "a\0b",
    "$$",
    "?1",
    "/* ",
    "\u{1F600} \u{202E}",
    "",
];

#[tokio::test]
async fn hostile_texts_come_back_equal() {
    let app = App::new(SHOP, &[]).await;
    let one = Table::from_columns(vec![("x".into(), Type::Int, vec![Scalar::Int(1)])]).unwrap();
    for text in HOSTILE {
        let value = Scalar::text(text);
        let pieces = vec![sql("select "), Piece::Param(value.clone()), sql(" as t")];
        let given = app.sql(pieces).await.unwrap();
        assert_eq!(given.cell(0, "t"), Some(value.clone()), "{text:?} in SQLite");
        let pieces = vec![sql("select "), Piece::Param(value.clone()), sql(" as t from one")];
        let given = app.transform(pieces, vec![("one".into(), Input::Table(one.clone()))]).await.unwrap();
        assert_eq!(given.cell(0, "t"), Some(value), "{text:?} in Polars");
    }
}

#[tokio::test]
async fn all_values_come_back_from_polars() {
    let app = App::new(SHOP, &[]).await;
    let one = Table::from_columns(vec![("x".into(), Type::Int, vec![Scalar::Int(1)])]).unwrap();
    for value in [
        Scalar::Null,
        Scalar::Bool(true),
        Scalar::Int(0),
        Scalar::Int(-3),
        Scalar::Int(i64::MAX),
        Scalar::Int(i64::MIN),
        Scalar::Float(1.5),
        Scalar::Float(-1e300),
        Scalar::Float(f64::INFINITY),
        Scalar::Decimal { units: -1205, scale: 2 },
        Scalar::Decimal { units: 5, scale: 3 },
        Scalar::Date("2024-01-02".parse().unwrap()),
        Scalar::Time("12:30:15".parse().unwrap()),
        Scalar::DateTime("2024-01-02T03:04:05.5".parse().unwrap()),
    ] {
        let pieces = vec![sql("select x, "), Piece::Param(value.clone()), sql(" as v from one")];
        let given = app.transform(pieces, vec![("one".into(), Input::Table(one.clone()))]).await;
        assert_eq!(given.map(|table| table.cell(0, "v")), Ok(Some(value)));
    }
}

#[tokio::test]
async fn an_empty_list_holds_nothing() {
    let app = App::new(SHOP, &[]).await;
    let table = app.select("select id, note from orders").await.unwrap();
    let ints = |items: &[i64]| Piece::List(items.iter().copied().map(Scalar::Int).collect());
    for (before, list, after, ids) in [
        ("id in (", ints(&[]), ")", vec![]),
        ("id not in (", ints(&[]), ")", vec![1, 2]),
        ("id in (", ints(&[2, 3]), ")", vec![2]),
        ("id not in (", ints(&[2, 3]), ")", vec![1]),
        ("note in (", Piece::List(vec![Scalar::text("a")]), ")", vec![1]),
        ("note in (", Piece::List(vec![]), ")", vec![]),
        ("note not in (", Piece::List(vec![]), ")", vec![1, 2]),
        ("id = ", Piece::Param(Scalar::Int(2)), " -- so", vec![2]),
    ] {
        let pieces = vec![sql(&format!("select id from orders where {before}")), list.clone(), sql(after)];
        let wanted = Ok(ids.iter().copied().map(Scalar::Int).collect::<Vec<_>>());
        let cells = |table: Table| table.column("id").unwrap().iter().collect::<Vec<_>>();
        assert_eq!(app.sql(pieces.clone()).await.map(cells), wanted, "{before} {list:?} in SQLite");
        let given = app.transform(pieces, vec![("orders".into(), Input::Table(table.clone()))]).await.map(cells);
        assert_eq!(given, wanted, "{before} {list:?} in Polars");
    }
}

#[tokio::test]
async fn names_are_quoted() {
    let app = App::new(SHOP, &[]).await;
    let table = app.select("select id as \"a \"\"b\" from orders").await.unwrap();
    let pieces = vec![sql("select sum("), Piece::Identifier("a \"b".to_owned()), sql(") as s from t")];
    let given = app.transform(pieces, vec![("t".into(), Input::Table(table))]).await.unwrap();
    assert_eq!(lines(&given), ["s int", "3"]);
}

#[tokio::test]
async fn transforms_reach_only_their_tables() {
    let app = App::new(SHOP, &[("a.csv", "x\n1\n")]).await;
    let table = app.select("select id from orders").await.unwrap();
    let outside = app.path("a.csv");
    let outside = outside.to_str().unwrap();
    for (query, wanted) in [
        (format!("select * from read_csv('{outside}')"), "`read_csv` is not allowed here"),
        (format!("select * from t join READ_CSV('{outside}') as r on t.id = r.x"), "`READ_CSV` is not allowed here"),
        (format!("select * from read_csv.x('{outside}')"), "`read_csv` is not allowed here"),
        (format!("with read_csv as (select 1) select * from read_csv('{outside}')"), "`read_csv` is not allowed"),
        (format!("select (select max(x) from read_parquet('{outside}')) from t"), "`read_parquet` is not allowed"),
        ("select * from read_json('http://127.0.0.1:1/x.json')".to_owned(), "`read_json` is not allowed here"),
        (format!("select * from '{outside}'"), "was not found"),
        ("select * from other".to_owned(), "relation 'other' was not found"),
        ("select 1; select 2".to_owned(), "one `select`"),
        ("drop table t".to_owned(), "one `select`"),
        ("create table u as select * from t".to_owned(), "one `select`"),
        ("select '".to_owned(), "Unterminated string literal"),
        ("select nothing from t".to_owned(), "nothing"),
    ] {
        let tables = vec![("t".into(), Input::Table(table.clone()))];
        let given = message(app.transform(vec![sql(&query)], tables).await);
        assert!(given.contains(wanted), "{query}: {given}");
    }
    for (before, after) in
        [("select '", "' as x from t"), ("select 1 -- ", "\n from t"), ("select /* ", " */ 1 from t")]
    {
        let pieces = vec![sql(before), Piece::Param(Scalar::text("*/ 'x")), sql(after)];
        let tables = vec![("t".into(), Input::Table(table.clone()))];
        let given = message(app.transform(pieces, tables).await);
        assert_eq!(given, "a `{{ }}` stands inside quotes or a comment: it needs neither");
    }
}

fn gzipped(text: &str) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn files_are_read_by_their_ending_and_options() {
    let csv = "day,at,n,x,ok,t\n2024-01-02,2024-01-02 10:00,1,1.5,true,a\n,2024-07-02T10:00:00Z,2,,false,\n";
    let json = r#"[{"day": "2024-01-02", "n": 1, "t": "a"}, {"day": null, "n": 2, "l": [1, 2]}]"#;
    let ndjson = "{\"day\": \"2024-01-02\", \"n\": 1}\n{\"day\": null, \"n\": 2.5}\n";
    let german = "tag;preis\n02.01.2024;1,25\n03.01.2024;2,5\n04.01.2024;k.A.\n";
    let app = App::new(
        "",
        &[
            ("a.csv", csv),
            ("b.tsv", "x\ty\n1\t2024-13-01\n"),
            ("c.json", json),
            ("d.ndjson", ndjson),
            ("e.csv", german),
            ("f1.csv", "x\n1\n"),
            ("f2.csv", "x\n2\n"),
            ("late.csv", &format!("x\n{}2.5\n", "1\n".repeat(2000))),
            ("zip.csv", "zip,at\n01234,2024-01-02\n"),
        ],
    )
    .await;
    for name in ["a.csv", "c.json", "d.ndjson"] {
        let text = std::fs::read_to_string(app.path(name)).unwrap();
        std::fs::write(app.path(&format!("{name}.gz")), gzipped(&text)).unwrap();
    }
    let plain = FileOptions::default();
    let of_csv = vec![
        "day date, at datetime, n int, x float, ok bool, t text",
        "2024-01-02, 2024-01-02T10:00:00, 1, 1.5, true, a",
        "-, 2024-07-02T12:00:00, 2, -, false, -",
    ];
    let of_ndjson = vec!["day date, n float", "2024-01-02, 1.0", "-, 2.5"];
    let types = |types: &[(&str, Type)]| types.iter().map(|(name, ty)| (Name::from(*name), ty.clone())).collect();
    let german = FileOptions {
        decimal_comma: true,
        null_values: vec!["k.A.".to_owned()],
        types: types(&[("preis", Type::Decimal)]),
        ..plain.clone()
    };
    let zip = FileOptions { types: types(&[("zip", Type::Text), ("at", Type::DateTime)]), ..plain.clone() };
    for (path, options, wanted) in [
        ("a.csv", &plain, of_csv.clone()),
        ("a.csv.gz", &plain, of_csv),
        ("b.tsv", &plain, vec!["x int, y text", "1, 2024-13-01"]),
        ("d.ndjson", &plain, of_ndjson.clone()),
        ("d.ndjson.gz", &plain, of_ndjson),
        (
            "e.csv",
            &german,
            vec!["tag text, preis decimal", "02.01.2024, 125e-2", "03.01.2024, 250e-2", "04.01.2024, -"],
        ),
        ("f?.csv", &plain, vec!["x int", "1", "2"]),
        ("zip.csv", &zip, vec!["zip text, at datetime", "01234, 2024-01-02T00:00:00"]),
    ] {
        let table = app.file(path, options.clone()).await;
        assert_eq!(table.as_ref().map(lines).unwrap_or_else(|error| vec![error.to_string()]), wanted, "{path}");
    }
    for path in ["c.json", "c.json.gz"] {
        let table = app.file(path, plain.clone()).await.unwrap();
        let types: Vec<String> = table.columns().iter().map(|c| format!("{} {}", c.name, c.ty)).collect();
        assert_eq!(types, ["day date", "n int", "t text", "l list<int>"]);
        assert_eq!(table.cell(1, "l"), Some(Scalar::list([Scalar::Int(1), Scalar::Int(2)])));
    }
    let late = app.file("late.csv", plain).await.unwrap();
    assert_eq!((late.rows(), late.column("x").unwrap().ty()), (2001, Type::Float));
}

#[tokio::test]
async fn wrong_files_are_named_as_written() {
    let app = App::new(
        "",
        &[
            ("bad.json", "[{"),
            ("empty.csv", ""),
            ("a.xlsx", "x"),
            ("n.csv", "n\n1\nx\n"),
            ("d.csv", "d\n2024-01-02\nx\n"),
        ],
    )
    .await;
    let ty = |name: &str, ty: Type| FileOptions { types: vec![(Name::from(name), ty)], ..FileOptions::default() };
    let plain = FileOptions::default;
    for (path, options, wanted) in [
        ("none.csv", plain(), "there is no file `none.csv`"),
        ("bad.json", plain(), "`bad.json` cannot be read: "),
        ("empty.csv", plain(), "`empty.csv` cannot be read: "),
        ("a.xlsx", plain(), "`a.xlsx` cannot be read: it is none of csv, tsv, json, ndjson"),
        ("n.csv", ty("n", Type::Int), "`n.csv` cannot be read: "),
        ("d.csv", ty("d", Type::Date), "the column `d` holds `x`, which is no date"),
        ("n.csv", ty("m", Type::Int), "`n.csv` has no column `m`"),
    ] {
        let given = app.file(path, options).await.map_err(|error| (error.kind, error.to_string()));
        let (kind, given) = given.unwrap_err();
        assert_eq!(kind, DataErrorKind::File);
        assert!(given.contains(wanted), "{path}: {given}");
        assert!(!given.contains(app.folder.path().to_str().unwrap()), "{given}");
    }
}

#[tokio::test]
async fn a_file_under_a_transform_has_the_types_it_has_alone() {
    let app = App::new("", &[("a.csv", "day,x\n2024-01-02,1\n2024-01-03,2\n")]).await;
    let file = Input::File(FileJob { path: "a.csv".to_owned(), options: FileOptions::default() });
    let pieces =
        vec![sql("select day, x from a where day > "), Piece::Param(Scalar::Date("2024-01-02".parse().unwrap()))];
    let table = app.transform(pieces, vec![("a".into(), file)]).await.unwrap();
    assert_eq!(lines(&table), ["day date, x int", "2024-01-03, 2"]);
}

#[tokio::test]
async fn max_rows_stops_and_says_so() {
    let app = App::new(SHOP, &[("a.csv", "x\n1\n2\n3\n")]).await;
    let rows = Table::from_columns(vec![("x".into(), Type::Int, (0..3).map(Scalar::Int).collect())]).unwrap();
    let file = FileJob { path: "a.csv".to_owned(), options: FileOptions::default() };
    let query = BoundQuery::plain("select x from t order by x");
    for job in [
        sql_job(vec![sql("select 1 as x union all select 2 union all select 3")]),
        Job::File(file),
        Job::Transform { query, tables: vec![("t".into(), Input::Table(rows))] },
        Job::Rows((1..=3).map(|x| vec![(Name::from("x"), Scalar::Int(x))]).collect()),
    ] {
        for (limit, cut) in [(2, Some(2)), (3, None)] {
            let table = app.data.run(&job, &Policy { max_rows: Some(limit), ..PLAIN }).await.unwrap();
            assert_eq!((table.rows() as u64, table.was_cut()), (limit, cut), "{job:?}");
        }
    }
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
    let cached = Policy { cache: Some(Cache { ttl: None, max_entries: None }), ..PLAIN };
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

/// Five queries at a time need every connection of the pool; one that still ran would hold its place.
async fn assert_all_connections_are_free(app: &App) {
    let endless: Vec<_> = (0..4)
        .map(|_| {
            let data = app.data.clone();
            tokio::spawn(async move { data.run(&sql_job(vec![Piece::Sql(ENDLESS.to_owned())]), &PLAIN).await })
        })
        .collect();
    for task in &endless {
        task.abort();
    }
    for task in endless {
        drop(task.await);
    }
    for _ in 0..5 {
        app.select("select 1").await.unwrap();
    }
}

#[test]
fn the_root_may_be_relative() {
    let data = Data::open(Path::new("."), &connections(), settings());
    assert_eq!(data.stats(), crate::CacheStats::default());
}
