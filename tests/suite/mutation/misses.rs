//! Edits that are judged otherwise than they should be, and the list of those that are explained.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use super::demo::Demo;
use super::judge::Verdict;
use super::operator::{Class, Edit};
use crate::support::root;

/// The list: what begins with `- ` is an edit, or all edits of an operator at a place, and the heading above says why.
const LIST: &str = "tests/suite/mutation/misses.md";
/// Stands for whatever an operator makes of a place.
const ANYTHING: &str = "…";
/// Where `UPDATE_EXPECT=1` writes what nobody has explained.
const UNEXPLAINED: &str = "## To be explained, or mended\n";

/// How a verdict is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Wrong {
    Panic,
    FalseAlarm,
    /// A breaking edit without an error.
    Missed,
    /// An error, but the first one is elsewhere.
    Elsewhere,
}

impl Wrong {
    fn of(edit: &Edit, verdict: &Verdict) -> Option<Self> {
        match edit.class {
            _ if verdict.panic.is_some() => Some(Self::Panic),
            Class::Harmless if !verdict.errors.is_empty() => Some(Self::FalseAlarm),
            Class::Breaks if verdict.errors.is_empty() => Some(Self::Missed),
            Class::Breaks if !verdict.is_in_place => Some(Self::Elsewhere),
            _ => None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Panic => "panic",
            Self::FalseAlarm => "false alarm",
            Self::Missed => "missed",
            Self::Elsewhere => "elsewhere",
        }
    }
}

/// What is to be known of an edit that is judged wrongly.
struct Miss {
    operator: &'static str,
    line: usize,
    /// The first error, or what the compiler panicked with.
    said: String,
}

/// The edits that are judged wrongly, by how, and by their description.
pub(super) struct Misses(BTreeMap<(Wrong, String), Miss>);

/// The edits that are meant by one of the list: itself, or whatever is made of its place.
fn meant<'a>(edit: &'a str, all: &'a BTreeSet<String>) -> impl Iterator<Item = &'a String> {
    let is_meant = move |other: &&String| match edit.strip_suffix(ANYTHING) {
        Some(place) => other.starts_with(place),
        None => *other == edit,
    };
    all.iter().filter(is_meant)
}

/// What stands in the list for all edits of an operator at the place of this one.
fn group(line: &str) -> String {
    let (place, _) = line.split_once("` → `").unwrap_or((line, ""));
    format!("{place}` → {ANYTHING}")
}

impl Misses {
    pub(super) fn found(demo: &Demo, edits: &[Edit], verdicts: &[Verdict]) -> Self {
        let mut found = BTreeMap::new();
        for (edit, verdict) in edits.iter().zip(verdicts) {
            if let Some(wrong) = Wrong::of(edit, verdict) {
                let said = verdict.panic.clone().or_else(|| verdict.errors.first().cloned()).unwrap_or_default();
                let miss = Miss { operator: edit.operator, line: edit.line(demo), said };
                found.insert((wrong, edit.describe(demo)), miss);
            }
        }
        Self(found)
    }

    /// All of them with what the compiler said, grouped by how they are wrong and by operator.
    pub(super) fn report(&self) -> String {
        let mut groups: BTreeMap<_, String> = BTreeMap::new();
        for ((wrong, edit), Miss { operator, line, said }) in &self.0 {
            let group = groups.entry((*wrong, *operator)).or_default();
            writeln!(group, "- {}: {edit}\n      line {line}; {said}", wrong.word()).expect("a string takes all text");
        }
        let shown = groups.iter().map(|((wrong, operator), group)| {
            let count = group.lines().count() / 2;
            format!("\n## {}: {operator} ({count})\n\n{group}", wrong.word())
        });
        shown.collect()
    }

    /// Compares with the list, as far as it is about the edits that were judged; with `UPDATE_EXPECT=1`, writes it.
    ///
    /// What is not listed is wrong, and so is what is listed but judged rightly, or no edit of the app at all.
    pub(super) fn compare(&self, all: &BTreeSet<String>, judged: &BTreeSet<String>) -> String {
        let found: BTreeMap<String, &Miss> =
            self.0.iter().map(|((wrong, edit), miss)| (format!("{}: {edit}", wrong.word()), miss)).collect();
        let list = fs::read_to_string(root().join(LIST)).unwrap();
        let listed: BTreeSet<&str> = list.lines().filter_map(|line| line.strip_prefix("- ")).collect();
        let is_stale = |line: &str| {
            let (wrong, edit) = line.split_once(": ").unwrap_or_default();
            let is_right = |edit: &&String| judged.contains(*edit) && !found.contains_key(&format!("{wrong}: {edit}"));
            let mut meant = meant(edit, all).peekable();
            meant.peek().is_none() || meant.any(|edit| is_right(&edit))
        };
        let stale: Vec<&str> = listed.iter().copied().filter(|line| is_stale(line)).collect();
        let unlisted: Vec<(&String, &&Miss)> = found
            .iter()
            .filter(|(line, _)| !listed.contains(line.as_str()) && !listed.contains(&*group(line)))
            .collect();
        let may_write = std::env::var_os("UPDATE_EXPECT").is_some() && std::env::var_os("CI").is_none();
        if may_write && !(stale.is_empty() && unlisted.is_empty()) {
            let is_kept = |line: &&str| !line.strip_prefix("- ").is_some_and(|line| stale.contains(&line));
            let mut kept: String = list.lines().filter(is_kept).flat_map(|line| [line, "\n"]).collect();
            if !unlisted.is_empty() && !kept.contains(UNEXPLAINED) {
                kept = format!("{kept}\n{UNEXPLAINED}\n");
            }
            // Where all that an operator makes of a place is wrong, that is one line.
            let shortest = |line: &String| {
                let group = group(line);
                if is_stale(&group) || judged.len() < all.len() { line.clone() } else { group }
            };
            let unlisted: BTreeSet<String> = unlisted.iter().map(|(line, _)| shortest(line)).collect();
            kept.extend(unlisted.iter().flat_map(|line| ["- ", line.as_str(), "\n"]));
            fs::write(root().join(LIST), kept).unwrap();
        }
        let mut text = String::new();
        for (line, Miss { line: at, said, .. }) in unlisted {
            writeln!(text, "not listed in {LIST}: {line}\n    line {at}; {said}").expect("a string takes all text");
        }
        for line in stale {
            writeln!(text, "listed in {LIST}, but right, or no edit: {line}").expect("a string takes all text");
        }
        if list.contains(UNEXPLAINED) {
            writeln!(text, "{LIST} holds edits without a reason").expect("a string takes all text");
        }
        text
    }
}
