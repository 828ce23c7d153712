//! The real program, as its keeper sees it: what it prints, and what it serves.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than anything takes, on a busy machine too.
const PATIENCE: Duration = Duration::from_mins(1);

/// What comes late comes within this time: databases that do not answer are given up sooner.
const LATE: Duration = Duration::from_secs(8);

/// A running `appspec serve`; ended on drop.
pub(crate) struct Process {
    child: Child,
    pub(crate) site: Site,
    lines: Receiver<String>,
    /// Everything that was printed, as far as it was waited for.
    pub(crate) printed: String,
}

/// Where a server is found.
pub(crate) struct Site {
    /// Host and port.
    address: String,
}

/// What a command printed on both ways, and whether it ended well.
pub(crate) struct Printed {
    pub(crate) text: String,
    pub(crate) code: Option<i32>,
}

fn command(arguments: &[&str], folder: &Path, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_appspec"));
    command.args(arguments).current_dir(folder).envs(variables.iter().copied()).stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub(crate) fn run(arguments: &[&str], folder: &Path, variables: &[(&str, &str)]) -> Printed {
    let output = command(arguments, folder, variables).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    Printed { text, code: output.status.code() }
}

impl Process {
    /// Serves the app in a folder with further arguments, and waits until it answers.
    pub(crate) fn serve(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let arguments = [&["serve", ".", "--port", "0"], arguments].concat();
        let mut command = command(&arguments, folder, variables);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let outputs: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for output in outputs {
            let sender = sender.clone();
            thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    let _nobody_reads = sender.send(line);
                }
            });
        }
        // What ends early is noticed: the channel ends with the outputs.
        drop(sender);
        let mut this = Self { child, site: Site { address: String::new() }, lines, printed: String::new() };
        let line = this.wait_for("Serving ");
        let (_, address) = line.split_once("http://").unwrap();
        address.trim_end_matches('/').clone_into(&mut this.site.address);
        this
    }

    /// Waits for a line that holds this text, and gives it.
    pub(crate) fn wait_for(&mut self, wanted: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else {
                panic!("no line with `{wanted}` in:\n{}", self.printed);
            };
            self.printed.push_str(&line);
            self.printed.push('\n');
            if line.contains(wanted) {
                return line;
            }
        }
    }

    pub(crate) fn get(&self, path: &str) -> String {
        self.site.get(path)
    }

    /// Ends the server at once, as `kill -9` does, whatever it is about.
    pub(crate) fn kill(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-9", &id]).status().unwrap().success());
    }

    /// Ends the server; gives all that it has printed.
    pub(crate) fn end(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        // Both pipes are closed now: their readers end, and with them the channel.
        let rest: Vec<String> = self.lines.iter().collect();
        std::mem::take(&mut self.printed) + &rest.join("\n")
    }
}

impl Site {
    /// The answer to a request, head and body; with what arrives late, if it is a page that has such parts.
    pub(crate) fn get(&self, path: &str) -> String {
        let answer = self.send(path, "", PATIENCE);
        let Some(late) = answer.split('"').find(|text| text.starts_with("/-/events?")) else { return answer };
        let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap_or_default();
        let cookie = cookie.split(';').next().unwrap_or_default();
        let late = late.replace("&amp;", "&");
        // A page that tries again what has failed never ends to say so.
        answer.clone() + &self.send(&late, &format!("Cookie: {cookie}\r\n"), LATE)
    }

    /// The same with headers of its own, without what arrives late.
    pub(crate) fn get_with(&self, path: &str, headers: &str) -> String {
        self.send(path, headers, PATIENCE)
    }

    /// The answer to a form; none if the server is not there, or ends before it has answered.
    pub(crate) fn post(&self, path: &str, fields: &str, headers: &str) -> Option<String> {
        let form = "Content-Type: application/x-www-form-urlencoded";
        let length = fields.len();
        let head = format!("POST {path} HTTP/1.0\r\n{form}\r\nContent-Length: {length}\r\n{headers}");
        self.exchange(&head, fields, PATIENCE).ok().filter(|answer| !answer.is_empty())
    }

    /// Asks for a path, and reads the answer to its end, or until nothing has come for some time.
    fn send(&self, path: &str, headers: &str, patience: Duration) -> String {
        self.exchange(&format!("GET {path} HTTP/1.0\r\n{headers}"), "", patience).unwrap()
    }

    fn exchange(&self, head: &str, body: &str, patience: Duration) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(patience))?;
        write!(stream, "{head}Host: {}\r\n\r\n{body}", self.address)?;
        let (mut answer, mut part) = (Vec::new(), [0; 4096]);
        while let Ok(length @ 1..) = stream.read(&mut part) {
            answer.extend(&part[..length]);
        }
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _already_ended = self.child.kill();
        let _already_ended = self.child.wait();
    }
}
