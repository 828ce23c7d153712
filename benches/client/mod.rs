//! The server as a process, and a browser that asks it over one connection.

#![allow(dead_code, reason = "each benchmark uses a part of it")]
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a benchmark that cannot go on says so")]

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;

/// The kernel counts CPU time in hundredths of a second.
pub(crate) const MICROSECONDS_PER_TICK: f64 = 10_000.0;

/// The server's process.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: String,
}

impl Server {
    /// Serves a folder, and waits until it does.
    pub(crate) fn start(folder: &str) -> Self {
        Self::logging_to(folder, "warn", Stdio::inherit())
    }

    /// The same, with a log of this much on standard error.
    pub(crate) fn logging_to(folder: &str, level: &str, errors: Stdio) -> Self {
        let binary = env::var("APPSPEC_BINARY").unwrap_or_else(|_| env!("CARGO_BIN_EXE_appspec").to_owned());
        let arguments = ["serve", folder, "--port", "0", "--log", level];
        let mut process = Command::new(binary).args(arguments).stdout(Stdio::piped()).stderr(errors).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = lines.map(Result::unwrap).find(|line| line.contains("http://")).unwrap();
        let address = line.split("http://").nth(1).unwrap().split(['/', ' ']).next().unwrap().to_owned();
        Self { process, address }
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.process.id())).unwrap()
    }

    /// User and system time so far.
    pub(crate) fn ticks(&self) -> f64 {
        let stat = self.read("stat");
        let after_name = stat.rsplit_once(") ").unwrap().1;
        after_name.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<f64>().unwrap()).sum()
    }

    pub(crate) fn resident_kilobytes(&self) -> f64 {
        let status = self.read("status");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    pub(crate) fn stop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// What the server has answered.
#[derive(Default)]
pub(crate) struct Answer {
    pub(crate) computed: String,
    pub(crate) body: String,
    /// From the request to the first that there is to see.
    pub(crate) first: Duration,
    cookie: Option<String>,
}

/// One tab over one connection.
pub(crate) struct Browser {
    pub(crate) address: String,
    path: String,
    connection: BufReader<TcpStream>,
    cookie: String,
    view: String,
    page: String,
    /// From the request of the page to its end.
    pub(crate) opened: Duration,
}

impl Browser {
    pub(crate) fn open(address: &str, path: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut browser = Self {
            address: address.to_owned(),
            path: path.to_owned(),
            connection: BufReader::new(stream),
            cookie: String::new(),
            view: String::new(),
            page: String::new(),
            opened: Duration::ZERO,
        };
        let answer = browser.get(path);
        browser.cookie = answer.cookie.unwrap_or_default();
        browser.view = view_of(&answer.body).unwrap();
        browser.page = answer.body;
        browser.opened = answer.first;
        browser
    }

    /// Gets what the page did not wait for, if there is any.
    pub(crate) fn finish(&mut self) {
        if let Some(late) = self.page.split("data-late=\"").nth(1).and_then(|rest| rest.split('"').next()) {
            let answer = self.get(&late.replace("&amp;", "&"));
            self.view = view_of(&answer.body).unwrap();
        }
    }

    pub(crate) fn interact(&mut self, fields: &str) -> Answer {
        let body = format!("view={}&{fields}", self.view);
        let head = format!(
            "POST {} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\nhx-request: true\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            self.path,
            self.address,
            self.cookie,
            body.len()
        );
        let answer = self.exchange(&head);
        if let Some(view) = view_of(&answer.body) {
            self.view = view;
        }
        answer
    }

    /// The bytes of the page and of all that it loads but charts and maps, each compressed.
    pub(crate) fn weight(&mut self) -> f64 {
        let page = self.page.clone();
        let mut total = compressed(page.as_bytes());
        let loaded = page.split("/-/static/").skip(1).map(|rest| rest.split('"').next().unwrap());
        for name in loaded.filter(|name| !name.contains("echarts") && !name.contains("countries")) {
            total += compressed(self.get(&format!("/-/static/{name}")).body.as_bytes());
        }
        f64::from(u32::try_from(total).unwrap())
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.exchange(&format!("GET {path} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\n\r\n", self.address, self.cookie))
    }

    fn exchange(&mut self, request: &str) -> Answer {
        let started = Instant::now();
        self.connection.get_mut().write_all(request.as_bytes()).unwrap();
        let mut answer = Answer::default();
        let (mut length, mut is_chunked) = (0, false);
        loop {
            let mut line = String::new();
            self.connection.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                if line.trim_end().is_empty() {
                    break;
                }
                continue;
            };
            match name.to_lowercase().as_str() {
                "transfer-encoding" => is_chunked = value == "chunked",
                "content-length" => length = value.parse().unwrap(),
                "set-cookie" => answer.cookie = value.split(';').next().map(str::to_owned),
                "server-timing" => value.split(['=', ',']).nth(1).unwrap().clone_into(&mut answer.computed),
                _ => {}
            }
        }
        answer.body = if is_chunked { self.chunk().unwrap_or_default() } else { self.text(length) };
        answer.first = started.elapsed();
        if is_chunked {
            answer.body.extend(std::iter::from_fn(|| self.chunk()));
        }
        answer
    }

    fn text(&mut self, length: usize) -> String {
        let mut body = vec![0; length];
        self.connection.read_exact(&mut body).unwrap();
        String::from_utf8(body).unwrap()
    }

    /// The next chunk of a body in chunks: an event of what arrives late.
    fn chunk(&mut self) -> Option<String> {
        let mut size = String::new();
        self.connection.read_line(&mut size).unwrap();
        let size = usize::from_str_radix(size.trim(), 16).unwrap();
        let text = self.text(size);
        self.text(2);
        (size > 0).then_some(text)
    }
}

/// The token of the view in a page or an answer.
fn view_of(body: &str) -> Option<String> {
    let field = body.split("name=\"view\" value=\"").nth(1)?;
    field.split('"').next().map(str::to_owned)
}

fn compressed(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len()
}
