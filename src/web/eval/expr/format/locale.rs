//! How languages write numbers, money and dates: marks, places and names.
//!
//! Covered: English, German, French, Spanish, Italian, Dutch and Portuguese with the names of months and days; Swedish,
//! Danish, Norwegian, Finnish, Polish, Czech, Turkish, Russian, Japanese, Chinese and Korean without. All others are
//! written as English.

/// What a locale decides.
#[derive(Debug)]
pub(super) struct Locale {
    /// A language, or a language and a region, in small letters.
    tags: &'static [&'static str],
    pub(super) decimal: &'static str,
    pub(super) group: &'static str,
    pub(super) percent: &'static str,
    pub(super) money: Money,
    /// A date alone, by the letters of strftime.
    pub(super) date: &'static str,
    pub(super) names: &'static Names,
}

/// Where the sign of a currency stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Money {
    Before,
    BeforeSpaced,
    After,
}

/// The names of months, from January, and of days, from Monday.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) months: [&'static str; 12],
    pub(super) short_months: [&'static str; 12],
    pub(super) days: [&'static str; 7],
    pub(super) short_days: [&'static str; 7],
}

impl Locale {
    /// The locale of a BCP 47 tag: by language and region, else by language, else English.
    pub(super) fn of(tag: Option<&str>) -> &'static Self {
        let tag = tag.unwrap_or("en").to_lowercase().replace('_', "-");
        let language = tag.split('-').next().unwrap_or_default();
        let find = |wanted: &str| LOCALES.iter().find(|locale| locale.tags.contains(&wanted));
        find(&tag).or_else(|| find(language)).unwrap_or(&ENGLISH)
    }

    /// A date in digits, by the letters of strftime; none where readers would not agree which of them are the month:
    /// English writes the order of ISO.
    pub(super) fn digits_of_date(&self) -> Option<&'static str> {
        Some(self.date).filter(|date| !date.contains("%b"))
    }
}

const NBSP: &str = "\u{a0}";
const THIN: &str = "\u{202f}";

static ENGLISH: Locale = Locale {
    tags: &["en"],
    decimal: ".",
    group: ",",
    percent: "%",
    money: Money::Before,
    date: "%b %-d, %Y",
    names: &ENGLISH_NAMES,
};

const fn locale(
    tags: &'static [&'static str],
    (decimal, group, percent): (&'static str, &'static str, &'static str),
    money: Money,
    date: &'static str,
    names: &'static Names,
) -> Locale {
    Locale { tags, decimal, group, percent, money, date, names }
}

static LOCALES: &[Locale] = &[
    locale(&["en-gb", "en-ie", "en-au", "en-nz"], (".", ",", "%"), Money::Before, "%-d %b %Y", &ENGLISH_NAMES),
    locale(&["en"], (".", ",", "%"), Money::Before, "%b %-d, %Y", &ENGLISH_NAMES),
    locale(&["de-ch", "de-li"], (".", "’", "%"), Money::BeforeSpaced, "%d.%m.%Y", &GERMAN_NAMES),
    locale(&["de"], (",", ".", "\u{a0}%"), Money::After, "%d.%m.%Y", &GERMAN_NAMES),
    locale(&["fr"], (",", THIN, "\u{202f}%"), Money::After, "%d/%m/%Y", &FRENCH_NAMES),
    locale(&["es-mx", "es-us"], (".", ",", "%"), Money::Before, "%d/%m/%Y", &SPANISH_NAMES),
    locale(&["es"], (",", ".", "\u{a0}%"), Money::After, "%d/%m/%Y", &SPANISH_NAMES),
    locale(&["it"], (",", ".", "%"), Money::After, "%d/%m/%Y", &ITALIAN_NAMES),
    locale(&["nl"], (",", ".", "%"), Money::BeforeSpaced, "%d-%m-%Y", &DUTCH_NAMES),
    locale(&["pt-br"], (",", ".", "%"), Money::BeforeSpaced, "%d/%m/%Y", &PORTUGUESE_NAMES),
    locale(&["pt"], (",", NBSP, "%"), Money::After, "%d/%m/%Y", &PORTUGUESE_NAMES),
    locale(&["sv"], (",", NBSP, "\u{a0}%"), Money::After, "%Y-%m-%d", &ENGLISH_NAMES),
    locale(&["da", "tr"], (",", ".", "\u{a0}%"), Money::After, "%d.%m.%Y", &ENGLISH_NAMES),
    locale(&["nb", "nn", "no", "pl", "ru", "cs"], (",", NBSP, "\u{a0}%"), Money::After, "%d.%m.%Y", &ENGLISH_NAMES),
    locale(&["fi"], (",", NBSP, "\u{a0}%"), Money::After, "%-d.%-m.%Y", &ENGLISH_NAMES),
    locale(&["ja", "zh"], (".", ",", "%"), Money::Before, "%Y/%m/%d", &ENGLISH_NAMES),
    locale(&["ko"], (".", ",", "%"), Money::Before, "%Y-%m-%d", &ENGLISH_NAMES),
];

static ENGLISH_NAMES: Names = Names {
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    short_months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    days: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    short_days: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
};

static GERMAN_NAMES: Names = Names {
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    short_months: ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."],
    days: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
    short_days: ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"],
};

static FRENCH_NAMES: Names = Names {
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    short_months: ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
    days: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    short_days: ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."],
};

static SPANISH_NAMES: Names = Names {
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    short_months: ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"],
    days: ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    short_days: ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"],
};

static ITALIAN_NAMES: Names = Names {
    months: [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    short_months: ["gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"],
    days: ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"],
    short_days: ["lun", "mar", "mer", "gio", "ven", "sab", "dom"],
};

static DUTCH_NAMES: Names = Names {
    months: [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    short_months: ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
    days: ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    short_days: ["ma", "di", "wo", "do", "vr", "za", "zo"],
};

static PORTUGUESE_NAMES: Names = Names {
    months: [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
    short_months: ["jan.", "fev.", "mar.", "abr.", "mai.", "jun.", "jul.", "ago.", "set.", "out.", "nov.", "dez."],
    days: ["segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo"],
    short_days: ["seg.", "ter.", "qua.", "qui.", "sex.", "sáb.", "dom."],
};

#[cfg(test)]
mod tests {
    use appspec_lang::spec::LANGUAGES;

    use super::*;

    #[test]
    fn the_compiler_knows_the_languages_that_are_covered() {
        let languages = LOCALES.iter().flat_map(|locale| locale.tags).filter(|tag| !tag.contains('-'));
        let mut covered: Vec<&str> = languages.copied().collect();
        let mut known = LANGUAGES.to_vec();
        covered.sort_unstable();
        known.sort_unstable();
        assert_eq!(covered, known);
    }
}
