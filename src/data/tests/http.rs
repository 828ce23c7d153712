//! Servers over HTTP: what is asked, what comes of the answers, and what is said of bad ones.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use appspec_lang::spec::AnswerFormat;

use super::*;
use crate::connection::{HttpSettings, Secret};
use crate::job::HttpJob;

/// A server that answers each request as it is told, and remembers what was asked.
struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    /// Says when a client has gone that got no answer.
    gone: Receiver<()>,
}

impl Server {
    /// `answer` gives the whole answer to a path and query; nothing: none ever comes.
    fn start(answer: impl Fn(&str) -> Option<Vec<u8>> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let (left, gone) = channel();
        let (heads, answer) = (Arc::clone(&asked), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (heads, answer, left) = (Arc::clone(&heads), Arc::clone(&answer), left.clone());
                thread::spawn(move || talk(stream.unwrap(), &heads, &*answer, &left));
            }
        });
        Self { address, asked, gone }
    }

    /// The heads of all requests so far.
    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

fn talk(
    mut stream: TcpStream,
    heads: &Mutex<Vec<String>>,
    answer: &dyn Fn(&str) -> Option<Vec<u8>>,
    left: &Sender<()>,
) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    heads.lock().unwrap().push(head);
    if let Some(bytes) = answer(&path) {
        // A client that has seen enough leaves before the end.
        stream.write_all(&bytes).ok();
    } else {
        let closed = stream.read(&mut byte);
        assert!(closed.is_err() || closed.is_ok_and(|read| read == 0));
        left.send(()).ok();
    }
}

fn response(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn ok(content_type: &str, body: &[u8]) -> Vec<u8> {
    response("200 OK", &format!("content-type: {content_type}\r\n"), body)
}

/// The data of an app with one connection, `api`.
fn data(base_url: &str, headers: &[(&str, &str)]) -> Data {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(*value))).collect();
    let http = HttpSettings { base_url: base_url.parse().unwrap(), headers };
    let settings = ConnectionSettings::new("api".into(), Target::Http(http));
    Data::connect(std::path::Path::new("/nowhere"), vec![settings], super::settings())
}

fn get(target: &str) -> HttpJob {
    HttpJob {
        connection: "api".into(),
        target: target.to_owned(),
        format: None,
        path: None,
        options: FileOptions::default(),
    }
}

async fn run(data: &Data, job: HttpJob) -> Result<Table, crate::DataError> {
    data.run(&Job::Http(job), &PLAIN).await
}

fn parquet() -> Vec<u8> {
    let table = Table::from_columns(vec![("x".into(), Type::Int, vec![Scalar::Int(1), Scalar::Null])]).unwrap();
    let mut bytes = Vec::new();
    polars::prelude::ParquetWriter::new(&mut bytes).finish(&mut table.frame().clone()).unwrap();
    bytes
}

#[tokio::test]
async fn answers_are_read_by_what_they_say_they_are() {
    let server = Server::start(|path| {
        Some(match path.split('?').next().unwrap() {
            "/v1/json" => ok("application/json; charset=utf-8", br#"[{"day": "2024-01-02", "n": 1}, {"n": 2.5}]"#),
            "/v1/path" => ok("application/json", br#"{"data": {"items": [{"a": {"b": 1, "c": ["x"]}}]}}"#),
            "/v1/columns" => ok("application/vnd.api+json", br#"{"a": [1, 2], "b": ["x", null]}"#),
            "/v1/nothing" => ok("application/json", b"[]"),
            "/v1/lines" => ok("application/x-ndjson", b"{\"x\": 1}\n{\"x\": 2}\n"),
            "/v1/csv" => ok("text/csv", "day;preis\n02.01.2024;1,25\n".as_bytes()),
            "/v1/a.tsv" => ok("text/plain", b"x\ty\n1\tb\n"),
            "/v1/parquet" => ok("application/vnd.apache.parquet", &parquet()),
            "/v1/gzip" => {
                let headers = "content-type: text/csv\r\ncontent-encoding: gzip\r\n";
                response("200 OK", headers, &file::gzipped("x\n1\n"))
            }
            other => response("404 Not Found", "", other.as_bytes()),
        })
    });
    let data = data(&server.url("/v1"), &[]);
    let german = FileOptions {
        decimal_comma: true,
        types: vec![("preis".into(), Type::Decimal), ("day".into(), Type::Date)],
        formats: vec![("day".into(), "%d.%m.%Y".to_owned())],
        ..FileOptions::default()
    };
    for (job, wanted) in [
        (get("/json"), vec!["day date, n float", "2024-01-02, 1.0", "-, 2.5"]),
        (
            HttpJob { path: Some("data.items".into()), ..get("/path") },
            vec!["a.b int, a.c list<text>", "1, List([Text(\"x\")])"],
        ),
        (get("/columns"), vec!["a int, b text", "1, x", "2, -"]),
        (get("/nothing"), vec![""]),
        (get("/lines"), vec!["x int", "1", "2"]),
        (HttpJob { options: german, ..get("/csv") }, vec!["day date, preis decimal", "2024-01-02, 125e-2"]),
        (get("/a.tsv?x=1"), vec!["x int, y text", "1, b"]),
        (get("/parquet"), vec!["x int", "1", "-"]),
        (get("/gzip"), vec!["x int", "1"]),
        (
            HttpJob { format: Some(AnswerFormat::Json), ..get("/a.tsv") },
            vec!["`api/a.tsv` cannot be read: it is no JSON: expected value at line 1 column 1"],
        ),
    ] {
        let name = job.target.clone();
        let given = run(&data, job).await;
        assert_eq!(given.as_ref().map_or_else(|error| vec![error.to_string()], lines), wanted, "{name}");
    }
    let limited = Policy { max_rows: Some(1), ..PLAIN };
    let table = data.run(&Job::Http(get("/lines")), &limited).await.unwrap();
    assert_eq!((table.rows(), table.was_cut()), (1, Some(1)));
}

#[tokio::test]
async fn a_request_goes_below_the_base_url_with_its_headers() {
    let server = Server::start(|_| Some(ok("application/json", b"[]")));
    let data = data(&server.url("/v1?key=k"), &[("X-Api-Key", "sesame"), ("accept", "application/json")]);
    let value = crate::encoded("a&b=/../c");
    run(&data, get(&format!("/rates/{value}?base={value}"))).await.unwrap_err();
    run(&data, get("/rates?base=EUR")).await.unwrap();
    let asked = server.asked();
    // What would lead out has not been sent.
    assert_eq!(asked.len(), 1);
    let head = asked[0].to_lowercase();
    assert!(head.starts_with("get /v1/rates?key=k&base=eur http/1.1\r\n"), "{head}");
    for header in ["x-api-key: sesame\r\n", "accept: application/json\r\n", "accept-encoding: gzip\r\n"] {
        assert!(head.contains(header), "{head}");
    }
}

#[tokio::test]
async fn only_redirects_below_the_base_are_followed() {
    let elsewhere = Server::start(|_| Some(ok("application/json", b"[]")));
    let away = elsewhere.url("/stolen");
    let server = Server::start(move |path| {
        Some(match path {
            "/v1/here" => response("302 Found", "location: /v1/there\r\n", b""),
            "/v1/there" => ok("application/json", br#"[{"x": 1}]"#),
            "/v1/round" => response("302 Found", "location: /v1/round\r\n", b""),
            "/v1/up" => response("302 Found", "location: /admin\r\n", b""),
            _ => response("302 Found", &format!("location: {away}\r\n"), b""),
        })
    });
    let data = data(&server.url("/v1"), &[("authorization", "Bearer sesame")]);
    assert_eq!(lines(&run(&data, get("/here")).await.unwrap()), ["x int", "1"]);
    let message_of = async |target: &str| message(run(&data, get(target)).await);
    for target in ["/away", "/up"] {
        assert_eq!(
            message_of(target).await,
            "`api` points out of its base URL (302), which is not followed: make that the `base_url`"
        );
    }
    assert_eq!(message_of("/round").await, "`api` points from one place to the next without end");
    assert!(elsewhere.asked().is_empty());
    assert!(!server.asked().iter().any(|head| head.starts_with("GET /admin")));
}

#[tokio::test]
async fn bad_answers_are_told_apart() {
    let server = Server::start(|path| {
        let (status, headers, body): (&str, &str, &[u8]) = match path.split('?').next().unwrap() {
            "/401" => ("401 Unauthorized", "", b"sesame"),
            "/404" => ("404 Not Found", "", b""),
            "/418" => ("418 I'm a teapot", "", b""),
            "/429" => ("429 Too Many Requests", "", b""),
            "/503" => ("503 Service Unavailable", "", b""),
            "/html" => ("200 OK", "content-type: text/html\r\n", b"<html>"),
            "/bytes" => ("200 OK", "content-type: application/octet-stream\r\n", b"\x00\x01"),
            "/lists" => ("200 OK", "content-type: application/json\r\n", b"[[1]]"),
            "/latin" => ("200 OK", "content-type: text/csv\r\n", b"x\n\xE4\n"),
            "/empty" => ("200 OK", "content-type: text/csv\r\n", b""),
            "/gzip" => ("200 OK", "content-type: text/csv\r\ncontent-encoding: gzip\r\n", b"x\n1\n"),
            _ => return Some(b"HTTP/1.1 no status\r\n\r\n".to_vec()),
        };
        Some(response(status, headers, body))
    });
    let data = data(&server.url("/?key=sesame"), &[("x-key", "sesame")]);
    for (target, kind, wanted) in [
        ("/401?q=1", DataErrorKind::Refused, "`api` refuses access (401): look at the `headers` of the connection"),
        ("/404?q=1", DataErrorKind::Rejected, "`api` has nothing at `/404` (404)"),
        ("/418", DataErrorKind::Rejected, "`api` refuses the request for `/418` (418)"),
        ("/429", DataErrorKind::Busy, "`api` asks to be asked less often (429): give the query a `cache`"),
        ("/503", DataErrorKind::Unreachable, "`api` has failed (503)"),
        ("/html", DataErrorKind::Rejected, "`api/html` is a web page: is the path right?"),
        ("/bytes", DataErrorKind::Rejected, "`api/bytes` does not tell what it is: give the query a `format`"),
        ("/lists", DataErrorKind::Rejected, "`api/lists` cannot be read: it is a list of lists"),
        ("/latin", DataErrorKind::Rejected, "`api/latin` cannot be read: line 2 is not UTF-8"),
        ("/empty", DataErrorKind::Rejected, "`api/empty` cannot be read: it is empty"),
        ("/gzip", DataErrorKind::Rejected, "the answer of `api/gzip` says that it is gzipped, and is not"),
        ("/broken", DataErrorKind::Unreachable, "`api` does not answer at 127.0.0.1:"),
        ("/../x", DataErrorKind::Rejected, "`api` is not asked: its address leads out of the base URL"),
    ] {
        let error = run(&data, get(target)).await.unwrap_err();
        assert_eq!(error.kind, kind, "{target}: {error}");
        assert!(error.message.starts_with(wanted), "{target}: {error}");
        assert!(!error.message.contains("sesame"), "{error}");
    }
}

#[tokio::test]
async fn servers_that_are_not_there_are_named() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    // One that takes connections and never says a word, and one that hangs up in the handshake.
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = mute.local_addr().unwrap();
    let curt = TcpListener::bind("127.0.0.1:0").unwrap();
    let hanging_up = curt.local_addr().unwrap();
    thread::spawn(move || curt.incoming().for_each(|stream| drop(stream.unwrap().read(&mut [0; 1 << 12]))));
    for (url, wanted) in [
        (format!("http://u:sesame@{free}/?k=sesame"), format!("`api` does not answer at {free}")),
        (
            "http://nowhere.invalid".to_owned(),
            "`api` cannot be found: no address of nowhere.invalid:80 is known".to_owned(),
        ),
        (format!("https://{free}/"), format!("`api` does not answer at {free}")),
        (format!("https://{silent}/"), format!("`api` does not answer at {silent}")),
        (format!("https://{hanging_up}/"), format!("`api` does not answer at {hanging_up}")),
    ] {
        let error = run(&data(&url, &[]), get("/x")).await.unwrap_err();
        assert_eq!((error.kind, &*error.message), (DataErrorKind::Unreachable, wanted.as_str()));
    }
}

#[tokio::test]
async fn answers_without_end_are_not_read() {
    let large = vec![b'x'; (1 << 20) + 1];
    let packed = file::gzipped(&"x\n".repeat(1 << 20));
    let server = Server::start(move |path| {
        Some(match path {
            "/plain" => ok("text/csv", &large),
            _ => response("200 OK", "content-type: text/csv\r\ncontent-encoding: gzip\r\n", &packed),
        })
    });
    let data = data(&server.url(""), &[]);
    assert_eq!(message(run(&data, get("/plain")).await), "the answer of `api` is larger than 1 MiB: ask for less");
    assert_eq!(message(run(&data, get("/zip")).await), "the answer of `api/zip` is larger than 1 MiB: ask for less");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_ends_when_it_takes_too_long_or_nobody_waits() {
    let server = Server::start(|_| None);
    let data = data(&server.url(""), &[]);
    let soon = Policy { timeout: Some(Duration::from_millis(50)), ..PLAIN };
    let error = data.run(&Job::Http(get("/slow")), &soon).await.unwrap_err();
    assert_eq!(error.kind, DataErrorKind::Timeout, "{error}");
    server.gone.recv_timeout(Duration::from_secs(30)).unwrap();
    let cached = Policy { cache: Some(Cache::FOREVER), ..PLAIN };
    for policy in [PLAIN, cached] {
        {
            let job = Job::Http(get("/slow"));
            let mut run = std::pin::pin!(data.run(&job, &policy));
            let before = server.asked().len();
            while server.asked().len() == before {
                tokio::time::timeout(Duration::from_millis(10), &mut run).await.unwrap_err();
            }
        }
        server.gone.recv_timeout(Duration::from_secs(30)).unwrap();
    }
}

#[tokio::test]
async fn a_connection_over_http_takes_no_sql() {
    let data = data("http://127.0.0.1:1", &[]);
    let job = Job::Sql { connection: "api".into(), query: BoundQuery::plain("select 1") };
    let given = message(data.run(&job, &PLAIN).await);
    assert_eq!(given, "the connection `api` answers over HTTP, and takes no SQL");
}
