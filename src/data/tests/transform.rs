//! Transforms: what they reach and what they refuse.

use super::*;

#[tokio::test]
async fn transforms_reach_only_their_tables() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let app = App::new(SHOP, &[("a.csv", "x\n1\n")]).await;
    let table = app.select("select id from orders").await.unwrap();
    let outside = app.path("a.csv");
    let outside = outside.to_str().unwrap();
    let before = app.files();
    for (query, wanted) in [
        (format!("select * from read_csv('{outside}')"), "`read_csv` is a table function"),
        (format!("select * from t join READ_CSV('{outside}') as r on t.id = r.x"), "`READ_CSV` is a table function"),
        (format!("select * from \"read_csv\"('{outside}')"), "`read_csv` is a table function"),
        (format!("select * from read_csv.x('{outside}')"), "`read_csv` is a table function"),
        (format!("with read_csv as (select 1) select * from read_csv('{outside}')"), "`read_csv` is a table function"),
        (format!("select (select max(x) from read_parquet('{outside}')) from t"), "`read_parquet` is a table function"),
        (
            format!("select * from t where id in (select x from read_csv('{outside}'))"),
            "`read_csv` is a table function",
        ),
        (format!("select * from read_json('http://{address}/x.json')"), "`read_json` is a table function"),
        (format!("select * from read_ipc('http://{address}/x.arrow')"), "`read_ipc` is a table function"),
        (format!("select * from scan_parquet('http://{address}/x')"), "`scan_parquet` is a table function"),
        ("select * from generate_series(1, 3)".to_owned(), "`generate_series` is a table function"),
        ("select * from table(read_csv('a.csv'))".to_owned(), "table function"),
        (format!("select * from '{outside}'"), "was not found"),
        (format!("select * from \"{outside}\""), "was not found"),
        (format!("select * from \"http://{address}/x.csv\""), "was not found"),
    ] {
        let tables = vec![("t".into(), Input::Table(table.clone()))];
        let given = message(app.transform(vec![sql(&query)], tables).await);
        assert!(given.contains(wanted), "{query}: {given}");
    }
    assert_eq!(app.files(), before);
    let visitor = listener.accept();
    assert!(visitor.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock), "somebody came");
}

#[tokio::test]
async fn a_transform_is_one_query_that_reads() {
    let app = App::new(SHOP, &[]).await;
    let table = app.select("select id from orders").await.unwrap();
    for (query, wanted) in [
        ("select * from other", "relation 'other' was not found"),
        ("select * from main.t", "no table `main.t`"),
        ("select 1; select 2", "a single query"),
        ("select 1) q; select 2; select * from (select 1", "`)` is not expected here"),
        ("drop table t", "`drop` is none"),
        ("delete from t", "`delete` is none"),
        ("truncate table t", "`truncate` is none"),
        ("create table u as select * from t", "`create` is none"),
        ("explain select * from t", "`explain` is none"),
        ("show tables", "`show` is none"),
        ("copy t to 'x.csv'", "`copy` is none"),
        ("with x as (delete from t returning *) select * from x", "only reads"),
        ("select id into u from t", "`into` is not understood"),
        ("table t", "is expected"),
        ("select '", "unterminated"),
        ("select nothing from t", "nothing"),
        ("select id from t -- ; drop table t", "a table"),
        ("select id /* read_csv('x') */ from t", "a table"),
    ] {
        let tables = vec![("t".into(), Input::Table(table.clone()))];
        let given = message(app.transform(vec![sql(query)], tables).await);
        assert!(given.contains(wanted), "{query}: {given}");
    }
}

#[tokio::test]
async fn values_stand_neither_in_quotes_nor_in_comments() {
    let app = App::new(SHOP, &[]).await;
    let table = app.select("select id from orders").await.unwrap();
    for (before, after) in
        [("select '", "' as x from t"), ("select 1 -- ", "\n from t"), ("select /* ", " */ 1 from t")]
    {
        let pieces = vec![sql(before), Piece::Param(Scalar::text("*/ 'x")), sql(after)];
        let tables = vec![("t".into(), Input::Table(table.clone()))];
        let given = message(app.transform(pieces, tables).await);
        assert_eq!(given, "a `{{ }}` stands inside quotes or a comment: it needs neither");
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
