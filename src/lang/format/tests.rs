use proptest::prelude::*;

use super::*;

fn check(kind: Kind, before: &str, after: &str) {
    assert_eq!(format(before, kind).as_deref(), Ok(after), "of {before}");
    assert_eq!(format(after, kind).as_deref(), Ok(after), "once more");
}

#[test]
fn yaml_is_indented_by_two_and_lists_below_their_key() {
    check(
        Kind::Yaml,
        "\n\ntitle:   A\nbody:\n- select:  region\n  options:\n    -   a\n\n\n    - b\n-\n    text: b\n-   - c\n    - d\nqueries:\n      a:\n           file: a.csv\n\n",
        "title: A\nbody:\n  - select: region\n    options:\n      - a\n\n      - b\n  - text: b\n  - - c\n    - d\nqueries:\n  a:\n    file: a.csv\n",
    );
}

#[test]
fn brackets_stay_on_one_line_where_they_were_and_fit() {
    let long = format!("[{}]", ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"; 4].join(", "));
    let broken = format!("[\n      {}\n    ]", ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"; 4].join(",\n      "));
    check(Kind::Yaml, "a: {b: [1,2 , 3],c: {},   d: [ ], f: }\n", "a: { b: [1, 2, 3], c: {}, d: [], f: }\n");
    check(Kind::Yaml, &format!("a:\n  b: {long}\n"), &format!("a:\n  b:\n    {broken}\n"));
    check(Kind::Yaml, &format!("a:\n  - {long}\n"), &format!("a:\n  - {broken}\n"));
    check(
        Kind::Yaml,
        "a: [1,   # one\n\n\n 2, {b: c,\n # two\n d: e}\n\n ]\n",
        "a:\n  [\n    1,   # one\n\n    2,\n    {\n      b: c,\n      # two\n      d: e\n    }\n  ]\n",
    );
    check(Kind::Toml, "a=[1,2 , 3]\nb = {c=[ ],d.e={}}\n", "a = [1, 2, 3]\nb = { c = [], d.e = {} }\n");
    let texts = ["\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""; 4];
    let broken = format!("a = [\n  {},\n]\n", texts.join(",\n  "));
    check(Kind::Toml, &format!("a = [{}]\n", texts.join(", ")), &broken);
    check(
        Kind::Toml,
        "a = [ 1, # one\n      2 # two\n      # end\n]\nb = [ [1,\n 2], { c = 1 } ]\n",
        "a = [\n  1,  # one\n  2,  # two\n  # end\n]\nb = [\n  [\n    1,\n    2,\n  ],\n  { c = 1 },\n]\n",
    );
}

#[test]
fn a_comment_stays_with_what_it_is_about() {
    check(
        Kind::Yaml,
        "#top\n\na: # x\n- b\n# about b\n- c\n  # in c\n# about d\nd:\n   # nothing yet\ne:\n    f: 1\n    # end of e\n  # end of e too\n# end\n",
        "#top\n\na:  # x\n  - b\n  # about b\n  - c\n  # in c\n# about d\nd:\n  # nothing yet\ne:\n  f: 1\n  # end of e\n# end of e too\n# end\n",
    );
    check(
        Kind::Yaml,
        "a: 1         # one\nbb: 2        # two\n\nccc: 3 # three\n",
        "a: 1         # one\nbb: 2        # two\n\nccc: 3  # three\n",
    );
    check(Kind::Yaml, "a:     1 # one\nb:  { c: d }   # two\n", "a: 1  # one\nb: { c: d }   # two\n");
    check(
        Kind::Toml,
        "  a = 1   # one\n# not b\n\n# about b\n# more\n[ b ]\n  c=2\n# about d\n[[ d . \"e\" ]] # it\n# about f\n\n  f = 1\n",
        "a = 1   # one\n# not b\n\n# about b\n# more\n[b]\nc = 2\n\n# about d\n[[d.\"e\"]]  # it\n# about f\n\nf = 1\n",
    );
}

#[test]
fn text_is_not_touched() {
    check(
        Kind::Yaml,
        "a:\n     b: |\n          deep\n            deeper \n\n          end\n\n\n     c: |2+\n         x\n\n\n     d: >-   # folded\n       a\n       b\n     # after\n",
        "a:\n  b: |\n    deep\n      deeper \n\n    end\n\n  c: |2+\n      x\n\n\n  d: >-   # folded\n    a\n    b\n  # after\n",
    );
    check(
        Kind::Yaml,
        "a: plain\n   text  \n\n   goes on\nb: \"x\n\n   y\\\n   z\\ \n   u\"\nc:\n    one line\nd:\n    some\n    lines\n",
        "a: plain\n  text\n\n  goes on\nb: \"x\n\n  y\\\n  z\\ \n  u\"\nc: one line\nd:\n  some\n  lines\n",
    );
    check(
        Kind::Toml,
        "a='''\n  x  \n\n y'''\nb = \"\"\"x \\\n   y\"\"\"\n",
        "a = '''\n  x  \n\n y'''\nb = \"\"\"x \\\n   y\"\"\"\n",
    );
}

#[test]
fn quotes_are_double_where_nothing_needs_an_escape() {
    check(
        Kind::Yaml,
        "'a': ['b', 'it''s', 'say \"x\"', 'a\\b', \"c\"]\n",
        "\"a\": [\"b\", \"it's\", 'say \"x\"', 'a\\b', \"c\"]\n",
    );
    check(Kind::Toml, "'a' = ['b', 'say \"x\"', 'a\\b', '''x''']\n", "\"a\" = [\"b\", 'say \"x\"', 'a\\b', '''x''']\n");
}

#[test]
fn anchors_markers_and_line_breaks_are_kept() {
    check(
        Kind::Yaml,
        "%YAML 1.2\n---   # one\na:   &x\n      b: 1\nc: *x\nd: [  &y  1,*y ]\ne:\n- &z\n  f: 1\n- &u g\n...\n",
        "%YAML 1.2\n---   # one\na: &x\n  b: 1\nc: *x\nd: [&y 1, *y]\ne:\n  - &z\n    f: 1\n  - &u g\n...\n",
    );
    check(Kind::Yaml, "\u{feff}a:   1\r\nb: |\r\n   x\r\n", "\u{feff}a: 1\r\nb: |\r\n  x\r\n");
    check(Kind::Toml, "a=1\r\nb=\"\"\"\r\nx\r\n\"\"\"\r\n[c]\r\n", "a = 1\r\nb = \"\"\"\r\nx\r\n\"\"\"\r\n\r\n[c]\r\n");
    check(Kind::Yaml, "", "");
    check(Kind::Yaml, "# nothing", "# nothing\n");
    check(Kind::Toml, "\n\n", "");
}

#[test]
fn what_cannot_be_read_or_is_not_understood_is_refused() {
    for text in ["a: [1", "a: 1\na: 2", "a:\n\tb: 1", "a: {{ x }}", "a: !x 1", "a: 1\n---\nb: 1\n", "a: 1\rb: 2\n"] {
        assert_eq!(format(text, Kind::Yaml), Err(Unformatted::Broken), "{text}");
    }
    assert_eq!(format("? a\n: b\n", Kind::Yaml), Err(Unformatted::Unsure));
    for text in ["a = ", "a = 1\na = 2", "[a", "a = [\n"] {
        assert_eq!(format(text, Kind::Toml), Err(Unformatted::Broken), "{text}");
    }
}

/// What a text is put together from.
const PIECES: &[&str] = &[
    "a", "b:", ": ", "c: ", "- ", "\n", "\n", "\n  ", "\n    ", "\n\n\n", "  ", "# x", " # y\n", "{", "}", "[", "]",
    ", ", "\"", "'", "it''s", "*a", "&a ", "|\n", ">-\n", "|2+\n", "\\", "ü", "\r\n", "---\n", "...", "? ", "1", "= ",
    "d = ", "\"\"\"", "'''", "[e]\n", "[[f]]\n", ".", "\t", "\u{feff}",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    /// That it means the same and keeps its comments is checked by `format` itself.
    #[test]
    fn what_is_formatted_stays_so(words in prop::collection::vec(prop::sample::select(PIECES), 0..24)) {
        let text = words.concat();
        for kind in [Kind::Yaml, Kind::Toml] {
            if let Ok(once) = format(&text, kind) {
                prop_assert_eq!(format(&once, kind), Ok(once.clone()), "of {:?}, once {:?}", text, once);
            }
        }
    }
}
