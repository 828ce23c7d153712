//! Columns that are known before anything runs.

use appspec_lang::value::Column;

use super::*;
use crate::{Lock, Seen};

/// The columns of all queries of an app, as lines.
async fn described(app: &App, files: &[(&str, &str)]) -> Vec<String> {
    let mut sources = Sources::default();
    for (path, text) in files {
        sources.add(*path, *text);
    }
    let mut diagnostics = Diagnostics::default();
    let spec = lower(&sources, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    let schemas = app.data.describe(&spec, &Outside::default()).await;
    let line = |((page, name), found): (&(String, Name), &Result<_, spec::SchemaError>)| match found {
        Ok(columns) => {
            let columns: &Columns = columns;
            let mut said: Vec<String> = columns.iter().map(|column| format!("{} {}", column.name, column.ty)).collect();
            if columns.is_open() {
                said.push("…".to_owned());
            }
            format!("{page} {name}: {}", said.join(", "))
        }
        Err(error) => {
            let at = error.at.map(|at| format!(" at `{}`", sources.text(at))).unwrap_or_default();
            let help = error.help.as_ref().map(|help| format!(": {help}")).unwrap_or_default();
            format!("{page} {name}: {:?}{at}: {}{help}", error.kind, error.message)
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
        "/p partly: day date, m unknown, t text",
        "/p texts: n int, t text, p decimal",
        "/p written: a float, b text",
        "/w no_column: Sql at `amuont`: no such column: amuont",
        "/w no_file: File: there is no file `c.csv`: did you mean `a.csv`?",
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
    let schemas = app.data.describe(&spec, &Outside::default()).await;
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

#[tokio::test]
async fn columns_of_transforms_follow_as_far_as_those_of_their_tables_are_told() {
    let app = App::new(SHOP, &[]).await;
    let settings = "connections: { far: { type: sql, dialect: postgres }, shop: { type: sqlite, file: shop.db } }";
    let page = r#"
state: { points: { type: table, default_from: told }, x: 1 }
queries:
  told: { connection: far, sql: select 1, columns: { amount: { type: decimal }, day: { type: date }, note: { label: N } } }
  untold: { connection: far, sql: select 1 }
  known: { connection: shop, sql: select id from orders }
  summed: { transform: "select region, sum(amount) as revenue, max(note) as n from told where day > {{ state.x }} group by region limit {{ state.x }}" }
  whole: { transform: "select *, amount + 1 as more from told" }
  own: { transform: "select t.* from told t" }
  counted: { transform: "select region, count(*) as n from untold group by region order by n desc" }
  nothing: { transform: "select * from untold" }
  joined: { transform: "select k.id, t.amount, u.x from known k join told t on k.id = t.id join untold u on k.id = u.id" }
  of_state: { transform: "select x + 1 as y from points" }
  again: { transform: "select revenue, region from summed" }
"#;
    let given = described(&app, &[("app.yaml", settings), ("p.yaml", page)]).await;
    let wanted = [
        "/p again: revenue decimal, region unknown",
        "/p counted: region unknown, n int",
        "/p joined: id unknown, amount unknown, x unknown, …",
        "/p known: id int",
        "/p of_state: y unknown",
        "/p own: amount decimal, day date, note unknown, …",
        "/p summed: region unknown, revenue decimal, n unknown",
        "/p whole: amount decimal, day date, note unknown, more decimal, …",
    ];
    assert_eq!(given, wanted);
}

#[tokio::test]
async fn a_database_file_may_be_missing_where_the_columns_are_known_without_it() {
    let app = App::new(SHOP, &[]).await;
    let mut sources = Sources::default();
    let page = "
queries:
  locked: { connection: lost, sql: select id from orders }
  declared: { connection: lost, sql: select amount from orders, columns: { amount: { type: decimal } } }
writes:
  clear: { connection: lost, sql: delete from orders }
body: []
";
    sources.add("page.yaml", page);
    let mut diagnostics = Diagnostics::default();
    let spec = lower(&sources, &mut diagnostics);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let key = |name: &str| ("/page".to_owned(), Name::from(name));
    let mut schemas = spec::Schemas::default();
    schemas.queries.insert(key("locked"), Ok([Column { name: "id".into(), ty: Type::Int }].into()));
    let lock = Lock::of(&spec, &schemas);
    let seen = Seen::default();

    let known = app.data.describe(&spec, &Outside { lock: Some(&lock), seen: None }).await;
    assert_eq!(known.queries[&key("locked")], schemas.queries[&key("locked")]);
    let declared = Columns::open([Column { name: "amount".into(), ty: Type::Decimal }]);
    assert_eq!(known.queries[&key("declared")], Ok(declared));
    assert!(known.writes.is_empty(), "{:?}", known.writes);

    for (outside, wrong) in [
        (Outside::default(), vec!["locked"]),
        (Outside { lock: Some(&lock), seen: Some(&seen) }, vec!["declared", "locked"]),
    ] {
        let found = app.data.describe(&spec, &outside).await;
        let message = "the database file `data/lost.db` is not there";
        let is_missing = |found: &Result<_, spec::SchemaError>| matches!(found, Err(error) if error.message == message);
        let missing: Vec<&str> =
            found.queries.iter().filter(|(_, found)| is_missing(found)).map(|((_, name), _)| &**name).collect();
        assert_eq!(missing, wrong, "{outside:?}");
        assert!(is_missing(&found.writes[&key("clear")]), "{outside:?}");
    }
}

#[tokio::test]
async fn the_files_of_images_are_known() {
    let app = App::new(SHOP, &[]).await;
    let assets = async || app.data.describe(&spec::Spec::default(), &Outside::default()).await.assets.unwrap();
    assert!(assets().await.is_empty());
    std::fs::create_dir_all(app.path("assets/brand/.hidden")).unwrap();
    for file in ["assets/brand/logo.svg", "assets/a b.png", "assets/.secret", "assets/brand/.hidden/x.png", "top.png"] {
        std::fs::write(app.path(file), "").unwrap();
    }
    assert_eq!(assets().await.iter().collect::<Vec<_>>(), ["a b.png", "brand/logo.svg"]);
}
