//! Parquet files: every type of column, files that differ, and what of a query reaches the reader.

use appspec_lang::sql::widened;
use polars::prelude::*;
use polars::sql::SQLContext;

use super::{App, FileOptions, Input, Scalar, lines, message, sql};
use crate::job::FileJob;

fn write(app: &App, name: &str, mut frame: DataFrame) {
    let file = std::fs::File::create(app.path(name)).unwrap();
    ParquetWriter::new(file).with_row_group_size(Some(1000)).finish(&mut frame).unwrap();
}

fn column<T, Phantom: ?Sized>(name: &str, cells: T) -> Column
where
    Series: NamedFrom<T, Phantom>,
{
    Series::new(name.into(), cells).into()
}

/// A column of another type than Rust has.
fn cast(name: &str, cells: &[Option<i64>], dtype: &DataType) -> Column {
    Series::new(name.into(), cells).cast(dtype).unwrap().into()
}

fn job(path: &str) -> FileJob {
    FileJob { path: path.to_owned(), options: FileOptions::default() }
}

/// Each column: its name and type in a table, and its two cells.
const WANTED: &[(&str, &str, &str)] = &[
    ("i8 int", "1", "-"),
    ("i16 int", "1", "-"),
    ("i32 int", "1", "-"),
    ("i64 int", "9223372036854775807", "-9223372036854775808"),
    ("u8 int", "1", "-"),
    ("u16 int", "1", "-"),
    ("u32 int", "4294967295", "-"),
    ("u64 int", "1", "-"),
    ("huge decimal", "18446744073709551615e-0", "1e-0"),
    ("f32 float", "1.5", "inf"),
    ("f64 float", "-0.25", "-"),
    ("decimal decimal", "150e-2", "-"),
    ("bool bool", "true", "-"),
    ("text text", "ä", "-"),
    ("bytes unknown", "Bytes([0, 255])", "Bytes([])"),
    ("date date", "2024-01-02", "-"),
    ("ms datetime", "2024-01-02T03:04:05", "-"),
    ("us datetime", "2024-01-02T03:04:05", "-"),
    ("ns datetime", "2024-01-02T03:04:05", "-"),
    ("zoned datetime", "2024-01-02T04:04:05", "-"),
    ("time time", "12:30:00", "-"),
    ("duration float", "1.5", "-"),
    ("category text", "a", "b"),
    ("nulls int", "-", "-"),
    ("list list<int>", "List([Int(1), Int(2)])", "List([])"),
    ("fields.x int", "1", "2"),
    ("fields.y text", "a", "b"),
];

/// A column of each type.
fn columns() -> Vec<Column> {
    let small: &[Option<i64>] = &[Some(1), None];
    let micros = |unit| DataType::Datetime(unit, None);
    let zoned = DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC));
    let decimal = Series::new("decimal".into(), [Some("1.50"), None]).cast(&DataType::Decimal(10, 2)).unwrap();
    let list =
        Series::new("list".into(), [Series::new("".into(), [1i32, 2]), Series::new_empty("".into(), &DataType::Int32)]);
    let fields = DataFrame::new(2, vec![column("x", [1i32, 2]), column("y", ["a", "b"])]).unwrap();
    vec![
        cast("i8", small, &DataType::Int8),
        cast("i16", small, &DataType::Int16),
        cast("i32", small, &DataType::Int32),
        column("i64", [i64::MAX, i64::MIN]),
        cast("u8", small, &DataType::UInt8),
        cast("u16", small, &DataType::UInt16),
        cast("u32", &[Some(4_294_967_295), None], &DataType::UInt32),
        cast("u64", small, &DataType::UInt64),
        column("huge", [u64::MAX, 1]),
        column("f32", [1.5f32, f32::INFINITY]),
        column("f64", [Some(-0.25f64), None]),
        decimal.into(),
        column("bool", [Some(true), None]),
        column("text", [Some("ä"), None]),
        column("bytes", [b"\x00\xff".as_slice(), b""]),
        cast("date", &[Some(19_724), None], &DataType::Date),
        cast("ms", &[Some(1_704_164_645_000), None], &micros(TimeUnit::Milliseconds)),
        cast("us", &[Some(1_704_164_645_000_000), None], &micros(TimeUnit::Microseconds)),
        cast("ns", &[Some(1_704_164_645_000_000_000), None], &micros(TimeUnit::Nanoseconds)),
        cast("zoned", &[Some(1_704_164_645_000_000), None], &zoned),
        cast("time", &[Some(45_000_000_000_000), None], &DataType::Time),
        cast("duration", &[Some(1_500_000), None], &DataType::Duration(TimeUnit::Microseconds)),
        column("category", ["a", "b"]).cast(&DataType::from_categories(Categories::global())).unwrap(),
        column("nulls", [None::<i64>, None]),
        list.into(),
        fields.into_struct("fields".into()).into_series().into(),
    ]
}

#[tokio::test]
async fn every_type_of_column_arrives() {
    let app = App::new("", &[]).await;
    write(&app, "all.parquet", DataFrame::new(2, columns()).unwrap());
    let line = |part: fn(&(&'static str, &'static str, &'static str)) -> &'static str| {
        WANTED.iter().map(part).collect::<Vec<_>>().join(", ")
    };
    let wanted = [line(|row| row.0), line(|row| row.1), line(|row| row.2)];
    assert_eq!(lines(&app.file("all.parquet", FileOptions::default()).await.unwrap()), wanted);
    let whole = app.transform(vec![sql("select * from t")], vec![("t".into(), Input::File(job("all.parquet")))]).await;
    assert_eq!(lines(&whole.unwrap()), wanted, "under a transform");
    let columns = app.data.files().columns(&job("all.parquet")).unwrap();
    let known: Vec<String> = columns.iter().map(|column| format!("{} {}", column.name, column.ty)).collect();
    assert_eq!(known.join(", "), wanted[0], "as described");
}

#[tokio::test]
async fn files_of_one_pattern_may_differ() {
    let app = App::new("", &[]).await;
    write(&app, "a1.parquet", DataFrame::new(1, vec![column("x", [1i32]), column("y", ["a"])]).unwrap());
    write(&app, "a2.parquet", DataFrame::new(1, vec![column("z", [true]), column("x", [2u16])]).unwrap());
    write(&app, "a3.parquet", DataFrame::new(1, vec![column("x", [2.5f32]), column("y", [None::<i64>])]).unwrap());
    write(&app, "b1.parquet", DataFrame::new(1, vec![column("x", [1i32])]).unwrap());
    write(&app, "b2.parquet", DataFrame::new(1, vec![column("x", ["a"])]).unwrap());
    let given = message(app.file("a?.parquet", FileOptions::default()).await);
    assert_eq!(given, "`a?.parquet` cannot be read: the column `y` is text in `a1.parquet` and int in `a3.parquet`");
    std::fs::remove_file(app.path("a1.parquet")).unwrap();
    let table = app.file("a?.parquet", FileOptions::default()).await.unwrap();
    assert_eq!(lines(&table), ["z bool, x float, y int", "true, 2.0, -", "-, 2.5, -"]);
    let given = message(app.file("b*.parquet", FileOptions::default()).await);
    assert_eq!(given, "`b*.parquet` cannot be read: the column `x` is int in `b1.parquet` and text in `b2.parquet`");
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_and_columns_of_a_transform_reach_the_files() {
    let app = App::new("", &[("rows.csv", "a,b,c\n1,x,2024-01-02\n2,y,2024-01-03\n")]).await;
    let ids: Vec<i32> = (0..10_000).collect();
    let frame = vec![column("id", ids.clone()), column("kind", ids.iter().map(|id| id % 7).collect::<Vec<_>>())];
    write(&app, "rows.parquet", DataFrame::new(10_000, frame).unwrap());
    for (path, query, wanted) in [
        (
            "rows.parquet",
            "select kind from t where id >= 9990",
            ["PROJECT 2/2 COLUMNS", "SELECTION: col(\"id\") >= 9990"],
        ),
        ("rows.parquet", "select sum(kind) as s from t", ["PROJECT 1/2 COLUMNS", "SCAN"]),
        ("rows.csv", "select b from t where a > 1", ["PROJECT 2/3 COLUMNS", "SELECTION: col(\"a\") > 1"]),
        ("rows.csv", "select c from t where a > 1", ["PROJECT 2/3 COLUMNS", "SELECTION: col(\"a\") > 1"]),
    ] {
        let mut context = SQLContext::new();
        context.register("t", app.data.files().scan(&job(path)).unwrap());
        let plan = context.execute(&widened(query)).unwrap().describe_optimized_plan().unwrap();
        for part in wanted {
            assert!(plan.contains(part), "{path}, {query}: {part} in\n{plan}");
        }
    }
    let pieces = vec![sql("select count(*) as n, sum(id) * 1000000 as s from t where id >= 9990")];
    let table = app.transform(pieces, vec![("t".into(), Input::File(job("rows.parquet")))]).await.unwrap();
    assert_eq!(table.records(1), [[Scalar::Int(10), Scalar::Int(99_945_000_000)]]);
}
