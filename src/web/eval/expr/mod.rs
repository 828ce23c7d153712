//! Evaluates expressions and templates on the values that their names stand for.
//!
//! Comes in: a resolved tree of `lang::expr`, the values of its references, and how the app writes numbers and dates.
//! Goes out: a value, a text, or a query with its parameters bound. Null propagates; what cannot be computed is an
//! [`EvalError`], whose message may be shown. Steps and output are limited, so that no expression can hold up a run.

mod operand;
mod machine;
mod operator;
mod decimal;
mod item;
mod call;
mod column;
mod period;
mod text;
mod test;
mod template;
mod url;
mod format;

use std::fmt;
use std::sync::Arc;

use appspec_data::{BoundQuery, DataError, DataErrorKind, Value};
use appspec_lang::check::program::Ref;
use appspec_lang::expr::{Expr, Template};
use appspec_lang::spec::AppSettings;
use appspec_lang::value::{Condition, Type};
use appspec_lang::value::{Fingerprint, Hasher};

pub use format::{format_value, offered_text, percent_text, plain_text};
use machine::Machine;

use crate::words::Words;

/// The values of references.
pub trait Resolve {
    fn resolve(&self, reference: &Ref) -> Result<Value, EvalError>;
}

/// How numbers, dates and money are written.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// BCP 47; English where not given.
    pub locale: Option<Arc<str>>,
    /// ISO 4217.
    pub currency: Option<Arc<str>>,
}

impl Settings {
    pub fn of(app: &AppSettings) -> Self {
        let text = |setting: &Option<appspec_lang::source::Spanned<String>>| {
            setting.as_ref().map(|setting| Arc::from(setting.value.as_str()))
        };
        Self { locale: text(&app.locale), currency: text(&app.currency) }
    }

    /// A count, with the marks of the locale.
    pub fn grouped(&self, number: u64) -> String {
        format::grouped(number, self)
    }

    /// How many there are of something, in the form that goes with the number: `{n} rows`.
    pub fn counted(&self, english: &str, number: usize) -> String {
        let number = number as u64;
        self.words().count(english, number, &[("n", &self.grouped(number))])
    }

    /// The condition that a reader has typed for values of a type, in the way that these are shown or the language writes
    /// them; none for nothing. An error says what is expected, in the words that name it.
    pub fn condition(&self, ty: &Type, typed: &str) -> Result<Option<Condition>, String> {
        Condition::read(ty, &format::plain_condition(typed, ty, self))
    }

    /// What a reader looks for who has typed this: the text, and where it is a number or a date in the way that the
    /// language writes them also what the data hold.
    pub fn sought(&self, typed: &str) -> Vec<String> {
        format::plain_texts(typed, self)
    }

    /// What the app itself says to readers.
    pub fn words(&self) -> &'static Words {
        Words::of(self.locale.as_deref())
    }
}

/// Whether it is worth trying again what has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// The same comes of it.
    InVain,
    /// Something outside may have changed: a reader may ask for it.
    OnDemand,
    /// What was in the way passes: it is tried by itself after a while.
    ByItself,
}

/// Why an expression or a query has no value; the message is safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvalError {
    message: Arc<str>,
    again: Again,
}

impl EvalError {
    /// An error that rests on the values of the expression alone.
    pub fn new(message: impl Into<Arc<str>>) -> Self {
        Self { message: message.into(), again: Again::InVain }
    }

    pub fn message(&self) -> &str {
        &self.message
    }

    pub(super) fn text(&self) -> &Arc<str> {
        &self.message
    }

    pub fn again(&self) -> Again {
        self.again
    }

    /// The same message is the same look, however often it comes.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        let mut hasher = Hasher::default();
        hasher.text("failed").text(&self.message).number(self.again as u64);
        hasher.finish()
    }
}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for EvalError {}

impl From<DataError> for EvalError {
    fn from(error: DataError) -> Self {
        let again = match error.kind {
            kind if kind.is_transient() => Again::ByItself,
            DataErrorKind::Unsupported => Again::InVain,
            _ => Again::OnDemand,
        };
        Self { message: error.message, again }
    }
}

/// The value of an expression.
pub fn eval(expr: &Expr<Ref>, scope: &dyn Resolve, settings: &Settings) -> Result<Value, EvalError> {
    Machine::new(scope, settings).value(expr)
}

/// A text template as plain text.
pub fn render_text(template: &Template<Ref>, scope: &dyn Resolve, settings: &Settings) -> Result<String, EvalError> {
    render_escaped(template, scope, settings, str::to_owned)
}

/// A text template whose values are escaped for where the text lands; what the author wrote stands as it is.
pub fn render_escaped(
    template: &Template<Ref>,
    scope: &dyn Resolve,
    settings: &Settings,
    escape: fn(&str) -> String,
) -> Result<String, EvalError> {
    template::render(Machine::new(scope, settings), template, |_, value| escape(value))
}

/// A URL template: values are percent-encoded, but for one that begins the URL and is one by itself.
pub fn render_url(template: &Template<Ref>, scope: &dyn Resolve, settings: &Settings) -> Result<String, EvalError> {
    template::render(Machine::new(scope, settings), template, url::value)
}

/// An SQL template, each value beside the text.
pub fn bind(template: &Template<Ref>, scope: &dyn Resolve, settings: &Settings) -> Result<BoundQuery, EvalError> {
    template::bind(Machine::new(scope, settings), template)
}

#[cfg(test)]
mod tests {
    use appspec_data::{Piece, Table};
    use appspec_lang::check::program::{QueryId, StateId};
    use appspec_lang::diagnostic::Diagnostics;
    use appspec_lang::expr::{Name, functions, parse_expression, parse_sql, parse_text};
    use appspec_lang::source::{FileId, SourceText, Span};
    use appspec_lang::value::Scalar;
    use jiff::civil::date;

    use super::*;

    /// State by name; `sales` and the moment that the table of functions speaks of.
    struct Sample;

    const STATE: &[&str] = &["null", "zero", "n", "f", "d", "t", "empty", "l", "none", "r", "date", "at", "b", "big"];

    fn state(key: &str) -> Scalar {
        match key {
            "zero" => Scalar::Int(0),
            "n" => Scalar::Int(7),
            "f" => Scalar::Float(2.5),
            "d" => Scalar::Decimal { units: 1050, scale: 2 },
            "t" => Scalar::text("EMEA"),
            "empty" => Scalar::text(""),
            "l" => Scalar::list([Scalar::text("a"), Scalar::text("b")]),
            "none" => Scalar::list([]),
            "r" => Scalar::range(Scalar::Date(date(2024, 1, 1)), Scalar::Date(date(2024, 2, 1))),
            "date" => Scalar::Date(date(2024, 1, 31)),
            "at" => Scalar::DateTime(date(2024, 1, 31).at(12, 0, 0, 0)),
            "b" => Scalar::Bool(true),
            "big" => Scalar::Int(i64::MAX),
            _ => Scalar::Null,
        }
    }

    fn sales(rows: usize) -> Table {
        let days = (1..=3).map(|day| Scalar::Date(date(2024, 1, day))).take(rows).collect();
        let regions = ["EMEA", "APAC", "EMEA"].into_iter().map(Scalar::text).take(rows).collect();
        let amounts = [10, 30, 20].into_iter().map(Scalar::Int).take(rows).collect();
        let columns = [("day", Type::Date, days), ("region", Type::Text, regions), ("amount", Type::Int, amounts)];
        Table::from_columns(columns.into_iter().map(|(name, ty, values)| (name.into(), ty, values)).collect()).unwrap()
    }

    impl Resolve for Sample {
        fn resolve(&self, reference: &Ref) -> Result<Value, EvalError> {
            Ok(match reference {
                Ref::State(id) => Value::Scalar(state(STATE[id.index()])),
                Ref::Query(QueryId(0)) => Value::Table(sales(3)),
                Ref::Query(_) => Value::Table(sales(0)),
                Ref::Now => Value::Scalar(Scalar::DateTime(date(2024, 5, 15).at(14, 30, 0, 0))),
                Ref::Today => Value::Scalar(Scalar::Date(date(2024, 5, 15))),
                _ => return Err(EvalError::new("no such reference")),
            })
        }
    }

    fn reference(name: &Name) -> Option<Ref> {
        Some(match name {
            Name::State(key) => Ref::State(StateId::at(STATE.iter().position(|state| *state == &**key)?)),
            Name::Bare(name) if &**name == "sales" => Ref::Query(QueryId(0)),
            Name::Bare(name) if &**name == "nothing" => Ref::Query(QueryId(1)),
            Name::Now => Ref::Now,
            Name::Today => Ref::Today,
            _ => return None,
        })
    }

    fn source(text: &str) -> SourceText {
        SourceText::verbatim(text, Span::new(FileId(0), 0, u32::try_from(text.len()).unwrap()))
    }

    fn evaluated(text: &str) -> Result<Value, EvalError> {
        let mut diagnostics = Diagnostics::default();
        let expr =
            parse_expression(&source(text), &mut diagnostics).unwrap_or_else(|| panic!("{text}: {diagnostics:?}"));
        let expr = expr.resolve(&mut |name, _| reference(name)).unwrap_or_else(|| panic!("{text}: a name is unknown"));
        eval(&expr, &Sample, &Settings::default())
    }

    fn scalar(text: &str) -> Scalar {
        let value = evaluated(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        value.as_scalar().cloned().unwrap_or_else(|| panic!("{text} is no scalar"))
    }

    #[test]
    fn every_function_does_what_its_example_says() {
        for function in functions::all() {
            let (example, wanted) = function.example;
            let text = match function.name {
                // Identifiers have no value outside SQL.
                "identifier" => format!("{:?}", bound(&format!("{{{{ {example} }}}}")).pieces),
                _ => plain_text(&scalar(example)).replace('\u{a0}', " "),
            };
            let wanted = match function.name {
                "identifier" => format!("[Identifier({wanted:?})]"),
                _ => wanted.to_owned(),
            };
            assert_eq!(text, wanted, "{} `{}`: {example}", function.kind.word(), function.name);
        }
    }

    #[test]
    fn operators_compute() {
        let cases = [
            ("1 + 2 * 3", "7"),
            ("7 / 2", "3.5"),
            ("-7 // 2", "-4"),
            ("7 // -2", "-4"),
            ("-7 // -2", "3"),
            ("-7 % 3", "2"),
            ("7 % -3", "-2"),
            ("2 ** 10", "1024"),
            ("2 ** -1", "0.5"),
            ("state.d + 1", "11.50"),
            ("state.d * state.d", "110.2500"),
            ("state.d / 2", "5.25"),
            ("state.d + state.f", "13"),
            ("'a' ~ 1 ~ true", "a1true"),
            ("'a' + 'b'", "ab"),
            ("[1] + [2]", "1, 2"),
            ("not state.empty", "true"),
            ("state.empty or 'all'", "all"),
            ("state.t and state.n", "7"),
            ("1 < 2 <= 2", "true"),
            ("1 < 2 < 2", "false"),
            ("1 == 1.0", "true"),
            ("state.d == 10.5", "true"),
            ("state.t in ['EMEA']", "true"),
            ("state.t not in sales.region", "false"),
            ("'ME' in state.t", "true"),
            ("state.date in state.r", "true"),
            ("today() in state.r", "false"),
            ("1 if state.b else 2", "1"),
            ("state.date + months(1)", "2024-02-29"),
            ("state.date - days(31)", "2023-12-31"),
            ("state.date + hours(1)", "2024-01-31 01:00:00"),
            ("state.date + (days(1) + hours(1))", "2024-02-01 01:00:00"),
            ("today() - state.date", "105"),
            ("now() - state.at", "105.10416666666667"),
            ("state.at > state.date", "true"),
            ("sales[0].region", "EMEA"),
            ("sales[-1]['amount']", "20"),
            ("sales.amount[1:]", "30, 20"),
            ("state.l[-1]", "b"),
            ("state.t[1:3]", "ME"),
            ("state.r[1]", "2024-02-01"),
            ("{'a': 5}.a", "5"),
            ("(sales | where(region=state.t)).amount | sum", "30"),
            ("sales.day | delta", "1"),
            ("nothing.amount | sum", "0"),
            ("nothing.amount | count", "0"),
            ("[3, 1, 2] | sort | join('<')", "1<2<3"),
            ("[] | sum", "0"),
            ("10.7 | int", "10"),
            ("-2.5 | round", "-3"),
            ("state.d | round(1)", "10.5"),
            ("'é%' | length", "2"),
        ];
        for (text, wanted) in cases {
            assert_eq!(plain_text(&scalar(text)), wanted, "{text}");
        }
    }

    #[test]
    fn null_gives_null() {
        let nulls = [
            "nothing[0].amount",
            "sales[3].amount",
            "sales[3]",
            "nothing.amount | mean",
            "nothing.amount | min",
            "nothing.amount | max",
            "nothing.amount | delta",
            "nothing.amount | first",
            "sales.amount[7]",
            "state.null.x",
            "state.null[0]",
            "state.l[state.null]",
            "state.null[1:]",
            "-state.null",
            "state.null < 3",
            "3 in state.null",
            "state.null in [1]",
            "1 < state.null < 3",
            "days(state.null)",
            "today() + days(state.null)",
            "state.null if state.null",
            "1 / 0",
            "1 // 0",
            "1 % 0",
            "1.5 / 0",
            "state.d / state.zero",
            "1 / state.zero",
            "'x' | int",
        ];
        for text in nulls {
            assert!(scalar(text).is_null(), "{text}");
        }
        for op in ["+", "-", "*", "/", "//", "%", "**", "~"] {
            for key in STATE {
                assert!(scalar(&format!("state.null {op} state.{key}")).is_null(), "null {op} {key}");
                assert!(scalar(&format!("state.{key} {op} state.null")).is_null(), "{key} {op} null");
            }
        }
        for function in functions::all().filter(|function| function.kind == functions::Kind::Filter) {
            let args = function.example.0.rsplit_once(function.name).map_or("", |(_, args)| args);
            let args = if args.starts_with('(') { args.split_once(')').map_or("", |(args, _)| args) } else { "" };
            let call = if args.is_empty() { function.name.to_owned() } else { format!("{}{args})", function.name) };
            let text = format!("state.null | {call}");
            assert_eq!(scalar(&text).is_null(), !function.handles_null(), "{text}");
        }
        assert_eq!(scalar("state.null == none"), Scalar::Bool(true));
        assert_eq!(scalar("state.null == 3"), Scalar::Bool(false));
        assert_eq!(scalar("state.n != none"), Scalar::Bool(true));
        assert_eq!(scalar("state.null | default(3)"), Scalar::Int(3));
        assert_eq!(scalar("state.empty | default(3)"), Scalar::text(""));
    }

    #[test]
    fn what_has_no_value_says_why() {
        let cases = [
            ("state.big + 1", "9223372036854775807 + 1 is too large for an int"),
            ("2 ** 70", "2 ** 70 is too large for an int"),
            ("state.t + 1", "cannot compute text + int"),
            ("state.t < 1", "cannot compare text with int"),
            ("days(1) * 2", "cannot compute a span of time * int"),
            ("today() + days(state.big)", "this date is beyond the years that there are dates for"),
            ("today() | start_of(state.t)", "`EMEA` is no unit of time"),
            ("sales | upper", "`upper` does not take a table"),
            ("sales.region | sum", "`sum` cannot be had of the column `region`: it holds text"),
            ("sales.x", "the table has no column `x`"),
            ("sales ~ ''", "a table cannot be written as text"),
            ("range(100000)", "an expression takes more than 50000 steps"),
            (
                "'a' | replace('', state.t) | replace('', state.t) | length and days(1)",
                "a span of time is no value by itself",
            ),
        ];
        for (text, wanted) in cases {
            assert_eq!(
                evaluated(text).map_err(|error| error.message().to_owned()).err().as_deref(),
                Some(wanted),
                "{text}"
            );
        }
        let doubled = format!("'0123456789'{}", " | replace('', 'xxxxxxxxxx')".repeat(7));
        assert!(evaluated(&doubled).unwrap_err().message().contains("megabyte"));
    }

    /// No pair of values makes an operator panic.
    #[test]
    fn operators_take_anything() {
        for op in ["+", "-", "*", "/", "//", "%", "**", "~", "<", "==", "in", "and", "or"] {
            for (left, right) in STATE.iter().flat_map(|left| STATE.iter().map(move |right| (left, right))) {
                if let Ok(value) = evaluated(&format!("state.{left} {op} state.{right}")) {
                    assert!(value.as_scalar().is_some(), "{left} {op} {right}");
                }
            }
        }
    }

    fn rendered(text: &str) -> Result<String, EvalError> {
        let template = parse_text(&source(text), &mut Diagnostics::default()).unwrap_or_else(|| panic!("{text}"));
        let template = template.resolve(&mut |name, _| reference(name)).unwrap();
        render_text(&template, &Sample, &Settings::default())
    }

    fn bound(text: &str) -> BoundQuery {
        let template = parse_sql(&source(text), &mut Diagnostics::default()).unwrap_or_else(|| panic!("{text}"));
        let template = template.resolve(&mut |name, _| reference(name)).unwrap();
        bind(&template, &Sample, &Settings::default()).unwrap()
    }

    #[test]
    fn templates_become_text() {
        let cases = [
            ("Sales in {{ state.t }}", "Sales in EMEA"),
            ("{{ state.null }}|{{ state.b }}|{{ state.f }}|{{ state.l }}", "|true|2.5|a, b"),
            ("{% if state.null %}a{% elif state.n %}b{% else %}c{% endif %}", "b"),
            (
                "{% for r in sales %}{{ loop.index }}{{ r.region }}{% if not loop.last %}, {% endif %}{% endfor %}",
                "1EMEA, 2APAC, 3EMEA",
            ),
            ("{% for r in sales if r.amount > 15 %}{{ loop.length }}{{ r.amount }} {% endfor %}", "230 220 "),
            ("{% for x in state.none %}a{% else %}nothing{% endfor %}", "nothing"),
            ("{% set x = 2 %}{% for y in [1] %}{% set x = 3 %}{{ x }}{% endfor %}{{ x }}", "32"),
            ("{% if state.b %}{% set x = 5 %}{% endif %}{{ x }}", "5"),
            ("{% raw %}{{ x }}{% endraw %}{# nothing #}", "{{ x }}"),
            ("a\n{%- if state.b %} b {% endif -%}\n c", "a b c"),
        ];
        for (text, wanted) in cases {
            assert_eq!(rendered(text).as_deref(), Ok(wanted), "{text}");
        }
        let shout = parse_text(&source("{{ state.t }} & <b>"), &mut Diagnostics::default()).unwrap();
        let shout = shout.resolve(&mut |name, _| reference(name)).unwrap();
        let escaped = render_escaped(&shout, &Sample, &Settings::default(), str::to_lowercase);
        assert_eq!(escaped.as_deref(), Ok("emea & <b>"));
    }

    #[test]
    fn values_are_bound_and_optional_parts_drop() {
        let sql = |text: &str| Piece::Sql(text.to_owned());
        let cases = [
            ("a = {{ state.n }} b", vec![sql("a = "), Piece::Param(Scalar::Int(7)), sql(" b")]),
            (
                "in ({{ state.l }})",
                vec![sql("in ("), Piece::List(vec![Scalar::text("a"), Scalar::text("b")]), sql(")")],
            ),
            ("in ({{ state.none }})", vec![sql("in ("), Piece::List(vec![]), sql(")")]),
            ("x [[ a {{ state.null }} ]] y", vec![sql("x  y")]),
            ("x [[ a {{ state.empty }} ]] y", vec![sql("x  y")]),
            ("x [[ a {{ state.none }} ]] y", vec![sql("x  y")]),
            ("x [[ a {{ state.t }}{{ state.null }} ]] y", vec![sql("x  y")]),
            ("x [[a {{ state.zero }}]] y", vec![sql("x a "), Piece::Param(Scalar::Int(0)), sql(" y")]),
            ("{{ state.null }}", vec![Piece::Param(Scalar::Null)]),
            ("like {{ state.t | contains }}", vec![sql("like "), Piece::Param(Scalar::text("%EMEA%"))]),
            ("like {{ '5%' | contains }}", vec![sql("like "), Piece::Param(Scalar::text("%5!%%")), sql(" escape '!'")]),
            ("by {{ state.t | identifier(['EMEA']) }}", vec![sql("by "), Piece::Identifier("EMEA".to_owned())]),
            (
                "{% for x in state.l %}or {{ x }} {% endfor %}",
                vec![
                    sql("or "),
                    Piece::Param(Scalar::text("a")),
                    sql(" or "),
                    Piece::Param(Scalar::text("b")),
                    sql(" "),
                ],
            ),
        ];
        for (text, wanted) in cases {
            assert_eq!(bound(text).pieces, wanted, "{text}");
        }
    }

    /// The deepest expression that is read can be computed on the stack of a worker thread.
    #[test]
    fn deep_expressions_fit_a_stack() {
        let compute = || scalar(&format!("1{}", " + (1 | default(1))".repeat(190)));
        let worker = std::thread::Builder::new().stack_size(2 << 20).spawn(compute).unwrap();
        assert_eq!(worker.join().unwrap(), Scalar::Int(191));
    }

    #[test]
    fn output_is_limited() {
        let nested = "{% for a in range(300) %}{% for b in range(300) %}x{% endfor %}{% endfor %}";
        assert!(rendered(nested).unwrap_err().message().contains("steps"));
        let long = format!("{{% for a in range(2000) %}}{}{{% endfor %}}", "x".repeat(1000));
        assert!(rendered(&long).unwrap_err().message().contains("megabyte"));
    }
}
