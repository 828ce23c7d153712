//! Arrays from `PostgreSQL`: lists, as long as they have one dimension.

use std::sync::Arc;

use jiff::tz::TimeZone;
use polars::prelude::{AnyValue, DataType, PlSmallStr, Series};
use sqlx::error::BoxDynError;

use super::column::Column;
use super::kind::Kind;
use crate::error::DataError;

/// A column of arrays under construction: all items in one column, and where each array ends.
pub(super) struct Arrays {
    name: PlSmallStr,
    items: Column,
    /// Where the items of an array begin and end; none for null.
    places: Vec<Option<(usize, usize)>>,
    count: usize,
    /// Arrays of more dimensions are read as their items one after the other; the reader is told.
    flattened: usize,
}

impl Arrays {
    pub(super) fn new(name: PlSmallStr, item: &Kind, zone: &TimeZone) -> Self {
        let items = Column::new(&name, "array", item, zone);
        Self { name, items, places: Vec::new(), count: 0, flattened: 0 }
    }

    pub(super) fn push_null(&mut self) {
        self.places.push(None);
    }

    /// Adds an array as the server sends it: dimensions, then items.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), BoxDynError> {
        let mut bytes = bytes;
        let dimensions = take_number(&mut bytes)?;
        // Whether there are nulls, and the type of the items, are known.
        take_number(&mut bytes)?;
        take_number(&mut bytes)?;
        let mut items = usize::from(dimensions > 0);
        for _ in 0..dimensions {
            items *= usize::try_from(take_number(&mut bytes)?)?;
            // Where the server begins to count has no meaning here.
            take_number(&mut bytes)?;
        }
        self.flattened += usize::from(dimensions > 1);
        let start = self.count;
        for _ in 0..items {
            let item = match usize::try_from(take_number(&mut bytes)?) {
                Err(_) => None,
                Ok(length) => {
                    let (item, rest) = bytes.split_at_checked(length).ok_or("an array is cut short")?;
                    bytes = rest;
                    Some(item)
                }
            };
            self.items.push_bytes(item)?;
            self.count += 1;
        }
        self.places.push(Some((start, self.count)));
        Ok(())
    }

    /// The column of lists, and whether its items are shown as text.
    pub(super) fn finish(self, warnings: &mut Vec<Arc<str>>) -> Result<(Series, bool), DataError> {
        let before = warnings.len();
        let items = self.items.finish(warnings)?;
        let is_written = warnings.len() > before;
        warnings.truncate(before);
        if self.flattened > 0 {
            let name = &self.name;
            warnings.push(
                format!("the column `{name}` holds arrays of several dimensions, whose items are listed in a row")
                    .into(),
            );
        }
        let cells: Vec<AnyValue<'_>> = self
            .places
            .iter()
            .map(|place| match place {
                Some((start, end)) => {
                    let start_at = i64::try_from(*start).unwrap_or(i64::MAX);
                    AnyValue::List(items.slice(start_at, end - start))
                }
                None => AnyValue::Null,
            })
            .collect();
        let dtype = DataType::List(Box::new(items.dtype().clone()));
        let series = Series::from_any_values_and_dtype(self.name, &cells, &dtype, true);
        Ok((series.map_err(|error| DataError::internal(error.to_string()))?, is_written))
    }
}

fn take_number(bytes: &mut &[u8]) -> Result<i32, BoxDynError> {
    let (number, rest) = bytes.split_first_chunk().ok_or("an array is cut short")?;
    *bytes = rest;
    Ok(i32::from_be_bytes(*number))
}
