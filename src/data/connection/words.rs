//! The words of SQL, without what stands in quotes and comments.

use appspec_lang::spec::Dialect;

/// The words of SQL outside of quotes and comments, in lower case. A variable of `MySQL` keeps its `@`, and what is a
/// comment for some versions of that server only counts.
///
/// What does not end goes on to the end of the text.
pub(super) fn words(sql: &str, dialect: Dialect) -> Vec<String> {
    let is_mysql = dialect == Dialect::Mysql;
    let mut words = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let behind = rest.get(first.len_utf8()..).unwrap_or_default();
        rest = match first {
            '\'' | '"' => behind_quotes(behind, first, is_mysql),
            '`' => behind_quotes(behind, first, false),
            '[' if dialect == Dialect::Sqlite => behind_text(behind, "]"),
            '-' if is_dashes(behind, is_mysql) => behind_text(behind, "\n"),
            '#' if is_mysql => behind_text(behind, "\n"),
            '/' if is_mysql && (behind.starts_with("*!") || behind.starts_with("*M!")) => {
                behind_text(behind, "!").trim_start_matches(|c: char| c.is_ascii_digit())
            }
            '/' if behind.starts_with('*') => behind_text(behind.get(1..).unwrap_or_default(), "*/"),
            _ if is_of_word(first) => {
                let end = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
                let (word, behind) = rest.split_at(end);
                words.push(word.to_ascii_lowercase());
                behind
            }
            _ => behind,
        };
    }
    words
}

/// Two dashes begin a comment; in `MySQL` only before a blank.
fn is_dashes(behind: &str, is_mysql: bool) -> bool {
    let rest = behind.strip_prefix('-');
    rest.is_some_and(|rest| !is_mysql || rest.chars().next().is_none_or(|c| c.is_whitespace() || c.is_control()))
}

/// What stands behind quotes, in which a backslash may take the next sign literally.
fn behind_quotes(text: &str, quote: char, has_escapes: bool) -> &str {
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == quote {
            return text.get(at + c.len_utf8()..).unwrap_or_default();
        }
        if c == '\\' && has_escapes {
            chars.next();
        }
    }
    ""
}

fn behind_text<'t>(text: &'t str, end: &str) -> &'t str {
    text.split_once(end).map_or("", |(_, rest)| rest)
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '@') || !c.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_outside_of_quotes_and_comments() {
        use Dialect::{Mysql, Postgres, Sqlite};
        for (dialect, sql, wanted) in [
            (Sqlite, "/* a; */ PRAGMA x", "pragma x"),
            (Sqlite, "select '[' ; a; select ']'", "select a select"),
            (Sqlite, "select [it's]; a; select [it's]", "select a select"),
            (Sqlite, "select 'it''s', \"b\", `c` -- '\n, d", "select d"),
            (Sqlite, r"select '\', a", "select a"),
            (Sqlite, "select pragma_table_info", "select pragma_table_info"),
            (Postgres, "select a --b", "select a"),
            (Postgres, "select 'open", "select"),
            (Mysql, r"select 'it\'s', a", "select a"),
            (Mysql, "select a --1, @b # c\n, @@d", "select a 1 @b @@d"),
            (Mysql, "/*!40101 set */ autocommit = 0 /*M! , a */ -- b", "set autocommit 0 a"),
            (Mysql, "/* open", ""),
            (Mysql, "", ""),
        ] {
            assert_eq!(words(sql, dialect).join(" "), wanted, "{sql}");
        }
    }
}
