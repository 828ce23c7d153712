//! The log of a running server, and the secrets that it takes up.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::process::{Process, run};

const PAGE: &str =
    "queries:\n  one: { connection: shop, sql: select 1 as one, optional: true }\nbody:\n  - table: one\n";

/// A folder with the files of an app.
fn app(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, text) in files {
        write(folder.path(), path, text);
    }
    folder
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn secrets(file: &str) -> String {
    format!("[connections.shop]\ntype = \"sqlite\"\nfile = \"{file}\"\n")
}

#[test]
fn levels_say_more_and_more() {
    let folder = app(&[("index.yaml", "body:\n  - text: Hello\n")]);
    for (level, lines) in [("error", 0), ("warn", 0), ("info", 1), ("debug", 2), ("trace", 2)] {
        let mut process = Process::serve(folder.path(), &["--log", level], &[]);
        process.get("/");
        if lines > 1 {
            process.wait_for("request");
        }
        let printed = process.end();
        assert_eq!(usize::from(printed.contains("started")), lines.min(1), "{level}: {printed}");
        assert_eq!(printed.contains("DEBUG"), lines > 1, "{level}: {printed}");
        assert!(!printed.contains('\u{1b}'), "{printed}");
    }
    let printed = Process::serve(folder.path(), &[], &[("APPSPEC_LOG", "error")]).end();
    assert!(!printed.contains("started"), "{printed}");
    assert_eq!(run(&["serve", ".", "--log", "loud"], folder.path(), &[]).code, Some(2));
}

#[test]
fn a_database_that_is_lost_and_found_is_said_once_each() {
    let folder = app(&[("index.yaml", PAGE), (".appspec/secrets.toml", &secrets("shop.db"))]);
    let mut process = Process::serve(folder.path(), &[], &[]);
    let line = {
        process.get("/");
        process.get("/");
        process.wait_for("is not there")
    };
    assert!(line.contains(" WARN ") && line.contains("connection=\"shop\""), "{line}");
    fs::write(folder.path().join("shop.db"), "").unwrap();
    process.get("/");
    process.wait_for("works again");
    let printed = process.end();
    assert_eq!(printed.matches("is not there").count(), 1, "{printed}");
}

#[test]
fn a_query_that_fails_is_named_once_and_without_what_readers_have_entered() {
    let page = r#"
title: Orders
state: { wanted: sesame }
queries:
  orders: { rows: [{ id: 1 }] }
  found: { transform: "select id from orders where id = cast({{ state.wanted }} as int)" }
body:
  - table: found
"#;
    let folder = app(&[("sales/orders.yaml", page)]);
    let mut process = Process::serve(folder.path(), &[], &[]);
    let html = process.get("/sales/orders");
    let line = process.wait_for("query=");
    assert!(html.contains("sesame"), "the reader is told: {html}");
    for part in [" WARN ", "page=\"/sales/orders\"", "query=\"found\"", "failed"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    process.get("/sales/orders");
    let printed = process.end();
    assert_eq!(printed.matches("query=").count(), 1, "{printed}");
    assert!(!printed.contains("sesame"), "{printed}");
}

#[test]
fn secrets_are_taken_up_while_the_app_runs() {
    let folder = app(&[("index.yaml", PAGE), ("one.db", ""), (".appspec/secrets.toml", &secrets("missing.db"))]);
    let mut process = Process::serve(folder.path(), &[], &[]);
    assert!(process.get("/").contains("is not there"));
    write(folder.path(), ".appspec/secrets.toml", &secrets("one.db"));
    let line = process.wait_for("secrets have changed");
    assert!(line.contains("connections=\"shop\""), "{line}");
    assert!(!process.get("/").contains("is not there"));

    // What is broken or gone changes nothing, and is said once.
    write(folder.path(), ".appspec/secrets.toml", "[connections.shop]\nfile = sesame\n");
    let line = process.wait_for("secrets cannot be read");
    assert!(line.contains("secrets.toml:2:8: ") && !line.contains("sesame"), "{line}");
    fs::remove_file(folder.path().join(".appspec/secrets.toml")).unwrap();
    process.wait_for("secrets.toml is gone");
    assert!(!process.get("/").contains("is not there"));
    write(folder.path(), ".appspec/secrets.toml", &secrets("one.db"));
    process.wait_for("secrets can be read again");
}

#[cfg(unix)]
#[test]
fn a_mounted_folder_is_followed_through_its_links() {
    use std::os::unix::fs::symlink;
    let folder = app(&[
        ("app/index.yaml", PAGE),
        ("app/app.yaml", "connections:\n  shop: { type: sqlite, file: \"${env:NONE}\" }\n"),
        ("app/one.db", ""),
        ("mount/..1/connections.shop.file", "missing.db\n"),
        ("mount/..2/connections.shop.file", "one.db\n"),
    ]);
    let mount = folder.path().join("mount");
    symlink("..1", mount.join("..data")).unwrap();
    symlink("..data/connections.shop.file", mount.join("connections.shop.file")).unwrap();
    let mut process = Process::serve(&folder.path().join("app"), &["--secrets", "../mount"], &[("NONE", "none.db")]);
    assert!(process.get("/").contains("`missing.db` is not there"));
    symlink("..2", mount.join("..next")).unwrap();
    fs::rename(mount.join("..next"), mount.join("..data")).unwrap();
    process.wait_for("secrets have changed");
    assert!(!process.get("/").contains("is not there"));
}

#[cfg(unix)]
#[test]
fn secrets_that_others_can_see_are_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let folder = app(&[("index.yaml", PAGE), ("one.db", ""), (".appspec/secrets.toml", &secrets("one.db"))]);
    let file = folder.path().join(".appspec/secrets.toml");
    let set_mode = |mode| fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    let readable = "warning: ./.appspec/secrets.toml can be read by every user of this machine";
    for (mode, is_warned) in [(0o644, true), (0o640, false), (0o600, false)] {
        set_mode(mode);
        let printed = Process::serve(folder.path(), &[], &[]).end();
        assert_eq!(printed.contains(readable), is_warned, "{mode:o}: {printed}");
    }
    let git = |arguments: &[&str]| {
        let status = std::process::Command::new("git").args(arguments).current_dir(folder.path()).status();
        assert!(status.unwrap().success(), "git {arguments:?}");
    };
    let kept = "lies in a git repository that does not ignore it";
    assert!(!Process::serve(folder.path(), &[], &[]).end().contains(kept));
    git(&["init", "--quiet"]);
    assert!(Process::serve(folder.path(), &[], &[]).end().contains(kept));
    write(folder.path(), ".gitignore", ".appspec/\n");
    assert!(!Process::serve(folder.path(), &[], &[]).end().contains(kept));
    git(&["add", "--force", ".appspec/secrets.toml"]);
    assert!(Process::serve(folder.path(), &[], &[]).end().contains(kept), "what is tracked is not ignored");
}

#[test]
fn secrets_that_cannot_be_read_end_the_command() {
    let folder = app(&[("index.yaml", PAGE), (".appspec/secrets.toml", "[connections.shop]\npassword = sesame\n")]);
    for command in ["serve", "check", "graph"] {
        let printed = run(&[command, "."], folder.path(), &[]);
        assert_eq!(printed.code, Some(3), "{}", printed.text);
        assert!(printed.text.starts_with("error: ./.appspec/secrets.toml:2:12: "), "{}", printed.text);
        assert!(!printed.text.contains("sesame"), "{}", printed.text);
    }
    let printed = run(&["check", ".", "--secrets", "nowhere"], folder.path(), &[]);
    assert_eq!((printed.code, printed.text.as_str()), (Some(3), "error: nowhere: there is no such file or folder\n"));
}
