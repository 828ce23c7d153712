//! Pragmas, some of which already act when `SQLite` prepares them.

/// Whether the word `pragma` stands anywhere in SQL but in quotes and comments. The functions that tell the value of a
/// pragma are other words, such as `pragma_table_info`.
pub(super) fn has_pragma(sql: &str) -> bool {
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let behind = rest.get(first.len_utf8()..).unwrap_or_default();
        // What does not end goes on to the end of the text.
        let after = |end: &str| behind.split_once(end).map_or("", |(_, rest)| rest);
        rest = match first {
            '\'' | '"' | '`' => after(first.encode_utf8(&mut [0; 4])),
            '[' => after("]"),
            '-' if behind.starts_with('-') => after("\n"),
            '/' if behind.starts_with('*') => {
                behind.get(1..).unwrap_or_default().split_once("*/").map_or("", |(_, r)| r)
            }
            _ if is_of_word(first) => {
                let end = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
                let (word, behind) = rest.split_at(end);
                if word.eq_ignore_ascii_case("pragma") {
                    return true;
                }
                behind
            }
            _ => behind,
        };
    }
    false
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pragmas_are_found_wherever_they_stand() {
        for sql in [
            "pragma writable_schema = on",
            "/* a; */ PRAGMA x",
            "select 1; pragma x",
            "select '[' ; pragma x; select ']'",
            "select [it's]; pragma x; select [it's]",
            "select 1 -- '\n; pragma x",
            "explain pragma x",
        ] {
            assert!(has_pragma(sql), "{sql}");
        }
        for sql in [
            "select * from pragma_table_info('t')",
            "select 'pragma', \"pragma\", `pragma`, [pragma] from t -- pragma",
            "select /* pragma */ 1",
            "select 'it''s; pragma x'",
            "",
        ] {
            assert!(!has_pragma(sql), "{sql}");
        }
    }
}
