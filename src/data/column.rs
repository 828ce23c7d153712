//! One column of a table, and what can be made of it: sums, means, lists.

use appspec_lang::value::{Fingerprint, Scalar, Type};
use polars::prelude::{DataType, QuantileMethod, Series, SortOptions};

use crate::digest::series_fingerprint;
use crate::dtype::{scalar_from_cell, type_of};
use crate::error::DataError;

const DAY_SECONDS: f64 = 24.0 * 60.0 * 60.0;

/// A column; cheap to clone.
#[derive(Clone, Debug)]
pub struct ColumnValues(Series);

impl ColumnValues {
    /// Takes a series of a [normal](crate::dtype::normal) type.
    pub(crate) fn new(series: Series) -> Self {
        Self(series)
    }

    pub fn name(&self) -> &str {
        self.0.name()
    }

    pub fn ty(&self) -> Type {
        type_of(self.0.dtype())
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The cell of a row; none behind the end.
    pub fn get(&self, row: usize) -> Option<Scalar> {
        self.0.get(row).ok().map(|cell| scalar_from_cell(&cell))
    }

    pub fn iter(&self) -> impl Iterator<Item = Scalar> + '_ {
        (0..self.len()).filter_map(|row| self.get(row))
    }

    /// The first `rows` cells.
    pub fn head(&self, rows: usize) -> Self {
        Self(self.0.head(Some(rows)))
    }

    /// The digest of name, type and cells.
    pub fn fingerprint(&self) -> Fingerprint {
        series_fingerprint(&self.0)
    }

    /// All cells, as one value.
    pub fn list(&self) -> Scalar {
        Scalar::list(self.iter())
    }

    /// The cells that are not null.
    pub fn count(&self) -> Scalar {
        int(self.len() - self.0.null_count())
    }

    /// The different cells that are not null.
    pub fn nunique(&self) -> Scalar {
        int(self.0.drop_nulls().n_unique().unwrap_or_default())
    }

    pub fn first(&self) -> Scalar {
        self.get(0).unwrap_or_default()
    }

    pub fn last(&self) -> Scalar {
        self.len().checked_sub(1).and_then(|row| self.get(row)).unwrap_or_default()
    }

    /// Ascending, nulls at the end.
    pub fn sort(&self) -> Result<Self, DataError> {
        let options = SortOptions { nulls_last: true, maintain_order: true, ..SortOptions::default() };
        self.0.sort(options).map(Self).map_err(|_| self.does_not_fit("sort"))
    }

    /// Each cell once, in the order of its first appearance.
    pub fn unique(&self) -> Result<Self, DataError> {
        self.0.unique_stable().map(Self).map_err(|_| self.does_not_fit("unique"))
    }

    /// The sum of numbers, or the count of what is true; 0 of nothing.
    ///
    /// A sum of ints that no int can hold is a float.
    #[expect(clippy::cast_precision_loss, reason = "what no int can hold is given as a float")]
    pub fn sum(&self) -> Result<Scalar, DataError> {
        let misfit = || self.does_not_fit("sum");
        match self.0.dtype() {
            DataType::Null => Ok(Scalar::Int(0)),
            DataType::Boolean => Ok(int(self.0.bool().map_err(|_| misfit())?.sum().unwrap_or_default() as usize)),
            DataType::Int64 => {
                let cells = self.0.i64().map_err(|_| misfit())?;
                let total: i128 = cells.iter().flatten().map(i128::from).sum();
                Ok(i64::try_from(total).map_or(Scalar::Float(total as f64), Scalar::Int))
            }
            DataType::Float64 | DataType::Decimal(..) => {
                Ok(scalar_from_cell(self.0.sum_reduce().map_err(|_| misfit())?.value()))
            }
            _ => Err(misfit()),
        }
    }

    pub fn mean(&self) -> Result<Scalar, DataError> {
        let numbers = self.numbers("mean")?;
        Ok(numbers.mean().filter(|_| !is_all_null(&numbers)).map_or(Scalar::Null, Scalar::Float))
    }

    pub fn median(&self) -> Result<Scalar, DataError> {
        let numbers = self.numbers("median")?;
        Ok(numbers.median().filter(|_| !is_all_null(&numbers)).map_or(Scalar::Null, Scalar::Float))
    }

    /// The standard deviation of a sample; null of fewer than two numbers.
    pub fn std(&self) -> Result<Scalar, DataError> {
        let numbers = self.numbers("std")?;
        Ok(numbers.std(1).map_or(Scalar::Null, Scalar::Float))
    }

    /// The value below which this part of the numbers lies, between two of them in proportion.
    pub fn quantile(&self, part: f64) -> Result<Scalar, DataError> {
        if !(0.0..=1.0).contains(&part) {
            return Err(DataError::rejected("a quantile is asked for with a number from 0 to 1"));
        }
        let numbers = self.numbers("quantile")?;
        let found = numbers.quantile_reduce(part, QuantileMethod::Linear).map_err(|_| self.does_not_fit("quantile"))?;
        Ok(scalar_from_cell(found.value()))
    }

    pub fn min(&self) -> Result<Scalar, DataError> {
        let found = self.ordered("min")?.min_reduce().map_err(|_| self.does_not_fit("min"))?;
        Ok(scalar_from_cell(found.value()))
    }

    pub fn max(&self) -> Result<Scalar, DataError> {
        let found = self.ordered("max")?.max_reduce().map_err(|_| self.does_not_fit("max"))?;
        Ok(scalar_from_cell(found.value()))
    }

    /// The last cell less the one before; in days, for dates and moments.
    pub fn delta(&self) -> Result<Scalar, DataError> {
        let misfit = || self.does_not_fit("delta");
        let has_difference = self.0.dtype().is_numeric()
            || matches!(self.0.dtype(), DataType::Date | DataType::Datetime(..) | DataType::Null);
        if !has_difference {
            return Err(misfit());
        }
        let before = self.len().checked_sub(2).and_then(|row| self.get(row)).unwrap_or_default();
        Ok(match (self.last(), before) {
            (Scalar::Null, _) | (_, Scalar::Null) => Scalar::Null,
            (Scalar::Int(last), Scalar::Int(before)) => last.checked_sub(before).map_or(Scalar::Null, Scalar::Int),
            (Scalar::Decimal { units: last, scale }, Scalar::Decimal { units: before, .. }) => {
                last.checked_sub(before).map_or(Scalar::Null, |units| Scalar::Decimal { units, scale })
            }
            (Scalar::Date(last), Scalar::Date(before)) => Scalar::Int(before.duration_until(last).as_hours() / 24),
            (Scalar::DateTime(last), Scalar::DateTime(before)) => {
                Scalar::Float(before.duration_until(last).as_secs_f64() / DAY_SECONDS)
            }
            (last, before) => {
                Scalar::Float(last.as_float().ok_or_else(misfit)? - before.as_float().ok_or_else(misfit)?)
            }
        })
    }

    /// The cells as floats, if they are numbers.
    fn numbers(&self, filter: &str) -> Result<Series, DataError> {
        let is_number = matches!(
            self.0.dtype(),
            DataType::Int64 | DataType::Float64 | DataType::Decimal(..) | DataType::Boolean | DataType::Null
        );
        let floats = is_number.then(|| self.0.cast(&DataType::Float64).ok()).flatten();
        floats.ok_or_else(|| self.does_not_fit(filter))
    }

    fn ordered(&self, filter: &str) -> Result<&Series, DataError> {
        match self.0.dtype() {
            DataType::List(_) | DataType::Binary => Err(self.does_not_fit(filter)),
            _ => Ok(&self.0),
        }
    }

    fn does_not_fit(&self, filter: &str) -> DataError {
        DataError::rejected(format!("`{filter}` cannot be had of the column `{}`: it holds {}", self.name(), self.ty()))
    }
}

fn is_all_null(series: &Series) -> bool {
    series.null_count() == series.len()
}

fn int(number: usize) -> Scalar {
    Scalar::Int(i64::try_from(number).expect("no table has 2^63 rows"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::series_from_scalars;

    fn column(cells: &[Scalar]) -> ColumnValues {
        ColumnValues::new(series_from_scalars("x", None, cells).unwrap())
    }

    fn ints(cells: &[i64]) -> ColumnValues {
        column(&cells.iter().copied().map(Scalar::Int).collect::<Vec<_>>())
    }

    #[test]
    fn aggregates_pass_over_nulls() {
        let cells = [Scalar::Int(3), Scalar::Null, Scalar::Int(1), Scalar::Int(3)];
        let column = column(&cells);
        for (name, given, wanted) in [
            ("sum", column.sum().unwrap(), Scalar::Int(7)),
            ("mean", column.mean().unwrap(), Scalar::Float(7.0 / 3.0)),
            ("median", column.median().unwrap(), Scalar::Float(3.0)),
            ("min", column.min().unwrap(), Scalar::Int(1)),
            ("max", column.max().unwrap(), Scalar::Int(3)),
            ("count", column.count(), Scalar::Int(3)),
            ("nunique", column.nunique(), Scalar::Int(2)),
            ("first", column.first(), Scalar::Int(3)),
            ("last", column.last(), Scalar::Int(3)),
            ("quantile", column.quantile(0.25).unwrap(), Scalar::Float(2.0)),
            ("delta", column.delta().unwrap(), Scalar::Int(2)),
            ("list", column.list(), Scalar::list(cells)),
            ("sort", column.sort().unwrap().last(), Scalar::Null),
            ("unique", column.unique().unwrap().first(), Scalar::Int(3)),
        ] {
            assert_eq!(given, wanted, "{name}");
        }
        assert_eq!(ints(&[1, 3]).std(), Ok(Scalar::Float(2f64.sqrt())));
    }

    #[test]
    fn of_nothing_sums_are_zero_and_the_rest_is_null() {
        for nothing in [column(&[]), column(&[Scalar::Null]), ints(&[]), ints(&[1]).head(0)] {
            assert_eq!((nothing.sum(), nothing.count()), (Ok(Scalar::Int(0)), Scalar::Int(0)));
            for given in [
                nothing.mean(),
                nothing.median(),
                nothing.std(),
                nothing.min(),
                nothing.max(),
                nothing.quantile(0.5),
                nothing.delta(),
                Ok(nothing.first()),
                Ok(nothing.last()),
            ] {
                assert_eq!(given, Ok(Scalar::Null));
            }
        }
    }

    #[test]
    fn sums_do_not_overflow_and_decimals_stay_exact() {
        assert_eq!(ints(&[i64::MAX, 1]).sum(), Ok(Scalar::Float(9_223_372_036_854_775_808.0)));
        let cents = |units: i128| Scalar::Decimal { units, scale: 2 };
        let money = column(&[cents(10), cents(20)]);
        assert_eq!((money.sum(), money.delta()), (Ok(cents(30)), Ok(cents(10))));
        assert_eq!(column(&[Scalar::Bool(true), Scalar::Bool(true)]).sum(), Ok(Scalar::Int(2)));
    }

    #[test]
    fn dates_have_a_delta_and_texts_have_no_sum() {
        let day = |text: &str| Scalar::Date(text.parse().unwrap());
        assert_eq!(column(&[day("2024-02-28"), day("2024-03-01")]).delta(), Ok(Scalar::Int(2)));
        let texts = column(&[Scalar::text("a"), Scalar::text("b")]);
        assert_eq!((texts.min(), texts.max()), (Ok(Scalar::text("a")), Ok(Scalar::text("b"))));
        for given in [texts.sum(), texts.mean(), texts.std(), texts.quantile(0.5), texts.delta()] {
            assert!(given.unwrap_err().message.ends_with("cannot be had of the column `x`: it holds text"));
        }
    }
}
