//! `check --connect`: what databases tell of queries, and what `schema.lock` keeps of it.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;
use tokio::task::spawn_blocking;

use crate::ground::Ground;
use crate::process::{Printed, run};
use crate::servers::{Engine, Failure, PASSWORD};
use crate::stage::{Outcome, Servers, Test};

pub(crate) fn tests() -> Vec<Test> {
    let mut tests = Vec::new();
    for engine in Engine::all() {
        let name = format!("lock::{}_tells_columns_that_a_check_without_it_uses", engine.name());
        tests.push(Test::new(name, &[engine], move |servers| kept(servers, engine)));
        let name = format!("lock::{}_is_asked_with_values_of_the_types_that_are_bound", engine.name());
        tests.push(Test::new(name, &[engine], move |servers| bound(servers, engine)));
    }
    tests
}

const TABLE: &str = "create table orders (id integer, day date, region varchar(20), amount decimal(10, 2))";

const PAGE: &str = "\
state: { region: { type: text, nullable: true }, since: 2024-01-01, ids: { type: list<int>, default: [1] } }
queries:
  orders:
    sql: |
      select id, day, region, amount from orders
      where day >= {{ state.since }} [[ and region = {{ state.region }} ]] and id in ({{ state.ids }})
  everything: { sql: \"select * from orders order by {{ state.region | identifier(['id', 'day']) }}\" }
  by_region: { transform: \"select region, sum(amount) as revenue from orders group by region\" }
body:
  - table: orders
    columns: [id, amonut]
  - bar_chart: by_region
    x: region
    y: revenu
  - table: everything
";

const MISTAKES: &str = "\
sales.yaml:11:19: error[unknown-column]: query `orders` has no column `amonut`
sales.yaml:14:8: error[unknown-column]: query `by_region` has no column `revenu`
";

/// What is found where the columns of `orders` are not known: a transform names its own.
const MISTAKE: &str = "sales.yaml:14:8: error[unknown-column]: query `by_region` has no column `revenu`\n";

/// An app over the database of a test.
struct App {
    folder: TempDir,
}

impl App {
    fn make(ground: &Ground, page: &str) -> Result<Self, Failure> {
        let folder = TempDir::new()?;
        let this = Self { folder };
        let dialect = match ground.engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some("postgres"),
            Engine::MariaDb | Engine::MySql => Some("mysql"),
        };
        let connection = match dialect {
            None => "{ type: sqlite, file: shop.db, writable: true }".to_owned(),
            Some(dialect) => format!("{{ type: sql, dialect: {dialect}, writable: true }}"),
        };
        this.write("app.yaml", &format!("connection: shop\nconnections: {{ shop: {connection} }}\n"))?;
        this.write("sales.yaml", page)?;
        fs::create_dir(this.path().join(".appspec"))?;
        if ground.engine == Engine::Sqlite {
            fs::copy(ground.url.path(), this.path().join("shop.db"))?;
        } else {
            this.reach(ground, ground.url.port())?;
        }
        Ok(this)
    }

    /// Tells the app where its server is.
    fn reach(&self, ground: &Ground, port: Option<u16>) -> Outcome {
        let url = &ground.url;
        let secrets = format!(
            "[connections.shop]\nhost = {:?}\nport = {}\ndatabase = {:?}\nusername = {:?}\npassword = {PASSWORD:?}\n",
            url.host_str().unwrap_or_default(),
            port.unwrap_or(3306),
            url.path().trim_start_matches('/'),
            url.username(),
        );
        self.write(".appspec/secrets.toml", &secrets)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, file: &str, text: &str) -> Outcome {
        Ok(fs::write(self.path().join(file), text)?)
    }

    fn lock(&self) -> Result<String, Failure> {
        Ok(fs::read_to_string(self.path().join("schema.lock"))?)
    }

    async fn check(&self, arguments: &'static [&'static str]) -> Result<Printed, Failure> {
        let folder = self.path().to_owned();
        let all = [&["check", ".", "--format", "concise"], arguments].concat();
        Ok(spawn_blocking(move || run(&all, &folder, &[])).await?)
    }
}

/// The types of the columns of [`TABLE`].
fn types(engine: Engine) -> [&'static str; 4] {
    match engine {
        Engine::Sqlite | Engine::Postgres | Engine::MariaDb | Engine::MySql => ["int", "date", "text", "decimal"],
    }
}

async fn kept(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let ground = Ground::make(&servers, engine, "lock_kept").await?;
    ground.script(TABLE).await?;
    let app = App::make(&ground, PAGE)?;

    let offline = app.check(&[]).await?;
    let expected = if engine == Engine::Sqlite { MISTAKES } else { MISTAKE };
    assert_eq!((offline.text.as_str(), offline.code), (expected, Some(1)), "without a lock only files are known");

    let written = app.check(&["--connect", "--lock"]).await?;
    assert_eq!(written.text, format!("{MISTAKES}./schema.lock: written, 2 queries\n"));
    assert_eq!(written.code, Some(1));
    let lock = app.lock()?;
    let columns: Vec<String> = ["id", "day", "region", "amount"]
        .iter()
        .zip(types(engine))
        .map(|(name, ty)| format!("    {{ name = \"{name}\", type = \"{ty}\" }},\n"))
        .collect();
    assert_eq!(lock.matches(&columns.concat()).count(), 2, "{lock}");
    assert!(lock.starts_with("# Written by `appspec check DIR --connect --lock`"), "{lock}");
    let port = ground.url.port().map(|port| port.to_string()).unwrap_or_default();
    let named = [PASSWORD, "127.0.0.1", ground.url.username(), &port];
    assert!(!named.iter().any(|named| !named.is_empty() && lock.contains(named)), "{lock}");
    let again = app.check(&["--connect", "--lock"]).await?;
    assert_eq!(again.text, format!("{MISTAKES}./schema.lock: up to date, 2 queries\n"));
    assert_eq!(app.check(&["--connect"]).await?.text, MISTAKES);

    // A lock that does not hold any more, offline and live.
    app.write("sales.yaml", &PAGE.replace("select id, day,", "select id, day as at,"))?;
    let edited = app.check(&[]).await?;
    let warning =
        "sales.yaml:3:3: warning[outdated-lock]: the query `orders` is another than the one in `schema.lock`\n";
    if engine != Engine::Sqlite {
        assert_eq!(edited.text, format!("{warning}{MISTAKE}"));
    }
    assert_eq!(app.check(&["--connect"]).await?.text, format!("{warning}{MISTAKES}"));
    app.write("sales.yaml", PAGE)?;
    changed(&ground, &app).await?;
    refused(&app).await?;
    if engine != Engine::Sqlite {
        app.reach(&ground, Some(1))?;
        let gone = app.check(&["--connect"]).await?;
        assert_eq!(gone.code, Some(3), "{}", gone.text);
        assert!(gone.text.starts_with("error: ") && gone.text.lines().count() == 1, "{}", gone.text);
    }
    Ok(())
}

/// A table that is changed is told of, and its queries that are gone leave the lock.
async fn changed(ground: &Ground, app: &App) -> Outcome {
    let change = "alter table orders add column note varchar(20)";
    if ground.engine == Engine::Sqlite {
        ground.script(change).await?;
        fs::copy(ground.url.path(), app.path().join("shop.db"))?;
    } else {
        ground.script(change).await?;
    }
    let changed = app.check(&["--connect"]).await?;
    let warning = "sales.yaml:7:3: warning[outdated-lock]: `schema.lock` says otherwise of the query `everything` than its database\n";
    assert_eq!(changed.text, format!("{warning}{MISTAKES}"));
    let shown = spawn_blocking({
        let folder = app.path().to_owned();
        move || run(&["check", ".", "--connect"], &folder, &[])
    });
    let shown = shown.await?;
    assert!(shown.text.contains("`note` is new"), "{}", shown.text);
    let page: Vec<&str> = PAGE.lines().filter(|line| !line.contains("everything")).collect();
    app.write("sales.yaml", &(page.join("\n") + "\n"))?;
    let written = app.check(&["--connect", "--lock"]).await?;
    assert!(written.text.ends_with("./schema.lock: written, 1 query\n"), "{}", written.text);
    assert!(!app.lock()?.contains("everything"), "{}", app.lock()?);
    app.write("sales.yaml", PAGE)
}

/// What a database refuses is an error where it stands.
async fn refused(app: &App) -> Outcome {
    let page = PAGE.replace("where day >=", "where dya >=");
    app.write("sales.yaml", &page)?;
    let refused = app.check(&["--connect"]).await?;
    let line = refused.text.lines().find(|line| line.contains("error[sql]")).unwrap_or_default();
    assert!(line.starts_with("sales.yaml:6:13: error[sql]: ") && line.contains("dya"), "{}", refused.text);
    assert_eq!(refused.code, Some(1));
    app.write("sales.yaml", PAGE)
}

#[expect(clippy::too_many_lines, reason = "a table of what is bound")]
async fn bound(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let ground = Ground::make(&servers, engine, "lock_bound").await?;
    ground.script(TABLE).await?;
    let own = match engine {
        Engine::Postgres => {
            "
  moved: { sql: \"select day - {{ state.n }} as day, day + {{ state.n }} * interval '1 day' as at from orders\" }
  arrays: { sql: \"select id from orders where id = any({{ state.ids }}) and {{ state.names }}::text[] @> array[region::text]\" }
  untyped: { sql: \"select {{ state.names | first }} as name, {{ first.id | max }} + id as id from orders\" }
  dated: { sql: \"select {{ state.name }}::date as day, coalesce({{ state.name }}, 'x') as name\" }
  json: { sql: \"select jsonb_build_object('a', {{ state.n }}::int) -> 'a' as j\" }
  zoned: { sql: \"select {{ state.at }}::timestamptz as at, date_trunc('day', {{ state.at }}::timestamp) as day\" }"
        }
        Engine::MariaDb | Engine::MySql => {
            "
  moved: { sql: \"select date_add(day, interval {{ state.n }} day) as day from orders\" }
  untyped: { sql: \"select {{ state.names | first }} as name, {{ first.id | max }} + id as id from orders\" }
  ticks: { sql: \"select `id` from `orders` limit {{ state.n }}\" }"
        }
        Engine::Sqlite => {
            "
  moved: { sql: \"select date(day, {{ state.n }} || ' days') as day from orders\" }
  untyped: { sql: \"select {{ state.names | first }} as name, {{ first.id | max }} + id as id from orders\" }"
        }
    };
    let page = format!(
        "\
state:
  n: 3
  f: 1.5
  flag: true
  name: {{ type: text, default: a }}
  names: {{ type: list<text>, default: [a] }}
  ids: {{ type: list<int>, default: [1] }}
  since: 2024-01-01
  at: 2024-01-01T10:00:00
  amount: {{ type: decimal, default: 1.5 }}
queries:
  first: {{ sql: select id from orders }}
  plain: {{ sql: \"select id, {{{{ state.name }}}} as said from orders where amount > {{{{ state.amount }}}} or amount < {{{{ state.f }}}}\" }}
  dates: {{ sql: \"select id from orders where day between {{{{ state.since }}}} and {{{{ today() }}}} and day < {{{{ state.at }}}}\" }}
  lists: {{ sql: \"select id from orders where region in ({{{{ state.names }}}}) and id not in ({{{{ state.ids }}}})\" }}
  search: {{ sql: \"select id from orders where region like {{{{ state.name | contains }}}} limit {{{{ state.n }}}}\" }}
  either: {{ sql: \"select id from orders where {{% if state.flag %}}id = {{{{ state.n }}}}{{% else %}}region = {{{{ state.name }}}}{{% endif %}}\" }}
  flagged: {{ sql: \"select id from orders where {{{{ state.flag }}}} or {{{{ state.name }}}} is null\" }}{own}
writes:
  add:
    params: {{ id: int, day: date, amount: decimal }}
    sql: insert into orders (id, day, amount) values ({{{{ params.id }}}}, {{{{ params.day }}}}, {{{{ params.amount }}}})
  change:
    params: {{ id: int, region: text }}
    sql:
      - update orders set region = {{{{ params.region }}}} where id = {{{{ params.id }}}}
      - delete from orders where id = {{{{ params.id }}}} and amount < 0
body: []
"
    );
    let app = App::make(&ground, &page)?;
    let found = app.check(&["--connect", "--lock"]).await?;
    let count = page.matches(" sql: \"").count() + 1;
    let said: Vec<&str> = found.text.lines().filter(|line| !line.contains("[unused]")).collect();
    assert_eq!(said, [format!("./schema.lock: written, {count} queries")]);
    assert_eq!(found.code, Some(0));
    let wrong = page.replace("set region =", "set rgion =");
    app.write("sales.yaml", &wrong)?;
    let refused = app.check(&["--connect"]).await?;
    let at = wrong.lines().position(|line| line.contains("rgion")).unwrap_or_default() + 1;
    assert!(refused.text.starts_with(&format!("sales.yaml:{at}:")), "{}", refused.text);
    assert!(refused.text.contains("error[sql]: ") && refused.text.contains("rgion"), "{}", refused.text);
    Ok(())
}
