//! The real server, on a free port of the loopback interface.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::Failure;

/// A running `appspec serve`; ended on drop.
pub(crate) struct Server {
    child: Child,
    /// Without a slash at its end.
    pub(crate) url: String,
    /// The copy of the app that it serves: what it writes stays out of the repository.
    folder: TempDir,
}

impl Server {
    /// Serves a copy of the app in `folder`, and waits for the line with its URL.
    pub(crate) fn start(folder: &Path) -> Result<Self, Failure> {
        let copy = TempDir::new()?;
        copy_folder(folder, copy.path())?;
        let (child, url) = spawn(copy.path(), "0")?;
        Ok(Self { child, url, folder: copy })
    }

    /// Ends the server and starts it again on the same port: it has forgotten all views.
    pub(crate) fn restart(&mut self) -> Result<(), Failure> {
        self.end();
        let port = self.url.rsplit(':').next().unwrap_or_default().to_owned();
        (self.child, self.url) = spawn(self.folder.path(), &port)?;
        Ok(())
    }

    fn end(&mut self) {
        let _already_ended = self.child.kill();
        let _already_ended = self.child.wait();
    }
}

fn spawn(folder: &Path, port: &str) -> Result<(Child, String), Failure> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_appspec"))
        .arg("serve")
        .arg(folder)
        .args(["--port", port])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let output = child.stdout.take().ok_or_else(|| Failure("the server has no output".to_owned()))?;
    let url = first_match(output, |line| {
        let at = line.find("http://")?;
        let url = line[at..].split_whitespace().next()?;
        Some(url.trim_end_matches(['/', '.']).to_owned())
    });
    if url.is_err() {
        child.kill()?;
        child.wait()?;
    }
    Ok((child, url?))
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// Reads lines until `find` finds something in one, and goes on reading so that the program can go on writing.
pub(crate) fn first_match(
    output: impl std::io::Read + Send + 'static,
    find: impl Fn(&str) -> Option<String> + Send + 'static,
) -> Result<String, Failure> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some(found) = find(&line) {
                let _nobody_waits = sender.send(found);
            }
        }
    });
    let waited = receiver.recv_timeout(Duration::from_mins(1));
    waited.map_err(|_| Failure("the program did not say where it listens; its errors stand above".to_owned()))
}

#[expect(clippy::disallowed_methods, reason = "the rule is for the compiler, which reads through its `World`")]
fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
