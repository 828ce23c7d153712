//! Whether a query can leave something in its session: variables, locks, settings.
//!
//! The driver cannot reset a session, so a connection on which something may have stayed is closed, not used again. A
//! query is trusted to leave nothing if it names no variable and calls no function but those of the server that change
//! nothing. What is not understood is not trusted; that costs a new connection, nothing else.

/// Words of SQL that may stand before a bracket, in lower case, sorted.
const WORDS: &[&str] = &[
    "all",
    "and",
    "any",
    "as",
    "between",
    "binary",
    "by",
    "case",
    "distinct",
    "div",
    "else",
    "except",
    "exists",
    "from",
    "having",
    "in",
    "index",
    "intersect",
    "interval",
    "join",
    "key",
    "lateral",
    "like",
    "not",
    "on",
    "or",
    "over",
    "partition",
    "recursive",
    "regexp",
    "rlike",
    "row",
    "select",
    "some",
    "then",
    "union",
    "using",
    "values",
    "when",
    "where",
    "within",
    "xor",
];

/// Functions and types of the server that leave nothing behind, in lower case, sorted. With a blank before the bracket
/// they can be functions of somebody else.
const FUNCTIONS: &[&str] = &[
    "abs",
    "acos",
    "adddate",
    "addtime",
    "any_value",
    "ascii",
    "asin",
    "atan",
    "atan2",
    "avg",
    "bin",
    "bit_and",
    "bit_count",
    "bit_length",
    "bit_or",
    "bit_xor",
    "cast",
    "ceil",
    "ceiling",
    "char",
    "char_length",
    "character_length",
    "coalesce",
    "concat",
    "concat_ws",
    "conv",
    "convert",
    "convert_tz",
    "cos",
    "cot",
    "count",
    "crc32",
    "cume_dist",
    "curdate",
    "current_date",
    "current_time",
    "current_timestamp",
    "curtime",
    "database",
    "date",
    "date_add",
    "date_format",
    "date_sub",
    "datediff",
    "datetime",
    "day",
    "dayname",
    "dayofmonth",
    "dayofweek",
    "dayofyear",
    "decimal",
    "degrees",
    "dense_rank",
    "elt",
    "exp",
    "extract",
    "field",
    "find_in_set",
    "first_value",
    "floor",
    "format",
    "from_base64",
    "from_days",
    "from_unixtime",
    "greatest",
    "group_concat",
    "grouping",
    "hex",
    "hour",
    "if",
    "ifnull",
    "instr",
    "is_uuid",
    "isnull",
    "json_array",
    "json_arrayagg",
    "json_contains",
    "json_contains_path",
    "json_depth",
    "json_extract",
    "json_keys",
    "json_length",
    "json_object",
    "json_objectagg",
    "json_overlaps",
    "json_pretty",
    "json_query",
    "json_quote",
    "json_search",
    "json_table",
    "json_type",
    "json_unquote",
    "json_valid",
    "json_value",
    "lag",
    "last_day",
    "last_value",
    "lcase",
    "lead",
    "least",
    "left",
    "length",
    "ln",
    "localtime",
    "localtimestamp",
    "locate",
    "log",
    "log10",
    "log2",
    "lower",
    "lpad",
    "ltrim",
    "makedate",
    "maketime",
    "match",
    "max",
    "md5",
    "median",
    "microsecond",
    "mid",
    "min",
    "minute",
    "mod",
    "month",
    "monthname",
    "now",
    "nth_value",
    "ntile",
    "nullif",
    "oct",
    "octet_length",
    "ord",
    "percent_rank",
    "percentile_cont",
    "percentile_disc",
    "period_add",
    "period_diff",
    "pi",
    "position",
    "pow",
    "power",
    "quarter",
    "quote",
    "radians",
    "rand",
    "rank",
    "regexp_instr",
    "regexp_like",
    "regexp_replace",
    "regexp_substr",
    "repeat",
    "replace",
    "reverse",
    "right",
    "round",
    "row_number",
    "rpad",
    "rtrim",
    "sec_to_time",
    "second",
    "sha",
    "sha1",
    "sha2",
    "sign",
    "signed",
    "sin",
    "soundex",
    "space",
    "sqrt",
    "st_asgeojson",
    "st_astext",
    "st_aswkt",
    "st_distance",
    "st_distance_sphere",
    "st_geomfromtext",
    "st_x",
    "st_y",
    "std",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "str_to_date",
    "strcmp",
    "subdate",
    "substr",
    "substring",
    "substring_index",
    "subtime",
    "sum",
    "sysdate",
    "tan",
    "time",
    "time_format",
    "time_to_sec",
    "timediff",
    "timestamp",
    "timestampadd",
    "timestampdiff",
    "to_base64",
    "to_char",
    "to_days",
    "to_seconds",
    "trim",
    "truncate",
    "ucase",
    "unhex",
    "unix_timestamp",
    "unsigned",
    "upper",
    "user",
    "utc_date",
    "utc_time",
    "utc_timestamp",
    "uuid",
    "var_pop",
    "var_samp",
    "varchar",
    "variance",
    "version",
    "week",
    "weekday",
    "weekofyear",
    "year",
    "yearweek",
];

/// Whether a query surely leaves its session as it was.
pub(super) fn leaves_nothing(sql: &str) -> bool {
    // Whether a backslash escapes a quote is a setting of the server.
    !sql.contains('\\') && Reader { rest: sql, before: Before::Other }.leaves_nothing().unwrap_or(false)
}

/// Reads SQL as far as needed to see what stands before each bracket.
struct Reader<'a> {
    rest: &'a str,
    before: Before,
}

/// What was read last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// A function that is harmless only without a blank behind its name.
    Function,
    /// A name of which nothing is known.
    Name,
    /// A dot: what follows belongs to somebody.
    Dot,
    Other,
}

impl Reader<'_> {
    /// None where a quote or a comment does not end.
    fn leaves_nothing(&mut self) -> Option<bool> {
        while let Some(first) = self.rest.chars().next() {
            let behind = self.rest.get(first.len_utf8()..)?;
            match first {
                '\'' | '"' | '`' => {
                    self.rest = behind.split_once(first)?.1;
                    self.before = Before::Name;
                }
                '@' => return Some(false),
                '(' if self.before == Before::Name => return Some(false),
                '/' if ["/*!", "/*M!", "/*+"].iter().any(|start| self.rest.starts_with(start)) => return Some(false),
                '/' if behind.starts_with('*') => {
                    self.rest = behind.get(1..)?.split_once("*/")?.1;
                    self.pass_blank();
                }
                '#' => self.pass_line(),
                '-' if is_comment(self.rest) => self.pass_line(),
                _ if is_of_word(first) => self.pass_word(),
                _ => {
                    self.rest = behind;
                    match first {
                        '.' => self.before = Before::Dot,
                        _ if first.is_whitespace() => self.pass_blank(),
                        _ => self.before = Before::Other,
                    }
                }
            }
        }
        Some(true)
    }

    fn pass_line(&mut self) {
        self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
        self.pass_blank();
    }

    fn pass_blank(&mut self) {
        if self.before == Before::Function {
            self.before = Before::Name;
        }
    }

    fn pass_word(&mut self) {
        let end = self.rest.find(|c| !is_of_word(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        let word = word.to_ascii_lowercase();
        let is_in = |list: &[&str]| list.binary_search(&word.as_str()).is_ok();
        self.before = match self.before {
            Before::Dot => Before::Name,
            _ if is_in(WORDS) => Before::Other,
            _ if is_in(FUNCTIONS) => Before::Function,
            _ => Before::Name,
        };
        self.rest = rest;
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// Two dashes begin a comment only before a blank or the end.
fn is_comment(rest: &str) -> bool {
    rest.strip_prefix("--").is_some_and(|rest| rest.chars().next().is_none_or(|c| c.is_whitespace() || c.is_control()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        assert!(WORDS.is_sorted() && FUNCTIONS.is_sorted());
    }

    #[test]
    fn plain_queries_are_trusted() {
        for sql in [
            "select region, sum(amount) from orders where day >= ? group by region having count(*) > 1",
            "with big as (select * from t where a in (1, 2)) select * from big where (a + 1) * (2) > 0 -- f(x) @y",
            "select 'me@example.com (f)' as mail, `odd (name` from t # it's f(x)\nwhere a = 'it''s'",
            "select /* get_lock(1) @x */ cast(a as decimal(10, 2)) from t union (select 1)",
            "select sum(a) over (partition by b order by c), row_number() over w from t window w as (order by a)",
            "select a --1 from t where not exists (select 1 from u)",
            "insert into t values (1), (2)",
        ] {
            assert!(leaves_nothing(sql), "{sql}");
        }
    }

    #[test]
    fn what_may_leave_something_is_not() {
        for sql in [
            "select @x := 1",
            "select @@sql_mode",
            "select get_lock('a', 1)",
            "select GET_LOCK/**/('a', 1)",
            "select get_lock -- (\n('a', 1)",
            "select `get_lock`('a', 1)",
            "select own.abs(1)",
            "select own . abs(1)",
            "select count (a) from t",
            "select last_insert_id(5)",
            "select f (1)",
            "select größe(1)",
            "select f\n(1)",
            "select 1 /*! , f(1) */",
            "select 1 /*M! , f(1) */",
            "select /*+ SET_VAR(sort_buffer_size = 1) */ 1",
            "select 'it\\'s', f(1), '",
            "select 'open",
            "select 1 /* open",
        ] {
            assert!(!leaves_nothing(sql), "{sql}");
        }
    }
}
