//! Tables written out in the spec.

use appspec_lang::spec::Name;
use appspec_lang::value::{Scalar, Type};

use crate::error::DataError;
use crate::table::Table;

/// The table of inline rows: a column is of the type that holds all its values, a key that is left out is null.
pub(crate) fn table_of(rows: &[Vec<(Name, Scalar)>]) -> Result<Table, DataError> {
    let mut names: Vec<&Name> = Vec::new();
    for (name, _) in rows.iter().flatten() {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let columns = names.into_iter().map(|name| {
        let values = rows.iter().map(|row| {
            let cell = row.iter().find(|(key, _)| key == name);
            cell.map_or(Scalar::Null, |(_, value)| value.clone())
        });
        (Name::clone(name), Type::Any, values.collect())
    });
    Table::from_columns(columns.collect())
}
