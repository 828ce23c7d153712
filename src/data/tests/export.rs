//! Files read back: by our own readers where there are some, else part by part.

use std::io::Read as _;

use flate2::read::DeflateDecoder;
use futures_util::StreamExt as _;
use jiff::civil::{date, time};

use super::*;
use crate::{Export, ExportColumn, FileFormat};

fn table(rows: usize) -> Table {
    let day = |at: usize| date(2026, 1, 1).saturating_add(jiff::Span::new().days(i64::try_from(at % 900).unwrap()));
    let column = |name: &str, ty: Type, cell: &dyn Fn(usize) -> Scalar| {
        (
            Name::from(name),
            ty,
            (0..rows).map(|at| if at % 7 == 6 { Scalar::Null } else { cell(at) }).collect::<Vec<_>>(),
        )
    };
    Table::from_columns(vec![
        column("n", Type::Int, &|at| Scalar::Int(i64::try_from(at).unwrap())),
        column("x", Type::Float, &|at| Scalar::Float(f64::from(u32::try_from(at).unwrap()) / 4.0)),
        column("money", Type::Decimal, &|at| Scalar::Decimal { units: at as i128 * 10 + 5, scale: 2 }),
        column("name", Type::Text, &|at| Scalar::text(["=A1", "<b> & \"q\"", "ü\n\u{1}", ""][at % 4])),
        column("day", Type::Date, &|at| Scalar::Date(day(at))),
        column("at", Type::DateTime, &|at| Scalar::DateTime(day(at).to_datetime(time(6, 0, 0, 0)))),
        column("is", Type::Bool, &|at| Scalar::Bool(at % 2 == 0)),
    ])
    .unwrap()
}

fn export_of(table: &Table, format: FileFormat) -> Export {
    let column = |name: &Name| ExportColumn { name: name.clone(), label: name.to_string(), format: None, unit: None };
    let columns = table.columns().iter().map(|known| column(&known.name)).collect();
    Export { table: table.clone(), columns, format, currency: None }
}

async fn bytes_of(app: &App, export: Export) -> Vec<u8> {
    let mut stream = std::pin::pin!(app.data.export(export).unwrap());
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        bytes.extend(chunk.unwrap());
    }
    bytes
}

#[tokio::test]
async fn json_and_parquet_are_read_back_as_they_were() {
    let app = App::new("", &[]).await;
    let table = table(10_001);
    for format in [FileFormat::Parquet, FileFormat::Json] {
        let bytes = bytes_of(&app, export_of(&table, format)).await;
        let path = format!("out.{}", format.ending());
        std::fs::write(app.path(&path), bytes).unwrap();
        let job = Job::File(FileJob { path, options: FileOptions::default() });
        let read = app.data.run(&job, &PLAIN).await.unwrap();
        assert_eq!(read.rows(), table.rows());
        if format == FileFormat::Parquet {
            assert_eq!(read.fingerprint(), table.fingerprint());
        } else {
            // A decimal is read as a float.
            for name in ["n", "x", "name", "day", "at", "is"] {
                assert_eq!(read.column(name).unwrap().list(), table.column(name).unwrap().list(), "{name}");
            }
        }
    }
}

/// The entries of an archive, by the list at its end.
fn unzipped(bytes: &[u8]) -> Vec<(String, String)> {
    let u16_at = |at: usize| usize::from(u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap()));
    let u32_at = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let end = bytes.len() - 22;
    assert_eq!(u32_at(end), 0x0605_4b50);
    let (count, mut at) = (u16_at(end + 10), u32_at(end + 16));
    let mut entries = Vec::new();
    for _ in 0..count {
        assert_eq!(u32_at(at), 0x0201_4b50);
        let (crc, compressed, whole) = (u32_at(at + 16), u32_at(at + 20), u32_at(at + 24));
        let (length, start) = (u16_at(at + 28), u32_at(at + 42));
        let name = String::from_utf8(bytes[at + 46..at + 46 + length].to_vec()).unwrap();
        assert_eq!(u32_at(start), 0x0403_4b50, "{name}");
        let data = start + 30 + u16_at(start + 26) + u16_at(start + 28);
        let mut text = String::new();
        DeflateDecoder::new(&bytes[data..data + compressed]).read_to_string(&mut text).unwrap();
        let mut sum = flate2::Crc::new();
        sum.update(text.as_bytes());
        assert_eq!((text.len(), sum.sum() as usize), (whole, crc), "{name}");
        assert_eq!(u32_at(data + compressed), 0x0807_4b50);
        entries.push((name, text));
        at += 46 + length;
    }
    entries
}

#[tokio::test]
async fn a_workbook_has_numbers_dates_and_texts() {
    let app = App::new("", &[]).await;
    let bytes = bytes_of(&app, export_of(&table(5), FileFormat::Xlsx)).await;
    let entries = unzipped(&bytes);
    let names: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "xl/worksheets/sheet1.xml",
            "xl/styles.xml",
            "xl/workbook.xml",
            "xl/_rels/workbook.xml.rels",
            "_rels/.rels",
            "[Content_Types].xml"
        ]
    );
    let sheet = &entries[0].1;
    let rows: Vec<&str> = sheet.split("<row>").collect();
    assert_eq!(rows.len(), 7, "{sheet}");
    let text = |text: &str| format!("<c t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>");
    let first = [
        "<c><v>1</v></c><c><v>0.25</v></c><c><v>0.15</v></c>".to_owned(),
        text("&lt;b&gt; &amp; &quot;q&quot;"),
        "<c s=\"2\"><v>46024</v></c><c s=\"3\"><v>46024.25</v></c><c t=\"b\"><v>0</v></c></row>".to_owned(),
    ];
    assert_eq!(rows[3], first.concat());
    assert!(rows[2].contains(&text("=A1")) && rows[4].contains(&text("ü\n\u{fffd}")), "{sheet}");
    assert!(entries[1].1.contains("formatCode=\"yyyy-mm-dd hh:mm:ss\""));
}

#[tokio::test]
async fn what_no_spreadsheet_counts_is_text() {
    let app = App::new("", &[]).await;
    let cells = |cell: Scalar| vec![cell];
    let table = Table::from_columns(vec![
        ("old".into(), Type::Date, cells(Scalar::Date(date(1899, 12, 31)))),
        ("id".into(), Type::Int, cells(Scalar::Int(1_234_567_890_123_456_789))),
        ("none".into(), Type::Float, cells(Scalar::Float(f64::NAN))),
        ("long".into(), Type::Text, cells(Scalar::text("x".repeat(40_000)))),
    ])
    .unwrap();
    let sheet = unzipped(&bytes_of(&app, export_of(&table, FileFormat::Xlsx)).await).remove(0).1;
    for text in [">1899-12-31<", ">1234567890123456789<", ">NaN<"] {
        assert!(sheet.contains(text), "{text}");
    }
    assert!(sheet.contains(&format!(">{}…<", "x".repeat(32_766))));
}

#[tokio::test]
async fn a_table_without_rows_is_a_file_with_a_head() {
    let app = App::new("", &[]).await;
    let table = table(0);
    assert_eq!(
        bytes_of(&app, export_of(&table, FileFormat::Csv)).await,
        "\u{feff}n,x,money,name,day,at,is\r\n".as_bytes()
    );
    assert_eq!(bytes_of(&app, export_of(&table, FileFormat::Json)).await, b"[\n]\n");
    assert!(!bytes_of(&app, export_of(&table, FileFormat::Parquet)).await.is_empty());
    assert_eq!(unzipped(&bytes_of(&app, export_of(&table, FileFormat::Xlsx)).await).len(), 6);
}
