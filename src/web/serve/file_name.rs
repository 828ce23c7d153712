//! Names of files that browsers are handed.

use axum::http::HeaderValue;

/// How many characters of a name are kept.
const LONGEST: usize = 100;

/// The header that has a browser keep what is sent under a name: what no file may be called is left out of it.
pub(super) fn disposition(name: &str, ending: &str) -> HeaderValue {
    let name = safe(name, ending);
    let plain: String = name.chars().map(|char| if char.is_ascii() { char } else { '_' }).collect();
    let encoded: String = form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>().replace('+', "%20");
    let encoded = encoded.replace('*', "%2A");
    let text = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    HeaderValue::from_str(&text).expect("letters, digits and some punctuation make a header")
}

/// A name without folders, and without what systems give a meaning to.
fn safe(name: &str, ending: &str) -> String {
    let suffix = format!(".{ending}");
    let stem = name.trim();
    let has_suffix = stem.len() > suffix.len()
        && stem.get(stem.len() - suffix.len()..).is_some_and(|end| end.eq_ignore_ascii_case(&suffix));
    let stem = if has_suffix { stem.get(..stem.len() - suffix.len()).unwrap_or_default() } else { stem };
    let is_strange = |char: char| {
        char.is_control() || "/\\:*?\"<>|;%\u{202a}\u{202b}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}".contains(char)
    };
    let cleaned: String = stem.chars().map(|char| if is_strange(char) { '-' } else { char }).take(LONGEST).collect();
    let cleaned = cleaned.trim_matches(['.', ' ', '-']);
    let device = cleaned.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let is_device = matches!(device.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (device.len() == 4
            && (device.starts_with("COM") || device.starts_with("LPT"))
            && device.ends_with(|char: char| char.is_ascii_digit()));
    match cleaned {
        "" => format!("data{suffix}"),
        cleaned if is_device => format!("_{cleaned}{suffix}"),
        cleaned => format!("{cleaned}{suffix}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_safe() {
        for (name, wanted) in [
            ("sales", "sales.csv"),
            ("sales.CSV", "sales.csv"),
            ("sales 2026.v2", "sales 2026.v2.csv"),
            ("../../etc/passwd", "etc-passwd.csv"),
            ("a\"b\r\nc", "a-b--c.csv"),
            (".hidden", "hidden.csv"),
            ("con", "_con.csv"),
            ("  ", "data.csv"),
            ("Umsätze", "Umsätze.csv"),
            ("a\u{202e}gpj.exe", "a-gpj.exe.csv"),
        ] {
            assert_eq!(safe(name, "csv"), wanted, "{name}");
        }
        assert_eq!(safe(&"x".repeat(300), "json").len(), LONGEST + 5);
    }

    #[test]
    fn old_browsers_get_a_name_too() {
        let header = disposition("Umsätze (Q1)", "xlsx");
        let wanted = "attachment; filename=\"Ums_tze (Q1).xlsx\"; filename*=UTF-8''Ums%C3%A4tze%20%28Q1%29.xlsx";
        assert_eq!(header.to_str().unwrap(), wanted);
    }
}
