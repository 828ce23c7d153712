//! Files: forms, options, types, and what is said of wrong ones.

use super::*;

fn gzipped(text: &str) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn files_are_read_by_their_ending_and_options() {
    let csv = "day,at,n,x,ok,t\n2024-01-02,2024-01-02 10:00,1,1.5,true,a\n,2024-07-02T10:00:00Z,2,,false,\n";
    let ndjson = "{\"day\": \"2024-01-02\", \"n\": 1}\n{\"day\": null, \"n\": 2.5}\n";
    let german = "tag;preis\n02.01.2024;1,25\n03.01.2024;2,5\n04.01.2024;k.A.\n";
    let app = App::new(
        "",
        &[
            ("a.csv", csv),
            ("b.tsv", "x\ty\n1\t2024-13-01\n"),
            ("d.ndjson", ndjson),
            ("e.csv", german),
            ("f1.csv", "x\n1\n"),
            ("f2.csv", "x\n2\n"),
            ("zip.csv", "zip,at\n01234,2024-01-02\n"),
        ],
    )
    .await;
    for name in ["a.csv", "d.ndjson"] {
        let text = std::fs::read_to_string(app.path(name)).unwrap();
        std::fs::write(app.path(&format!("{name}.gz")), gzipped(&text)).unwrap();
    }
    let plain = FileOptions::default();
    let of_csv = vec![
        "day date, at datetime, n int, x float, ok bool, t text",
        "2024-01-02, 2024-01-02T10:00:00, 1, 1.5, true, a",
        "-, 2024-07-02T12:00:00, 2, -, false, -",
    ];
    let of_ndjson = vec!["day date, n float", "2024-01-02, 1.0", "-, 2.5"];
    let types = |types: &[(&str, Type)]| types.iter().map(|(name, ty)| (Name::from(*name), ty.clone())).collect();
    let german = FileOptions {
        decimal_comma: true,
        null_values: vec!["k.A.".to_owned()],
        types: types(&[("preis", Type::Decimal)]),
        ..plain.clone()
    };
    let zip = FileOptions { types: types(&[("zip", Type::Text), ("at", Type::DateTime)]), ..plain.clone() };
    for (path, options, wanted) in [
        ("a.csv", &plain, of_csv.clone()),
        ("a.csv.gz", &plain, of_csv),
        ("b.tsv", &plain, vec!["x int, y text", "1, 2024-13-01"]),
        ("d.ndjson", &plain, of_ndjson.clone()),
        ("d.ndjson.gz", &plain, of_ndjson),
        (
            "e.csv",
            &german,
            vec!["tag text, preis decimal", "02.01.2024, 125e-2", "03.01.2024, 250e-2", "04.01.2024, -"],
        ),
        ("f?.csv", &plain, vec!["x int", "1", "2"]),
        ("zip.csv", &zip, vec!["zip text, at datetime", "01234, 2024-01-02T00:00:00"]),
    ] {
        let table = app.file(path, options.clone()).await;
        assert_eq!(table.as_ref().map_or_else(|error| vec![error.to_string()], lines), wanted, "{path}");
    }
}

#[tokio::test]
async fn json_holds_lists_and_a_column_does_not_change_late() {
    let json = r#"[{"day": "2024-01-02", "n": 1, "t": "a"}, {"day": null, "n": 2, "l": [1, 2]}]"#;
    let late = format!("x\n{}2.5\n", "1\n".repeat(2000));
    let app = App::new("", &[("c.json", json), ("late.csv", &late)]).await;
    std::fs::write(app.path("c.json.gz"), gzipped(json)).unwrap();
    for path in ["c.json", "c.json.gz"] {
        let table = app.file(path, FileOptions::default()).await.unwrap();
        let types: Vec<String> = table.columns().iter().map(|c| format!("{} {}", c.name, c.ty)).collect();
        assert_eq!(types, ["day date", "n int", "t text", "l list<int>"]);
        assert_eq!(table.cell(1, "l"), Some(Scalar::list([Scalar::Int(1), Scalar::Int(2)])));
    }
    let late = app.file("late.csv", FileOptions::default()).await.unwrap();
    assert_eq!((late.rows(), late.column("x").unwrap().ty()), (2001, Type::Float));
}

#[tokio::test]
async fn wrong_files_are_named_as_written() {
    let app = App::new(
        "",
        &[
            ("bad.json", "[{"),
            ("empty.csv", ""),
            ("a.xlsx", "x"),
            ("n.csv", "n\n1\nx\n"),
            ("d.csv", "d\n2024-01-02\nx\n"),
        ],
    )
    .await;
    let ty = |name: &str, ty: Type| FileOptions { types: vec![(Name::from(name), ty)], ..FileOptions::default() };
    let plain = FileOptions::default;
    for (path, options, wanted) in [
        ("none.csv", plain(), "there is no file `none.csv`"),
        ("bad.json", plain(), "`bad.json` cannot be read: "),
        ("empty.csv", plain(), "`empty.csv` cannot be read: "),
        ("a.xlsx", plain(), "`a.xlsx` cannot be read: it is none of csv, tsv, json, ndjson"),
        ("n.csv", ty("n", Type::Int), "`n.csv` cannot be read: "),
        ("d.csv", ty("d", Type::Date), "the column `d` holds `x`, which is no date"),
        ("n.csv", ty("m", Type::Int), "`n.csv` has no column `m`"),
    ] {
        let given = app.file(path, options).await.map_err(|error| (error.kind, error.to_string()));
        let (kind, given) = given.unwrap_err();
        assert_eq!(kind, DataErrorKind::File);
        assert!(given.contains(wanted), "{path}: {given}");
        assert!(!given.contains(app.folder.path().to_str().unwrap()), "{given}");
    }
}
