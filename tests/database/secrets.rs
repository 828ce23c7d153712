//! No failure of a real server shows a secret: not on a page, and not in a log that says all that drivers do.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use tempfile::TempDir;
use tokio::task::spawn_blocking;

use crate::canaries::Canaries;
use crate::process::Process;
use crate::servers::{Engine, Failure, PASSWORD};
use crate::stage::{Outcome, Test};

pub(crate) fn tests() -> Vec<Test> {
    const BOTH: &[Engine] = &[Engine::Postgres, Engine::MariaDb];
    vec![Test::new("secrets/no_failure_of_a_server_shows_one", BOTH, |servers| async move {
        let mut ways = Vec::new();
        for (engine, dialect) in [(Engine::Postgres, "postgres"), (Engine::MariaDb, "mysql")] {
            let server = servers.get(engine)?;
            let database = format!("secrets_{dialect}");
            server.database(&database).await?;
            ways.push((dialect, server.port(), database));
        }
        spawn_blocking(move || fail(&ways)).await?
    })]
}

/// Serves an app whose connections are refused, and searches what it emits.
fn fail(ways: &[(&str, u16, String)]) -> Outcome {
    let (folder, mut canaries, mut toml, mut pages) = (TempDir::new()?, Canaries::default(), String::new(), Vec::new());
    for (dialect, port, database) in ways {
        let mut add = |case: &str, keys: String| -> Result<(), Failure> {
            let name = format!("{case}_{dialect}");
            write!(
                toml,
                "[connections.{name}]\ndialect = \"{dialect}\"\nhost = \"127.0.0.1\"\nport = {port}\n\
                 timeout = \"1s\"\n{keys}\n"
            )?;
            let sql = if case == "wrong_sql" { "select nothing from nowhere" } else { "select 1 as one" };
            let page = format!("queries:\n  found: {{ connection: {name}, sql: {sql} }}\nbody:\n  - table: found\n");
            fs::write(folder.path().join(format!("{name}.yaml")), page)?;
            pages.push(name);
            Ok(())
        };
        let mut plant = |case: &str| canaries.plant(&format!("{case} of {dialect}"));
        let login = |username: &str, password: &str| format!("username = {username:?}\npassword = {password:?}");
        add("wrong_password", format!("database = {database:?}\n{}", login(database, &plant("password"))))?;
        add("unknown_user", format!("database = {database:?}\n{}", login(&plant("user"), &plant("its password"))))?;
        add("unknown_database", format!("database = \"nowhere\"\n{}", login(database, PASSWORD)))?;
        add("not_encrypted", format!("tls = \"verify-full\"\n{}", login(database, &plant("hidden"))))?;
        add("wrong_sql", format!("database = {database:?}\n{}", login(database, PASSWORD)))?;
    }
    fs::create_dir(folder.path().join(".appspec"))?;
    fs::write(folder.path().join(".appspec/secrets.toml"), toml)?;
    let process = Process::serve(folder.path(), &["--log", "trace"], &[]);
    let mut texts = Vec::new();
    for page in &pages {
        texts.push((page.clone(), process.get(&format!("/{page}"))));
    }
    texts.push(("log".to_owned(), process.end()));
    let mut leaks = BTreeSet::new();
    for (name, text) in &texts {
        leaks.extend(canaries.leaks(text).into_iter().map(|leak| format!("{name}: {leak}")));
        if text.contains(PASSWORD) {
            leaks.insert(format!("{name}: the password that is right"));
        }
    }
    if leaks.is_empty() { Ok(()) } else { Err(Failure(Vec::from_iter(leaks).join("\n"))) }
}
