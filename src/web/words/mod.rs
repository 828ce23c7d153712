//! The words of the interface itself, in the language of the app.
//!
//! A text is named by its English words, so code and templates read as what they say; `locale/` has a file for each
//! language. `{name}` in a text stands for what is filled in, and `{n}` for the number that decides between the forms of a
//! text. What a language has no words for is said in English.

mod plural;
mod read;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::LazyLock;

use plural::Form;

/// A language, and its file.
static FILES: &[(&str, &str)] =
    &[("en", include_str!("../../../locale/en.toml")), ("de", include_str!("../../../locale/de.toml"))];

static ALL: LazyLock<Vec<Words>> =
    LazyLock::new(|| FILES.iter().map(|(language, file)| Words { language, texts: read::texts(file) }).collect());

/// Languages that are written from right to left.
const RIGHT_TO_LEFT: &[&str] = &["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"];

/// The words of a language.
#[derive(Debug)]
pub struct Words {
    language: &'static str,
    texts: BTreeMap<String, Text>,
}

/// A text, or the forms of one that counts.
#[derive(Debug, PartialEq, Eq)]
enum Text {
    One(String),
    Forms(Vec<(Form, String)>),
}

impl Words {
    /// The words for a BCP 47 tag; English for a language that has none here.
    pub fn of(locale: Option<&str>) -> &'static Self {
        let language = language(locale);
        let found = ALL.iter().find(|words| words.language == language);
        found.or_else(|| ALL.first()).expect("there is English")
    }

    /// A text in this language.
    pub fn say(&self, english: &str) -> String {
        self.fill(english, &[])
    }

    /// A text in this language, with what stands in it.
    pub fn fill(&self, english: &str, values: &[(&str, &dyn Display)]) -> String {
        match self.texts.get(english) {
            Some(Text::One(text)) => filled(text, values),
            _ => filled(english, values),
        }
    }

    /// The form of a text for a number, with the number and what else stands in it.
    pub fn count(&self, english: &str, number: u64, values: &[(&str, &dyn Display)]) -> String {
        let form = plural::form(self.language, number);
        let text = match self.texts.get(english) {
            Some(Text::Forms(forms)) => forms
                .iter()
                .find(|(of, _)| *of == form)
                .or_else(|| forms.iter().find(|(of, _)| *of == Form::Other))
                .map_or(english, |(_, text)| text),
            Some(Text::One(text)) => text,
            None => english,
        };
        let is_given = values.iter().any(|(name, _)| *name == "n");
        let text = filled(text, values);
        if is_given { text } else { filled(&text, &[("n", &number)]) }
    }

    /// Whether texts are said by the words that name them.
    pub fn is_english(&self) -> bool {
        self.language == "en"
    }

    /// Whether there are words of this language for a text.
    pub fn has(&self, english: &str) -> bool {
        self.texts.contains_key(english)
    }
}

/// Whether a language is written from right to left.
pub fn is_right_to_left(locale: Option<&str>) -> bool {
    RIGHT_TO_LEFT.contains(&language(locale).as_str())
}

/// A name as a label: `since_year` is “Since year”.
pub fn of_name(name: &str) -> String {
    let spaced = name.replace('_', " ");
    let mut chars = spaced.trim().chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn language(locale: Option<&str>) -> String {
    locale.and_then(|tag| tag.split(['-', '_']).next()).unwrap_or("en").to_lowercase()
}

/// Puts values in their places; what has none stays as it is.
fn filled(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = behind.split_once('}') else {
            out.push('{');
            rest = behind;
            break;
        };
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            out.push_str(&value.to_string());
        } else {
            out.push('{');
            out.push_str(name);
            out.push('}');
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_have_their_words() {
        let (english, german) = (Words::of(None), Words::of(Some("de-CH")));
        assert_eq!(english.say("Close"), "Close");
        assert_eq!(german.say("Close"), "Schließen");
        assert_eq!(german.say("What nobody has translated"), "What nobody has translated");
        assert_eq!(Words::of(Some("tlh")).say("Close"), "Close");
    }

    #[test]
    fn what_is_counted_has_its_form() {
        let (english, german) = (Words::of(Some("en-GB")), Words::of(Some("de")));
        assert_eq!(english.count("{n} rows", 1, &[]), "1 row");
        assert_eq!(english.count("{n} rows", 1200, &[("n", &"1,200")]), "1,200 rows");
        assert_eq!(german.count("{n} rows", 1, &[]), "1 Zeile");
        assert_eq!(german.count("{n} rows", 0, &[]), "0 Zeilen");
    }

    #[test]
    fn values_are_no_templates() {
        assert_eq!(filled("{a} and {b}", &[("a", &"{b}"), ("b", &1)]), "{b} and 1");
        assert_eq!(filled("{unknown} {", &[]), "{unknown} {");
    }

    #[test]
    fn all_languages_have_words_for_the_same() {
        let [first, others @ ..] = ALL.as_slice() else { panic!("there is no language") };
        for other in others {
            let lacking = |a: &Words, b: &Words| a.texts.keys().filter(|key| !b.has(key)).cloned().collect::<Vec<_>>();
            assert_eq!(lacking(first, other), Vec::<String>::new(), "lacking in {}", other.language);
            assert_eq!(lacking(other, first), Vec::<String>::new(), "unknown in {}", other.language);
            for (key, text) in &other.texts {
                let texts: Vec<&String> = match text {
                    Text::One(text) => vec![text],
                    Text::Forms(forms) => forms.iter().map(|(_, text)| text).collect(),
                };
                for name in key.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
                    let place = format!("{{{name}}}");
                    assert!(texts.iter().any(|text| text.contains(&place)), "{}: {key}: {place}", other.language);
                }
            }
        }
    }

    #[test]
    fn names_read_as_words() {
        assert_eq!(of_name("since_year"), "Since year");
    }

    #[test]
    fn some_languages_run_the_other_way() {
        for (locale, expected) in [(Some("ar-EG"), true), (Some("he"), true), (Some("de"), false), (None, false)] {
            assert_eq!(is_right_to_left(locale), expected);
        }
    }
}
