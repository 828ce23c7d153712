//! Which byte of a query an error message means, where it says enough to tell.

/// The message without a position in it, and the byte of the query that it blames.
pub(crate) fn blame(sql: &str, message: &str) -> (String, Option<usize>) {
    if let Some((before, position)) = message.rsplit_once(" at Line: ") {
        return (before.to_owned(), offset_of(sql, position));
    }
    (message.to_owned(), named_in(message).and_then(|name| only_place_of(sql, name)))
}

/// Reads `1, Column: 8`, both counted from 1, the column in characters.
fn offset_of(sql: &str, position: &str) -> Option<usize> {
    let (line, column) = position.split_once(", Column: ")?;
    let column = column.split(|c: char| !c.is_ascii_digit()).next()?.parse::<usize>().ok()?.checked_sub(1)?;
    let before = line.parse::<usize>().ok()?.checked_sub(1)?;
    let start = sql.split_inclusive('\n').take(before).map(str::len).sum::<usize>();
    let rest = sql.get(start..)?;
    Some(start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at))
}

/// The word that a message is about.
fn named_in(message: &str) -> Option<&str> {
    const BEFORE: [&str; 8] = [
        "no such column: ",
        "no such table: ",
        "no such function: ",
        "ambiguous column name: ",
        "near \"",
        "Unknown column '",
        "relation '",
        "unable to find column \"",
    ];
    let ungrouped = || message.strip_prefix('\'').filter(|rest| rest.contains("' should participate in the GROUP BY"));
    let rest = BEFORE.iter().find_map(|before| Some(message.split_once(before)?.1)).or_else(ungrouped)?;
    let end = rest.find(['"', '\'', ':', ';', '\n']).unwrap_or(rest.len());
    rest.get(..end).map(str::trim).filter(|name| !name.is_empty())
}

/// Where a name stands, if it stands in one place only.
fn only_place_of(sql: &str, name: &str) -> Option<usize> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut places = sql.match_indices(name).map(|(at, _)| at).filter(|at| {
        let before = sql.get(..*at).unwrap_or_default();
        let after = sql.get(at + name.len()..).unwrap_or_default();
        !before.ends_with(is_word) && !after.starts_with(is_word)
    });
    let first = places.next()?;
    places.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_tell_their_place() {
        let sql = "select región,\n  amuont from orders where orders_2 > 0";
        for (message, wanted, place) in [
            ("sql parser error: Expected x at Line: 2, Column: 3", "sql parser error: Expected x", Some("amuont")),
            ("no such column: amuont", "no such column: amuont", Some("amuont")),
            ("relation 'orders' was not found", "relation 'orders' was not found", Some("orders where")),
            ("near \"o\": syntax error", "near \"o\": syntax error", None),
            ("something else", "something else", None),
        ] {
            let (message, at) = blame(sql, message);
            assert_eq!(message, wanted);
            assert_eq!(at.map(|at| sql[at..].starts_with(place.unwrap())), place.map(|_| true), "{message}");
        }
    }
}
