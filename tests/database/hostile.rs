//! Values that try to be something else: bound, they reach the database and come back as they are.

use std::sync::Arc;

use appspec_data::{BoundQuery, Data, Piece, Table};
use appspec_lang::value::Scalar;
use rand::prelude::*;

use crate::ground::{Ground, run};
use crate::servers::{Engine, Failure};
use crate::stage::{Outcome, Servers, Test};

/// So many texts are drawn for each engine.
const TEXTS: usize = 4000;
/// So many of them travel in one query.
const TOGETHER: usize = 100;

/// What the texts are made of.
const PARTS: &[&str] = &[
    "'",
    "''",
    "\"",
    "`",
    "\\",
    "\\'",
    "\\\"",
    "--",
    "-- ",
    "#",
    "/*",
    "*/",
    "/*!",
    ";",
    "; drop table t; --",
    "' or '1'='1",
    "$1",
    "$$",
    "$tag$",
    "?",
    "??",
    ":name",
    "@x",
    "@@version",
    "{{",
    "}}",
    "{%",
    "[[",
    "]]",
    "%",
    "_",
    "%s",
    "{0}",
    "\n",
    "\r\n",
    "\t",
    " ",
    "\u{a0}",
    "\u{feff}",
    "\u{200b}",
    "\u{202e}",
    "\u{7f}",
    "\u{1}",
    "\u{1b}",
    "é",
    "e\u{301}",
    "ß",
    "İ",
    "漢字",
    "🎉",
    "👩‍👩‍👧",
    "\u{10ffff}",
    "null",
    "NULL",
    "true",
    "0",
    "1",
    "-1",
    "1e309",
    "0x41",
    "1/0",
    "NaN",
    "2024-02-30",
    "x'00'",
    "E'\\n'",
    "N'a'",
    "_utf8'a'",
    "select",
    "union select",
    "a",
    "b",
    "Z",
    "  ",
    "<script>",
    "&amp;",
    "\\N",
    "\\x00",
];

pub(crate) fn tests() -> Vec<Test> {
    let mut tests = Vec::new();
    for engine in Engine::all() {
        let name = engine.name();
        tests.push(Test::new(format!("hostile::{name}_gives_texts_back"), &[engine], move |servers| {
            texts(servers, engine)
        }));
        tests.push(Test::new(format!("hostile::{name}_keeps_texts"), &[engine], move |servers| kept(servers, engine)));
        tests.push(Test::new(format!("hostile::{name}_gives_long_texts_back"), &[engine], move |servers| {
            long(servers, engine)
        }));
        tests.push(Test::new(format!("hostile::{name}_gives_other_values_back"), &[engine], move |servers| {
            others(servers, engine)
        }));
        tests.push(Test::new(format!("hostile::{name}_takes_no_more_than_it_can"), &[engine], move |servers| {
            zero(servers, engine)
        }));
    }
    tests
}

/// Texts of a few parts each, all of them alone first.
fn drawn(rng: &mut StdRng) -> Vec<String> {
    let mut texts: Vec<String> = PARTS.iter().map(|&part| part.to_owned()).chain([String::new()]).collect();
    while texts.len() < TEXTS {
        let parts = rng.random_range(1..12);
        texts.push((0..parts).map(|_| *PARTS.choose(rng).expect("there are parts")).collect());
    }
    texts
}

fn random() -> StdRng {
    let seed = rand::random();
    // Shown where the test fails.
    println!("seed {seed}");
    StdRng::seed_from_u64(seed)
}

/// `select ? as c0, ? as c1, …`
fn selected(values: &[Scalar]) -> BoundQuery {
    let mut pieces = Vec::new();
    for (at, value) in values.iter().enumerate() {
        pieces.push(Piece::Sql(if at == 0 { "select ".to_owned() } else { ", ".to_owned() }));
        pieces.push(Piece::Param(value.clone()));
        pieces.push(Piece::Sql(format!(" as c{at}")));
    }
    BoundQuery { pieces }
}

fn row(table: &Table) -> Vec<Scalar> {
    table.records(1).pop().unwrap_or_default()
}

async fn texts(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let ground = Ground::make(&servers, engine, "hostile_texts").await?;
    let data = ground.data("UTC");
    for texts in drawn(&mut random()).chunks(TOGETHER) {
        let values: Vec<Scalar> = texts.iter().map(|text| Scalar::text(text.as_str())).collect();
        let back = row(&run(&data, selected(&values)).await?);
        for (value, back) in values.iter().zip(&back) {
            assert_eq!(value, back, "{}", engine.name());
        }
        assert_eq!(values.len(), back.len());
    }
    Ok(())
}

/// Texts are written by appspec, compared by the database, and read.
async fn kept(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let ground = Ground::make(&servers, engine, "hostile_kept").await?;
    ground
        .script(match engine {
            Engine::MariaDb | Engine::MySql => {
                "create table t (id int, v longtext character set utf8mb4 collate utf8mb4_bin)"
            }
            _ => "create table t (id int, v text)",
        })
        .await?;
    let mut settings = ground.settings();
    settings.writable = true;
    let data = ground.data_with(settings, "UTC");
    let texts = drawn(&mut random());
    for (at, texts) in texts.chunks(TOGETHER).enumerate() {
        let mut pieces = vec![Piece::Sql("insert into t (id, v) values ".to_owned())];
        for (within, text) in texts.iter().enumerate() {
            let id = i64::try_from(at * TOGETHER + within)?;
            pieces.push(Piece::Sql(if within == 0 { "(".to_owned() } else { "), (".to_owned() }));
            pieces.extend([
                Piece::Param(Scalar::Int(id)),
                Piece::Sql(", ".to_owned()),
                Piece::Param(Scalar::text(text.as_str())),
            ]);
        }
        pieces.push(Piece::Sql(")".to_owned()));
        data.write(crate::ground::CONNECTION, &[BoundQuery { pieces }])
            .await
            .map_err(|failed| Failure(failed.error.to_string()))?;
    }
    let stored = run(&data, BoundQuery::plain("select v from t order by id")).await?;
    let stored: Vec<Scalar> = stored.records(usize::MAX).into_iter().flatten().collect();
    assert_eq!(stored.len(), texts.len());
    for (text, stored) in texts.iter().zip(&stored) {
        assert_eq!(&Scalar::text(text.as_str()), stored, "{}", engine.name());
    }
    // Some are looked for, each by itself and in a list.
    for (id, text) in texts.iter().enumerate().step_by(37) {
        let is = |comparison: &str, piece: Piece, end: &str| {
            let before = Piece::Sql(format!("select min(id) as first, count(*) as n from t where v {comparison} "));
            run(&data, BoundQuery { pieces: vec![before, piece, Piece::Sql(end.to_owned())] })
        };
        let value = Scalar::text(text.as_str());
        let first = texts.iter().position(|other| is_equal(engine, other, text));
        let count = texts.iter().filter(|other| is_equal(engine, other, text)).count();
        let wanted = vec![Scalar::Int(i64::try_from(first.unwrap_or(id))?), Scalar::Int(i64::try_from(count)?)];
        assert_eq!(row(&is("=", Piece::Param(value.clone()), "").await?), wanted, "{text:?}");
        assert_eq!(row(&is("in (", Piece::List(vec![value]), ")").await?), wanted, "{text:?}");
    }
    Ok(())
}

/// `MySQL` fills texts up with blanks before it compares them, in this collation.
fn is_equal(engine: Engine, a: &str, b: &str) -> bool {
    if matches!(engine, Engine::MariaDb | Engine::MySql) {
        a.trim_end_matches(' ') == b.trim_end_matches(' ')
    } else {
        a == b
    }
}

async fn long(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let ground = Ground::make(&servers, engine, "hostile_long").await?;
    let data = ground.data("UTC");
    for length in [255, 256, 65_535, 65_536, 1 << 20, 9 << 20] {
        let text: String = "'é\\\"".chars().cycle().take(length).collect();
        let value = Scalar::text(text);
        assert!(row(&run(&data, selected(std::slice::from_ref(&value))).await?) == [value], "{length} characters");
    }
    Ok(())
}

async fn others(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let ground = Ground::make(&servers, engine, "hostile_others").await?;
    let data = ground.data("UTC");
    let all: Vec<u8> = (0..=255).collect();
    let mut values = vec![Scalar::Bytes(all.as_slice().into()), Scalar::Bytes([].as_slice().into())];
    values.extend([i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX].map(Scalar::Int));
    let floats =
        [0.1, -2.5, 1.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 1e15, 9_007_199_254_740_993.0, 0.1 + 0.2];
    values.extend(floats.map(Scalar::Float));
    for day in ["0001-01-01", "1582-10-10", "1970-01-01", "2024-02-29", "9999-12-31"] {
        values.push(Scalar::Date(day.parse()?));
    }
    for moment in ["1000-01-01T00:00:00", "1969-12-31T23:59:59.999999", "2024-10-27T02:30:00", "9999-12-31T23:59:59"] {
        values.push(Scalar::DateTime(moment.parse()?));
    }
    for time in ["00:00:00", "23:59:59.999999", "12:30:00.5"] {
        values.push(Scalar::Time(time.parse()?));
    }
    let most = 10i128.pow(38) - 1;
    for (units, scale) in [(most, 0), (-most, 0), (most, 30), (1, 30), (-5, 1), (1_000_000, 2)] {
        values.push(Scalar::Decimal { units, scale });
    }
    for value in values {
        let back = row(&run(&data, selected(std::slice::from_ref(&value))).await?).pop();
        let is_equal = back.as_ref().is_some_and(|back| *back == value || is_alike(engine, &value, back));
        assert!(is_equal, "{}: {value:?} came back as {back:?}", engine.name());
    }
    let truth = row(&run(&data, selected(&[Scalar::Bool(true), Scalar::Bool(false), Scalar::Null])).await?);
    let wanted = if engine == Engine::Postgres {
        [Scalar::Bool(true), Scalar::Bool(false), Scalar::Null]
    } else {
        [Scalar::Int(1), Scalar::Int(0), Scalar::Null]
    };
    assert_eq!(truth, wanted);
    Ok(())
}

/// `SQLite` has neither decimals nor dates: a value has the same digits, or is the nearest float.
fn is_alike(engine: Engine, value: &Scalar, back: &Scalar) -> bool {
    let digits = |value: &Scalar| match value {
        Scalar::Time(time) => time.to_string(),
        Scalar::DateTime(moment) => moment.to_string().replacen('T', " ", 1),
        other => appspec_web::eval::expr::plain_text(other),
    };
    if let (Engine::Sqlite, Scalar::Decimal { .. }, Scalar::Float(float)) = (engine, value, back) {
        return digits(value).parse() == Ok(*float);
    }
    engine == Engine::Sqlite && matches!(back, Scalar::Text(_)) && digits(value) == digits(back)
}

/// A zero character in a text, and numbers that are none: they come back, or the message says that they cannot be sent.
async fn zero(servers: Arc<Servers>, engine: Engine) -> Outcome {
    let ground = Ground::make(&servers, engine, "hostile_zero").await?;
    let data: Arc<Data> = ground.data("UTC");
    let text = Scalar::text("a\0b'\0");
    match run(&data, selected(std::slice::from_ref(&text))).await {
        Ok(table) => assert_eq!(row(&table), [text]),
        Err(failure) => {
            assert_eq!(engine, Engine::Postgres);
            assert!(failure.0.contains("null character"), "{failure}");
        }
    }
    for float in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        match run(&data, selected(&[Scalar::Float(float)])).await {
            Ok(table) => match row(&table).pop() {
                Some(Scalar::Float(back)) => assert_eq!(back.to_string(), float.to_string()),
                // SQLite takes NaN for null.
                back => assert_eq!((engine, back, float.is_nan()), (Engine::Sqlite, Some(Scalar::Null), true)),
            },
            Err(failure) => assert!(failure.0.contains("number"), "{failure}"),
        }
    }
    assert_eq!(row(&run(&data, selected(&[Scalar::Int(1)])).await?), [Scalar::Int(1)], "the connection still works");
    Ok(())
}
