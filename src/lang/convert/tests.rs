use proptest::prelude::*;

use super::*;
use crate::source::Sources;
use crate::syntax::quoted;

fn converted(text: &str, to: Kind) -> Result<Converted, Vec<String>> {
    let mut sources = Sources::default();
    let id = sources.add(if to == Kind::Toml { "a.yaml" } else { "a.toml" }, text);
    let mut diagnostics = Diagnostics::default();
    let converted = convert(sources.file(id), to, &mut diagnostics);
    converted.ok_or_else(|| diagnostics.sorted().into_iter().map(|found| found.message).collect())
}

fn check(from: &str, to: Kind, wanted: &str) {
    assert_eq!(converted(from, to).map(|converted| converted.text), Ok(wanted.to_owned()), "of {from}");
}

fn both_ways(yaml: &str, toml: &str) {
    check(yaml, Kind::Toml, toml);
    check(toml, Kind::Yaml, yaml);
}

#[test]
fn pages_are_written_as_authors_of_the_format_write_them() {
    both_ways(
        "title: Sales\n\nstate:\n  top: 10\n  region: { type: text, nullable: true }\n\nqueries:\n  orders:\n    file: a.csv\n    columns:\n      day: { label: Day }\n\nbody:\n  - header: \"{{ state.top }} rows\"\n  - tabs:\n      - tab: One\n        body: [{ table: orders }]\n      - tab: Two\n        body:\n          - line_chart: orders\n            x: day\n            y: [a, b]\n            title: Something that makes this too long for one line of a list\n  - divider:\n",
        "title = \"Sales\"\n\n[state]\ntop = 10\nregion = { type = \"text\", nullable = true }\n\n[queries.orders]\nfile = \"a.csv\"\n\n[queries.orders.columns]\nday = { label = \"Day\" }\n\n[[body]]\nheader = \"{{ state.top }} rows\"\n\n[[body]]\n\n[[body.tabs]]\ntab = \"One\"\nbody = [{ table = \"orders\" }]\n\n[[body.tabs]]\ntab = \"Two\"\n\n[[body.tabs.body]]\nline_chart = \"orders\"\nx = \"day\"\ny = [\"a\", \"b\"]\ntitle = \"Something that makes this too long for one line of a list\"\n\n[[body]]\ndivider = \"\"\n",
    );
}

#[test]
fn values_come_before_tables() {
    check(
        "body:\n  - card:\n      - text: A\n      - text: B\n        help: This is long enough for tables, one for each of the two components\n    title: T\nevery: 10s\n",
        Kind::Toml,
        "every = \"10s\"\n\n[[body]]\ntitle = \"T\"\n\n[[body.card]]\ntext = \"A\"\n\n[[body.card]]\ntext = \"B\"\nhelp = \"This is long enough for tables, one for each of the two components\"\n",
    );
}

#[test]
fn text_keeps_its_lines() {
    both_ways("a: |\n  one\n    two\n\n  three\n", "a = \"\"\"\none\n  two\n\nthree\n\"\"\"\n");
    both_ways("a: |-\n  one\n  two\n", "a = \"\"\"\none\ntwo\"\"\"\n");
    both_ways("a: |-\n  one\\\n  two\n", "a = '''\none\\\ntwo'''\n");
    let (long, rest) = ("word ".repeat(20), "word ".repeat(3));
    let (long, rest) = (long.trim_end(), rest.trim_end());
    both_ways(&format!("a: >-\n  {long}\n  {rest}\n"), &format!("a = \"\"\"\n{long} \\\n{rest}\"\"\"\n"));
}

#[test]
fn scalars_are_what_they_were() {
    both_ways(
        "a: 1.50\nb: -7\nc: 2024-01-31\nd: 2024-01-31T10:30:00Z\ne: true\nf: \"on\"\ng: \"10\"\nh: it's\n\"on\": \"a: b\"\ny: 'say \"x\" #1'\nj: []\nk: {}\n",
        "a = 1.50\nb = -7\nc = 2024-01-31\nd = 2024-01-31T10:30:00Z\ne = true\nf = \"on\"\ng = \"10\"\nh = \"it's\"\non = \"a: b\"\ny = 'say \"x\" #1'\nj = []\nk = {}\n",
    );
    check(
        "a: 017\nb: .5\nc: 0x1F\nd: .inf\ne: 2024-01-31 10:30 +02\n",
        Kind::Toml,
        "a = 17\nb = 0.5\nc = 31\nd = inf\ne = 2024-01-31 10:30:00+02:00\n",
    );
    check(
        "a = 1_000\nb = 0b11\nc = 5e3\nd = nan\n\"a b\".c = 1\n",
        Kind::Yaml,
        "a: 1000\nb: 3\nc: 5000.0\nd: .nan\n\na b:\n  c: 1\n".replace("a b:", "\"a b\":").as_str(),
    );
    check("a: &x { b: 1 }\nc: *x\n", Kind::Toml, "a = { b = 1 }\nc = { b = 1 }\n");
}

#[test]
fn comments_stay_with_what_they_are_about() {
    both_ways(
        "# top\ntitle: A  # behind\n\n# of state\nstate:\n  # of a\n  a: 1\n  b: 2  # of b\n\nbody:\n  # of the first\n  - text: A\n    help: B  # of help\n  # of the second\n  - text: C\n\n# end\n",
        "# top\ntitle = \"A\"  # behind\n\n# of state\n[state]\n# of a\na = 1\nb = 2  # of b\n\n# of the first\n[[body]]\ntext = \"A\"\nhelp = \"B\"  # of help\n\n# of the second\n[[body]]\ntext = \"C\"\n\n# end\n",
    );
    check(
        "a:\n  - x  # of x\n  # of y\n  - { b: y }\nc: { # in\n  d: 1 }\n",
        Kind::Toml,
        "a = [\n  \"x\",  # of x\n  # of y\n  { b = \"y\" },\n]\n\n[c]  # in\nd = 1\n",
    );
}

#[test]
fn null_cells_are_left_out_where_the_columns_stay() {
    check(
        "rows:\n  - { a: 1, b: 2 }\n  - { a: null, b: 3 }\n",
        Kind::Toml,
        "rows = [\n  { a = 1, b = 2 },\n  { b = 3 },\n]\n",
    );
    for yaml in ["rows: [{ a: null, b: 1 }, { a: 2 }]\n", "rows: [{ a: null }]\n", "a: null\n", "a: [null]\n", "a:\n"] {
        assert_eq!(converted(yaml, Kind::Toml), Err(vec!["TOML has no null".to_owned()]), "{yaml}");
    }
}

#[test]
fn text_that_ends_in_empty_lines_is_quoted() {
    check(
        "a: \"%\\n\\n\"\nb: [\"%\\n\\n\"]\n",
        Kind::Toml,
        "a = \"\"\"\n%\n\n\"\"\"\nb = [\n  \"\"\"\n%\n\n\"\"\",\n]\n",
    );
    let toml = "a = \"\"\"\n%\n\n\"\"\"\nb = [\n  \"\"\"\n%\n\n\"\"\",\n]\n";
    let yaml = converted(toml, Kind::Yaml).unwrap().text;
    assert_eq!(read(&yaml, Kind::Yaml).unwrap().get("a").and_then(Node::as_text), Some("%\n\n"), "{yaml}");
}

#[test]
fn what_cannot_be_said_is_reported() {
    assert_eq!(converted("- a\n", Kind::Toml), Err(vec!["a file of TOML is a map, but this is a list".to_owned()]));
    assert_eq!(converted("a = { b = 10:30:00 }\n", Kind::Yaml), Err(vec!["YAML has no times of day".to_owned()]));
    assert!(converted("a: [1\n", Kind::Toml).is_err());
    assert!(converted("? a\n: 1\n", Kind::Toml).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_comes_back(text in "[a-c \\n\\t'\"\\\\#:,{}\\[\\]\\-|>&*!%@~?0-2.\u{7}ü]{0,20}", key in "[a-c \"':#.ü]{1,6}") {
        let yaml = format!("{}: {}\nb: [{}]\n", quoted(&key), quoted(&text), quoted(&text));
        prop_assume!(key != "b");
        let toml = converted(&yaml, Kind::Toml).map_err(|found| TestCaseError::fail(found.join(", ")))?;
        let back = converted(&toml.text, Kind::Yaml).map_err(|found| TestCaseError::fail(found.join(", ")))?;
        let root = read(&back.text, Kind::Yaml).unwrap();
        prop_assert_eq!(root.get(&key).and_then(Node::as_text), Some(text.as_str()), "{} {}", toml.text, back.text);
    }
}
