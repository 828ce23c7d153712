//! What functions are called in SQL, in Python with pandas, and in spreadsheets.

use super::Kind::{self, Filter, Test};
use super::find;

/// What is meant, and its other names in lower case; the first one that is known here counts.
const NAMES: &[(Kind, &str, &[&str])] = &[
    (Filter, "mean", &["avg", "average"]),
    (Filter, "sum", &["total", "sumif", "cumsum"]),
    (Filter, "min", &["minimum", "least"]),
    (Filter, "max", &["maximum", "greatest"]),
    (Filter, "std", &["stddev", "stdev", "stddev_samp", "sd"]),
    (Filter, "quantile", &["percentile", "percentile_cont", "percentile_disc"]),
    (Filter, "nunique", &["n_unique", "count_distinct", "distinct_count", "approx_count_distinct", "countunique"]),
    (Filter, "length", &["len", "size", "nrow", "nrows", "row_count", "rowcount", "char_length", "counta"]),
    (Filter, "unique", &["distinct", "drop_duplicates", "dedupe"]),
    (Filter, "first", &["head", "first_value"]),
    (Filter, "last", &["tail", "last_value"]),
    (Filter, "delta", &["diff", "difference"]),
    (Filter, "sort", &["sorted", "sort_values", "order_by", "orderby"]),
    (Filter, "reverse", &["reversed"]),
    (Filter, "list", &["tolist", "to_list", "array_agg"]),
    (Filter, "join", &["string_agg", "group_concat", "listagg", "textjoin"]),
    (Filter, "where", &["filter", "query", "selectattr"]),
    (Filter, "string", &["str", "text", "to_string", "tostring"]),
    (Filter, "int", &["integer", "to_int"]),
    (Filter, "float", &["to_float", "to_number", "double"]),
    (Filter, "upper", &["uppercase", "ucase", "toupper", "to_uppercase"]),
    (Filter, "lower", &["lowercase", "lcase", "tolower", "to_lowercase"]),
    (Filter, "trim", &["strip", "btrim"]),
    (Filter, "replace", &["substitute", "regexp_replace"]),
    (Filter, "default", &["coalesce", "ifnull", "nvl", "fillna", "isnull"]),
    (Filter, "date", &["strftime", "format_date", "date_format", "to_char", "dateformat"]),
    (Filter, "start_of", &["date_trunc", "trunc", "datetrunc"]),
    (Filter, "ago", &["timeago", "time_ago", "naturaltime"]),
    (Filter, "number", &["format_number", "format", "fixed", "intcomma"]),
    (Filter, "compact", &["short", "abbreviate", "intword"]),
    (Filter, "percent", &["pct", "percentage"]),
    (Filter, "currency", &["money", "dollar"]),
    (Filter, "bytes", &["filesize", "filesizeformat", "naturalsize"]),
    (Filter, "contains", &["like", "ilike"]),
    (Kind::Function, "today", &["current_date", "curdate", "getdate"]),
    (Kind::Function, "now", &["current_timestamp", "localtimestamp", "utcnow", "sysdate"]),
    (Kind::Function, "days", &["timedelta", "day"]),
    (Kind::Function, "months", &["month", "add_months"]),
    (Kind::Function, "range", &["generate_series"]),
    (Test, "none", &["null", "nil", "na", "nan", "empty"]),
    (Test, "string", &["text", "str"]),
    (Test, "integer", &["int"]),
    (Test, "boolean", &["bool"]),
];

/// What is meant by a name that is none of this kind: one in capitals, or the name that something has elsewhere.
pub fn meant(name: &str, kind: Kind) -> Option<(Kind, &'static str)> {
    let name = name.to_lowercase();
    // Filters are written like functions elsewhere, and the other way round.
    let kinds: &[Kind] = match kind {
        Test => &[Test],
        Filter => &[Filter, Kind::Function],
        Kind::Function => &[Kind::Function, Filter],
    };
    let here = kinds.iter().find_map(|kind| find(*kind, &name)).map(|function| (function.kind, function.name));
    here.or_else(|| {
        let named = NAMES.iter().filter(|(_, _, others)| others.contains(&name.as_str()));
        let mut named = named.filter(|(kind, ..)| kinds.contains(kind));
        named.next().map(|(kind, here, _)| (*kind, *here))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_names_lead_to_what_is_known() {
        for (at, (kind, name, others)) in NAMES.iter().enumerate() {
            assert!(find(*kind, name).is_some() || matches!(*name, "today" | "now"), "{name}");
            for other in *others {
                assert!(find(*kind, other).is_none(), "{other} is known by itself");
                let again = NAMES.iter().skip(at + 1).any(|(of, _, others)| of == kind && others.contains(other));
                assert!(!again, "{other} stands twice");
            }
        }
    }

    #[test]
    fn what_is_meant_is_told_by_how_it_is_written() {
        for (name, kind, wanted) in [
            ("avg", Filter, Some((Filter, "mean"))),
            ("AVG", Kind::Function, Some((Filter, "mean"))),
            ("sum", Kind::Function, Some((Filter, "sum"))),
            ("days", Filter, Some((Kind::Function, "days"))),
            ("null", Test, Some((Test, "none"))),
            ("null", Filter, None),
            ("elephant", Filter, None),
        ] {
            assert_eq!(meant(name, kind), wanted, "{name}");
        }
    }
}
