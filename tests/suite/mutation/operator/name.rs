//! Slips of the finger in keys, names and words.

use super::super::demo::{Demo, Place, Thing, Vocabulary, What};
use super::super::word::{misspellings, words};
use super::{Class, Edit};

pub(super) fn misspell(demo: &Demo, edits: &mut Vec<Edit>) {
    let taken = demo.taken();
    for (index, place) in demo.places.iter().enumerate() {
        let (operator, class) = judge(demo, place);
        let slips = misspellings(&place.word, &taken);
        // Prose is the most of a file, and one slip is like another there.
        let few = if place.what == What::Prose { usize::from(index % 3 == 0) } else { slips.len() };
        for slip in slips.into_iter().take(few) {
            // A key is at its place on its own line only.
            let names = if place.what == What::Key {
                [String::new(), slip.clone()]
            } else {
                [place.word.clone(), slip.clone()]
            };
            edits.push(Edit::new(operator, class, place.file, place.at.clone(), slip).named(names));
        }
    }
}

fn judge(demo: &Demo, place: &Place) -> (&'static str, Class) {
    match &place.what {
        What::Key => ("misspell a key", Class::Breaks),
        What::Refers(Thing::Column(_)) => ("misspell a column", Class::Breaks),
        What::Refers(_) => ("misspell a name", Class::Breaks),
        What::Declares(thing) => {
            let class = if is_used(demo, place, thing) { Class::Breaks } else { Class::Harmless };
            ("misspell a declaration", class)
        }
        What::Word(vocabulary) => (operator(*vocabulary), Class::Breaks),
        What::Prose => ("misspell text for people", Class::Harmless),
    }
}

/// Whether something else in the app refers to what is declared here.
pub(super) fn is_used(demo: &Demo, place: &Place, thing: &Thing) -> bool {
    let refers = |other: &&Place| other.what == What::Refers(thing.clone()) && other.word == place.word;
    let is_shared = demo.files[place.file].page.is_empty();
    // Of the files that are not judged, nothing is known but their words.
    let others = demo.files.iter().filter(|file| is_shared && !file.is_judged());
    let is_mentioned = others.flat_map(|file| words(&file.text)).any(|word| word == place.word);
    // What stands for a row reads its columns by their names alone.
    let is_of_row =
        matches!(thing, Thing::Column(_)) && words_of_rows(&demo.files[place.file].text).any(|word| word == place.word);
    is_mentioned || is_of_row || demo.places.iter().filter(refers).any(|other| is_shared || other.file == place.file)
}

fn operator(vocabulary: Vocabulary) -> &'static str {
    match vocabulary {
        Vocabulary::Filter => "misspell a filter",
        Vocabulary::Function => "misspell a function",
        Vocabulary::Format => "misspell a format",
        Vocabulary::Icon => "misspell an icon",
        Vocabulary::Type => "misspell a type",
        Vocabulary::Choice => "misspell an enum word",
        Vocabulary::Keyword => "misspell a keyword",
        Vocabulary::Generator => "misspell a generator",
        Vocabulary::SqlKeyword => "misspell an SQL keyword",
        Vocabulary::SqlFunction => "misspell an SQL function",
        Vocabulary::World => "misspell a file",
    }
}

/// The columns that a text reads of a row.
fn words_of_rows(text: &str) -> impl Iterator<Item = &str> {
    text.split("row.").skip(1).filter_map(|rest| words(rest).next())
}
