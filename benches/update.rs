//! What an interaction costs the server, what a page weighs, and what an idle server holds.
//!
//! Starts the release build of the server on a free port, drives it over one connection, and reads the CPU time that
//! the kernel has counted for the process. Figures are per interaction; run it on an idle machine:
//! `cargo bench --bench update`. `APPSPEC_BINARY` names another build of the server to be measured.

#![expect(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods, reason = "a benchmark prints figures")]

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use flate2::Compression;
use flate2::write::GzEncoder;

const INTERACTIONS: u32 = 3_000;

/// None of these is touched, so they must cost the server nothing for good.
const PAGE_LOADS: u32 = 100_000;

/// The kernel counts CPU time in hundredths of a second.
const MICROSECONDS_PER_TICK: f64 = 10_000.0;

fn main() {
    let started = Instant::now();
    let mut server = Server::start(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/specs"));
    let ready = started.elapsed();
    let mut first = Browser::open(&server.address, "/counter");
    println!("start to ready          {:>9.1} ms", ready.as_secs_f64() * 1e3);
    println!("start to first page     {:>9.1} ms", started.elapsed().as_secs_f64() * 1e3);
    println!("idle memory             {:>9.1} MB", server.resident_kilobytes() / 1024.0);
    println!("page with assets, gz    {:>9.1} kB", first.weight() / 1024.0);
    println!();
    println!("{:<24}{:>10}{:>10}{:>12}{:>12}{:>10}", "", "CPU µs", "bytes", "computed", "fragments", "wall µs");
    measure(&server, "counter", "/counter", |_| "action=button-run-it-again".to_owned());
    measure(&server, "ten over three queries", "/ten", |turn| {
        format!("region={}", if turn % 2 == 0 { "APAC" } else { "EMEA" })
    });
    let before = server.resident_kilobytes();
    let started = Instant::now();
    for _ in 0..PAGE_LOADS {
        first.get("/counter");
    }
    let (wall, grown) = (started.elapsed().as_secs_f64(), server.resident_kilobytes() - before);
    println!();
    println!("page loads, untouched   {PAGE_LOADS:>9} in {wall:.1} s");
    println!("memory grown by them    {:>9.2} MB", grown / 1024.0);
    server.stop();
}

fn measure(server: &Server, name: &str, path: &str, fields: fn(u32) -> String) {
    let mut browser = Browser::open(&server.address, path);
    for turn in 0..50 {
        browser.interact(&fields(turn));
    }
    let (ticks, started) = (server.ticks(), Instant::now());
    let mut last = Answer::default();
    for turn in 0..INTERACTIONS {
        last = browser.interact(&fields(turn));
    }
    let each = |total: f64| total / f64::from(INTERACTIONS);
    let cpu = each((server.ticks() - ticks) * MICROSECONDS_PER_TICK);
    let wall = each(started.elapsed().as_secs_f64() * 1e6);
    let fragments = last.body.matches("<hx-partial").count() - 1;
    println!("{name:<24}{cpu:>10.1}{:>10}{:>12}{fragments:>12}{wall:>10.1}", last.body.len(), last.computed);
}

/// The server's process.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(folder: &str) -> Self {
        let binary = env::var("APPSPEC_BINARY").unwrap_or_else(|_| env!("CARGO_BIN_EXE_appspec").to_owned());
        let mut process =
            Command::new(binary).args(["serve", folder, "--port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = lines.map(Result::unwrap).find(|line| line.contains("http://")).unwrap();
        let address = line.split("http://").nth(1).unwrap().split(['/', ' ']).next().unwrap().to_owned();
        Self { process, address }
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.process.id())).unwrap()
    }

    /// User and system time so far.
    fn ticks(&self) -> f64 {
        let stat = self.read("stat");
        let after_name = stat.rsplit_once(") ").unwrap().1;
        after_name.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<f64>().unwrap()).sum()
    }

    fn resident_kilobytes(&self) -> f64 {
        let status = self.read("status");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    fn stop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[derive(Default)]
struct Answer {
    computed: String,
    body: String,
    cookie: Option<String>,
}

/// One tab over one connection.
struct Browser {
    address: String,
    path: String,
    connection: BufReader<TcpStream>,
    cookie: String,
    view: String,
    page: String,
}

impl Browser {
    fn open(address: &str, path: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut browser = Self {
            address: address.to_owned(),
            path: path.to_owned(),
            connection: BufReader::new(stream),
            cookie: String::new(),
            view: String::new(),
            page: String::new(),
        };
        let answer = browser.get(path);
        browser.cookie = answer.cookie.unwrap_or_default();
        browser.view = view_of(&answer.body).unwrap();
        browser.page = answer.body;
        browser
    }

    fn interact(&mut self, fields: &str) -> Answer {
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

    /// The bytes of the page and of all that it loads but charts, each compressed.
    fn weight(&mut self) -> f64 {
        let page = self.page.clone();
        let mut total = compressed(page.as_bytes());
        let loaded = page.split("/-/static/").skip(1).map(|rest| rest.split('"').next().unwrap());
        for name in loaded.filter(|name| !name.contains("echarts")) {
            total += compressed(self.get(&format!("/-/static/{name}")).body.as_bytes());
        }
        f64::from(u32::try_from(total).unwrap())
    }

    fn get(&mut self, path: &str) -> Answer {
        self.exchange(&format!("GET {path} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\n\r\n", self.address, self.cookie))
    }

    fn exchange(&mut self, request: &str) -> Answer {
        self.connection.get_mut().write_all(request.as_bytes()).unwrap();
        let mut answer = Answer::default();
        let mut length = 0;
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
                "content-length" => length = value.parse().unwrap(),
                "set-cookie" => answer.cookie = value.split(';').next().map(str::to_owned),
                "server-timing" => value.split(['=', ',']).nth(1).unwrap().clone_into(&mut answer.computed),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.connection.read_exact(&mut body).unwrap();
        answer.body = String::from_utf8(body).unwrap();
        answer
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
