//! Values in queries: they come back as they went in, whatever is in them.

use super::*;

/// What texts do to those who write them into SQL.
const HOSTILE: [&str; 12] = [
    "x' or 1=1 --",
    "'",
    "''",
    "\\",
    "\\'; drop table orders; --",
    "a\nb",
    "a\0b",
    "$$",
    "?1",
    "/* ",
    "\u{1F600} \u{202E}",
    "",
];

#[tokio::test]
async fn hostile_texts_come_back_equal() {
    let app = App::new(SHOP, &[]).await;
    let one = Table::from_columns(vec![("x".into(), Type::Int, vec![Scalar::Int(1)])]).unwrap();
    for text in HOSTILE {
        let value = Scalar::text(text);
        let pieces = vec![sql("select "), Piece::Param(value.clone()), sql(" as t")];
        let given = app.sql(pieces).await.unwrap();
        assert_eq!(given.cell(0, "t"), Some(value.clone()), "{text:?} in SQLite");
        let pieces = vec![sql("select "), Piece::Param(value.clone()), sql(" as t from one")];
        let given = app.transform(pieces, vec![("one".into(), Input::Table(one.clone()))]).await.unwrap();
        assert_eq!(given.cell(0, "t"), Some(value), "{text:?} in Polars");
    }
}

#[tokio::test]
async fn all_values_come_back_from_polars() {
    let app = App::new(SHOP, &[]).await;
    let one = Table::from_columns(vec![("x".into(), Type::Int, vec![Scalar::Int(1)])]).unwrap();
    for value in [
        Scalar::Null,
        Scalar::Bool(true),
        Scalar::Int(0),
        Scalar::Int(-3),
        Scalar::Int(i64::MAX),
        Scalar::Int(i64::MIN),
        Scalar::Float(1.5),
        Scalar::Float(-1e300),
        Scalar::Float(f64::INFINITY),
        Scalar::Decimal { units: -1205, scale: 2 },
        Scalar::Decimal { units: 5, scale: 3 },
        Scalar::Date("2024-01-02".parse().unwrap()),
        Scalar::Time("12:30:15".parse().unwrap()),
        Scalar::DateTime("2024-01-02T03:04:05.5".parse().unwrap()),
    ] {
        let pieces = vec![sql("select x, "), Piece::Param(value.clone()), sql(" as v from one")];
        let given = app.transform(pieces, vec![("one".into(), Input::Table(one.clone()))]).await;
        assert_eq!(given.map(|table| table.cell(0, "v")), Ok(Some(value)));
    }
}

#[tokio::test]
async fn an_empty_list_holds_nothing() {
    let app = App::new(SHOP, &[]).await;
    let table = app.select("select id, note from orders").await.unwrap();
    let ints = |items: &[i64]| Piece::List(items.iter().copied().map(Scalar::Int).collect());
    for (before, list, after, ids) in [
        ("id in (", ints(&[]), ")", vec![]),
        ("id not in (", ints(&[]), ")", vec![1, 2]),
        ("id in (", ints(&[2, 3]), ")", vec![2]),
        ("id not in (", ints(&[2, 3]), ")", vec![1]),
        ("note in (", Piece::List(vec![Scalar::text("a")]), ")", vec![1]),
        ("note in (", Piece::List(vec![]), ")", vec![]),
        ("note not in (", Piece::List(vec![]), ")", vec![1, 2]),
        ("id = ", Piece::Param(Scalar::Int(2)), " -- so", vec![2]),
    ] {
        let pieces = vec![sql(&format!("select id from orders where {before}")), list.clone(), sql(after)];
        let wanted = Ok(ids.iter().copied().map(Scalar::Int).collect::<Vec<_>>());
        let cells = |table: Table| table.column("id").unwrap().iter().collect::<Vec<_>>();
        assert_eq!(app.sql(pieces.clone()).await.map(cells), wanted, "{before} {list:?} in SQLite");
        let given = app.transform(pieces, vec![("orders".into(), Input::Table(table.clone()))]).await.map(cells);
        assert_eq!(given, wanted, "{before} {list:?} in Polars");
    }
}

#[tokio::test]
async fn names_are_quoted() {
    let app = App::new(SHOP, &[]).await;
    let table = app.select("select id as \"a \"\"b\" from orders").await.unwrap();
    let pieces = vec![sql("select sum("), Piece::Identifier("a \"b".to_owned()), sql(") as s from t")];
    let given = app.transform(pieces, vec![("t".into(), Input::Table(table))]).await.unwrap();
    assert_eq!(lines(&given), ["s int", "3"]);
}

#[tokio::test]
async fn lists_of_every_kind_are_found_in_polars() {
    let app = App::new(SHOP, &[]).await;
    let decimal = |units: i128, scale: u8| Scalar::Decimal { units, scale };
    let day = |text: &str| Scalar::Date(text.parse().unwrap());
    let ints = |items: &[i64]| items.iter().copied().map(Scalar::Int).collect::<Vec<_>>();
    let (few, many) = (ints(&[1, -3]), (0..5000).map(Scalar::Int).collect::<Vec<_>>());
    for (column, cells, wanted, found) in [
        ("int", ints(&[-3, 2]), few, 1),
        ("int", ints(&[4999, 5000]), many, 1),
        ("int", ints(&[i64::MIN, 0]), ints(&[i64::MIN, 7]), 1),
        ("float", vec![Scalar::Float(-1.5), Scalar::Float(2.0)], vec![Scalar::Float(-1.5), Scalar::Int(2)], 2),
        ("float", vec![Scalar::Float(f64::INFINITY)], vec![Scalar::Float(f64::INFINITY), Scalar::Int(2)], 1),
        ("decimal", vec![decimal(150, 2), decimal(300, 2)], vec![decimal(150, 2), decimal(3, 0), Scalar::Int(7)], 2),
        ("text", vec![Scalar::text("it's"), Scalar::text("b")], vec![Scalar::text("it's"), Scalar::text("--")], 1),
        ("date", vec![day("1969-12-31"), day("2024-02-29")], vec![day("1969-12-31"), day("2024-01-01")], 1),
        ("bool", vec![Scalar::Bool(true), Scalar::Bool(false)], vec![Scalar::Bool(true)], 1),
        ("null", ints(&[1, 2]), vec![Scalar::Int(1), Scalar::Null], 1),
    ] {
        let table = Table::from_columns(vec![("x".into(), Type::Any, cells)]).unwrap();
        let pieces = vec![sql("select x from t where x in ("), Piece::List(wanted), sql(")")];
        let given = app.transform(pieces, vec![("t".into(), Input::Table(table))]).await;
        assert_eq!(given.map(|table| table.rows()).map_err(|error| error.to_string()), Ok(found), "{column}");
    }
}

#[tokio::test]
async fn patterns_take_their_signs_literally_in_polars() {
    let app = App::new(SHOP, &[]).await;
    let cells = ["50% off", "50 off", "a_b", "axb", "back\\slash", "(x)", "x\ny", "<x>"];
    let table = Table::from_columns(vec![("t".into(), Type::Text, cells.map(Scalar::text).to_vec())]).unwrap();
    for (before, pattern, after, wanted) in [
        ("t like ", "%50!%%", " escape '!'", vec!["50% off"]),
        ("t like ", "%a!_b%", " escape '!' and true", vec!["a_b"]),
        ("t NOT LIKE ", "%!_%", " escape '!' and t like 'a%'", vec!["axb"]),
        ("lower(t) ilike ", "%A!_B%", " escape '!'", vec!["a_b"]),
        ("t not ilike", "%O!_%", " escape '!' and t like '%off'", vec!["50% off", "50 off"]),
        ("t like ", "%\\%", " escape '!'", vec!["back\\slash"]),
        ("t like ", "%(x)%", "", vec!["(x)"]),
        ("t like ", "%x%!_%", " escape '!'", vec![]),
        ("t like ", "x_y", " escape '!'", vec!["x\ny"]),
        ("t like ", "%<_>%", " escape '!'", vec!["<x>"]),
    ] {
        let pieces =
            vec![sql(&format!("select t from t where {before}")), Piece::Param(Scalar::text(pattern)), sql(after)];
        let given = app.transform(pieces, vec![("t".into(), Input::Table(table.clone()))]).await;
        let given = given.map(|table| table.column("t").unwrap().iter().collect::<Vec<_>>());
        assert_eq!(given, Ok(wanted.into_iter().map(Scalar::text).collect()), "{before} {pattern}");
    }
    let pieces = vec![sql("select t from t where t = "), Piece::Param(Scalar::text("%a!_%")), sql(" escape '!'")];
    let given = message(app.transform(pieces, vec![("t".into(), Input::Table(table))]).await);
    assert_eq!(given, "`contains` makes a pattern: write `like` in front of it");
}
