//! `appspec lsp` with editors: one that another library makes, over pipes, and Neovim without a screen. Both work on a copy
//! of the demo app.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::support::{files_below, root};

/// A copy of the demo app.
fn demo() -> TempDir {
    let folder = TempDir::new().unwrap();
    for path in files_below("specs") {
        let copy = folder.path().join(path.strip_prefix(root().join("specs")).unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(path, copy).unwrap();
    }
    folder
}

/// Runs an editor to its end; what it printed is shown if it did not end well.
fn session(mut editor: Command) {
    let done = editor.stdin(Stdio::null()).output().unwrap();
    let printed = [done.stdout, done.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(done.status.success(), "{printed}");
}

#[test]
fn a_client_of_another_library_is_served() {
    let folder = demo();
    let mut client = Command::new(env!("CARGO"));
    client
        .args(["run", "--quiet", "--locked", "--manifest-path"])
        .arg(root().join("tests/suite/editor/client/Cargo.toml"))
        .arg("--target-dir")
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("client"))
        .arg("--")
        .arg(env!("CARGO_BIN_EXE_appspec"))
        .arg(folder.path());
    session(client);
}

#[test]
#[expect(clippy::print_stderr, reason = "what is skipped is skipped visibly")]
fn neovim_is_served() {
    if Command::new("nvim").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "Neovim is missing: apt-get install neovim");
        eprintln!("skipped: there is no Neovim (apt-get install neovim)");
        return;
    }
    let folder = demo();
    let mut editor = Command::new("nvim");
    editor
        .args(["--headless", "-u", "NONE", "-i", "NONE", "-n", "-c"])
        .arg(format!("luafile {}", root().join("tests/suite/editor/session.lua").display()))
        .current_dir(folder.path())
        .env("APPSPEC", env!("CARGO_BIN_EXE_appspec"))
        .env("XDG_STATE_HOME", folder.path().join(".state"))
        .env("XDG_CACHE_HOME", folder.path().join(".cache"));
    session(editor);
}
