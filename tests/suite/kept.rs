//! What was confirmed to a browser outlasts the end of the server at any moment.

use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;

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

/// Enters one number after the other until the server is gone; notes and tells of each that is confirmed.
fn count(site: &Site, cookie: &str, (mut view_id, from): (String, u64), confirmed: &AtomicU64, told: &Sender<()>) {
    for number in from.. {
        let fields = format!("view={view_id}&number={number}");
        let Some(answer) = site.post("/", &fields, &format!("Cookie: {cookie}\r\nHX-Request: true\r\n")) else {
            return;
        };
        let Some(next) = view(&answer).filter(|_| answer.starts_with("HTTP/1.0 200")) else { return };
        confirmed.store(number, Ordering::SeqCst);
        let _nobody_counts_any_more = told.send(());
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
    for round in 0..5 {
        let process = Process::serve(folder.path(), &[], &[]);
        // All is checked before anything counts: a server that nobody ends would be counted on for ever.
        let starts: Vec<(String, u64)> = browsers
            .iter()
            .zip(&confirmed)
            .map(|(browser, confirmed)| {
                let last = confirmed.load(Ordering::SeqCst);
                let page = process.site.get_with("/", &format!("Cookie: {browser}\r\n"));
                let shown = page.split_once("The number is ").unwrap_or_else(|| panic!("{page}")).1;
                // What was under way as the server ended may be there or not.
                let shown: u64 = shown.split('.').next().unwrap().parse().unwrap();
                assert!((last..=last + 1).contains(&shown), "{last} was confirmed, and {shown} is there");
                (view(&page).unwrap(), shown + 1)
            })
            .collect();
        let site = &process.site;
        thread::scope(|scope| {
            let (tell, told) = channel();
            for ((browser, confirmed), start) in browsers.iter().zip(&confirmed).zip(starts) {
                let tell = tell.clone();
                scope.spawn(move || count(site, browser, start, confirmed, &tell));
            }
            drop(tell);
            // The moment is another one each time.
            assert!(told.iter().take(24 + 7 * round).count() > 0, "the browsers got somewhere");
            process.kill();
        });
    }
    let all: u64 = confirmed.iter().map(|confirmed| confirmed.load(Ordering::SeqCst)).sum();
    assert!(all > 60, "the browsers got somewhere: {all}");
}
