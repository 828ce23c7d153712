//! The outline of a text that need not be right: maps, lists and scalars, as far as lines and brackets tell.
//!
//! While somebody types, a file is broken most of the time, just where help is wanted. This reader never stops: it takes a
//! half-typed word for a key, ends what was not closed, and goes on. It says where things are and not what they mean.

mod flow;
mod toml_text;
mod yaml_text;

pub(super) use toml_text::mentions;

use std::ops::Range;

/// A value, and the bytes that it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub kind: Kind,
    pub span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing was written, or nothing yet.
    Nothing,
    /// With quotes, if it has some.
    Scalar,
    List(Vec<Item>),
    Map(Vec<Pair>),
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub key: String,
    /// Without quotes.
    pub key_span: Range<usize>,
    /// Whether what parts a key from its value was written.
    pub is_parted: bool,
    pub value: Item,
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Yaml,
    Toml,
}

impl Format {
    pub(super) fn of(path: &str) -> Option<Self> {
        match path.rsplit_once('.')?.1 {
            "yaml" | "yml" => Some(Self::Yaml),
            "toml" => Some(Self::Toml),
            _ => None,
        }
    }
}

/// The outline of a text.
pub(super) fn read(text: &str, format: Format) -> Item {
    match format {
        Format::Yaml => yaml_text::read(text),
        Format::Toml => toml_text::read(text),
    }
}

impl Item {
    fn nothing(at: usize) -> Self {
        Self { kind: Kind::Nothing, span: at..at }
    }

    fn scalar(span: Range<usize>) -> Self {
        Self { kind: Kind::Scalar, span }
    }

    /// The pairs of a map; none of anything else.
    pub(super) fn pairs(&self) -> &[Pair] {
        match &self.kind {
            Kind::Map(pairs) => pairs,
            _ => &[],
        }
    }

    /// The items of a list; none of anything else.
    pub(super) fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.pairs().iter().find(|pair| pair.key == key).map(|pair| &pair.value)
    }

    /// The text of a scalar, without its quotes.
    pub(super) fn text<'t>(&self, text: &'t str) -> Option<&'t str> {
        let span = (self.kind == Kind::Scalar).then(|| inside_quotes(text, &self.span))?;
        text.get(span)
    }
}

/// The bytes of a scalar without its quotes, the last of which may be missing.
pub(super) fn inside_quotes(text: &str, span: &Range<usize>) -> Range<usize> {
    let written = text.get(span.clone()).unwrap_or_default();
    let quotes = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| written.starts_with(quote));
    let Some(quotes) = quotes else { return span.clone() };
    let start = span.start + quotes.len();
    let is_closed = written.len() >= 2 * quotes.len() && written.ends_with(quotes);
    let end = if is_closed { span.end - quotes.len() } else { span.end };
    start..end.max(start)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The outline in one line: `{key: "value", list: [x, -]}`, with `?` behind a key that is not parted from its value.
    fn written(item: &Item, text: &str) -> String {
        match &item.kind {
            Kind::Nothing => "-".to_owned(),
            Kind::Scalar => text[item.span.clone()].split_whitespace().collect::<Vec<_>>().join(" "),
            Kind::List(items) => {
                let items: Vec<String> = items.iter().map(|item| written(item, text)).collect();
                format!("[{}]", items.join(", "))
            }
            Kind::Map(pairs) => {
                let pair = |pair: &Pair| {
                    assert_eq!(text[pair.key_span.clone()].replace(['"', '\''], ""), pair.key, "{text}");
                    let mark = if pair.is_parted { ":" } else { "?" };
                    format!("{}{mark} {}", pair.key, written(&pair.value, text))
                };
                format!("{{{}}}", pairs.iter().map(pair).collect::<Vec<_>>().join(", "))
            }
        }
    }

    #[test]
    fn yaml_is_outlined_whole_or_broken() {
        let cases = [
            ("", "-"),
            ("a: 1\nb:\n  c: x # remark\n  d: \"q # q\"\n", "{a: 1, b: {c: x, d: \"q # q\"}}"),
            ("b:\n- x: 1\n  y: 2\n- - z\nc: 3", "{b: [{x: 1, y: 2}, [z]], c: 3}"),
            (
                "body:\n  - text: A\n    when: b\n\n  # c\n  -\n    row:\n      - card: x",
                "{body: [{text: A, when: b}, {row: [{card: x}]}]}",
            ),
            (
                "q: { sql: select a, cache: { ttl: 1m } }\nr: [a, {b: c}, \"d, e\"]",
                "{q: {sql: select a, cache: {ttl: 1m}}, r: [a, {b: c}, \"d, e\"]}",
            ),
            ("sql: |\n  select a\n\n  from b: c\nx: y", "{sql: select a from b: c, x: y}"),
            ("- >-\n  folded\n- x", "[folded, x]"),
            ("a: plain\n  goes on\nb: 'it''s'", "{a: plain goes on, b: 'it''s'}"),
            ("\u{feff}a: &x 1\nb: *x\n\"c d\": e\r\nf: g\r\n", "{a: 1, b: *x, c d: e, f: g}"),
            ("url: http://x:80/y\ntext: Hello: you", "{url: http://x:80/y, text: Hello: you}"),
            ("---\na: 1\n...\n", "{a: 1}"),
            // Half-typed.
            ("title: A\nbo", "{title: A, bo? -}"),
            ("bo", "bo"),
            ("body:\n  - te", "{body: [te]}"),
            ("body:\n  - text: A\n    wh\n  - text: B", "{body: [{text: A, wh? -}, {text: B}]}"),
            ("body:\n  - text: A\n    wh\n    help: B", "{body: [{text: A, wh? -, help: B}]}"),
            (
                "body:\n  - text: \"{{ state.\n    help: B\n  - text: C",
                "{body: [{text: \"{{ state., help: B}, {text: C}]}",
            ),
            ("a: { b: c, d\ne: f", "{a: {b: c, d? -}, e: f}"),
            ("a: [b, c\ne: f", "{a: [b, c], e: f}"),
            ("a: { b: { c }, d: }", "{a: {b: {c? -}, d: -}}"),
            ("a: {", "{a: {}}"),
            ("options:\n  query: x\n  va\nother: 1", "{options: {query: x, va? -}, other: 1}"),
            ("a:\n    b: 1\n  c: 2\nd: 3", "{a: {b: 1}, d: 3}"),
            ("- a\n-\n- ", "[a, -, -]"),
            ("a: \"x\" y\nb: 1", "{a: \"x\" y, b: 1}"),
        ];
        for (text, expected) in cases {
            assert_eq!(written(&read(text, Format::Yaml), text), expected, "{text}");
        }
    }

    #[test]
    fn toml_is_outlined_whole_or_broken() {
        let cases = [
            ("", "{}"),
            ("a = 1 # x\n[b]\nc.d = \"x\"\n[b.e]\nf = true", "{a: 1, b: {c: {d: \"x\"}, e: {f: true}}}"),
            (
                "[[body]]\ntext = \"A\"\n[[body]]\nbutton = \"B\"\n[[body.on_click]]\nset = { a = \"1\", b = 'x' }\n",
                "{body: [{text: \"A\"}, {button: \"B\", on_click: [{set: {a: \"1\", b: 'x'}}]}]}",
            ),
            (
                "a = [\n  1, # one\n  \"x, y\",\n]\nb = '''\n c = 1\n'''\nd = \"\"\"e\"\"\"",
                "{a: [1, \"x, y\"], b: ''' c = 1 ''', d: \"\"\"e\"\"\"}",
            ),
            ("\"a b\".'c' = 2024-01-01\r\ne = 1\r\n", "{a b: {c: 2024-01-01}, e: 1}"),
            // Half-typed.
            ("title = \"A\"\nbo", "{title: \"A\", bo? -}"),
            ("[[bo", "{bo: [{}]}"),
            ("[queries.", "{queries: {: {}}}"),
            ("a = \"x {{ state.\nb = 1", "{a: \"x {{ state., b: 1}"),
            ("a =\nb = [1, 2\nc = { d = 1, e", "{a: -, b: [1, 2], c: {d: 1, e? -}}"),
            ("a = tr\nb", "{a: tr, b? -}"),
            ("= 1\n]\n}\nb = 2", "{: 1, ]? -, }? -, b: 2}"),
        ];
        for (text, expected) in cases {
            assert_eq!(written(&read(text, Format::Toml), text), expected, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_stops_the_reader(
            words in prop::collection::vec(prop::sample::select(vec![
                "a", "b:", ": ", "- ", "-", "\n", "\n  ", "\n\t", " ", "# ", "{{", "}}", "{", "}", "[", "]", ",", "\"", "'",
                "*a", "&a ", "!t ", "|", ">-", "\\", "ü", "\u{feff}", "\r\n", "\r", "---", "=", "a = ", "\"\"\"", "'''", "[[", "]]", ".",
                "\u{1d11e}",
            ]), 0..40),
        ) {
            let text = words.concat();
            for format in [Format::Yaml, Format::Toml] {
                check(&read(&text, format), &text);
            }
        }
    }

    /// Every span must cut the text between characters.
    fn check(item: &Item, text: &str) {
        assert!(text.get(item.span.clone()).is_some(), "{:?} in {text:?}", item.span);
        item.items().iter().for_each(|item| check(item, text));
        for pair in item.pairs() {
            assert!(text.get(pair.key_span.clone()).is_some(), "{:?} in {text:?}", pair.key_span);
            check(&pair.value, text);
        }
    }
}
