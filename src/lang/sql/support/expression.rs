//! Expressions: operators, tests, literals and what only other dialects have.

use sqlparser::ast::{
    BinaryOperator, CastKind, DataType, DateTimeField, Expr, Ident, Interval, TimezoneInfo, UnaryOperator, Value,
};

use super::Support;
use super::clause::ROLLUP;
use crate::diagnostic::suggest;
use crate::sql::Fault;

/// Words of `extract` that the parser leaves to the engine, which knows these.
const FIELDS: &[&str] = &[
    "millennia",
    "centuries",
    "c",
    "decades",
    "isoyear",
    "y",
    "quarters",
    "mon",
    "mons",
    "dayofyear",
    "d",
    "dayofmonth",
    "h",
    "m",
    "min",
    "mins",
    "s",
    "sec",
    "secs",
    "ms",
    "us",
    "ns",
    "year",
    "quarter",
    "month",
    "week",
    "day",
    "hour",
    "minute",
    "second",
    "dow",
    "doy",
    "isodow",
    "epoch",
];

/// Types that the parser leaves to the engine, which knows these.
const TYPES: &[&str] =
    &["int1", "uint1", "utinyint", "uint2", "usmallint", "uint4", "uinteger", "uint", "uint8", "ubigint"];

/// The types that authors mean.
const USUAL_TYPES: &[&str] =
    &["int", "bigint", "float", "double", "decimal", "text", "varchar", "boolean", "date", "time", "timestamp"];

impl Support<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Function(function) => self.function(expr, function),
            Expr::Subquery(query) => self.scalar_subquery(query),
            Expr::Exists { subquery, .. } => self.exists(expr, subquery),
            Expr::InSubquery { subquery, .. } => self.in_subquery(expr, subquery),
            Expr::BinaryOp { op, .. } => self.operator(expr, op),
            Expr::UnaryOp { op, .. } => {
                if !matches!(op, UnaryOperator::Plus | UnaryOperator::Minus | UnaryOperator::Not) {
                    let message = format!("a transform does not understand the operator `{op}`");
                    self.fault(expr, message, "compute it in a database");
                }
            }
            Expr::IsNotTrue(inner) | Expr::IsNotFalse(inner) => {
                let message = "`is not true` and `is not false` leave out null in a transform";
                let word = if matches!(expr, Expr::IsNotTrue(_)) { "true" } else { "false" };
                self.fault(&**inner, message, format!("write `is distinct from {word}`"));
            }
            Expr::Like { any, pattern, escape_char, .. } | Expr::ILike { any, pattern, escape_char, .. } => {
                self.like(pattern, *any, escape_char.is_some());
            }
            Expr::AnyOp { compare_op: BinaryOperator::NotEq, .. } => {
                let message = "`<> any` means `not in` in a transform";
                self.fault(expr, message, "write `not in (…)`");
            }
            Expr::AllOp { .. } => {
                self.fault(
                    expr,
                    "`all` is not understood in a transform",
                    "compare with the `min` or `max` in a `with`",
                );
            }
            Expr::Cast { kind, expr: of, data_type, format, .. } => {
                self.cast(expr, (kind, data_type), of, format.is_some());
            }
            Expr::Extract { field: DateTimeField::Custom(field), .. } => self.field(field),
            Expr::Interval(interval) => self.interval(expr, interval),
            Expr::Value(value) => self.value(expr, &value.value),
            other => self.foreign_expr(other),
        }
    }

    fn operator(&mut self, expr: &Expr, op: &BinaryOperator) {
        use BinaryOperator as Op;
        let help = match op {
            Op::BitwiseXor => "write `power(a, b)` for a power; there is no exclusive or",
            Op::PGBitwiseXor | Op::PGBitwiseShiftLeft | Op::PGBitwiseShiftRight | Op::Overlaps => {
                "compute it in a database"
            }
            Op::PGExp => "write `power(a, b)`",
            Op::Match | Op::Regexp => "write `regexp_like(text, pattern)`",
            Op::AtArrow
            | Op::ArrowAt
            | Op::AtAt
            | Op::AtQuestion
            | Op::Question
            | Op::QuestionAnd
            | Op::QuestionPipe
            | Op::HashMinus => "take the JSON apart in a database",
            _ => return,
        };
        self.fault(expr, format!("a transform does not understand the operator `{op}`"), help);
    }

    fn like(&mut self, pattern: &Expr, has_any: bool, has_escape: bool) {
        let is_written = matches!(pattern, Expr::Value(value)
            if matches!(value.value, Value::SingleQuotedString(_) | Value::DollarQuotedString(_) | Value::Placeholder(_) | Value::Null | Value::Number(..)));
        if has_any {
            self.fault(pattern, "`like any` is not understood in a transform", "join several `like` by `or`");
        } else if has_escape {
            let help = "bind the text: `like {{ state.q | contains }}`; or search by `strpos(text, part) > 0`";
            self.fault(pattern, "`escape` is not understood in a transform", help);
        } else if !is_written {
            let help = "write `strpos(text, part) > 0`, `starts_with(text, part)` or `ends_with(text, part)`";
            self.fault(pattern, "`like` takes a pattern that is written out or bound", help);
        }
    }

    fn cast(&mut self, expr: &Expr, (kind, to): (&CastKind, &DataType), of: &Expr, has_format: bool) {
        let has_zone = |zone: &TimezoneInfo| !matches!(zone, TimezoneInfo::None);
        if has_format {
            let help = "write `strftime(day, '%Y-%m')`, or `date(text, '%d.%m.%Y')`";
            self.fault(expr, "`cast` takes no format in a transform", help);
        } else if matches!(to, DataType::Timestamp(_, zone) | DataType::Time(_, zone) if has_zone(zone)) {
            let help = "moments are in the app's time zone already: write `timestamp`";
            self.fault(expr, "there are no moments with a time zone in a transform", help);
        } else if matches!(to, DataType::Timestamp(..) | DataType::Datetime(_))
            && matches!(of, Expr::Value(value) if matches!(value.value, Value::SingleQuotedString(_)))
        {
            let help = "write `timestamp '2024-01-02 03:04:05'`, and for a column `strptime(text, '%Y-%m-%d %H:%M')`";
            self.fault(expr, "text does not become a moment by `cast` in a transform", help);
        } else if let DataType::Custom(name, _) = to
            && !TYPES.contains(&name.to_string().to_ascii_lowercase().as_str())
        {
            let help = match suggest::nearest(&name.to_string(), USUAL_TYPES.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("types are {}", USUAL_TYPES.join(", ")),
            };
            self.fault(name, format!("there is no type `{name}` in a transform"), help);
        } else if matches!(to, DataType::JSON | DataType::JSONB) {
            self.fault(expr, "there is no JSON in a transform", "take the JSON apart in a database");
        } else if matches!(kind, CastKind::SafeCast) {
            self.fault(expr, "`safe_cast` is not understood in a transform", "write `try_cast(… as …)`");
        }
    }

    /// What `extract` is asked for.
    fn field(&mut self, field: &Ident) {
        let word = field.value.to_ascii_lowercase();
        if FIELDS.contains(&word.as_str()) {
            return;
        }
        let help = match suggest::nearest(&word, FIELDS.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write `year`, `quarter`, `month`, `week`, `day`, `hour`, `minute` or `second`".to_owned(),
        };
        let at = self.reading.lines.span(field);
        self.found.push(Fault::new(at, format!("`{}` is no part of a date or time", field.value)).help(help));
    }

    fn interval(&mut self, expr: &Expr, interval: &Interval) {
        let text = match &*interval.value {
            Expr::Value(value) => match &value.value {
                Value::SingleQuotedString(text) => Some(text),
                _ => None,
            },
            _ => None,
        };
        let has_parts = interval.leading_field.is_some() || interval.last_field.is_some();
        match text {
            Some(text) if !has_parts && !text.contains('-') => {}
            Some(text) if text.contains('-') => {
                self.fault(expr, "an interval has no sign in a transform", "subtract it: `day - interval '7 days'`");
            }
            _ => {
                let help = "write `interval '7 days'`; days that are computed add up as `date(…)` of a text";
                self.fault(expr, "an interval is written as one text in a transform", help);
            }
        }
    }

    fn value(&mut self, expr: &Expr, value: &Value) {
        match value {
            Value::Number(digits, _) if !digits.contains('.') && digits.parse::<i64>().is_err() => {
                let message = format!("a transform does not understand the number `{digits}`");
                self.fault(expr, message, "write a float with a point: `1.0e6`");
            }
            Value::Number(..)
            | Value::SingleQuotedString(_)
            | Value::DollarQuotedString(_)
            | Value::SingleQuotedByteStringLiteral(_)
            | Value::Boolean(_)
            | Value::Null
            | Value::Placeholder(_) => {}
            _ => {
                let message = "this kind of literal is not understood in a transform";
                self.fault(expr, message, "write text as `'…'`, and other values by `cast('…' as …)`");
            }
        }
    }

    fn foreign_expr(&mut self, expr: &Expr) {
        let (name, help) = match expr {
            Expr::Rollup(_) => ("rollup", ROLLUP),
            Expr::Cube(_) => ("cube", ROLLUP),
            Expr::GroupingSets(_) => ("grouping sets", ROLLUP),
            Expr::Tuple(_) => ("(a, b) in …", "compare each by `=`, joined by `and`"),
            Expr::AtTimeZone { .. } => ("at time zone", "moments are in the app's time zone already"),
            Expr::Collate { .. } => ("collate", "compare `lower(…)` of both"),
            Expr::SimilarTo { .. } => ("similar to", "write `regexp_like(text, pattern)`"),
            Expr::Overlay { .. } => ("overlay", "join the parts by `||`"),
            Expr::Convert { .. } => ("convert", "write `cast(… as …)`"),
            Expr::Struct { .. } | Expr::Named { .. } => ("struct", "give each part a column of its own"),
            Expr::Dictionary(_) | Expr::Map(_) => ("map", "give each part a column of its own"),
            Expr::MatchAgainst { .. } => ("match … against", "write `strpos(text, part) > 0`"),
            Expr::MemberOf(_) => ("member of", "write `array_contains(list, item)`"),
            Expr::InUnnest { .. } => ("in unnest", "write `array_contains(list, item)`"),
            Expr::IsUnknown(_) | Expr::IsNotUnknown(_) => ("is unknown", "write `is null`"),
            Expr::IsNormalized { .. } => ("is normalized", "compare with `normalize(text)`"),
            Expr::Lambda(_) => ("->", "compute it in a database"),
            Expr::JsonAccess { .. } => (":", "take the JSON apart in a database"),
            Expr::Prefixed { .. } => ("this prefix", "leave it out"),
            Expr::OuterJoin(_) | Expr::Prior(_) => ("this join", "write `left join … on …`"),
            _ => return,
        };
        self.fault(expr, format!("`{name}` is not understood in a transform"), help);
    }
}
