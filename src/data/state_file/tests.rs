use tempfile::TempDir;

use super::*;

fn file(folder: &TempDir, bytes: u64) -> StateFile {
    let settings = StateSettings { path: folder.path().join("a/state.db"), bytes, expires: Duration::from_hours(2400) };
    StateFile::new(settings)
}

fn change(key: &str, value: Option<&str>) -> Vec<KeptChange> {
    vec![KeptChange { place: "/p".to_owned(), key: key.to_owned(), value: value.map(str::to_owned) }]
}

async fn keys(file: &StateFile, browser: &str, now: i64) -> Vec<String> {
    let values = file.values(browser, "/p", now).await;
    values.into_iter().map(|value| format!("{}={}", value.key, value.value)).collect()
}

#[tokio::test]
async fn what_is_kept_is_there_for_its_browser_and_place() {
    let folder = TempDir::new().unwrap();
    let first = file(&folder, 1_000_000);
    assert_eq!(keys(&first, "ada", 0).await, Vec::<String>::new());
    assert!(!folder.path().join("a").exists(), "nothing is made for nothing");
    first.save("ada", change("draft", Some("x")), 1).await.unwrap();
    let shared = KeptChange { place: String::new(), key: "team".to_owned(), value: Some("all".to_owned()) };
    first.save("ada", vec![shared], 1).await.unwrap();

    let again = file(&folder, 1_000_000);
    assert_eq!(keys(&again, "ada", 2).await, ["team=all", "draft=x"]);
    assert_eq!(again.values("ada", "/q", 2).await.len(), 1);
    assert!(keys(&again, "bob", 2).await.is_empty());
    again.save("ada", change("draft", None), 3).await.unwrap();
    assert_eq!(keys(&first, "ada", 3).await, ["team=all"], "also for who has read it before");
}

#[tokio::test]
async fn many_at_a_time_are_all_kept() {
    let folder = TempDir::new().unwrap();
    let file = file(&folder, 10_000_000);
    let saves = (0..200).map(|number| {
        let file = file.clone();
        async move { file.save(&format!("b{number}"), change("n", Some(&number.to_string())), 1).await }
    });
    for saved in futures_util::future::join_all(saves).await {
        saved.unwrap();
    }
    for number in [0, 99, 199] {
        assert_eq!(keys(&file, &format!("b{number}"), 2).await, [format!("n={number}")]);
    }
}

#[tokio::test]
async fn a_browser_has_no_more_than_its_share() {
    let folder = TempDir::new().unwrap();
    let file = file(&folder, 10_000_000);
    assert_eq!(file.save("ada", change("long", Some(&"x".repeat(LONGEST + 1))), 1).await, Err(NotKept::TooMuch));
    let long = "x".repeat(LONGEST);
    let mut kept = 0;
    while file.save("ada", change(&format!("k{kept}"), Some(&long)), 1).await.is_ok() {
        kept += 1;
    }
    assert_eq!(kept, 15, "fifteen of them are below a million bytes");
    assert_eq!(keys(&file, "ada", 1).await.len(), 15, "and what was refused is not there");
    file.save("ada", change("k3", None), 1).await.unwrap();
    file.save("ada", change("last", Some(&long)), 1).await.unwrap();
    file.save("bob", change("k", Some("x")), 1).await.unwrap();
}

#[tokio::test]
async fn who_was_not_seen_for_long_is_forgotten() {
    let folder = TempDir::new().unwrap();
    let file = file(&folder, 10_000_000);
    for browser in ["ada", "bob"] {
        file.save(browser, change("k", Some("x")), 0).await.unwrap();
    }
    assert_eq!(keys(&file, "ada", 60 * DAY).await, ["k=x"]);
    // What looking has begun is saved in order with this.
    file.save("eve", change("k", Some("x")), 101 * DAY).await.unwrap();
    assert_eq!(keys(&file, "ada", 101 * DAY).await, ["k=x"]);
    assert!(keys(&file, "bob", 101 * DAY).await.is_empty());
}

#[tokio::test]
async fn a_full_file_forgets_nobody_who_was_here_lately() {
    let folder = TempDir::new().unwrap();
    let file = file(&folder, 200_000);
    let long = "x".repeat(20_000);
    let mut browsers = 0;
    while file.save(&format!("b{browsers}"), change("k", Some(&long)), 0).await.is_ok() {
        browsers += 1;
    }
    assert!((4..12).contains(&browsers), "{browsers}");
    assert_eq!(file.save("late", change("k", Some(&long)), DAY).await, Err(NotKept::Full));
    for number in 0..browsers {
        assert_eq!(keys(&file, &format!("b{number}"), 1).await.len(), 1, "{number}");
    }
    file.save("late", change("k", Some(&long)), 40 * DAY).await.unwrap();
    assert!(folder.path().join("a/state.db").metadata().unwrap().len() <= 200_000);
}
