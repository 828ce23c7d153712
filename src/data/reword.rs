//! Says in the words of SQL and of the spec what Polars says in its own.

/// A message of Polars for those who write transforms.
pub(crate) fn reworded(message: &str) -> String {
    name_of_two(message)
        .or_else(|| name_of_a_join(message))
        .or_else(|| ungrouped(message))
        .or_else(|| types_apart(message))
        .or_else(|| unread_syntax(message))
        .unwrap_or_else(|| message.to_owned())
}

/// The texts that stand between the pieces of a message, if it is made of these pieces in this order.
fn between<'m, const N: usize>(message: &'m str, pieces: [&str; N]) -> Option<[&'m str; N]> {
    let mut rest = message;
    let mut found = [""; N];
    for (at, piece) in pieces.iter().enumerate() {
        let (before, after) = rest.split_once(piece)?;
        if let Some(place) = at.checked_sub(1).and_then(|at| found.get_mut(at)) {
            *place = before;
        }
        rest = after;
    }
    *found.last_mut()? = rest;
    Some(found)
}

fn name_of_two(message: &str) -> Option<String> {
    let [name, _] = between(message, ["duplicate output name '", "'"])?;
    Some(format!("two columns of the result are called `{name}`: name one of them otherwise, by `as`"))
}

/// A column that differs within a group.
fn ungrouped(message: &str) -> Option<String> {
    let [name, _] = between(message, ["'", "' should participate in the GROUP BY clause"])?;
    Some(format!(
        "`{name}` is neither grouped by nor aggregated: add it to the `group by`, or take one of each group, such as \
         `max({name})`"
    ))
}

/// A column of a join that has the name of one before it.
fn name_of_a_join(message: &str) -> Option<String> {
    let [name, _] = between(message, ["unable to find column \"", "\""])?;
    let (column, table) = name.split_once(':')?;
    Some(format!("`{table}.{column}` cannot be named here: give it a name by `as` in the `select`, and use that"))
}

/// Types that do not go together.
fn types_apart(message: &str) -> Option<String> {
    const CAST: &str = "`cast(… as …)` makes one of them like the other";
    const READ: &str = "; a file's dates are read by `parse` in its `columns`, and `1,5` by `decimal: \",\"`";
    if let Some([left, right, one, other, _]) =
        between(message, ["arithmetic on dtypes ", " and ", " is not allowed (lhs: column '", "', rhs: column '", "')"])
    {
        let (left, right) = (plain(left), plain(right));
        return Some(format!("`{one}` is {left} and `{other}` is {right}, with which nothing is computed: {CAST}"));
    }
    if let Some([left, right, _]) = between(message, ["arithmetic on dtypes ", " and ", " is not allowed"]) {
        return Some(format!("nothing is computed with {} and {}: {CAST}", plain(left), plain(right)));
    }
    if let Some([one, left, other, right, _]) =
        between(message, ["join keys don't match - `", "`: ", " on left does not match `", "`: ", " on right"])
    {
        let (left, right) = (plain(left), plain(right));
        return Some(format!("`{one}` is {left} and `{other}` is {right}, which are never equal: {CAST}"));
    }
    if let Some([left, right, _]) = between(message, ["cannot compare ", " with numeric type (", ")"]) {
        return Some(format!("{} is compared with {}: {CAST}", plain(left), plain(right)));
    }
    if let Some([_, left, right, _]) = between(message, ["`", "` operation not supported for dtypes `", "` and `", "`"])
    {
        let (left, right) = (plain(left), plain(right));
        let more = if left == "text" || right == "text" { READ } else { "" };
        return Some(format!("nothing is computed with {left} and {right}{more}"));
    }
    if let Some([function, dtype, _]) = between(message, ["`", "` operation not supported for dtype `", "`"]) {
        let dtype = plain(dtype);
        let more = if dtype == "text" { READ } else { "" };
        return Some(format!("`{function}` takes no {dtype}{more}"));
    }
    let [list, column] = between(message, ["'is_in' cannot check for List(", ") values in "])?;
    let column = column.split(" data").next().unwrap_or_default();
    Some(format!("`in` looks for {} where there is {}: {CAST}", plain(list), plain(column)))
}

/// What the spec calls a type of Polars.
fn plain(dtype: &str) -> &str {
    let name = dtype.split(['(', '[', '{']).next().unwrap_or_default();
    match name.trim().to_ascii_lowercase().as_str() {
        "str" | "string" => "text",
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "int8" | "int16" | "int32" | "int64"
        | "uint8" | "uint16" | "uint32" | "uint64" | "dyn int" => "int",
        "f32" | "f64" | "float32" | "float64" | "dyn float" => "float",
        "bool" | "boolean" => "bool",
        "date" => "date",
        "time" => "time",
        "datetime" => "datetime",
        "decimal" => "decimal",
        "list" => "a list",
        "null" => "null",
        _ => dtype,
    }
}

/// The parser's own form of an expression is for nobody to read.
fn unread_syntax(message: &str) -> Option<String> {
    let at = message.find(['{', '(']).filter(|_| message.contains("Location("))?;
    let before = message.get(..at).unwrap_or_default().trim_end();
    Some(format!("this is not understood in a transform: {before}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_polars_speak_of_columns_and_types_of_the_spec() {
        const CAST: &str = ": `cast(… as …)` makes one of them like the other";
        for (said, wanted) in [
            ("cannot compare string with numeric type (i32)", format!("text is compared with int{CAST}")),
            (
                "arithmetic on dtypes str and i64 is not allowed (lhs: column 'a', rhs: column 'b'); try an explicit cast first",
                format!("`a` is text and `b` is int, with which nothing is computed{CAST}"),
            ),
            (
                "`sub` operation not supported for dtypes `str` and `str`",
                "nothing is computed with text and text; a file's dates are read by `parse` in its `columns`, and `1,5` by \
                 `decimal: \",\"`"
                    .to_owned(),
            ),
            ("`sub` operation not supported for dtypes `bool` and `date`", "nothing is computed with bool and date".to_owned()),
            (
                "arithmetic on dtypes datetime[μs] and str is not allowed",
                format!("nothing is computed with datetime and text{CAST}"),
            ),
            (
                "datatypes of join keys don't match - `a`: str on left does not match `b`: decimal[38,2] on right (and no other type was available to cast to)",
                format!("`a` is text and `b` is decimal, which are never equal{CAST}"),
            ),
            ("`sum` operation not supported for dtype `date`", "`sum` takes no date".to_owned()),
            (
                "'is_in' cannot check for List(Int64) values in String data",
                format!("`in` looks for int where there is text{CAST}"),
            ),
            ("something else", "something else".to_owned()),
        ] {
            assert_eq!(reworded(said), wanted);
        }
    }
}
