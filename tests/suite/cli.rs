//! The commands, called in-process: what they print and how they end.

use std::path::PathBuf;

use appspec::cli::{self, Exit, Terminal};
use appspec_lang::source::{DiskWorld, MemoryWorld};

use crate::process;

const COUNTER: &str = "\
state:
  runs: { default: 0, each_run: state.runs + 1 }
body:
  - header: \"Run {{ state.runs }}\"
  - button: Again
";

/// What a command left behind.
#[derive(Debug, PartialEq)]
pub(crate) struct Done {
    pub(crate) exit: Exit,
    pub(crate) out: String,
    err: String,
}

/// Runs a command line on the files of an app in `app/`.
pub(crate) fn run(line: &str, files: &[(&str, &str)]) -> Done {
    run_with(line, files, b"")
}

/// The same, with something on standard input.
fn run_with(line: &str, files: &[(&str, &str)], mut input: &[u8]) -> Done {
    let files = files.iter().map(|(path, text)| (PathBuf::from("app").join(path), (*text).to_owned())).collect();
    let world = MemoryWorld { files, ..MemoryWorld::default() };
    let args = std::iter::once("appspec").chain(line.split_whitespace()).map(Into::into);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut terminal = Terminal { world: &world, input: &mut input, out: &mut out, err: &mut err, color: false };
    let exit = cli::run(args, &mut terminal);
    Done { exit, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

fn fine(out: &str) -> Done {
    Done { exit: Exit::Fine, out: out.to_owned(), err: String::new() }
}

#[test]
fn check_says_that_all_is_well() {
    assert_eq!(run("check app", &[("index.yaml", COUNTER)]), fine("app: 1 page, no problems\n"));
}

#[test]
fn check_shows_what_is_wrong_and_counts_it() {
    let done = run("check app", &[("index.yaml", "body:\n  - header: Hello\n    hlep: There\n")]);
    assert_eq!(done.exit, Exit::Diagnostics);
    assert_eq!(
        done.out,
        "\
error[unknown-key]: `header` has no option `hlep`
 --> index.yaml:3:5
  |
3 |     hlep: There
  |     ^^^^
  |
  = help: did you mean `help`?
  = help: its options are `when`, `id`, `width`, `area`, `help`

app: 1 error
"
    );
}

#[test]
fn concise_is_a_line_for_each() {
    let done = run("check app --format concise", &[("index.yaml", "body:\n  - header: Hello\n    hlep: There\n")]);
    assert_eq!(done.exit, Exit::Diagnostics);
    assert_eq!(done.out, "index.yaml:3:5: error[unknown-key]: `header` has no option `hlep`\n");
}

#[test]
fn a_secret_in_a_spec_is_reported_and_shown_by_no_format() {
    let settings =
        "connections:\n  shop: { type: sql, url: \"postgres://app:sesame@db/shop\", password: open sesame }\n";
    let files = [("app.yaml", settings), ("index.yaml", COUNTER)];
    let done = run("check app", &files);
    assert_eq!(done.exit, Exit::Diagnostics);
    assert!(done.out.contains("error[secret]: a password must not stand in a spec\n --> app.yaml:2:"), "{}", done.out);
    assert!(done.out.contains("postgres://app:xxxxxx@db/shop\", password: xxxx xxxxxx }"), "{}", done.out);
    for format in ["human", "concise", "json"] {
        let done = run(&format!("check app --format {format}"), &files);
        let all = done.out + &done.err;
        assert!(all.contains("secret") && !all.contains("sesame"), "{all}");
    }
}

#[test]
fn a_connection_that_only_secrets_name_is_known() {
    let page = "queries:\n  one: { connection: my_database, sql: select 1 as one }\nbody:\n  - table: one\n";
    let secrets = "[connections.my_database]\ntype = \"sql\"\ndialect = \"mysql\"\nhost = \"127.0.0.1\"\n";
    let done = run("check app", &[("index.yaml", page), (".streamlit/secrets.toml", secrets)]);
    assert_eq!(done, fine("app: 1 page, no problems\n"));
    let done = run("check app", &[("index.yaml", page)]);
    assert!(done.out.starts_with("error[unknown-name]: no connection `my_database`\n"), "{}", done.out);
    let wrong = secrets.replace("dialect", "dialcet");
    let done = run("check app", &[("index.yaml", page), (".appspec/secrets.toml", &wrong)]);
    assert_eq!(done.exit, Exit::Fine);
    assert_eq!(
        done.err,
        "warning: `app/.appspec/secrets.toml`, line 3: a connection of type `sql` has no key `dialcet`: \
         did you mean `dialect`?\n"
    );
}

#[test]
fn json_is_for_programs() {
    let done = run("check app --format json", &[("index.yaml", COUNTER)]);
    assert_eq!(done, fine("[]\n"));
}

#[test]
fn warnings_count_only_when_they_are_denied() {
    let files = [("index.yaml", "title: on\nbody: []\n")];
    assert_eq!(run("check app", &files).exit, Exit::Fine);
    assert_eq!(run("check app --deny-warnings", &files).exit, Exit::Diagnostics);
}

#[test]
fn a_folder_that_is_not_there_or_empty_is_the_environments_fault() {
    let done = run("check app", &[]);
    assert_eq!(done.exit, Exit::Environment);
    assert_eq!(done.err, "error: cannot read the app in `app`: it holds no page, which is a `.yaml` or `.toml` file\n");
}

#[test]
fn a_logo_that_is_not_there_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.yaml"), COUNTER).unwrap();
    std::fs::write(folder.path().join("app.yaml"), "logo: logo.svg\n").unwrap();
    let check = || process::run(&["check", ".", "--format", "concise"], folder.path(), &[]);
    let found = check();
    assert_eq!(found.code, Some(1));
    assert!(
        found.text.starts_with("app.yaml:1:7: error[file]: there is no file `assets/logo.svg`\n"),
        "{}",
        found.text
    );
    std::fs::create_dir(folder.path().join("assets")).unwrap();
    std::fs::write(folder.path().join("assets/logo.svg"), "<svg/>").unwrap();
    assert_eq!(check().code, Some(0));
}

#[test]
fn a_file_that_is_no_text_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.yaml"), [0x62, 0xff, 0xfe]).unwrap();
    let args = ["appspec".into(), "check".into(), folder.path().into()];
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut input: &[u8] = b"";
    let mut terminal = Terminal { world: &DiskWorld, input: &mut input, out: &mut out, err: &mut err, color: false };
    assert_eq!(cli::run(args, &mut terminal), Exit::Environment);
    let err = String::from_utf8(err).unwrap();
    assert!(err.contains("index.yaml: line 1, column 2: this is not UTF-8"), "{err}");
}

#[test]
fn graph_draws_one_page_or_all() {
    let files = [("index.yaml", COUNTER), ("other.yaml", "body:\n  - text: Hello\n")];
    let done = run("graph app --page /other", &files);
    assert_eq!(done, fine("flowchart LR\n    n2[\"text-hello\"]\n"));
    let all = run("graph app", &files).out;
    assert!(all.contains("## /\n\n```mermaid\nflowchart LR\n"), "{all}");
    assert!(all.contains("## /other\n"), "{all}");
    let dot = run("graph app --format dot --page /", &files).out;
    assert!(dot.starts_with("digraph page {") && dot.contains("header"), "{dot}");
    let json = run("graph app --format json", &files).out;
    let pages: Vec<serde_json::Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(pages.iter().map(|page| &page["page"]).collect::<Vec<_>>(), ["/", "/other"]);
}

#[test]
fn graph_names_the_page_that_was_meant() {
    let done = run("graph app --page /othr", &[("other.yaml", "body:\n  - text: Hello\n")]);
    assert_eq!(done.exit, Exit::Usage);
    assert_eq!(done.err, "error: there is no page `/othr`\nhelp: did you mean `/other`?\n");
}

#[test]
fn explain_shows_pages_of_codes_and_components() {
    for name in ["unknown-key", "error[unknown-key]"] {
        let done = run(&format!("explain {name}"), &[]);
        assert_eq!(done.exit, Exit::Fine);
        assert!(done.out.starts_with("# unknown-key\n"), "{}", done.out);
    }
    assert!(run("explain slider", &[]).out.starts_with("# slider\n"));
    assert!(run("explain", &[]).out.contains("\nDiagnostic codes:\n"));
}

#[test]
fn explain_knows_what_was_meant() {
    let cases = [
        ("sldier", "error: there is no code and no component `sldier`\nhelp: did you mean `slider`?\n"),
        ("elephant", "error: there is no code and no component `elephant`\nhelp: `appspec explain` lists them all\n"),
    ];
    for (name, err) in cases {
        let done = run(&format!("explain {name}"), &[]);
        assert_eq!((done.exit, done.err.as_str()), (Exit::Usage, err));
    }
}

#[test]
fn a_lock_is_written_of_what_databases_tell() {
    let done = run("check app --lock", &[("index.yaml", COUNTER)]);
    assert_eq!((done.exit, done.out.as_str()), (Exit::Usage, ""));
    assert!(done.err.contains("--connect"), "{}", done.err);
    let asked = run("check app --connect", &[("index.yaml", COUNTER)]);
    assert_eq!(asked, fine("app: 1 page, no problems\n"), "an app without databases has nothing to ask");
}

#[test]
fn what_a_lock_says_holds_for_every_command() {
    let app = "connection: shop\nconnections: { shop: { type: sql, dialect: postgres } }\n";
    let page = "queries:\n  sales: { sql: \"select region, amount from sales\" }\nbody:\n  - table: sales\n    columns: [amonut]\n";
    let lock = "version = 1\n[[query]]\npage = \"/index\"\nname = \"sales\"\nconnection = \"shop\"\n\
                digest = \"14098dfe422d0bc3a21a8040fdff9002\"\n\
                columns = [{ name = \"region\", type = \"text\" }, { name = \"amount\", type = \"decimal\" }]\n";
    let files = [("app.yaml", app), ("index.yaml", page), ("schema.lock", lock)];
    for command in ["check app --format concise", "graph app", "serve app --port 0"] {
        let done = run(command, &files);
        assert_eq!(done.exit, Exit::Diagnostics, "{command}: {}", done.err);
        assert!((done.out + &done.err).contains("query `sales` has no column `amonut`"), "{command}");
    }
    let edited = page.replace("amount from", "amount as amonut from");
    let done = run("check app --format concise", &[files[0], ("index.yaml", &edited), files[2]]);
    let message = "`schema.lock` does not know the query `sales`";
    assert_eq!(done, fine(&format!("index.yaml:2:3: warning[outdated-lock]: {message}\n")));
}

#[test]
fn a_lock_that_cannot_be_read_is_one_line() {
    let lock = "version = 1\n<<<<<<< ours\n";
    let done = run("check app", &[("index.yaml", COUNTER), ("schema.lock", lock)]);
    assert_eq!((done.exit, done.out.as_str()), (Exit::Environment, ""));
    let lines: Vec<&str> = done.err.lines().collect();
    assert!(lines[0].starts_with("error: cannot read `app/schema.lock`: line 2: "), "{}", done.err);
    assert_eq!(lines[1..], ["help: write it anew with `appspec check app --connect --lock`"]);
}

#[test]
fn wrong_usage_is_told_apart_from_what_is_to_come() {
    let done = run("new app", &[]);
    assert_eq!(done.exit, Exit::Usage);
    assert_eq!(done.err, "error: `appspec new` is planned, but this version does not have it yet\n");
    let done = run("chekc app", &[]);
    assert_eq!(done.exit, Exit::Usage);
    assert!(done.err.contains("check"), "{}", done.err);
}

#[test]
fn help_is_no_failure() {
    let done = run("--help", &[]);
    assert_eq!((done.exit, done.err.as_str()), (Exit::Fine, ""));
    for command in ["serve", "check", "graph", "explain", "fmt", "convert"] {
        assert!(done.out.contains(command), "{}", done.out);
    }
}

#[test]
fn serve_refuses_a_broken_app_with_what_check_shows() {
    let files = [("index.yaml", "body:\n  - header: Hello\n    hlep: There\n")];
    let done = run("serve app --port 0", &files);
    assert_eq!((done.exit, done.out.as_str()), (Exit::Diagnostics, ""));
    assert_eq!(done.err, run("check app", &files).out);
}

#[test]
fn serve_names_the_way_out_of_a_taken_port() {
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let done = run(&format!("serve app --port {port}"), &[("index.yaml", COUNTER)]);
    assert_eq!((done.exit, done.out.as_str()), (Exit::Environment, ""));
    assert_eq!(
        done.err,
        format!(
            "error: port {port} of 127.0.0.1 is in use\nhelp: choose another with `--port`; `--port 0` takes a free one\n"
        )
    );
}

#[test]
fn serve_takes_no_port_that_is_none() {
    assert_eq!(run("serve app --port 99999", &[("index.yaml", COUNTER)]).exit, Exit::Usage);
}

#[test]
fn fix_mends_what_is_certain_round_after_round_and_reports_the_rest() {
    let folder = tempfile::TempDir::new().unwrap();
    let spec = "state: { on: true }\r\nqueries:\r\n  q: { rows: [{ a: on }] }\r\nbody:\r\n  - text: \"{{ on }}\"\r\n  - header: yes # why\r\n    hlep: x\r\n";
    let mended = "state: { \"on\": true }\r\nqueries:\r\n  q: { rows: [{ a: \"on\" }] }\r\nbody:\r\n  - text: \"{{ state.on }}\"\r\n  - header: \"yes\" # why\r\n    hlep: x\r\n";
    let file = folder.path().join("index.yaml");
    std::fs::write(&file, spec).unwrap();
    let dry = process::run(&["check", ".", "--fix", "--dry-run"], folder.path(), &[]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), spec, "{}", dry.text);
    assert_eq!(dry.code, Some(1));
    let wanted =
        "-  - header: yes # why\r\n+  - text: \"{{ state.on }}\"\r\n+  - header: \"yes\" # why\r\n     hlep: x\r\n";
    assert!(dry.text.contains("--- ./index.yaml\n+++ ./index.yaml\n") && dry.text.contains(wanted), "{}", dry.text);

    let done = process::run(&["check", ".", "--fix", "--format", "concise"], folder.path(), &[]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), mended, "{}", done.text);
    assert_eq!(done.code, Some(1));
    assert!(done.text.contains("mended 4 places in ./index.yaml\n"), "{}", done.text);
    assert!(
        done.text.contains("index.yaml:7:5: error[unknown-key]") && done.text.lines().count() == 2,
        "{}",
        done.text
    );
}

#[test]
fn findings_are_given_to_code_hosts() {
    let files = [("index.yaml", "body:\n  - header: Hello\n    hlep: There\n")];
    let github = run("check app --format github", &files);
    let wanted = "::error title=unknown-key,file=app/index.yaml,line=3,endLine=3,col=5,endColumn=9::`header` has no option `hlep`%0Adid you mean `help`?%0A";
    assert!(github.out.starts_with(wanted), "{}", github.out);
    let sarif: serde_json::Value = serde_json::from_str(&run("check app --format sarif", &files).out).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "unknown-key");
    let none: serde_json::Value =
        serde_json::from_str(&run("check app --format sarif", &[("index.yaml", COUNTER)]).out).unwrap();
    assert_eq!(none["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn check_reads_tests_and_counts_no_page_more() {
    let tests =
        "page: /\ntests:\n  - test: It counts\n    steps: [{ click: button-again }, { expect: state.runs == 2 }]\n";
    let done = run("check app", &[("index.yaml", COUNTER), ("counter.test.yaml", tests)]);
    assert_eq!(done, fine("app: 1 page, no problems\n"));
    let wrong = tests.replace("button-again", "button-agian");
    let done = run("check app --format concise", &[("index.yaml", COUNTER), ("counter.test.yaml", &wrong)]);
    assert_eq!(done.exit, Exit::Diagnostics);
    let said = "counter.test.yaml:4:22: error[unknown-name]: the page has no component with the id `button-agian`\n";
    assert_eq!(done.out, said);
}

#[test]
fn schema_prints_that_of_pages_unless_told_otherwise() {
    let schema = |line: &str| -> serde_json::Value {
        let done = run(line, &[]);
        assert_eq!((done.exit, done.err.as_str()), (Exit::Fine, ""), "{line}");
        serde_json::from_str(&done.out).unwrap()
    };
    assert_eq!(schema("schema")["$id"], "urn:appspec:schema:page");
    assert_eq!(schema("schema"), schema("schema page"));
    assert!(schema("schema")["properties"]["body"].is_object());
    assert_eq!(schema("schema app")["$id"], "urn:appspec:schema:app");
    assert!(schema("schema app")["properties"]["connections"].is_object());
    assert_eq!(schema("schema test")["$id"], "urn:appspec:schema:test");
    assert_eq!(schema("schema test")["required"], serde_json::json!(["page", "tests"]));
    assert_eq!(schema("schema partial")["required"], serde_json::json!(["body"]));
    assert_eq!(run("schema component", &[]).exit, Exit::Usage);
}

#[test]
fn fmt_check_shows_what_would_be_changed_and_changes_nothing() {
    let files =
        [("index.yaml", "body:\n- header:   A\n"), ("b/c.toml", "title = \"C\"\n"), ("data/d.yaml", "a:   1\n")];
    let diff = "--- app/index.yaml\n+++ app/index.yaml\n@@ -1,2 +1,2 @@\n body:\n-- header:   A\n+  - header: A\n";
    let wanted = Done {
        exit: Exit::Diagnostics,
        out: format!("{diff}1 file would be formatted, 1 file unchanged\n"),
        err: "would format app/index.yaml\n".to_owned(),
    };
    assert_eq!(run("fmt --check app", &files), wanted);
    assert_eq!(run("fmt --check app/b/c.toml", &files), fine("1 file unchanged\n"));
}

#[test]
fn fmt_leaves_what_cannot_be_read_and_says_why() {
    let done = run("fmt app", &[("index.yaml", "body:\n- a: [1\n"), ("b.toml", "title = \"B\"\n")]);
    assert_eq!((done.exit, done.out.as_str()), (Exit::Diagnostics, "1 file unchanged, 1 file with errors\n"));
    assert!(done.err.starts_with("error[syntax]: ") && done.err.contains(" --> app/index.yaml:"), "{}", done.err);
    let done = run("fmt app", &[("index.yaml", "? title\n: A\n")]);
    assert_eq!((done.exit, done.out.as_str()), (Exit::Fine, "1 file unchanged\n"));
    assert!(done.err.starts_with("warning: app/index.yaml: it stays as it is"), "{}", done.err);
}

#[test]
fn fmt_names_what_it_cannot_take() {
    let cases = [("fmt missing.yaml", "`missing.yaml`"), ("fmt app/secrets.toml", "secrets are no specs")];
    for (line, said) in cases {
        let done = run(line, &[("index.yaml", COUNTER), ("secrets.toml", "a = 1\n")]);
        assert_eq!((done.exit, done.out.as_str()), (Exit::Environment, ""), "{line}");
        assert!(done.err.contains(said), "{}", done.err);
    }
}

#[test]
fn fmt_lays_out_standard_input() {
    let fed = |line: &str, input: &str| run_with(line, &[], input.as_bytes());
    let toml = "fmt - --stdin-filename app/sales.toml";
    for (line, input, wanted) in [
        ("fmt -", "title:   Sales\nbody:\n- text:  Hello\n", "title: Sales\nbody:\n  - text: Hello\n"),
        ("fmt -", "title: Sales\n", "title: Sales\n"),
        ("fmt -", "? title\n: A\n", "? title\n: A\n"),
        (toml, "title='Sales'\n", "title = \"Sales\"\n"),
        ("fmt --stdin-filename app.yml -", "password:   x\n", "password: x\n"),
    ] {
        let done = fed(line, input);
        assert_eq!((done.exit, done.out.as_str()), (Exit::Fine, wanted), "{line}");
        let warning = if input.starts_with('?') { "warning: stdin.yaml: it stays as it is" } else { "" };
        assert!(done.err.starts_with(warning) && done.err.is_empty() == warning.is_empty(), "{}", done.err);
    }
    let done = fed(toml, "title = Sales\n");
    assert_eq!((done.exit, done.out.as_str()), (Exit::Diagnostics, ""));
    assert!(done.err.starts_with("error[syntax]: ") && done.err.contains("--> app/sales.toml:1:9"), "{}", done.err);
    let done = fed("fmt --check -", "title:  Sales\n");
    let diff = "--- stdin.yaml\n+++ stdin.yaml\n@@ -1 +1 @@\n-title:  Sales\n+title: Sales\n";
    assert_eq!(
        done,
        Done { exit: Exit::Diagnostics, out: diff.to_owned(), err: "would format stdin.yaml\n".to_owned() }
    );
    assert_eq!(fed("fmt --check -", "title: Sales\n"), fine(""));
}

#[test]
fn fmt_names_what_it_cannot_take_from_standard_input() {
    for (line, input, exit, said) in [
        ("fmt - app", "", Exit::Usage, "error: `-` stands alone"),
        ("fmt app --stdin-filename a.yaml", "", Exit::Usage, "error: `-` stands alone"),
        ("fmt - --stdin-filename a.json", "", Exit::Usage, "error: `a.json` is no spec"),
        ("fmt - --stdin-filename secrets.toml", "a=1", Exit::Environment, "error: cannot read `secrets.toml`: secrets"),
    ] {
        let done = run_with(line, &[("index.yaml", COUNTER)], input.as_bytes());
        assert_eq!(done.exit, exit, "{line}: {}", done.err);
        assert!(done.err.starts_with(said), "{line}: {}", done.err);
    }
    let done = run_with("fmt -", &[], b"title: \xff");
    assert_eq!((done.exit, done.out.as_str()), (Exit::Environment, ""));
    assert!(
        done.err.starts_with("error: cannot read `stdin.yaml`: line 1, column 8: this is not UTF-8"),
        "{}",
        done.err
    );
}

#[test]
fn fmt_shows_no_secret() {
    let settings = "connections:\n  shop: {type: sql, password: open sesame}\n";
    let done = run("fmt --check app", &[("app.yaml", settings)]);
    assert_eq!(done.exit, Exit::Diagnostics);
    assert!(done.out.contains("+  shop: { type: sql, password: xxxx xxxxxx }"), "{}", done.out);
    assert!(!done.out.contains("sesame"), "{}", done.out);
}

#[test]
fn fmt_writes_in_place() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("index.yaml");
    std::fs::write(&file, "title:  A   # a\r\nbody:\r\n- header: B\r\n").unwrap();
    let done = process::run(&["fmt"], folder.path(), &[]);
    assert_eq!(done.code, Some(0), "{}", done.text);
    assert!(
        done.text.contains("formatted ./index.yaml\n") && done.text.contains("1 file formatted\n"),
        "{}",
        done.text
    );
    let after = "title: A   # a\r\nbody:\r\n  - header: B\r\n";
    assert_eq!(std::fs::read_to_string(&file).unwrap(), after);
    assert_eq!(process::run(&["fmt"], folder.path(), &[]).code, Some(0));
}

#[test]
fn convert_prints_the_other_format() {
    let yaml = "# Sales\ntitle: Sales  # of all\n\nbody:\n  - text: \"{{ 1 }}\"\n  - divider:\n";
    let toml = "# Sales\ntitle = \"Sales\"  # of all\n\n[[body]]\ntext = \"{{ 1 }}\"\n\n[[body]]\ndivider = \"\"\n";
    let files = [("a.yaml", yaml), ("b.toml", toml)];
    assert_eq!(run("convert app/a.yaml --to toml", &files), fine(toml));
    assert_eq!(run("convert app/b.toml", &files), fine(yaml));
}

#[test]
fn convert_reports_what_the_other_format_cannot_say() {
    let files =
        [("a.yaml", "state:\n  region: { type: text, nullable: true, default: null }\n"), ("b.toml", "a = 10:30:00\n")];
    let done = run("convert app/a.yaml", &files);
    assert_eq!((done.exit, done.out.as_str()), (Exit::Diagnostics, ""));
    assert!(done.err.starts_with("error[value]: TOML has no null\n --> app/a.yaml:2:50\n"), "{}", done.err);
    let done = run("convert app/b.toml", &files);
    assert!(done.err.starts_with("error[value]: YAML has no times of day\n --> app/b.toml:1:5\n"), "{}", done.err);
    let done = run("convert app/c.yaml", &[("c.yaml", "a: [1\n")]);
    assert_eq!(done.exit, Exit::Diagnostics);
    assert!(done.err.starts_with("error[syntax]: "), "{}", done.err);
}

#[test]
fn convert_says_what_it_was_asked_in_vain() {
    let files = [("a.yaml", "title: A\n"), ("secrets.toml", "a = 1\n")];
    let cases = [
        ("convert app/a.yaml --to yaml", Exit::Usage, "error: `app/a.yaml` is written in that format\n"),
        ("convert app/secrets.toml", Exit::Usage, "error: `app/secrets.toml` is no spec"),
        ("convert app/b.yaml", Exit::Environment, "error: cannot read `app/b.yaml`: "),
    ];
    for (line, exit, err) in cases {
        let done = run(line, &files);
        assert_eq!((done.exit, done.out.as_str()), (exit, ""), "{line}");
        assert!(done.err.starts_with(err), "{}", done.err);
    }
}

#[test]
fn convert_writes_a_new_file_and_no_other() {
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::write(folder.path().join("a.yaml"), "title: A\n").unwrap();
    let args = ["convert", "a.yaml", "-o", "a.toml"];
    assert_eq!(process::run(&args, folder.path(), &[]).code, Some(0));
    assert_eq!(std::fs::read_to_string(folder.path().join("a.toml")).unwrap(), "title = \"A\"\n");
    let again = process::run(&args, folder.path(), &[]);
    assert_eq!(again.code, Some(3));
    assert!(again.text.contains("error: cannot write `a.toml`: "), "{}", again.text);
}
