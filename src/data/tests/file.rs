//! Files: forms, options, types, and what is said of wrong ones.

use super::*;

pub(super) fn gzipped(text: &str) -> Vec<u8> {
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
            ("blank.json", " \n"),
            ("ragged.csv", "a,b\n1,2\n1,2,3\n"),
            ("lists.json", "[[1, 2]]"),
            ("a.xlsx", "x"),
            ("n.csv", "n\n1\nx\n"),
            ("d.csv", "d\n2024-01-02\nx\n"),
        ],
    )
    .await;
    std::fs::create_dir(app.path("data")).unwrap();
    for (name, bytes) in [
        ("latin.csv", b"a,b\n1,x\n2,\xE4\n".as_slice()),
        ("utf16.csv", b"\xFF\xFEa\0\n\0"),
        ("data/latin.csv", b"a\n\xE4\n"),
        ("data/notes.txt", b""),
        ("bad.csv", b"a\n1\n"),
    ] {
        std::fs::write(app.path(name), bytes).unwrap();
    }
    let ty = |name: &str, ty: Type| FileOptions { types: vec![(Name::from(name), ty)], ..FileOptions::default() };
    let plain = FileOptions::default;
    for (path, options, wanted) in [
        ("none.csv", plain(), "there is no file `none.csv`"),
        ("bad.json", plain(), "`bad.json` cannot be read: "),
        ("empty.csv", plain(), "`empty.csv` cannot be read: it is empty, without even a line of column names"),
        ("blank.json", plain(), "`blank.json` cannot be read: it is empty"),
        ("latin.csv", plain(), "`latin.csv` cannot be read: line 3 is not UTF-8: save it in that encoding"),
        ("utf16.csv", plain(), "`utf16.csv` cannot be read: it is UTF-16: save it as UTF-8"),
        ("data/l*.csv", plain(), "`data/latin.csv` cannot be read: line 2 is not UTF-8"),
        ("ragged.csv", plain(), "`ragged.csv` cannot be read: a line has more fields than the first one"),
        ("lists.json", plain(), "`lists.json` cannot be read: it is a list of lists, whose columns have no names"),
        ("a.xlsx", plain(), "`a.xlsx` cannot be read: it is none of csv, tsv, json, ndjson"),
        ("b*", plain(), "`b*` stands for files of more than one form: "),
        ("da*/*", plain(), "`notes.txt` cannot be read: it is none of csv, tsv, json, ndjson"),
        ("n.csv", ty("n", Type::Int), "`n.csv` cannot be read: "),
        ("d.csv", ty("d", Type::Date), "the column `d` holds `x`, which is no date"),
        ("n.csv", ty("m", Type::Int), "`n.csv` cannot be read: it has no column `m`"),
    ] {
        let given = app.file(path, options).await.map_err(|error| (error.kind, error.to_string()));
        let (kind, given) = given.unwrap_err();
        assert_eq!(kind, DataErrorKind::File);
        assert!(given.contains(wanted), "{path}: {given}");
        assert!(!given.contains(app.folder.path().to_str().unwrap()), "{given}");
    }
}

#[tokio::test]
async fn texts_come_with_marks_line_ends_and_quotes_of_all_kinds() {
    let quoted = "a,b\n\"x, y\",1\n\"line\nbreak\",2\n\"say \"\"hi\"\"\",\n";
    let app = App::new(
        "",
        &[
            ("bom.csv", "\u{FEFF}a,b\n1,x\n"),
            ("crlf.csv", "a,b\r\n1,x\r\n2,y\r\n"),
            ("quoted.csv", quoted),
            ("no_end.csv", "a,b\n1,x"),
            ("header.csv", "a,b\n"),
            ("bom.json", "\u{FEFF}[{\"a\": 1}]"),
            ("lines.ndjson", "{\"a\": 1}\n\n{\"a\": null}\n"),
            ("late.ndjson", "{\"a\": 1}\n{\"b\": \"x\"}\n"),
            ("columns.json", "{\"a\": [1, 2], \"b\": [\"x\", null]}"),
            ("one.json", "{\"a\": 1, \"at\": \"2024-01-02T03:04:05Z\"}"),
            (
                "nested.json",
                "[{\"a\": {\"b\": 1, \"c\": {\"d\": \"2024-01-02\"}}, \"l\": [{\"x\": 1}]}, {\"a\": null}]",
            ),
        ],
    )
    .await;
    for (path, wanted) in [
        ("bom.csv", vec!["a int, b text", "1, x"]),
        ("crlf.csv", vec!["a int, b text", "1, x", "2, y"]),
        ("quoted.csv", vec!["a text, b int", "x, y, 1", "line\nbreak, 2", "say \"hi\", -"]),
        ("no_end.csv", vec!["a int, b text", "1, x"]),
        ("header.csv", vec!["a text, b text"]),
        ("bom.json", vec!["a int", "1"]),
        ("lines.ndjson", vec!["a int", "1", "-"]),
        ("late.ndjson", vec!["a int, b text", "1, -", "-, x"]),
        ("columns.json", vec!["a int, b text", "1, x", "2, -"]),
        ("one.json", vec!["a int, at datetime", "1, 2024-01-02T04:04:05"]),
        ("nested.json", vec!["a.b int, a.c.d date, l text", "1, 2024-01-02, [{\"x\":1}]", "-, -, -"]),
    ] {
        let table = app.file(path, FileOptions::default()).await;
        assert_eq!(table.as_ref().map_or_else(|error| vec![error.to_string()], lines), wanted, "{path}");
    }
}

#[tokio::test]
async fn files_of_one_pattern_may_differ() {
    let app = App::new(
        "",
        &[
            ("order1.csv", "a,b\n1,x\n"),
            ("order2.csv", "b,a\ny,2\n"),
            ("lack1.csv", "a,b\n1,x\n"),
            ("lack2.csv", "c,a\ntrue,2\n"),
            ("wide1.csv", "a,b,z\n1,1,\n"),
            ("wide2.csv", "a,b,z\n2.5,007,5\n"),
            ("wide3.csv", "a,b,z\n3,x,\n"),
            ("empty1.csv", ""),
            ("empty2.csv", "a,b\n"),
            ("empty3.csv", "a,b\n1,2024-01-02\n"),
            ("j1.ndjson", "{\"a\": 1, \"s\": {\"x\": 1}}\n"),
            ("j2.ndjson", "{\"b\": \"x\", \"a\": 2.5, \"s\": {\"y\": 2}}\n"),
            ("k1.json", "[{\"a\": 1}]"),
            ("k2.json", "[]"),
            ("k3.json", "[{\"b\": 1, \"a\": 2}]"),
            ("mixed1.csv", "a,b\n1,x\n"),
        ],
    )
    .await;
    std::fs::write(app.path("mixed2.csv.gz"), gzipped("a,b\n2,y\n")).unwrap();
    for (path, wanted) in [
        ("order*.csv", vec!["a int, b text", "1, x", "2, y"]),
        ("lack*.csv", vec!["a int, b text, c bool", "1, x, -", "2, -, true"]),
        ("wide*.csv", vec!["a float, b text, z int", "1.0, 1, -", "2.5, 007, 5", "3.0, x, -"]),
        ("empty*.csv", vec!["a int, b date", "1, 2024-01-02"]),
        ("j*.ndjson", vec!["a float, s.x int, s.y int, b text", "1.0, 1, -, -", "2.5, -, 2, x"]),
        ("k*.json", vec!["a int, b int", "1, -", "2, 1"]),
        ("mixed*", vec!["a int, b text", "1, x", "2, y"]),
        ("mixed*.csv*", vec!["a int, b text", "1, x", "2, y"]),
    ] {
        let table = app.file(path, FileOptions::default()).await;
        assert_eq!(table.as_ref().map_or_else(|error| vec![error.to_string()], lines), wanted, "{path}");
        let job = FileJob { path: path.to_owned(), options: FileOptions::default() };
        let pieces = vec![sql("select count(*) as n from t")];
        let counted = app.transform(pieces, vec![("t".into(), Input::File(job))]).await.unwrap();
        assert_eq!(counted.cell(0, "n"), Some(Scalar::Int(i64::try_from(wanted.len() - 1).unwrap())), "{path}");
    }
}

#[tokio::test]
async fn dates_are_read_in_the_form_of_the_author() {
    let text = "tag,um,at,zone\n02.01.2024,3:04 PM,02.01.24 15:04,2024-01-02T03:04:05+0100\n,,,\n";
    let app = App::new("", &[("a.csv", text), ("b.csv", "tag\n02.01.2024\n2024-01-02\n")]).await;
    let forms = |forms: &[(&str, Type, &str)]| FileOptions {
        types: forms.iter().map(|(name, ty, _)| (Name::from(*name), ty.clone())).collect(),
        formats: forms.iter().map(|(name, _, form)| (Name::from(*name), (*form).to_owned())).collect(),
        ..FileOptions::default()
    };
    let options = forms(&[
        ("tag", Type::Date, "%d.%m.%Y"),
        ("um", Type::Time, "%I:%M %p"),
        ("at", Type::DateTime, "%d.%m.%y %H:%M"),
        ("zone", Type::DateTime, "%Y-%m-%dT%H:%M:%S%z"),
    ]);
    let wanted = [
        "tag date, um time, at datetime, zone datetime",
        "2024-01-02, 15:04:00, 2024-01-02T15:04:00, 2024-01-02T03:04:05",
        "-, -, -, -",
    ];
    assert_eq!(lines(&app.file("a.csv", options).await.unwrap()), wanted);
    let given = message(app.file("b.csv", forms(&[("tag", Type::Date, "%d.%m.%Y")])).await);
    assert_eq!(
        given,
        "`b.csv` cannot be read: the column `tag` holds `2024-01-02`, which is not of the form `%d.%m.%Y`"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_of_a_file_is_not_read_again_before_it_changes() {
    let app = App::new("", &[("a.csv", "n\n1\n2\n")]).await;
    let job = FileJob { path: "a.csv".to_owned(), options: FileOptions::default() };
    app.data.files().columns(&job).unwrap();
    // Of the same size and time, it is the same.
    let time = app.path("a.csv").metadata().unwrap().modified().unwrap();
    std::fs::write(app.path("a.csv"), b"n\n\xff\n2\n").unwrap();
    let file = std::fs::File::options().write(true).open(app.path("a.csv")).unwrap();
    file.set_modified(time).unwrap();
    assert!(app.data.files().scan(&job).is_ok());
    file.set_modified(time + Duration::from_secs(1)).unwrap();
    let error = app.data.files().scan(&job).err().unwrap();
    assert!(error.message.contains("line 2 is not UTF-8"), "{error}");
}
