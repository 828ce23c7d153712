//! What is read of secrets, and which source holds.

use std::path::{Path, PathBuf};
use std::time::Duration;

use appspec_lang::diagnostic::Diagnostics;
use appspec_lang::source::{DiskWorld, MemoryWorld, Sources};
use appspec_lang::spec::{Connection, Dialect};

use crate::connection::{ConnectionSettings, Secret, ServerSettings, Target, Tls};
use crate::secrets::{FoundSecrets, Secrets};

/// A world of these files, by path, and variables of the environment.
fn world(files: &[(&str, &str)], variables: &[(&str, &str)]) -> MemoryWorld {
    MemoryWorld {
        files: files.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect(),
        env: variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    }
}

/// The connections of an `app.yaml`.
fn declared(settings: &str) -> Vec<Connection> {
    let mut sources = Sources::default();
    sources.add("app.yaml", settings);
    let mut diagnostics = Diagnostics::default();
    let connections = appspec_lang::compile::lower(&sources, &mut diagnostics).connections;
    assert!(diagnostics.is_empty(), "{:?}", diagnostics.sorted());
    connections
}

fn read(world: &MemoryWorld, settings: &str) -> FoundSecrets {
    Secrets::new(Path::new("app"), None).read(world, &declared(settings)).unwrap()
}

/// The one connection of what was found, without warnings.
fn only(found: &FoundSecrets) -> &ConnectionSettings {
    assert_eq!(found.connected.warnings, [""; 0]);
    assert_eq!(found.connected.settings.len(), 1);
    &found.connected.settings[0]
}

fn server(settings: &ConnectionSettings) -> &ServerSettings {
    match &settings.target {
        Target::Server(server) => server,
        other => panic!("no server: {other:?}"),
    }
}

fn password(found: &FoundSecrets) -> &str {
    server(only(found)).password.as_ref().unwrap().expose()
}

/// Why the one connection cannot be used.
fn reason(found: &FoundSecrets) -> &str {
    match &found.connected.settings[0].target {
        Target::Unusable { reason, .. } => reason,
        other => panic!("it can be used: {other:?}"),
    }
}

/// The example of Streamlit's own documentation.
const STREAMLIT: &str = "\
[connections.my_database]
type=\"sql\"
dialect=\"mysql\"
username=\"xxx\"
password=\"xxx\"
host=\"example.com\" # IP or URL
port=3306 # Port number
database=\"mydb\" # Database name
";

#[test]
fn a_streamlit_project_is_taken_as_it_stands() {
    let others = format!("OPENAI_KEY = \"sk-1\"\n[mail]\npassword = \"x\"\n{STREAMLIT}");
    for path in ["app/.streamlit/secrets.toml", ".streamlit/secrets.toml"] {
        let found = read(&world(&[(path, &others)], &[]), "");
        let settings = only(&found);
        let server = server(settings);
        assert_eq!((&*settings.name, server.dialect), ("my_database", Dialect::Mysql));
        assert_eq!((server.host.as_str(), server.port), ("example.com", Some(3306)));
        assert_eq!((server.database.as_deref(), server.username.as_deref()), (Some("mydb"), Some("xxx")));
        assert_eq!(server.password.as_ref().unwrap().expose(), "xxx");
        assert_eq!((&server.tls, settings.writable), (&Tls::Prefer, false));
    }
}

#[test]
fn what_other_connections_of_streamlit_say_is_understood_or_named() {
    let toml = "\
[connections.snow]
type = \"snowflake\"
account = \"sesame\"
[connections.shop]
dialect = \"postgresql\"
driver = \"psycopg2\"
host = \"db\"
username = \"app\"
query = { sslmode = \"verify-full\", sslrootcert = \"ca.pem\", application_name = \"shop\", ssl_mode_of = \"x\" }
create_engine_kwargs = { pool_size = 3 }
";
    let found = read(&world(&[("app/.streamlit/secrets.toml", toml)], &[]), "");
    assert_eq!(found.connected.settings.len(), 1);
    let server = server(&found.connected.settings[0]);
    assert_eq!(server.tls, Tls::VerifyFull { ca: Some("ca.pem".into()) });
    assert_eq!(server.options, [("application_name".to_owned(), "shop".to_owned())]);
    let place = "`app/.streamlit/secrets.toml`, line";
    assert_eq!(
        found.connected.warnings,
        [
            format!(
                "{place} 10: a connection of type `sql` does not take `create_engine_kwargs.pool_size`: \
                 `max_connections`, `timeout` and `tls` are what it has"
            ),
            format!("{place} 9: the parameter `ssl_mode_of` is not understood"),
            format!(
                "{place} 2: the connection `snow` is passed over: its type is none of `sql`, `sqlite` and `http`, \
                 and other types are not supported"
            ),
        ]
    );
}

#[test]
fn a_password_that_is_taken_for_parameters_is_not_printed() {
    let warning = |url: &str| {
        let found = read(&world(&[], &[("APPSPEC_CONNECTIONS__SHOP__URL", url)]), "");
        found.connected.warnings.join("\n")
    };
    let wanted = "the environment variable `APPSPEC_CONNECTIONS__SHOP__URL`: a parameter of the URL is not understood: is there a `?` of the \
                  password, which is written `%3F`?";
    for url in [
        "postgres://app:?sesame-open=1@db/shop",
        "postgres://app:?sesame=1&open@db/shop",
        "postgres://app:pass@db/shop?Sesame7=1",
    ] {
        assert!(warning(url).starts_with(wanted), "{url}: {}", warning(url));
        assert!(!warning(url).to_lowercase().contains("sesame"), "{url}: {}", warning(url));
    }
    assert!(warning("postgres://app:pass@db/shop?sesame=1").ends_with("the parameter `sesame` is not understood"));
}

#[test]
fn of_several_sources_the_last_one_holds() {
    // The table of the documentation: each of these holds over all above it.
    let sources = [
        ".streamlit/secrets.toml",
        "app/.streamlit/secrets.toml",
        ".appspec/secrets.toml",
        "app/.appspec/secrets.toml",
        "APPSPEC_CONNECTIONS__SHOP__PASSWORD",
    ];
    let settings = "connections:\n  shop: { type: sql, dialect: postgres, host: db, password: \"${env:SPEC}\" }\n";
    let texts: Vec<String> =
        sources.iter().map(|name| format!("[connections.shop]\npassword = \"of {name}\"\n")).collect();
    for highest in 0..=sources.len() {
        for lowest in 0..=highest {
            let given = lowest..highest;
            let files: Vec<(&str, &str)> =
                given.clone().filter(|at| *at < 4).map(|at| (sources[at], texts[at].as_str())).collect();
            let value = format!("of {}", sources[4]);
            let mut variables = vec![("SPEC", "of the spec")];
            variables.extend(given.clone().filter(|at| *at == 4).map(|at| (sources[at], value.as_str())));
            let expected = given.last().map_or("of the spec".to_owned(), |last| format!("of {}", sources[last]));
            assert_eq!(password(&read(&world(&files, &variables), settings)), expected, "{lowest}..{highest}");
        }
    }
}

#[test]
fn keys_are_settled_one_by_one() {
    let settings = "connections:\n  shop: { type: sql, dialect: postgres, host: db, port: 5433, max_connections: 3 }\n";
    let files = [("app/.appspec/secrets.toml", "[connections.shop]\nhost = \"other\"\nusername = \"app\"\n")];
    let found = read(&world(&files, &[("APPSPEC_CONNECTIONS__SHOP__PORT", "5434")]), settings);
    let server = server(only(&found));
    assert_eq!((server.host.as_str(), server.port, server.username.as_deref()), ("other", Some(5434), Some("app")));
    assert_eq!(only(&found).max_connections, 3);
}

#[test]
fn a_place_that_is_given_replaces_the_usual_ones() {
    let settings = "connections:\n  shop: { type: sql, dialect: postgres, host: db }\n";
    let text = |word: &str| format!("[connections.shop]\npassword = \"{word}\"\n");
    let (usual, given) = (text("usual"), text("given"));
    let files = [("app/.appspec/secrets.toml", usual.as_str()), ("run/secrets.toml", given.as_str())];
    let found = |path: &str, variables: &[(&str, &str)]| {
        let secrets = Secrets::new(Path::new("app"), Some(Path::new(path)));
        secrets.read(&world(&files, variables), &declared(settings)).unwrap()
    };
    assert_eq!(password(&found("run/secrets.toml", &[])), "given");
    let variables = [("APPSPEC_CONNECTIONS__SHOP__PASSWORD", "variable")];
    assert_eq!(password(&found("run/secrets.toml", &variables)), "variable");
    assert_eq!(password(&found("run", &[])), "given", "a folder may hold the file");
}

#[test]
fn a_url_stands_for_the_parts_of_an_address() {
    let cases: [(&str, &str); 9] = [
        ("postgres://app:p%40ss@db.example.com:5433/shop", "Postgres db.example.com 5433 shop app p@ss Prefer"),
        ("postgresql+psycopg2://app@db/shop?sslmode=require", "Postgres db - shop app - Require"),
        ("mysql://root@[::1]/a%20b?ssl-mode=DISABLED", "Mysql ::1 - a b root - Off"),
        ("mariadb://db", "Mysql db - - - - Prefer"),
        ("postgres://app:p@ss@db/shop", "Postgres db - shop app p@ss Prefer"),
        ("postgres:///shop?host=/run/postgresql&user=app", "Postgres /run/postgresql - shop app - Prefer"),
        ("postgres://%2Frun%2Fpostgresql/shop", "Postgres /run/postgresql - shop - - Prefer"),
        ("mysql://db/shop?ssl-mode=VERIFY_CA&ssl-ca=ca.pem", "Mysql db - shop - - VerifyCa { ca: Some(\"ca.pem\") }"),
        ("mysql://db/shop?ssl-mode=VERIFY_IDENTITY", "Mysql db - shop - - VerifyFull { ca: None }"),
    ];
    for (url, expected) in cases {
        let text = format!("[connections.shop]\nurl = \"{url}\"\n");
        let found = read(&world(&[("app/.appspec/secrets.toml", &text)], &[]), "");
        let server = server(only(&found));
        let or_dash = |text: Option<&str>| text.unwrap_or("-").to_owned();
        let shown = format!(
            "{:?} {} {} {} {} {} {:?}",
            server.dialect,
            server.host,
            or_dash(server.port.map(|port| port.to_string()).as_deref()),
            or_dash(server.database.as_deref()),
            or_dash(server.username.as_deref()),
            or_dash(server.password.as_ref().map(Secret::expose)),
            server.tls,
        );
        assert_eq!(shown, expected, "{url}");
    }
    for (url, file) in [
        ("sqlite:///data/shop.db", "data/shop.db"),
        ("sqlite:////srv/shop.db", "/srv/shop.db"),
        ("sqlite://shop%20a.db?mode=ro", "shop a.db"),
    ] {
        let text = format!("[connections.shop]\nurl = \"{url}\"\n");
        let found = read(&world(&[("app/.appspec/secrets.toml", &text)], &[]), "");
        assert_eq!(only(&found).target, Target::Sqlite { file: file.to_owned() }, "{url}");
    }
}

#[test]
fn a_url_replaces_the_address_below_it_and_keys_beside_it_hold() {
    let settings = "connections:\n  shop: { type: sql, dialect: postgres, host: old, port: 5433, database: shop }\n";
    let text = "[connections.shop]\nurl = \"postgres://app@new\"\npassword = \"sesame\"\n";
    let found = read(&world(&[("app/.appspec/secrets.toml", text)], &[]), settings);
    let server = server(only(&found));
    assert_eq!((server.host.as_str(), server.port, server.database.as_deref()), ("new", None, Some("shop")));
    assert_eq!(password(&found), "sesame");
}

#[test]
fn references_read_the_environment() {
    let variables = [("PW", "p@ss/word"), ("URL", "postgres://app:a%40b@db/shop"), ("PORT", "5433")];
    for (value, expected) in [
        ("url = \"postgres://app:${env:PW}@db/shop\"", "p@ss/word"),
        ("url = \"${env:URL}\"", "a@b"),
        ("dialect = \"postgres\"\nhost = \"db\"\nport = \"${env:PORT}\"\npassword = \"<${env:PW}>\"", "<p@ss/word>"),
        ("dialect = \"postgres\"\nhost = \"db\"\npassword = \"$${env:PW}\"", "${env:PW}"),
    ] {
        let text = format!("[connections.shop]\n{value}\n");
        assert_eq!(password(&read(&world(&[("app/.appspec/secrets.toml", &text)], &variables), "")), expected);
    }
    let settings = "connections:\n  shop: { type: sql, dialect: mysql, host: \"${env:NOT_THERE}\" }\n";
    let found = read(&world(&[], &[]), settings);
    assert_eq!(reason(&found), "`host` in `app.yaml`: the environment variable `NOT_THERE` is not set");
}

#[test]
fn variables_name_keys() {
    let variables = [
        ("APPSPEC_CONNECTIONS__MY_DATABASE__TYPE", "sql"),
        ("APPSPEC_CONNECTIONS__MY_DATABASE__URL", "postgres://db/shop"),
        ("APPSPEC_CONNECTIONS__MY_DATABASE__TLS__MODE", "verify-ca"),
        ("APPSPEC_CONNECTIONS__MY_DATABASE__WRITABLE", "true"),
        ("APPSPEC_CONNECTIONS__MY_DATABASE__TIMEOUT", "5s"),
        ("APPSPEC_CONNECTIONS__MY_DATABASE__PASSWORD", ""),
    ];
    let found = read(&world(&[], &variables), "");
    let settings = only(&found);
    assert_eq!((&*settings.name, settings.writable, settings.timeout), ("my_database", true, Duration::from_secs(5)));
    assert_eq!(server(settings).tls, Tls::VerifyCa { ca: None });
    assert_eq!(server(settings).password, None);

    let variables = [("APPSPEC_CONNECTIONS__API__HEADERS__X_API_KEY", "sesame")];
    let settings = "connections:\n  api: { type: http, base_url: https://example.com/v1 }\n";
    let found = read(&world(&[], &variables), settings);
    let Target::Http(http) = &only(&found).target else { panic!("no HTTP") };
    assert_eq!(
        http.headers.iter().map(|(name, value)| (name.as_str(), value.expose())).collect::<Vec<_>>(),
        [("x-api-key", "sesame")]
    );

    let found = read(&world(&[], &[("APPSPEC_CONNECTIONS__SHOP", "x")]), "");
    assert_eq!(
        found.connected.warnings,
        [
            "the environment variable `APPSPEC_CONNECTIONS__SHOP` names no key: `APPSPEC_CONNECTIONS__NAME__KEY` is meant"
        ]
    );
}

#[test]
fn a_login_in_the_url_of_an_api_becomes_a_header() {
    let text = "[connections.api]\nbase_url = \"https://me:p%40ss@example.com/v1\"\ntimeout = \"5s\"\n";
    let found = read(&world(&[("app/.appspec/secrets.toml", text)], &[]), "");
    let Target::Http(http) = &only(&found).target else { panic!("no HTTP") };
    assert_eq!((http.base_url.as_str(), only(&found).timeout), ("https://example.com/v1", Duration::from_secs(5)));
    let headers: Vec<_> = http.headers.iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
    assert_eq!(headers, [("authorization", "Basic bWU6cEBzcw==")]);
}

#[test]
fn what_is_wrong_is_said_without_what_it_is() {
    let cases = [
        (
            "dialect = \"postgres\"\nhost = \"db\"\nport = \"sesame\"",
            "`port` in `app/.appspec/secrets.toml`, line 4 is not a number from 1 to 65535",
        ),
        (
            "host = \"db\"\ndialect = \"sesame\"",
            "`dialect` in `app/.appspec/secrets.toml`, line 3 is not `postgres`, `mysql` or `sqlite`",
        ),
        (
            "url = \"sesame\"",
            "the URL in `app/.appspec/secrets.toml`, line 2 begins with none of `postgres://`, `mysql://` and `sqlite://`",
        ),
        (
            "url = \"postgres://db:sesame/shop\"",
            "the URL in `app/.appspec/secrets.toml`, line 2 cannot be read: invalid port number",
        ),
        (
            "base_url = \"sesame\"",
            "`base_url` in `app/.appspec/secrets.toml`, line 2 is not a URL that begins with `https://` or `http://` and has no `?` or `#`",
        ),
        (
            "url = \"postgres://db/shop?sslmode=sesame\"",
            "`tls.mode` in `app/.appspec/secrets.toml`, line 2 is not `off`, `prefer`, `require`, `verify-ca` or `verify-full`",
        ),
        (
            "dialect = \"mysql\"\npassword = \"sesame\"",
            "its `host` is not known: secrets say it, or `APPSPEC_CONNECTIONS__SHOP__HOST`",
        ),
        (
            "dialect = \"mysql\"\nhost = \"db\"\npassword = \"${env:sesame\"",
            "`password` in `app/.appspec/secrets.toml`, line 4: `${env:` is never closed: expected `}`",
        ),
        (
            "base_url = \"https://db\"\nheaders = { a = \"sesame\\n\" }",
            "`headers.a` in `app/.appspec/secrets.toml`, line 3 makes no header",
        ),
    ];
    for (value, expected) in cases {
        let text = format!("[connections.shop]\n{value}\n");
        let found = read(&world(&[("app/.appspec/secrets.toml", &text)], &[]), "");
        assert_eq!(reason(&found), expected);
        assert!(!format!("{found:?}{found:#?}").contains("sesame"), "{value}");
    }
    for (text, expected) in [
        ("[connections.shop]\npassword = sesame\n", "app/.appspec/secrets.toml:2:12: "),
        ("[connections.shop]\npassword = \"sesame\n", "app/.appspec/secrets.toml:2:19: "),
        ("[connections.shop\npassword = \"sesame\"\n", "app/.appspec/secrets.toml:1:18: "),
        (
            "[connections.shop]\npassword = \"sesame\"\npassword = \"sesame\"\n",
            "app/.appspec/secrets.toml:3:1: duplicate key",
        ),
        ("sesame", "app/.appspec/secrets.toml:1:7: "),
    ] {
        let secrets = Secrets::new(Path::new("app"), None);
        let error = secrets.read(&world(&[("app/.appspec/secrets.toml", text)], &[]), &[]).unwrap_err();
        assert!(error.starts_with(expected) && !error.contains("sesame"), "{text}: {error}");
    }
}

#[test]
fn keys_that_are_not_known_are_named_with_the_nearest() {
    let text = "\
[connection.shop]
host = \"db\"
[connections.shop]
dialect = \"postgres\"
host = \"db\"
pasword = \"sesame\"
user = [\"sesame\"]
[connections.My-Shop]
host = \"db\"
[connections.lost]
password = \"sesame\"
";
    let found = read(&world(&[("app/.appspec/secrets.toml", text)], &[]), "");
    assert_eq!(
        found.connected.warnings,
        [
            "app/.appspec/secrets.toml:1:2: `connection` is passed over: did you mean `connections`?",
            "app/.appspec/secrets.toml:7:8: `user` of the connection `shop` is a list, which none of its keys takes",
            "`My-Shop` cannot name a connection: a name is `[a-z_][a-z0-9_]*`",
            "`app/.appspec/secrets.toml`, line 11: the connection `lost` has no `type`, and is passed over",
            "`app/.appspec/secrets.toml`, line 6: a connection of type `sql` has no key `pasword`: did you mean `password`?",
        ]
    );
}

#[cfg(unix)]
#[test]
fn a_folder_holds_a_file_for_each_secret() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    // As Kubernetes mounts it: links through a link that is exchanged as a whole.
    write("mount/..2026_01/connections.shop.password", "ses ame\n");
    write("mount/..2026_01/APPSPEC_CONNECTIONS__SHOP__USERNAME", "app");
    write("mount/..2026_01/tls.key", "not ours");
    write("mount/..2026_02/connections.shop.password", "other\r\n");
    write("mount/..2026_02/APPSPEC_CONNECTIONS__SHOP__USERNAME", "app");
    write("mount/..2026_02/tls.key", "not ours");
    write("mount/connections/shop/host", "db\n");
    write("mount/connections/shop/tls/mode", "require");
    write("mount/connections__shop__port", "5433\n");
    write("mount/connections.shop", "lost");
    write("mount/more.toml", "[connections.shop]\ndialect = \"postgres\"\n");
    let point_to = |version: &str| {
        let link = root.join("mount/..data");
        let _none_yet = std::fs::remove_file(&link);
        std::os::unix::fs::symlink(version, link).unwrap();
    };
    for name in ["connections.shop.password", "APPSPEC_CONNECTIONS__SHOP__USERNAME", "tls.key"] {
        std::os::unix::fs::symlink(format!("..data/{name}"), root.join("mount").join(name)).unwrap();
    }
    let secrets = Secrets::new(root, Some(&root.join("mount")));
    for (version, password) in [("..2026_01", "ses ame"), ("..2026_02", "other")] {
        point_to(version);
        let found = secrets.read(&DiskWorld, &[]).unwrap();
        assert_eq!(found.connected.settings.len(), 1);
        let server = server(&found.connected.settings[0]);
        assert_eq!(server.password.as_ref().unwrap().expose(), password);
        assert_eq!((server.host.as_str(), server.port, server.username.as_deref()), ("db", Some(5433), Some("app")));
        assert_eq!(server.tls, Tls::Require);
        let place = root.join("mount/connections.shop");
        let warning =
            format!("{}: this names no key of a connection: a file is called `connections.NAME.KEY`", place.display());
        assert_eq!(found.connected.warnings, [warning]);
    }
    let missing = Secrets::new(root, Some(&root.join("nowhere"))).read(&DiskWorld, &[]).unwrap_err();
    assert!(missing.ends_with("nowhere: there is no such file or folder"), "{missing}");
}
