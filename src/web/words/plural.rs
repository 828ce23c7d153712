//! Which form a text has for a number, by the rules of CLDR for whole numbers.

/// A form of a text that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    One,
    Two,
    Few,
    Many,
    Other,
}

impl Form {
    /// The form of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "one" => Self::One,
            "two" => Self::Two,
            "few" => Self::Few,
            "many" => Self::Many,
            "other" => Self::Other,
            _ => return None,
        })
    }
}

/// The form for a number.
pub(super) fn form(language: &str, number: u64) -> Form {
    let (ten, hundred) = (number % 10, number % 100);
    let is_teen = (11..=14).contains(&hundred);
    let is_some = (2..=4).contains(&ten) && !is_teen;
    match language {
        "ja" | "ko" | "zh" => Form::Other,
        "fr" | "pt" => one_if(number <= 1),
        "ru" => slavic(ten == 1 && !is_teen, is_some),
        "pl" => slavic(number == 1, is_some),
        "cs" if (2..=4).contains(&number) => Form::Few,
        "he" | "ar" if number == 2 => Form::Two,
        "ar" if (3..=10).contains(&hundred) => Form::Few,
        "ar" if hundred >= 11 => Form::Many,
        _ => one_if(number == 1),
    }
}

fn one_if(is_one: bool) -> Form {
    if is_one { Form::One } else { Form::Other }
}

fn slavic(is_one: bool, is_some: bool) -> Form {
    match (is_one, is_some) {
        (true, _) => Form::One,
        (_, true) => Form::Few,
        _ => Form::Many,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_the_forms_of_their_language() {
        let cases: &[(&str, u64, Form)] = &[
            ("en", 1, Form::One),
            ("en", 0, Form::Other),
            ("de", 21, Form::Other),
            ("fr", 0, Form::One),
            ("ja", 1, Form::Other),
            ("ru", 21, Form::One),
            ("ru", 11, Form::Many),
            ("ru", 22, Form::Few),
            ("pl", 1, Form::One),
            ("pl", 21, Form::Many),
            ("pl", 24, Form::Few),
            ("cs", 3, Form::Few),
            ("ar", 2, Form::Two),
            ("ar", 105, Form::Few),
            ("ar", 111, Form::Many),
        ];
        for (language, number, expected) in cases {
            assert_eq!(form(language, *number), *expected, "{language} {number}");
        }
    }
}
