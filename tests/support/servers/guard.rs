//! A server's process, which never outlives the tests.

use std::fs::File;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::Failure;
use super::account::Account;

/// Starts the server and waits for a word, or for the end of whoever would say it: a runner that is killed cannot
/// clean up, but its end of the pipe closes. Without the word `keep` the data goes too.
const GUARD: &str = r#"
signal=$1 data=$2; shift 2
"$@" </dev/null & server=$!
read -r word || word=
kill -s "$signal" "$server" 2>/dev/null
wait "$server"
[ "$word" = keep ] || rm -rf "$data"
"#;

/// A running server; ended on drop.
pub(super) struct Guarded(Child);

/// What is run, and how it is ended.
pub(super) struct Program<'a> {
    pub(super) command: &'a [String],
    pub(super) data: &'a Path,
    /// Takes what the server writes.
    pub(super) log: &'a Path,
    pub(super) account: Option<Account>,
    /// The signal after which the server is gone at once, as after a crash.
    pub(super) signal: &'a str,
}

impl Guarded {
    pub(super) fn start(program: &Program<'_>) -> Result<Self, Failure> {
        let log = File::options().create(true).append(true).open(program.log)?;
        let mut guard = Command::new("sh");
        guard.args(["-c", GUARD, "guard", program.signal]).arg(program.data).args(program.command);
        // A group of its own: an interrupt from the keyboard is for the runner only.
        guard.stdin(Stdio::piped()).stdout(log.try_clone()?).stderr(log).process_group(0).current_dir("/");
        if let Some(account) = program.account {
            guard.uid(account.user).gid(account.group);
        }
        Ok(Self(guard.spawn()?))
    }

    /// Ends the server as a crash would, and keeps its data.
    pub(super) fn crash(mut self) -> Result<(), Failure> {
        let mut pipe = self.0.stdin.take().ok_or_else(|| Failure("the guard has no pipe".to_owned()))?;
        pipe.write_all(b"keep\n")?;
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _already_ended = self.0.wait();
    }
}
