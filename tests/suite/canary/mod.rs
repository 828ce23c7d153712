//! No secret leaves the program: they are planted wherever one may stand, everything is made to fail, and all that the
//! program emits is searched for them, in any encoding and in pieces.

mod liar;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::canaries::Canaries;
use crate::process::{Process, Site, run};
use liar::Liar;

const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];

/// An app whose connections all fail, each in its own way and with secrets of its own.
struct Trap {
    folder: TempDir,
    canaries: Canaries,
    /// Names of connections, each with a page of its own.
    connections: Vec<&'static str>,
    variables: Vec<(String, String)>,
    /// Servers that were told a secret, if all is as it should be.
    told: Vec<(&'static str, Liar, String)>,
}

impl Trap {
    fn new() -> Self {
        let mut trap = Self {
            folder: TempDir::new().unwrap(),
            canaries: Canaries::default(),
            connections: Vec::new(),
            variables: Vec::new(),
            told: Vec::new(),
        };
        let mut secrets = trap.servers();
        secrets.push_str(&trap.http_servers());
        secrets.push_str(&trap.unusable());
        trap.write("specs/.appspec/secrets.toml", &secrets);
        let declared = "connections:\n  from_variables:\n    type: sql\n    dialect: postgres\n    host: 127.0.0.1\n    \
             port: 1\n    password: ${env:PLANTED}\n";
        trap.write("specs/app.yaml", declared);
        trap.connections.push("from_variables");
        for name in trap.connections.clone() {
            let asked = if name.ends_with("_http") {
                "get: /rates, cache: { ttl: 1h, persist: true }"
            } else {
                "sql: select 1 as one"
            };
            let page = format!("queries:\n  found: {{ connection: {name}, {asked} }}\nbody:\n  - table: found\n");
            trap.write(&format!("specs/{name}.yaml"), &page);
        }
        for variable in
            ["PLANTED", "APPSPEC_CONNECTIONS__FROM_VARIABLES__USERNAME", "APPSPEC_CONNECTIONS__REFUSED__PASSWORD"]
        {
            let secret = trap.canaries.plant(variable);
            trap.variables.push((variable.to_owned(), secret));
        }
        trap
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Connections to servers that are down or lie.
    fn servers(&mut self) -> String {
        let closed = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let mut toml = String::new();
        let liars: [(&'static str, Liar, bool); 5] = [
            ("refusing", Liar::start(liar::refusing), true),
            ("wrong_password", Liar::start(liar::wrong_password), true),
            ("gossiping", Liar::start(liar::gossiping), true),
            ("silent", Liar::start(liar::silent), false),
            ("foreign", Liar::start(liar::foreign), false),
        ];
        for (name, liar, is_told) in liars {
            let (_, password) = self.server(name, &format!("host = \"127.0.0.1\"\nport = {}", liar.port), &mut toml);
            if is_told {
                self.told.push((name, liar, password));
            }
        }
        let liar = Liar::start(liar::refusing_mysql);
        let address = format!("host = \"127.0.0.1\"\nport = {}\ndialect = \"mysql\"", liar.port);
        let (username, _) = self.server("refusing_mysql", &address, &mut toml);
        self.told.push(("refusing_mysql", liar, username));
        let plain = Liar::start(liar::refusing).port;
        let cases = [
            ("refused", format!("host = \"127.0.0.1\"\nport = {closed}")),
            ("unknown_host", "host = \"nowhere.invalid\"".to_owned()),
            ("no_socket", "host = \"/nowhere/at/all\"".to_owned()),
            ("not_encrypted", format!("host = \"127.0.0.1\"\nport = {plain}\ntls = \"require\"")),
            (
                "no_authority",
                format!("host = \"127.0.0.1\"\nport = {plain}\ntls = {{ mode = \"verify-full\", ca = \"no.pem\" }}"),
            ),
        ];
        for (name, address) in cases {
            self.server(name, &address, &mut toml);
        }
        for (name, port) in [
            ("refused_mysql", closed),
            ("silent_mysql", Liar::start(liar::silent).port),
            ("foreign_mysql", Liar::start(liar::foreign).port),
        ] {
            self.server(name, &format!("host = \"127.0.0.1\"\nport = {port}\ndialect = \"mysql\""), &mut toml);
        }
        let (user, password) = (self.canaries.plant("user in URL"), self.canaries.plant("password in URL"));
        let encoded = |text: &str| liar::spelled(text, |byte| format!("%{byte:02X}"));
        let url = format!(
            "postgres://{}:{}@127.0.0.1:{closed}/shop?token={}",
            encoded(&user),
            encoded(&password),
            encoded(&password)
        );
        write!(toml, "[connections.by_url]\nurl = {url:?}\n").unwrap();
        self.connections.push("by_url");
        toml
    }

    /// Connections to servers over HTTP that are down, lie, or do what they should.
    fn http_servers(&mut self) -> String {
        let mut toml = String::new();
        let liars: [(&'static str, Liar); 4] = [
            ("failing_http", Liar::start(liar::failing_over_http)),
            ("redirecting_http", Liar::start(liar::redirecting_over_http)),
            ("babbling_http", Liar::start(liar::babbling_over_http)),
            ("answering_http", Liar::start(liar::answering_over_http)),
        ];
        for (name, liar) in liars {
            let key = self.http_server(name, &format!("http://127.0.0.1:{}", liar.port), &mut toml);
            self.told.push((name, liar, key));
        }
        let closed = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        self.http_server("refused_http", &format!("http://127.0.0.1:{closed}"), &mut toml);
        let mute = Liar::start(liar::foreign).port;
        self.http_server("not_encrypted_http", &format!("https://127.0.0.1:{mute}"), &mut toml);
        self.http_server("unknown_host_http", "http://nowhere.invalid", &mut toml);
        toml
    }

    /// A connection over HTTP with secrets in its headers and its path; gives that of a header.
    fn http_server(&mut self, name: &'static str, base: &str, toml: &mut String) -> String {
        // A header takes no other letters.
        let mut plant = |place: &str| self.canaries.plant_with(&format!("{place} of {name}"), "'&/%~");
        let (key, bearer) = (plant("key"), plant("bearer"));
        let token = self.canaries.plant_with(&format!("token of {name}"), "");
        write!(
            toml,
            "[connections.{name}]\ntype = \"http\"\nbase_url = \"{base}/{token}\"\ntimeout = \"1s\"\n\
             headers = {{ x-api-key = {key:?}, authorization = \"Bearer {bearer}\" }}\n"
        )
        .unwrap();
        self.connections.push(name);
        key
    }

    /// A connection with secrets in it, to `PostgreSQL` unless its address says otherwise; gives its user and password.
    fn server(&mut self, name: &'static str, address: &str, toml: &mut String) -> (String, String) {
        let password = self.canaries.plant(&format!("password of {name}"));
        let username = self.canaries.plant(&format!("username of {name}"));
        let dialect = if address.contains("dialect") { "" } else { "dialect = \"postgres\"\n" };
        let stray = self.canaries.plant(&format!("unknown key of {name}"));
        write!(
            toml,
            "[connections.{name}]\n{dialect}type = \"sql\"\n{address}\ndatabase = \"shop\"\n\
             username = {username:?}\npassword = {password:?}\ntimeout = \"4s\"\nstray = {stray:?}\n"
        )
        .unwrap();
        self.connections.push(name);
        (username, password)
    }

    /// Connections with a secret where something else is meant, and tables of others.
    fn unusable(&mut self) -> String {
        let mut toml = String::new();
        for (name, before, behind) in [
            ("bad_port", "type = \"sql\"\ndialect = \"mysql\"\nhost = \"127.0.0.1\"\nport = \"", "\""),
            ("bad_dialect", "type = \"sql\"\nhost = \"127.0.0.1\"\ndialect = \"", "\""),
            ("bad_url", "type = \"sql\"\nurl = \"postgres://127.0.0.1:", "/shop\""),
            ("no_url", "type = \"sql\"\nurl = \"", "\""),
            ("bad_timeout", "type = \"sql\"\ndialect = \"mysql\"\nhost = \"127.0.0.1\"\ntimeout = \"", "\""),
            ("bad_mode", "type = \"sql\"\ndialect = \"mysql\"\nhost = \"127.0.0.1\"\ntls = \"", "\""),
            ("bad_reference", "type = \"sql\"\ndialect = \"mysql\"\nhost = \"127.0.0.1\"\npassword = \"${env:", "}\""),
        ] {
            let secret = format!("{:?}", self.canaries.plant(name));
            writeln!(toml, "[connections.{name}]\n{before}{}{behind}", secret.trim_matches('"')).unwrap();
            self.connections.push(name);
        }
        let (other, odd) = (self.canaries.plant("another table"), self.canaries.plant("type"));
        write!(toml, "[mail]\npassword = {other:?}\n[connections.odd]\ntype = {odd:?}\npassword = {other:?}\n")
            .unwrap();
        toml
    }

    fn variables(&self) -> Vec<(&str, &str)> {
        self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    fn specs(&self) -> std::path::PathBuf {
        self.folder.path().join("specs")
    }

    /// Fails if one of these texts, each with its name, holds a secret.
    fn search(&self, texts: &[(String, String)]) {
        let leaks: BTreeSet<String> = texts
            .iter()
            .flat_map(|(name, text)| self.canaries.leaks(text).into_iter().map(move |leak| format!("{name}: {leak}")))
            .collect();
        assert!(leaks.is_empty(), "secrets have leaked:\n{}", Vec::from_iter(leaks).join("\n"));
    }
}

/// Asks for all pages, with what arrives late.
fn visit(site: &Site, connections: &[&'static str]) -> Vec<(String, String)> {
    thread::scope(|scope| {
        let begin = |&name: &&'static str| (name, scope.spawn(move || site.get(&format!("/{name}"))));
        let visits: Vec<_> = connections.iter().map(begin).collect();
        visits.into_iter().map(|(name, visit)| (format!("page {name}"), visit.join().unwrap())).collect()
    })
}

/// The files that the server has written, as far as they are text.
fn written(folder: &Path, texts: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            written(&path, texts);
        } else if name != "secrets.toml" {
            texts.push((format!("file {name}"), String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned()));
        }
    }
}

/// Waits until something is kept on disk.
fn wait_for_results(folder: &Path) {
    let started = Instant::now();
    while fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none()) || !folder.exists() {
        assert!(started.elapsed() < Duration::from_secs(20), "no result is kept in {}", folder.display());
    }
}

#[test]
fn nothing_that_the_server_emits_holds_a_secret() {
    let trap = Trap::new();
    for level in LEVELS {
        let process = Process::serve(&trap.specs(), &["--log", level], &trap.variables());
        let mut texts = visit(&process.site, &trap.connections);
        let refused = &texts[trap.connections.iter().position(|name| *name == "refusing").unwrap()].1;
        assert!(refused.contains("[secret]"), "the message of the server is not shown: {refused}");
        wait_for_results(&trap.specs().join(".appspec/cache"));
        texts.push(("metrics".to_owned(), process.site.get("/metrics")));
        texts.push(("missing".to_owned(), process.site.get("/nowhere")));
        texts.push((format!("log at {level}"), process.end()));
        written(&trap.specs(), &mut texts);
        trap.search(&texts);
    }
    // Else nothing was proved: the servers must have had something to quote.
    for (name, liar, password) in &trap.told {
        assert!(liar.has_heard(password), "`{name}` was told no secret");
    }
}

#[test]
fn nothing_that_a_command_prints_holds_a_secret() {
    let trap = Trap::new();
    let mut texts = Vec::new();
    let lines = [
        "check .",
        "check . --format concise",
        "check . --format json",
        "graph .",
        "graph . --format dot",
        "graph . --format json",
        "explain",
        "explain secret",
        "--help",
        "serve --help",
    ];
    for line in lines {
        for level in LEVELS {
            let arguments: Vec<&str> = line.split(' ').chain(["--log", level]).collect();
            texts.push((line.to_owned(), run(&arguments, &trap.specs(), &trap.variables()).text));
        }
    }
    trap.search(&texts);
}

#[test]
fn a_broken_file_of_secrets_is_told_without_what_it_holds() {
    let mut trap = Trap::new();
    let secret = trap.canaries.plant("broken file");
    let quoted = format!("{secret:?}");
    let inner = quoted.trim_matches('"');
    let mut texts = Vec::new();
    for broken in [
        format!("[connections.a]\npassword = {inner}\n"),
        format!("[connections.a]\npassword = \"{inner}\n"),
        format!("[connections.a]\npassword = '''{secret}\n"),
        format!("[connections.a]\npassword = {quoted} {quoted}\n"),
        format!("[connections.a]\n{quoted} = 1\n{quoted} = 2\n"),
        format!("[connections.{quoted}\n"),
        format!("[connections.a]\npassword = \"\\q{inner}\"\n"),
        secret.clone(),
    ] {
        trap.write("specs/.appspec/secrets.toml", &broken);
        for command in ["check", "serve", "graph"] {
            let printed = run(&[command, ".", "--log", "trace"], &trap.specs(), &trap.variables());
            assert_eq!(printed.code, Some(3), "{broken}: {}", printed.text);
            texts.push((command.to_owned(), printed.text));
        }
    }
    trap.search(&texts);
}

#[test]
fn a_secret_in_a_spec_is_shown_by_no_format() {
    let mut trap = Trap::new();
    let secret = trap.canaries.plant("spec");
    let quoted = format!("{secret:?}");
    let encoded = liar::spelled(&secret, |byte| format!("%{byte:02X}"));
    let settings = format!(
        "connections:\n  one: {{ type: sql, password: {quoted} }}\n  two:\n    type: sql\n    password: |\n      {secret}\n  \
         three: {{ type: sql, url: \"postgres://app:{encoded}@127.0.0.1/shop\" }}\n  four:\n    type: http\n    \
         base_url: https://example.com\n    headers: {{ X-Token: {quoted} }}\n"
    );
    trap.write("specs/app.yaml", &settings);
    let mut texts = Vec::new();
    for line in ["check .", "check . --format concise", "check . --format json", "graph .", "serve . --port 0"] {
        let arguments: Vec<&str> = line.split(' ').collect();
        let printed = run(&arguments, &trap.specs(), &trap.variables());
        assert_eq!(printed.code, Some(1), "{line}: {}", printed.text);
        assert!(printed.text.contains("secret"), "{line}: {}", printed.text);
        texts.push((line.to_owned(), printed.text));
    }
    trap.search(&texts);
}
