//! Every common type of column arrives with its type and value; what is not understood, as text with a warning.

use std::sync::Arc;

use super::POSTGRES;
use super::ground::{Ground, lines};
use crate::stage::{Outcome, Servers, Test};

pub(crate) fn tests() -> Vec<Test> {
    vec![
        Test::new("postgres::types_arrive_as_they_are", POSTGRES, arrive),
        Test::new("postgres::types_that_are_not_understood_are_text_with_a_warning", POSTGRES, unknown),
        Test::new("postgres::nulls_of_every_type_are_null", POSTGRES, nulls),
    ]
}

const TYPES: &str = "
    create type mood as enum ('sad', 'ok');
    create domain rating as int check (value between 1 and 5);
    create type pair as (a int, b text);
    create extension if not exists citext;
    create extension if not exists hstore;";

/// An expression, the type of its column, and its cell.
const UNDERSTOOD: &[(&str, &str, &str)] = &[
    ("(-32768)::int2", "int", "-32768"),
    ("2147483647", "int", "2147483647"),
    ("(-9223372036854775808)::int8", "int", "-9223372036854775808"),
    ("4294967295::oid", "int", "4294967295"),
    ("0.1::float4::float8 = 0.1::float4", "bool", "true"),
    ("1.5::float4", "float", "1.5"),
    ("0.1::float8 + 0.2::float8", "float", "0.30000000000000004"),
    ("'NaN'::float8", "float", "NaN"),
    ("'-Infinity'::float8", "float", "-inf"),
    ("12.340", "decimal", "12340e-3"),
    ("(-0.05)::numeric(10,2)", "decimal", "-5e-2"),
    ("99999999999999999999999999999999999999", "decimal", "99999999999999999999999999999999999999e-0"),
    ("1e-38::numeric", "decimal", "1e-38"),
    ("0::numeric", "decimal", "0e-0"),
    ("'$1,234.56'::money", "decimal", "123456e-2"),
    ("true", "bool", "true"),
    ("'a''b\u{1F600}'::text", "text", "a'b\u{1F600}"),
    ("'ab'::varchar(5)", "text", "ab"),
    ("'ab'::char(4)", "text", "ab  "),
    ("'ab'::name", "text", "ab"),
    ("'a'::\"char\"", "text", "a"),
    ("'aB'::citext", "text", "aB"),
    ("'\\x00ff'::bytea", "unknown", "[0, 255]"),
    ("'2024-02-29'::date", "date", "2024-02-29"),
    ("'0044-03-15 BC'::date", "date", "-000043-03-15"),
    ("'23:59:59.999999'::time", "time", "23:59:59.999999"),
    ("'12:30:00+02'::timetz", "text", "12:30:00+02"),
    ("'2024-07-01 12:00:00.5'::timestamp", "datetime", "2024-07-01T12:00:00.5"),
    ("'1969-12-31 23:59:59.25'::timestamp", "datetime", "1969-12-31T23:59:59.25"),
    ("'2024-07-01 12:00:00+00'::timestamptz", "datetime", "2024-07-01T14:00:00"),
    ("'2024-01-01 12:00:00+00'::timestamptz", "datetime", "2024-01-01T13:00:00"),
    ("interval '1 mon 2 days 03:04:05.5'", "text", "1 mon 2 days 03:04:05.5"),
    ("'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid", "text", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    ("'{\"a\": [1, null]}'::json", "text", "{\"a\": [1, null]}"),
    ("'{\"b\":1,\"a\":2}'::jsonb", "text", "{\"a\": 2, \"b\": 1}"),
    ("'ok'::mood", "text", "ok"),
    ("5::rating", "int", "5"),
    ("array[1, null, 3]", "list<int>", "[1 - 3]"),
    ("'{}'::int8[]", "list<int>", "[]"),
    ("array['a,b', 'c']", "list<text>", "[a,b c]"),
    ("array[1.5, 2.25]::numeric[]", "list<decimal>", "[150e-2 225e-2]"),
    ("array['2024-02-29'::date]", "list<date>", "[2024-02-29]"),
    ("array['2024-07-01 12:00+00'::timestamptz]", "list<datetime>", "[2024-07-01T14:00:00]"),
    ("array['ok']::mood[]", "list<text>", "[ok]"),
    ("array[true]", "list<bool>", "[true]"),
    ("'[1,5)'::int4range", "text", "[1,5)"),
    ("'192.168.0.1/24'::inet", "text", "192.168.0.1/24"),
    ("'08:00:2b:01:02:03'::macaddr", "text", "08:00:2b:01:02:03"),
    ("B'101'", "text", "101"),
    ("'<a/>'::xml", "text", "<a/>"),
    ("array['{\"a\":1}'::jsonb]", "text", "{\"{\\\"a\\\": 1}\"}"),
];

async fn arrive(servers: Arc<Servers>) -> Outcome {
    let ground = Ground::new(&servers, "types_arrive").await?;
    ground.script(TYPES).await?;
    for (expression, ty, cell) in UNDERSTOOD {
        let table = ground.select(&format!("select {expression} as x")).await?;
        assert_eq!(lines(&table), [&format!("x {ty}"), *cell], "{expression}");
        assert!(table.warnings().is_empty(), "{expression}: {:?}", table.warnings());
    }
    let all: Vec<String> = UNDERSTOOD.iter().enumerate().map(|(at, (sql, ..))| format!("{sql} as c{at}")).collect();
    let table = ground.select(&format!("select {} from generate_series(1, 3)", all.join(", "))).await?;
    assert_eq!((table.rows(), table.columns().len()), (3, UNDERSTOOD.len()));
    let rows = table.records(3);
    assert_eq!(rows.first(), rows.last(), "each row as the first");
    Ok(())
}

async fn unknown(servers: Arc<Servers>) -> Outcome {
    let ground = Ground::new(&servers, "types_unknown").await?;
    ground.script(TYPES).await?;
    for (expression, wanted, warning) in [
        ("row(1, 'x')::pair", "(1,x)", "the column `x` is of type `pair` and is shown as text"),
        ("'a=>1'::hstore", "\"a\"=>\"1\"", "the column `x` is of type `hstore` and is shown as text"),
        ("point(1, 2)", "(1,2)", "the column `x` is of type `point` and is shown as text"),
        ("to_tsvector('simple', 'a b')", "'a':1 'b':2", "the column `x` is of type `tsvector` and is shown as text"),
        ("'NaN'::numeric", "NaN", "the column `x` is of type `numeric` and is shown as text"),
        (
            "10::numeric ^ 40 + 0.5",
            "10000000000000000000000000000000000000000.5000000000000000",
            "the column `x` is of type `numeric` and is shown as text",
        ),
        (
            "'infinity'::timestamptz",
            "-",
            "the column `x` has 1 cell outside of the calendar, such as `infinity`, which are left empty",
        ),
        (
            "'-infinity'::date",
            "-",
            "the column `x` has 1 cell outside of the calendar, such as `infinity`, which are left empty",
        ),
        (
            "'24:00'::time",
            "-",
            "the column `x` has 1 cell outside of the calendar, such as `infinity`, which are left empty",
        ),
        (
            "array[[1,2],[3,4]]",
            "[1 2 3 4]",
            "the column `x` holds arrays of several dimensions, whose items are listed in a row",
        ),
    ] {
        let table = ground.select(&format!("select {expression} as x")).await?;
        assert_eq!(lines(&table).last().map(String::as_str), Some(wanted), "{expression}");
        let warnings: Vec<&str> = table.warnings().iter().map(|warning| &**warning).collect();
        assert_eq!(warnings, [warning], "{expression}");
    }
    let mixed =
        "select x from (values (1, 1.5), (2, 'NaN'), (3, -0.25), (4, null), (5, 'Infinity')) v (i, x) order by i";
    let table = ground.select(mixed).await?;
    assert_eq!(lines(&table), ["x text", "1.5", "NaN", "-0.25", "-", "Infinity"]);
    Ok(())
}

async fn nulls(servers: Arc<Servers>) -> Outcome {
    let ground = Ground::new(&servers, "types_null").await?;
    ground.script(TYPES).await?;
    for (expression, ty, _) in UNDERSTOOD {
        let nothing = format!("select case when n > 2 then {expression} end as x from generate_series(1, 2) n");
        let table = ground.select(&nothing).await?;
        assert_eq!(lines(&table), [&format!("x {ty}"), "-", "-"], "{expression}");
    }
    Ok(())
}
