//! Values for `MySQL`: a `?` each, and a type where the server would guess another.

use appspec_lang::spec::Dialect;
use appspec_lang::value::Scalar;
use jiff::civil::DateTime;
use sqlx::mysql::MySqlArguments;
use sqlx::query::Query;

use crate::bind::BoundQuery;
use crate::connection::template::{Slot, Template};
use crate::dtype::decimal_text;
use crate::error::DataError;

/// So many digits behind the point has a decimal of `MySQL`.
const MOST_SCALE: u8 = 30;

/// So many values fit into a statement.
const MOST_VALUES: usize = 65_535;

/// The text with a place for each value, and the values.
pub(super) fn placeholders(query: &BoundQuery) -> Result<(String, Vec<Scalar>), DataError> {
    let template = Template::new(query, Dialect::Mysql, |_, _| false);
    let sql = template.text(name, |_, slot| place(slot));
    let values =
        template.slots().filter_map(|slot| if let Slot::Value(value) = slot { Some(value.clone()) } else { None });
    let values: Vec<Scalar> = values.collect();
    if values.len() > MOST_VALUES {
        let message = format!("the query has {} values, and the database takes {MOST_VALUES}", values.len());
        return Err(DataError::rejected(message));
    }
    if values.iter().any(|value| matches!(value, Scalar::Float(float) if !float.is_finite())) {
        return Err(DataError::rejected("a value is no finite number, which the database has no place for"));
    }
    Ok((sql, values))
}

/// The byte of a query for one of the text with places; see [`Template::origin`].
pub(super) fn origin(query: &BoundQuery, at: usize) -> usize {
    Template::new(query, Dialect::Mysql, |_, _| false).origin(at, name, |_, slot| place(slot))
}

fn name(name: &str) -> String {
    Dialect::Mysql.quoted(name)
}

/// Whether a value means a moment by the app's clock.
pub(super) fn has_moment(values: &[Scalar]) -> bool {
    values.iter().any(|value| matches!(value, Scalar::DateTime(_)))
}

/// Dates and decimals travel as text, which would be compared as text, or as floats; bytes would be taken for text.
fn place(slot: &Slot) -> String {
    let Slot::Value(value) = slot else { return "select null from dual where false".to_owned() };
    match value {
        Scalar::Bytes(_) => "cast(? as binary)".to_owned(),
        Scalar::Date(_) => "cast(? as date)".to_owned(),
        Scalar::Time(_) => "cast(? as time(6))".to_owned(),
        Scalar::DateTime(_) => "cast(? as datetime(6))".to_owned(),
        Scalar::Decimal { scale, .. } if *scale <= MOST_SCALE => format!("cast(? as decimal(65, {scale}))"),
        _ => "?".to_owned(),
    }
}

type Bound<'q> = Query<'q, sqlx::MySql, MySqlArguments>;

pub(super) fn bind_all<'q>(query: Bound<'q>, values: &[Scalar]) -> Bound<'q> {
    values.iter().fold(query, |query, value| match value {
        Scalar::Null | Scalar::List(_) | Scalar::Range(_) => query.bind(None::<i64>),
        Scalar::Bool(bool) => query.bind(*bool),
        Scalar::Int(int) => query.bind(*int),
        Scalar::Float(float) => query.bind(*float),
        Scalar::Text(text) => query.bind(text.to_string()),
        Scalar::Bytes(bytes) => query.bind(bytes.to_vec()),
        Scalar::Date(date) => query.bind(date.to_string()),
        Scalar::Time(time) => query.bind(format!("{time:.6}")),
        Scalar::DateTime(moment) => query.bind(written(*moment)),
        Scalar::Decimal { units, scale } => query.bind(decimal_text(*units, *scale)),
    })
}

fn written(moment: DateTime) -> String {
    format!("{} {:.6}", moment.date(), moment.time())
}
