//! Packs a folder of texts into one file, a JSON string on each line, and unpacks it again.

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs, process};

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["pack", folder, file] => pack(folder.as_ref(), file.as_ref()),
        ["unpack", file, folder] => unpack(file.as_ref(), folder.as_ref()),
        _ => {
            eprintln!("corpus pack FOLDER FILE | corpus unpack FILE FOLDER");
            process::exit(2);
        }
    }
}

/// How many bytes are kept for each kind of text.
const ROOM: usize = 60_000;

/// Short texts first, as many as there is room for; what is no text has nothing to say to the compiler.
fn pack(folder: &Path, file: &Path) {
    let entries = fs::read_dir(folder).expect("a folder of texts");
    let texts = entries.map(|entry| fs::read(entry.expect("an entry").path()).expect("a readable file"));
    let texts: BTreeSet<(usize, String)> =
        texts.filter_map(|bytes| String::from_utf8(bytes).ok()).map(|text| (text.len(), text)).collect();
    let mut lines = String::new();
    for (_, text) in &texts {
        let line = serde_json::Value::from(text.as_str()).to_string() + "\n";
        if lines.len() + line.len() > ROOM {
            break;
        }
        lines += &line;
    }
    fs::write(file, &lines).expect("a place for the corpus");
    println!("{}: {} of {} texts", file.display(), lines.lines().count(), texts.len());
}

fn unpack(file: &Path, folder: &Path) {
    fs::create_dir_all(folder).expect("a place for the texts");
    for (at, line) in fs::read_to_string(file).unwrap_or_default().lines().enumerate() {
        let text: String = serde_json::from_str(line).expect("a JSON string on each line");
        fs::write(folder.join(format!("kept-{at:05}")), text).expect("a place for a text");
    }
}
