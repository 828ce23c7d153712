//! Columns that are known before anything runs.

use super::*;

/// The columns of all queries of an app, as lines.
async fn described(app: &App, files: &[(&str, &str)]) -> Vec<String> {
    let mut sources = Sources::default();
    for (path, text) in files {
        sources.add(*path, *text);
    }
    let mut diagnostics = Diagnostics::default();
    let spec = lower(&sources, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    let schemas = app.data.describe(&spec).await;
    let line = |((page, name), found): (&(String, Name), &Result<_, spec::SchemaError>)| match found {
        Ok(columns) => {
            let columns: &std::sync::Arc<[Column]> = columns;
            let columns: Vec<String> = columns.iter().map(|column| format!("{} {}", column.name, column.ty)).collect();
            format!("{page} {name}: {}", columns.join(", "))
        }
        Err(error) => {
            let at = error.at.map(|at| format!(" at `{}`", sources.text(at))).unwrap_or_default();
            format!("{page} {name}: {:?}{at}: {}", error.kind, error.message)
        }
    };
    schemas.queries.iter().map(line).collect()
}

#[tokio::test]
async fn columns_are_known_without_running() {
    let app = App::new(SHOP, &[("a.csv", "day,x\n2024-01-02,1.5\n"), ("b.json", r#"[{"k": "a"}]"#)]).await;
    let settings = "
connection: shop
connections: { shop: { type: sqlite, file: shop.db } }
queries:
  everything: { file: a.csv }
";
    let page = r#"
state: { x: 1, picked: day, points: { type: table, default_from: drawn } }
queries:
  orders: { sql: "select * from orders where id > {{ state.x }} [[ and note = {{ state.x }} ]] limit {{ state.x }}" }
  counted: { sql: "select {{ state.picked | identifier(['day', 'note']) }}, count(*) as n from orders group by 1" }
  either: { sql: "select id {% if state.x %}, note{% else %}, 1 as note{% endif %} from orders" }
  objects: { file: b.json }
  written: { rows: [{ a: 1 }, { a: 2.5, b: x }] }
  drawn: { generate: { rows: 5, columns: { x: normal, n: { int: [1, 6] } } } }
  late: { transform: "select day, x + 1 as y from early where x > {{ state.x }}" }
  early: { transform: "with w as (select * from everything) select day, sum(x) as x from w group by day limit {{ state.x }}" }
  partly: { transform: "select day, n + 1 as m, day || 'a' as t from counted" }
  of_state: { transform: select * from points }
  texts: { transform: "select count(*) as n, max(note) as t, min(price) as p from orders" }
"#;
    let wrong = "
queries:
  no_table: { sql: select 1 from nowhere }
  no_column: { sql: \"select id, amuont from orders\" }
  two_queries: { sql: select 1; drop table orders }
  no_file: { file: c.csv }
  upstream: { transform: select * from no_file }
  no_name: { transform: select y from everything }
  no_sql: { transform: selec 1 }
  opens: { transform: \"select * from read_csv('a.csv')\" }
  no_query: { transform: select * from nowhere }
";
    let given = described(&app, &[("app.yaml", settings), ("p.yaml", page), ("w.yaml", wrong)]).await;
    let wanted = [
        " everything: day date, x float",
        "/p counted: day date, n unknown",
        "/p drawn: x float, n int",
        "/p early: day date, x float",
        "/p either: id int, note text",
        "/p late: day date, y float",
        "/p objects: k text",
        "/p orders: id int, day date, at datetime, done bool, amount float, note text, price decimal",
        "/p partly: day date, m int, t text",
        "/p texts: n int, t text, p decimal",
        "/p written: a float, b text",
        "/w no_column: Sql at `amuont`: no such column: amuont",
        "/w no_file: File: there is no file `c.csv`",
        "/w no_name: Sql at `y`: unable to find column \"y\"; valid columns: [\"day\", \"x\"]",
        "/w no_query: Upstream at `nowhere`: relation 'nowhere' was not found",
        "/w no_sql: Sql at `selec`: an SQL statement is expected here, not `selec`",
        "/w no_table: Sql at `nowhere`: no such table: nowhere",
        "/w opens: Sql at `read_csv`: a transform reads queries, and `read_csv` is a table function: name a file or a generated table as a query of its own, and read it by that name",
        "/w two_queries: Sql: a query is one `select`, without a second statement after it",
        "/w upstream: Upstream: a query that this one reads has failed",
    ];
    assert_eq!(given, wanted);
}

#[tokio::test]
async fn writes_are_looked_at_where_the_database_is_a_file() {
    let app = App::new(SHOP, &[]).await;
    let spec = "
writes:
  plain: { connection: shop, params: { id: int }, sql: \"delete from orders where id in ({{ params.id }})\" }
  returns:
    connection: shop
    params: { note: text }
    sql:
      - \"update orders set note = {{ params.note }} [[ where id = {{ params.note }} ]]\"
      - \"insert into orders (note) values ({{ params.note }}) returning id, note as said\"
  wrong: { connection: shop, params: { x: text }, sql: \"update orders set nte = {{ params.x }}\" }
  defines: { connection: shop, sql: [/* own */ create table news (x), insert into news values (1)] }
  maybe: { connection: shop, sql: \"{% if now() %}delete from orders{% endif %}\" }
  elsewhere: { connection: nope, sql: delete from orders }
body: []
";
    let mut sources = Sources::default();
    sources.add("page.yaml", spec);
    let mut diagnostics = Diagnostics::default();
    let spec = lower(&sources, &mut diagnostics);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let schemas = app.data.describe(&spec).await;
    let told = |name: &str| match schemas.writes.get(&("/page".to_owned(), name.into())) {
        None => "unknown".to_owned(),
        Some(Ok(columns)) => columns.iter().map(|column| column.name.to_string()).collect::<Vec<_>>().join(", "),
        Some(Err(error)) => format!("{} at {:?}", error.message, error.at.map(|at| sources.text(at))),
    };
    for (name, wanted) in [
        ("plain", ""),
        ("returns", "id, said"),
        ("wrong", "no such column: nte at Some(\"nte\")"),
        ("defines", "unknown"),
        ("maybe", ""),
        ("elsewhere", "unknown"),
    ] {
        assert_eq!(told(name), wanted, "{name}");
    }
    let rows = app.select("select count(*) as n from orders").await.unwrap();
    assert_eq!(lines(&rows), ["n int", "2"], "nothing was run");
}
