//! Values reach the server as what it expects, and come back equal.

use std::sync::Arc;

use appspec_data::{DataErrorKind, Piece};
use appspec_lang::value::Scalar;

use super::POSTGRES;
use super::ground::{Ground, PLAIN, lines, text};
use crate::servers::Failure;
use crate::stage::{Outcome, Servers, Test};

pub(crate) fn tests() -> Vec<Test> {
    vec![
        Test::new("postgres::values_come_back_equal", POSTGRES, come_back),
        Test::new("postgres::values_are_compared_with_columns_of_other_types", POSTGRES, compared),
        Test::new("postgres::lists_are_sets_and_arrays", POSTGRES, lists),
        Test::new("postgres::values_that_cannot_be_what_is_expected_are_errors", POSTGRES, misfits),
    ]
}

fn value(value: impl Into<Value>) -> Piece {
    Piece::Param(value.into().0)
}

/// What a test binds.
struct Value(Scalar);

impl From<i64> for Value {
    fn from(int: i64) -> Self {
        Self(Scalar::Int(int))
    }
}

impl From<f64> for Value {
    fn from(float: f64) -> Self {
        Self(Scalar::Float(float))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self(Scalar::text(text))
    }
}

impl From<Scalar> for Value {
    fn from(scalar: Scalar) -> Self {
        Self(scalar)
    }
}

fn date(text: &str) -> Scalar {
    Scalar::Date(text.parse().expect("the tests write dates"))
}

fn moment(text: &str) -> Scalar {
    Scalar::DateTime(text.parse().expect("the tests write moments"))
}

fn decimal(units: i128, scale: u8) -> Scalar {
    Scalar::Decimal { units, scale }
}

async fn come_back(servers: Arc<Servers>) -> Outcome {
    let ground = Ground::new(&servers, "bind_back").await?;
    let texts =
        ["", "'", "\\", "\\'; drop table t; --", "a\nb\tc", "$1", "$$", "?", "{{ x }}", "%_", "\u{1F600}\u{202E}"];
    let long = "x'\"\u{e9}".repeat(50_000);
    let mut values: Vec<Scalar> = texts.into_iter().chain([long.as_str()]).map(Scalar::text).collect();
    values.extend([
        Scalar::Null,
        Scalar::Bool(true),
        Scalar::Int(i64::MAX),
        Scalar::Int(i64::MIN),
        Scalar::Float(0.1),
        Scalar::Float(f64::MAX),
        Scalar::Float(f64::MIN_POSITIVE),
        Scalar::Float(f64::NEG_INFINITY),
        decimal(-1205, 2),
        decimal(10i128.pow(38) - 1, 19),
        decimal(5, 38),
        date("2024-02-29"),
        date("0001-01-01"),
        moment("2024-07-01T12:30:00.123456"),
        moment("1950-01-01T00:00:00"),
        Scalar::Time("23:59:59.999999".parse().expect("a time")),
        Scalar::Bytes([0, 255, 39].as_slice().into()),
    ]);
    for scalar in values {
        let table = ground.query(vec![text("select "), Piece::Param(scalar.clone()), text(" as v")], &PLAIN).await?;
        assert_eq!(table.cell(0, "v"), Some(scalar));
    }
    let nan = ground.query(vec![text("select "), value(f64::NAN), text(" as v")], &PLAIN).await?;
    assert_eq!(lines(&nan), ["v float", "NaN"]);
    Ok(())
}

const TYPED: &str = "
    create extension if not exists hstore;
    create type mood as enum ('sad', 'ok');
    create table t (
        i2 int2, i4 int4, i8 int8, f4 float4, f8 float8, n numeric(12,3), b bool, s text, v varchar(9), c char(4),
        d date, h time, m timestamp, z timestamptz, u uuid, j json, jb jsonb, e mood, y bytea, ip inet, iv interval,
        a int4[], ta text[], r int4range, amount int4
    );
    insert into t values (
        7, 7, 7, 1.5, 0.1, 12.340, true, 'seven', 'seven', 'ab', '2024-02-29', '12:30', '2024-02-29 12:30',
        '2024-07-01 12:00+00', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{\"a\":1}', '{\"a\":1}', 'ok', '\\x00ff',
        '10.0.0.1', '1 day', '{7,8}', '{x,y}', '[1,9)'
    );
    insert into t default values;";

type Condition = (&'static str, Scalar, usize);

/// A condition with a place, the value there, and how many rows it holds for.
fn conditions() -> impl Iterator<Item = Condition> {
    numbers().into_iter().chain(texts_and_times()).chain(others())
}

fn numbers() -> Vec<Condition> {
    vec![
        ("i2 = @", Scalar::Int(7), 1),
        ("i4 = @", Scalar::Int(7), 1),
        ("i4 = @", Scalar::Int(i64::MAX), 0),
        ("i4 > @", Scalar::Float(6.5), 1),
        ("i4 = @", Scalar::Float(7.0), 1),
        ("i4 = @", Scalar::text("7"), 1),
        ("i4 = @", decimal(70, 1), 1),
        ("i4 = @", Scalar::Bool(true), 0),
        ("f4 = @", Scalar::Float(1.5), 1),
        ("f8 = @", Scalar::Float(0.1), 1),
        ("f8 < @", Scalar::Int(1), 1),
        ("n = @", Scalar::Float(12.34), 1),
        ("n = @", decimal(1234, 2), 1),
        ("n > @", Scalar::Int(12), 1),
        ("n = @", Scalar::text("12.34"), 1),
    ]
}

fn texts_and_times() -> Vec<Condition> {
    vec![
        ("b = @", Scalar::Bool(true), 1),
        ("b = @", Scalar::Int(1), 1),
        ("b = @", Scalar::text("yes"), 1),
        ("@ and i4 = 7", Scalar::Bool(true), 1),
        ("s = @", Scalar::text("seven"), 1),
        ("s = @", Scalar::Int(7), 0),
        ("s like @", Scalar::text("sev%"), 1),
        ("v = @", Scalar::text("seven"), 1),
        ("c = @", Scalar::text("ab"), 1),
        ("d = @", date("2024-02-29"), 1),
        ("d = @", Scalar::text("2024-02-29"), 1),
        ("d < @", moment("2024-02-29T00:00:01"), 1),
        ("h = @", Scalar::Time("12:30".parse().expect("a time")), 1),
        ("m = @", moment("2024-02-29T12:30:00"), 1),
        ("m >= @", date("2024-02-29"), 1),
        ("m = @", Scalar::text("2024-02-29 12:30"), 1),
        ("z = @", moment("2024-07-01T14:00:00"), 1),
        ("z = @", Scalar::text("2024-07-01T14:00:00"), 1),
        ("z::date = @", date("2024-07-01"), 1),
        ("z >= @", date("2024-07-01"), 1),
        ("date_trunc('day', z) = @", date("2024-07-01"), 1),
    ]
}

fn others() -> Vec<Condition> {
    vec![
        ("u = @", Scalar::text("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"), 1),
        ("j->>'a' = @", Scalar::Int(1), 1),
        ("jb @> @", Scalar::text("{\"a\": 1}"), 1),
        ("jb->'a' = @", Scalar::Int(1), 1),
        ("e = @", Scalar::text("ok"), 1),
        ("y = @", Scalar::Bytes([0, 255].as_slice().into()), 1),
        ("ip <<= @", Scalar::text("10.0.0.0/8"), 1),
        ("iv = @", Scalar::text("24 hours"), 1),
        ("d + @ = '2024-03-01'", Scalar::Int(1), 1),
        ("m + @ > m", Scalar::text("1 hour"), 1),
        ("@ = any(a)", Scalar::Int(8), 1),
        ("r @> @", Scalar::Int(5), 1),
        ("r && @", Scalar::text("[8,20)"), 1),
        ("'a=>1, b=>2'::hstore @> @", Scalar::text("b=>2"), 2),
        ("i4 is not distinct from @", Scalar::Null, 1),
        ("(@ is null or i4 = 7)", Scalar::Null, 2),
        ("(@ is null or i4 = 7)", Scalar::text("x"), 1),
        ("coalesce(@, i4) = 7", Scalar::Null, 1),
        ("coalesce(i4, @) = 9", Scalar::Int(9), 1),
        ("s = 'sev' || @", Scalar::text("en"), 1),
        ("concat('x', @) = 'x5' and i4 = 7", Scalar::Int(5), 1),
        ("length(@) = 3 and i4 = 7", Scalar::text("abc"), 1),
        ("round(@, 1) = 2.3 and i4 = 7", Scalar::Float(2.345), 1),
        ("@ + 1 = 3 and i4 = 7", Scalar::Int(2), 1),
        ("extract(year from d) = @", Scalar::Int(2024), 1),
        ("to_char(d, @) = '2024'", Scalar::text("YYYY"), 1),
        ("case when i4 = 7 then @ end = 'x'", Scalar::text("x"), 1),
    ]
}

async fn compared(servers: Arc<Servers>) -> Outcome {
    let ground = Ground::new(&servers, "bind_compared").await?;
    ground.script(TYPED).await?;
    for (condition, scalar, rows) in conditions() {
        let (before, behind) = condition.split_once('@').ok_or_else(|| Failure(condition.to_owned()))?;
        // The first `@` is the place, but for those that are operators.
        let (before, behind) = match condition.rsplit_once("> @") {
            Some((before, behind)) if condition.matches('@').count() > 1 => (format!("{before}> "), behind),
            _ => (before.to_owned(), behind),
        };
        let pieces = vec![text("select i4 from t where "), text(&before), Piece::Param(scalar.clone()), text(behind)];
        let table =
            ground.query(pieces, &PLAIN).await.map_err(|error| Failure(format!("{condition} {scalar:?}: {error}")))?;
        assert_eq!(table.rows(), rows, "{condition} {scalar:?}");
    }
    let limited =
        vec![text("select n from generate_series(1, 9) n order by n limit "), value(2), text(" offset "), value(1)];
    assert_eq!(lines(&ground.query(limited, &PLAIN).await?), ["n int", "2", "3"]);
    Ok(())
}

async fn lists(servers: Arc<Servers>) -> Outcome {
    let ground = Ground::new(&servers, "bind_lists").await?;
    ground.script(TYPED).await?;
    let ints = |items: &[i64]| Piece::List(items.iter().copied().map(Scalar::Int).collect());
    let texts = |items: &[&str]| Piece::List(items.iter().copied().map(Scalar::text).collect());
    let many = Piece::List((0..60_000).map(Scalar::Int).collect());
    for (before, list, behind, rows) in [
        ("i4 in (", ints(&[1, 7]), ")", 1),
        ("i4 in (", texts(&["1", "7"]), ")", 1),
        ("i4 in (", ints(&[]), ")", 0),
        ("i4 not in (", ints(&[]), ")", 2),
        ("i4 not in (", ints(&[1]), ")", 1),
        ("s in (", texts(&[]), ")", 0),
        ("s not in (", texts(&[]), ")", 2),
        ("d not in (", texts(&[]), ")", 2),
        ("d in (", texts(&["2024-02-29"]), ")", 1),
        ("e in (", texts(&["ok", "sad"]), ")", 1),
        ("(i4, s) in (select 7, x from unnest(", texts(&["seven", "x"]), ") x)", 1),
        ("i4 = any(", ints(&[1, 7]), ")", 1),
        ("i4 = any (", ints(&[i64::MAX, 7]), ")", 1),
        ("i4 = any(", texts(&["7"]), ")", 1),
        ("i4 = any(", ints(&[]), ")", 0),
        ("i4 <> all(", ints(&[]), ")", 2),
        ("u = any(", texts(&["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]), ")", 1),
        ("e = any(", texts(&["ok"]), ")", 1),
        ("d = any(", Piece::List(vec![date("2024-02-29"), Scalar::Null]), ")", 1),
        ("ta && ", texts(&["x", "a,\"b"]), "::text[]", 1),
        ("ta = array[", texts(&["x", "y"]), "]", 1),
        ("a @> array[", ints(&[7]), "]", 1),
        ("i4 in (", many.clone(), ")", 1),
        ("i4 = any(", many, ")", 1),
    ] {
        let pieces = vec![text(&format!("select i4 from t where {before}")), list.clone(), text(behind)];
        let table =
            ground.query(pieces, &PLAIN).await.map_err(|error| Failure(format!("{before} {behind}: {error}")))?;
        assert_eq!(table.rows(), rows, "{before} … {behind}");
    }
    Ok(())
}

async fn misfits(servers: Arc<Servers>) -> Outcome {
    let ground = Ground::new(&servers, "bind_misfits").await?;
    ground.script(TYPED).await?;
    let too_many = Piece::List((0..70_000).map(Scalar::Int).collect());
    for (before, piece, behind, wanted) in [
        ("i4 = ", value("seven"), "", "invalid input syntax for type integer: \"seven\""),
        ("d = ", value("soon"), "", "invalid input syntax for type date: \"soon\""),
        ("e = ", value("glad"), "", "invalid input value for enum mood: \"glad\""),
        ("u = ", value("7"), "", "invalid input syntax for type uuid: \"7\""),
        ("b = ", value(7), "", "invalid input syntax for type boolean: \"7\""),
        ("s = ", value("a\0b"), "", "a value holds a null character, which PostgreSQL has no place for"),
        ("s = '", value("x"), "'", "a `{{ }}` stands inside quotes"),
        ("s = $2 and i4 = ", value(7), "", "a `{{ }}` stands inside quotes"),
        ("i4 in (", too_many, ")", "the query has 70000 values, and PostgreSQL takes 65535"),
        (
            "amuont = ",
            value(7),
            "",
            "column \"amuont\" does not exist: perhaps you meant to reference the column \"t.amount\"",
        ),
    ] {
        let pieces = vec![text(&format!("select i4 from t where {before}")), piece, text(behind)];
        let Err(error) = ground.query(pieces, &PLAIN).await else { return Err(Failure(before.to_owned())) };
        assert_eq!(error.kind, DataErrorKind::Rejected, "{before}");
        assert!(error.message.contains(wanted), "{before}: {error}");
    }
    let two = vec![text("select 1 as x where 'a' = '"), value("x"), text("' and 'b' = "), value("y")];
    let error = ground.query(two, &PLAIN).await.err().map(|error| error.to_string());
    assert!(error.is_some_and(|error| error.contains("stands inside quotes")));
    assert_eq!(ground.select("select count(*) as n from t").await?.rows(), 1, "the session is still of use");
    Ok(())
}
