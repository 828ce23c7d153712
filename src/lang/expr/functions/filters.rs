//! The filters.

use super::Argument::{Any, Int, List, Number, Text};
use super::{Function, Kind, Param, Returns, Subject, may, need};

const COLUMN: &[Subject] = &[Subject::List];
const NUMBER: &[Subject] = &[Subject::Number];
const TEXT: &[Subject] = &[Subject::Text];
const MOMENT: &[Subject] = &[Subject::Moment];
const ANY: &[Subject] = &[Subject::Any];
const COUNTABLE: &[Subject] = &[Subject::Table, Subject::List, Subject::Text];

const fn filter(
    name: &'static str,
    (subjects, params, returns): (&'static [Subject], &'static [Param], Returns),
    doc: &'static str,
    example: (&'static str, &'static str),
) -> Function {
    Function { name, kind: Kind::Filter, subjects, params, returns, doc, example }
}

pub(super) static FILTERS: &[Function] = &[
    // Over columns and lists.
    filter("sum", (COLUMN, &[], Returns::Sum), "The sum; 0 of nothing.", ("sales.amount | sum", "60")),
    filter("mean", (COLUMN, &[], Returns::FloatOrNull), "The average.", ("sales.amount | mean", "20")),
    filter("min", (COLUMN, &[], Returns::ItemOrNull), "The least item.", ("sales.amount | min", "10")),
    filter("max", (COLUMN, &[], Returns::ItemOrNull), "The greatest item.", ("sales.amount | max", "30")),
    filter("median", (COLUMN, &[], Returns::FloatOrNull), "The middle item.", ("sales.amount | median", "20")),
    filter("std", (COLUMN, &[], Returns::FloatOrNull), "The standard deviation.", ("sales.amount | std", "10")),
    filter("count", (COLUMN, &[], Returns::Int), "How many items are not null.", ("sales.amount | count", "3")),
    filter("nunique", (COLUMN, &[], Returns::Int), "How many items differ.", ("sales.region | nunique", "2")),
    filter("first", (COLUMN, &[], Returns::ItemOrNull), "The first item.", ("sales.region | first", "EMEA")),
    filter("last", (COLUMN, &[], Returns::ItemOrNull), "The last item.", ("sales.amount | last", "20")),
    filter(
        "quantile",
        (COLUMN, &[need("q", Number)], Returns::FloatOrNull),
        "The item below which the part `q` of all items lies.",
        ("sales.amount | quantile(0.5)", "20"),
    ),
    filter(
        "delta",
        (COLUMN, &[], Returns::Difference),
        "The last item less the one before.",
        ("sales.amount | delta", "-10"),
    ),
    filter("sort", (COLUMN, &[], Returns::Items), "The items in order.", ("sales.amount | sort | join", "10, 20, 30")),
    filter("unique", (COLUMN, &[], Returns::Items), "Each item once.", ("sales.region | unique | join", "EMEA, APAC")),
    filter("list", (COLUMN, &[], Returns::Items), "The items as a list.", ("sales.amount | list | first", "10")),
    filter(
        "reverse",
        (COLUMN, &[], Returns::Items),
        "The items from the last to the first.",
        ("[1, 2, 3] | reverse | join", "3, 2, 1"),
    ),
    filter(
        "join",
        (COLUMN, &[may("separator", Text)], Returns::Text),
        "The items as one text, with the separator, by default a comma, between them.",
        ("sales.region | unique | join(' and ')", "EMEA and APAC"),
    ),
    // Over tables.
    filter("length", (COUNTABLE, &[], Returns::Int), "How many rows, items or characters.", ("sales | length", "3")),
    filter("rows", (&[Subject::Table], &[], Returns::Int), "How many rows.", ("sales | rows", "3")),
    filter(
        "where",
        (&[Subject::Table], &[], Returns::Subject),
        "The rows whose columns equal the values.",
        ("sales | where(region='EMEA') | length", "2"),
    ),
    // Values as text.
    filter(
        "number",
        (NUMBER, &[may("decimals", Int)], Returns::Text),
        "A number with separators, and as many decimals.",
        ("1234.5 | number(2)", "1,234.50"),
    ),
    filter(
        "compact",
        (NUMBER, &[may("decimals", Int)], Returns::Text),
        "A number in thousands, millions or billions.",
        ("1234567 | compact", "1.2M"),
    ),
    filter(
        "percent",
        (NUMBER, &[may("decimals", Int)], Returns::Text),
        "A share as per cent.",
        ("0.125 | percent(1)", "12.5%"),
    ),
    filter(
        "currency",
        (NUMBER, &[may("code", Text), may("decimals", Int)], Returns::Text),
        "An amount of money, by default in the app's currency.",
        ("1234.5 | currency('EUR')", "€1,234.50"),
    ),
    filter(
        "bytes",
        (NUMBER, &[may("decimals", Int)], Returns::Text),
        "A count of bytes in kB, MB or GB.",
        ("1500000 | bytes", "1.5 MB"),
    ),
    filter("duration", (NUMBER, &[], Returns::Text), "Seconds as a span of time.", ("3725 | duration", "1h 2m 5s")),
    filter(
        "date",
        (MOMENT, &[may("format", Text)], Returns::Text),
        "A date or datetime, by the letters of strftime.",
        ("today() | date('%d %b %Y')", "15 May 2024"),
    ),
    filter(
        "ago",
        (MOMENT, &[], Returns::Text),
        "How long ago a moment was.",
        ("(now() - hours(3)) | ago", "3 hours ago"),
    ),
    filter(
        "start_of",
        (MOMENT, &[need("unit", Text)], Returns::Subject),
        "The beginning of the year, quarter, month, week, day, hour or minute.",
        ("today() | start_of('month')", "2024-05-01"),
    ),
    // Over texts.
    filter("upper", (TEXT, &[], Returns::Text), "In capitals.", ("'sales' | upper", "SALES")),
    filter("lower", (TEXT, &[], Returns::Text), "In small letters.", ("'EMEA' | lower", "emea")),
    filter("title", (TEXT, &[], Returns::Text), "With a capital at each word.", ("'new york' | title", "New York")),
    filter(
        "capitalize",
        (TEXT, &[], Returns::Text),
        "With a capital in front, and small letters behind it.",
        ("'new YORK' | capitalize", "New york"),
    ),
    filter("trim", (TEXT, &[], Returns::Text), "Without white space around it.", ("'  a ' | trim", "a")),
    filter(
        "replace",
        (TEXT, &[need("old", Text), need("new", Text)], Returns::Text),
        "With each `old` replaced by `new`.",
        ("'a-b-c' | replace('-', ' ')", "a b c"),
    ),
    filter(
        "split",
        (TEXT, &[may("separator", Text)], Returns::ListOfText),
        "The pieces between the separators, by default white space.",
        ("'a,b' | split(',') | last", "b"),
    ),
    // Over values.
    filter(
        "default",
        (ANY, &[need("value", Any)], Returns::SubjectOrArgument),
        "The value, or another in place of null.",
        ("none | default('all')", "all"),
    ),
    filter(
        "round",
        (NUMBER, &[may("decimals", Int)], Returns::Subject),
        "The nearest number of so many decimals; halves go away from zero.",
        ("2.345 | round(1)", "2.3"),
    ),
    filter("abs", (NUMBER, &[], Returns::Subject), "Without its sign.", ("-5 | abs", "5")),
    filter(
        "int",
        (&[Subject::Number, Subject::Text], &[], Returns::Int),
        "The whole part, or the text read as a whole number; null where it is none.",
        ("'42' | int", "42"),
    ),
    filter(
        "float",
        (&[Subject::Number, Subject::Text], &[], Returns::Float),
        "The number as a float; null where the text is none.",
        ("'1.5' | float", "1.5"),
    ),
    filter("string", (ANY, &[], Returns::Text), "The value as text.", ("(12 | string) ~ '%'", "12%")),
    // In SQL.
    filter(
        "contains",
        (TEXT, &[], Returns::Text),
        "A pattern for `like` that finds the text anywhere; `%` and `_` in it stand for themselves.",
        ("'50%' | contains", "%50!%%"),
    ),
    filter(
        "identifier",
        (TEXT, &[need("allowed", List)], Returns::Identifier),
        "The name of a column or table, in SQL only; it must be one of those allowed.",
        ("'day' | identifier(['day', 'week'])", "day"),
    ),
];
