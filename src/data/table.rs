//! Tables: what queries give, shared by all who read them.

use std::sync::{Arc, OnceLock};

use appspec_lang::spec::Name;
use appspec_lang::value::{Column, Fingerprint, Hasher, Scalar, Type};
use jiff::tz::TimeZone;
use polars::prelude::{BooleanChunked, ChunkCompareEq, ChunkFull, DataFrame, DataType, PlSmallStr, Series};

use crate::cache::Weight;
use crate::column::ColumnValues;
use crate::digest::series_fingerprint;
use crate::dtype::{moment, series_from_scalars, type_of};
use crate::error::DataError;
use crate::normal::normal_series;

/// A table that does not change; cheap to clone.
#[derive(Clone, Debug)]
pub struct Table(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Of [normal] types only.
    frame: DataFrame,
    columns: Arc<[Column]>,
    fingerprint: OnceLock<Fingerprint>,
    cut: Option<u64>,
    warnings: Arc<[Arc<str>]>,
    /// Where it is counted as long as anybody has it.
    weight: OnceLock<Weight>,
}

impl Table {
    /// A table of a frame whose moments are shown by the clock of `zone`.
    pub(crate) fn from_frame(frame: &DataFrame, zone: &TimeZone) -> Result<Self, DataError> {
        let columns = frame.columns().iter().map(|column| {
            let name = column.name();
            normal_series(column.as_materialized_series(), zone)
                .map_err(|error| DataError::rejected(format!("the column `{name}` cannot be read: {error}")))
        });
        Self::from_series(columns.collect::<Result<_, _>>()?)
    }

    /// A table of columns that are of [normal] types.
    pub(crate) fn from_series(series: Vec<Series>) -> Result<Self, DataError> {
        let frame = DataFrame::new_infer_height(series.into_iter().map(Into::into).collect())
            .map_err(|error| DataError::rejected(error.to_string()))?;
        Ok(Self::wrap(frame, None, Arc::default()))
    }

    /// A table of a frame whose columns are of [normal] types.
    pub(crate) fn wrap(frame: DataFrame, cut: Option<u64>, warnings: Arc<[Arc<str>]>) -> Self {
        let columns = frame
            .columns()
            .iter()
            .map(|column| Column { name: column.name().as_str().into(), ty: type_of(column.dtype()) })
            .collect();
        let (fingerprint, weight) = (OnceLock::new(), OnceLock::new());
        Self(Arc::new(Inner { frame, columns, fingerprint, cut, warnings, weight }))
    }

    /// A table of columns of equal length; of a column whose type is unknown, the values say it.
    pub fn from_columns(columns: Vec<(Name, Type, Vec<Scalar>)>) -> Result<Self, DataError> {
        let series = columns.into_iter().map(|(name, ty, values)| series_from_scalars(&name, Some(&ty), &values));
        Self::from_series(series.collect::<Result<_, _>>()?)
    }

    /// Keeps the first `limit` rows, and remembers it if there are more.
    pub(crate) fn cut_to(self, limit: Option<u64>) -> Self {
        let Some(limit) = limit.filter(|limit| (self.rows() as u64) > *limit) else { return self };
        let rows = usize::try_from(limit).unwrap_or(usize::MAX);
        Self::wrap(self.0.frame.head(Some(rows)), Some(limit), Arc::clone(&self.0.warnings))
    }

    /// The same table, with what a reader should know of it.
    pub fn with_warnings(self, warnings: Vec<Arc<str>>) -> Self {
        if warnings.is_empty() {
            return self;
        }
        Self::wrap(self.0.frame.clone(), self.0.cut, warnings.into())
    }

    /// The same rows, the last one first.
    pub(crate) fn turned(&self) -> Self {
        Self::wrap(self.0.frame.reverse(), self.0.cut, Arc::clone(&self.0.warnings))
    }

    /// A table made of another, with what a reader should know of that one.
    pub(crate) fn said_of(self, whole: &Self) -> Self {
        Self::wrap(self.0.frame.clone(), whole.0.cut, Arc::clone(&whole.0.warnings))
    }

    pub(crate) fn frame(&self) -> &DataFrame {
        &self.0.frame
    }

    pub fn rows(&self) -> usize {
        self.0.frame.height()
    }

    /// Names and types.
    pub fn columns(&self) -> Arc<[Column]> {
        Arc::clone(&self.0.columns)
    }

    /// The digest of names, types and cells; computed once.
    pub fn fingerprint(&self) -> Fingerprint {
        *self.0.fingerprint.get_or_init(|| {
            let mut hasher = Hasher::default();
            hasher.number(self.rows() as u64).number(self.0.cut.map_or(0, |rows| rows + 1));
            hasher.number(self.0.warnings.len() as u64);
            self.0.warnings.iter().for_each(|warning| _ = hasher.text(warning));
            for column in self.0.frame.columns() {
                hasher.fingerprint(series_fingerprint(column.as_materialized_series()));
            }
            hasher.finish()
        })
    }

    /// About how much memory it takes.
    pub fn bytes(&self) -> usize {
        self.0.frame.estimated_size()
    }

    /// Gives it a weight, once.
    pub(crate) fn weigh(&self, weight: impl FnOnce() -> Weight) {
        self.0.weight.get_or_init(weight);
    }

    pub(crate) fn weight(&self) -> Option<&Weight> {
        self.0.weight.get()
    }

    /// Whether two are the same in memory.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// The rows that `max_rows` allowed, if it stopped the reading.
    pub fn was_cut(&self) -> Option<u64> {
        self.0.cut
    }

    /// What a reader should know of a table that was read all the same: a column of an unknown type is shown as text.
    pub fn warnings(&self) -> &[Arc<str>] {
        &self.0.warnings
    }

    pub fn column(&self, name: &str) -> Option<ColumnValues> {
        self.0.frame.column(name).ok().map(|column| ColumnValues::new(column.as_materialized_series().clone()))
    }

    pub fn cell(&self, row: usize, column: &str) -> Option<Scalar> {
        self.column(column)?.get(row)
    }

    /// The first `rows` rows.
    pub fn head(&self, rows: usize) -> Self {
        Self::wrap(self.0.frame.head(Some(rows)), self.0.cut, Arc::clone(&self.0.warnings))
    }

    /// The first `limit` rows, each in the order of the columns.
    pub fn records(&self, limit: usize) -> Vec<Vec<Scalar>> {
        let columns: Vec<ColumnValues> = self.values().collect();
        (0..self.rows().min(limit))
            .map(|row| columns.iter().map(|column| column.get(row).unwrap_or_default()).collect())
            .collect()
    }

    fn values(&self) -> impl Iterator<Item = ColumnValues> + '_ {
        self.0.frame.columns().iter().map(|column| ColumnValues::new(column.as_materialized_series().clone()))
    }

    /// The rows whose cells equal all the wanted ones; null equals null, values of other kinds equal nothing.
    pub fn filter_equal(&self, wanted: &[(Name, Scalar)]) -> Result<Self, DataError> {
        let mut frame = self.0.frame.clone();
        for (name, value) in wanted {
            let column =
                frame.column(name).map_err(|_| DataError::rejected(format!("the table has no column `{name}`")))?;
            let mask = equal_mask(column.as_materialized_series(), value)?;
            frame = frame.filter(&mask).map_err(|error| DataError::internal(error.to_string()))?;
        }
        Ok(Self::wrap(frame, self.0.cut, Arc::clone(&self.0.warnings)))
    }
}

/// Which cells equal a value.
fn equal_mask(series: &Series, value: &Scalar) -> Result<BooleanChunked, DataError> {
    if value.is_null() {
        return Ok(series.is_null());
    }
    let nowhere = || BooleanChunked::full(PlSmallStr::EMPTY, false, series.len());
    let is_simple = !matches!(value, Scalar::List(_) | Scalar::Range(_) | Scalar::Bytes(_));
    let wanted = series_from_scalars("", None, std::slice::from_ref(value))?;
    let (cells, other) = (series.dtype(), wanted.dtype());
    let same_kind = (cells.is_numeric() && other.is_numeric())
        || (is_date(cells) && is_date(other))
        || (cells == other && !matches!(cells, DataType::List(_)));
    if !(is_simple && same_kind) {
        return Ok(nowhere());
    }
    let found = if is_date(cells) && cells != other {
        series.cast(&moment()).and_then(|cells| cells.equal(&wanted.cast(&moment())?))
    } else {
        series.equal(&wanted)
    };
    let found = found.map_err(|error| DataError::internal(error.to_string()))?;
    Ok(found.iter().map(|is_equal| is_equal == Some(true)).collect())
}

fn is_date(dtype: &DataType) -> bool {
    matches!(dtype, DataType::Date | DataType::Datetime(..))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ints(name: &str, cells: &[Option<i64>]) -> Table {
        let cells = cells.iter().map(|cell| cell.map_or(Scalar::Null, Scalar::Int));
        Table::from_columns(vec![(name.into(), Type::Int, cells.collect())]).unwrap()
    }

    #[test]
    fn fingerprints_follow_the_content_only() {
        let whole = ints("x", &[Some(1), None, Some(3), Some(4)]);
        let mut frame = ints("x", &[Some(1), None]).frame().clone();
        frame.vstack_mut(ints("x", &[Some(3), Some(4)]).frame()).unwrap();
        let chunked = Table::wrap(frame, None, Arc::default());
        assert_eq!(chunked.frame().first_col_n_chunks(), 2);
        assert_eq!(whole.fingerprint(), chunked.fingerprint());
        assert_eq!(whole.head(2).fingerprint(), ints("x", &[Some(1), None]).fingerprint());
        let float = |float: f64| Table::from_columns(vec![("x".into(), Type::Float, vec![Scalar::Float(float)])]);
        assert_eq!(float(0.0).unwrap().fingerprint(), float(-0.0).unwrap().fingerprint());
        let others = [
            ints("y", &[Some(1), None, Some(3), Some(4)]),
            ints("x", &[Some(1), Some(0), Some(3), Some(4)]),
            ints("x", &[None, Some(1), Some(3), Some(4)]),
            ints("x", &[Some(1), None, Some(3)]),
            float(1.0).unwrap(),
            whole.clone().cut_to(Some(3)),
            whole.clone().with_warnings(vec!["the column `x` is shown as text".into()]),
        ];
        for (at, other) in others.iter().enumerate() {
            assert_ne!(whole.fingerprint(), other.fingerprint(), "{at}");
        }
    }

    #[test]
    fn texts_do_not_run_together() {
        let texts = |cells: [&str; 2]| {
            Table::from_columns(vec![("x".into(), Type::Text, cells.map(Scalar::text).to_vec())]).unwrap().fingerprint()
        };
        assert_ne!(texts(["ab", "c"]), texts(["a", "bc"]));
    }

    #[test]
    fn rows_are_found_by_equal_cells() {
        let day = |text: &str| Scalar::Date(text.parse().unwrap());
        let table = Table::from_columns(vec![
            ("n".into(), Type::Int, vec![Scalar::Int(1), Scalar::Int(2), Scalar::Null]),
            ("t".into(), Type::Text, vec![Scalar::text("a"), Scalar::text("b"), Scalar::text("a")]),
            ("d".into(), Type::Date, vec![day("2024-01-01"), day("2024-01-02"), Scalar::Null]),
        ])
        .unwrap();
        for (wanted, rows) in [
            (vec![("n", Scalar::Int(2))], 1),
            (vec![("n", Scalar::Float(2.0))], 1),
            (vec![("n", Scalar::text("2"))], 0),
            (vec![("n", Scalar::Null)], 1),
            (vec![("t", Scalar::text("a"))], 2),
            (vec![("t", Scalar::text("a")), ("n", Scalar::Int(1))], 1),
            (vec![("d", day("2024-01-02"))], 1),
            (vec![("d", Scalar::DateTime("2024-01-02T00:00:00".parse().unwrap()))], 1),
            (vec![("d", Scalar::list([day("2024-01-02")]))], 0),
        ] {
            let named: Vec<(Name, Scalar)> =
                wanted.iter().map(|(name, value)| (Name::from(*name), value.clone())).collect();
            assert_eq!(table.filter_equal(&named).map(|found| found.rows()), Ok(rows), "{wanted:?}");
        }
        assert!(table.filter_equal(&[("x".into(), Scalar::Null)]).is_err());
    }

    #[test]
    fn every_kind_of_cell_comes_back() {
        let cells = [
            (Type::Bool, Scalar::Bool(true)),
            (Type::Decimal, Scalar::Decimal { units: -123, scale: 1 }),
            (Type::Date, Scalar::Date("-000044-03-15".parse().unwrap())),
            (Type::Date, Scalar::Date("9999-12-31".parse().unwrap())),
            (Type::Time, Scalar::Time("23:59:59.5".parse().unwrap())),
            (Type::DateTime, Scalar::DateTime("9999-12-31T23:59:59.999999".parse().unwrap())),
            (Type::DateTime, Scalar::DateTime("-009999-01-01T00:00:00.5".parse().unwrap())),
            (Type::DateTime, Scalar::DateTime("1969-12-31T23:59:59.25".parse().unwrap())),
            (Type::Any, Scalar::Bytes([1, 2].as_slice().into())),
            (Type::List(Box::new(Type::Int)), Scalar::list([Scalar::Int(1), Scalar::Null])),
            (Type::Any, Scalar::list([])),
            (Type::Any, Scalar::Null),
        ];
        for (ty, cell) in cells {
            let table = Table::from_columns(vec![("x".into(), ty, vec![cell.clone(), Scalar::Null])]).unwrap();
            assert_eq!(table.records(9), [vec![cell], vec![Scalar::Null]]);
        }
        let mixed = vec![Scalar::Int(1), Scalar::text("a")];
        let error = Table::from_columns(vec![("x".into(), Type::Any, mixed)]).unwrap_err();
        assert_eq!(error.to_string(), "the column `x` mixes int and text");
    }
}
