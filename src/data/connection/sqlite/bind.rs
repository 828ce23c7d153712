//! Values as `SQLite` keeps them.

use appspec_lang::spec::Dialect;
use appspec_lang::value::Scalar;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;

use crate::bind::{BoundQuery, quoted_name};
use crate::connection::template::{Slot, Template};
use crate::dtype::decimal_text;

/// The text with a `?` for each value, and the values.
pub(super) fn placeholders(query: &BoundQuery) -> (String, Vec<Scalar>) {
    let template = Template::new(query, Dialect::Sqlite, |_, _| false);
    let sql = template.text(quoted_name, |_, slot| match slot {
        Slot::Nothing => "select null where 1=0".to_owned(),
        Slot::Value(_) | Slot::Array(_) => "?".to_owned(),
    });
    let values =
        template.slots().filter_map(|slot| if let Slot::Value(value) = slot { Some(value.clone()) } else { None });
    (sql, values.collect())
}

type Bound<'q> = Query<'q, sqlx::Sqlite, SqliteArguments>;

pub(super) fn bind_all<'q>(query: Bound<'q>, values: &[Scalar]) -> Bound<'q> {
    values.iter().fold(query, |query, value| match value {
        Scalar::Null => query.bind(None::<i64>),
        Scalar::Bool(bool) => query.bind(*bool),
        Scalar::Int(int) => query.bind(*int),
        Scalar::Float(float) => query.bind(*float),
        Scalar::Decimal { units, scale } => query.bind(decimal_text(*units, *scale).parse::<f64>().ok()),
        Scalar::Text(text) => query.bind(text.to_string()),
        Scalar::Bytes(bytes) => query.bind(bytes.to_vec()),
        Scalar::Date(date) => query.bind(date.to_string()),
        Scalar::Time(time) => query.bind(time.to_string()),
        // The form that SQLite's own date functions write.
        Scalar::DateTime(moment) => query.bind(moment.to_string().replacen('T', " ", 1)),
        Scalar::List(_) | Scalar::Range(_) => query.bind(None::<i64>),
    })
}
