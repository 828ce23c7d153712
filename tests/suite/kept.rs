//! What was confirmed to a browser outlasts the end of the server at any moment.

use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::process::{Process, Site};

const PAGE: &str = "\
state:
  number: { default: 0, keep: browser }
body:
  - number_input: number
  - text: \"The number is {{ state.number }}.\"
";

/// The cookie of an answer.
fn cookie(answer: &str) -> String {
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

/// The value of the field that names the view.
fn view(answer: &str) -> Option<String> {
    let (_, rest) = answer.rsplit_once("name=\"view\" value=\"")?;
    Some(rest.split('"').next()?.to_owned())
}

/// Enters one number after the other until the server is gone, and notes each that is confirmed.
fn count(site: &Site, cookie: &str, mut view_id: String, from: u64, confirmed: &AtomicU64) {
    for number in from.. {
        let fields = format!("view={view_id}&number={number}");
        let Some(answer) = site.post("/", &fields, &format!("Cookie: {cookie}\r\nHX-Request: true\r\n")) else {
            return;
        };
        let Some(next) = view(&answer).filter(|_| answer.starts_with("HTTP/1.0 200")) else { return };
        confirmed.store(number, Ordering::SeqCst);
        view_id = next;
    }
}

#[test]
fn what_was_confirmed_is_there_after_the_server_was_killed() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("index.yaml"), PAGE).unwrap();
    let first = Process::serve(folder.path(), &[], &[]);
    let browsers: Vec<String> = (0..4).map(|_| cookie(&first.get("/"))).collect();
    drop(first);
    let confirmed: Vec<AtomicU64> = browsers.iter().map(|_| AtomicU64::new(0)).collect();
    for round in 0..5_u64 {
        let process = Process::serve(folder.path(), &[], &[]);
        thread::scope(|scope| {
            for (browser, confirmed) in browsers.iter().zip(&confirmed) {
                let site = &process.site;
                let last = confirmed.load(Ordering::SeqCst);
                let page = site.get_with("/", &format!("Cookie: {browser}\r\n"));
                let shown = page.split_once("The number is ").unwrap().1.split('.').next().unwrap();
                // What was under way as the server ended may be there or not.
                let shown: u64 = shown.parse().unwrap();
                assert!((last..=last + 1).contains(&shown), "{last} was confirmed, and {shown} is there");
                let view_id = view(&page).unwrap();
                scope.spawn(move || count(site, browser, view_id, shown + 1, confirmed));
            }
            // The moment is another one each time.
            thread::sleep(Duration::from_millis(120 + 37 * round));
            process.kill();
        });
    }
    for confirmed in &confirmed {
        assert!(confirmed.load(Ordering::SeqCst) > 5, "the browsers got somewhere");
    }
}
