//! Tables: what queries give, shared by all who read them.

use std::sync::{Arc, OnceLock};

use appspec_lang::spec::Name;
use appspec_lang::value::{Column, Fingerprint, Hasher, Scalar, Type};
use jiff::tz::TimeZone;
use polars::prelude::{
    BooleanChunked, ChunkCompareEq, ChunkFull, DataFrame, DataType, NamedFrom, PlSmallStr, Series, TimeUnit,
};

use crate::column::ColumnValues;
use crate::digest::series_fingerprint;
use crate::dtype::{moment, normal, series_from_scalars, type_of};
use crate::error::DataError;
use crate::moment::local_series;

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
}

impl Table {
    /// A table of a frame whose moments are shown by the clock of `zone`.
    pub(crate) fn from_frame(frame: &DataFrame, zone: &TimeZone) -> Result<Self, DataError> {
        let columns = frame.columns().iter().map(|column| normal_series(column.as_materialized_series(), zone));
        Self::from_series(columns.collect::<Result<_, _>>()?)
    }

    /// A table of columns that are of [normal] types.
    pub(crate) fn from_series(series: Vec<Series>) -> Result<Self, DataError> {
        let frame = DataFrame::new_infer_height(series.into_iter().map(Into::into).collect())
            .map_err(|error| DataError::rejected(error.to_string()))?;
        Ok(Self::wrap(frame, None))
    }

    fn wrap(frame: DataFrame, cut: Option<u64>) -> Self {
        let columns = frame
            .columns()
            .iter()
            .map(|column| Column { name: column.name().as_str().into(), ty: type_of(column.dtype()) })
            .collect();
        Self(Arc::new(Inner { frame, columns, fingerprint: OnceLock::new(), cut }))
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
        Self::wrap(self.0.frame.head(Some(rows)), Some(limit))
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

    /// The rows that `max_rows` allowed, if it stopped the reading.
    pub fn was_cut(&self) -> Option<u64> {
        self.0.cut
    }

    pub fn column(&self, name: &str) -> Option<ColumnValues> {
        self.0.frame.column(name).ok().map(|column| ColumnValues::new(column.as_materialized_series().clone()))
    }

    pub fn cell(&self, row: usize, column: &str) -> Option<Scalar> {
        self.column(column)?.get(row)
    }

    /// The first `rows` rows.
    pub fn head(&self, rows: usize) -> Self {
        Self::wrap(self.0.frame.head(Some(rows)), self.0.cut)
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
        Ok(Self::wrap(frame, self.0.cut))
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

/// Brings a column to its normal type.
fn normal_series(series: &Series, zone: &TimeZone) -> Result<Series, DataError> {
    let dtype = normal(series.dtype());
    if *series.dtype() == dtype {
        return Ok(series.clone());
    }
    let name = series.name();
    let cast = match series.dtype() {
        DataType::Datetime(_, Some(_)) => local_series(series, zone),
        DataType::Duration(unit) => {
            let parts = match unit {
                TimeUnit::Nanoseconds => 1e9,
                TimeUnit::Microseconds => 1e6,
                TimeUnit::Milliseconds => 1e3,
            };
            series.to_physical_repr().cast(&DataType::Float64).map(|seconds| &seconds / parts)
        }
        DataType::Struct(_) | DataType::Unknown(_) => {
            let texts = series.iter().map(|cell| (!cell.is_null()).then(|| cell.to_string()));
            Ok(Series::new(name.clone(), texts.collect::<Vec<_>>()))
        }
        // An int that 64 bits do not hold is a decimal, for all of its column.
        DataType::UInt64 | DataType::Int128 | DataType::UInt128 => {
            series.strict_cast(&dtype).or_else(|_| series.strict_cast(&DataType::Decimal(38, 0)))
        }
        _ => series.strict_cast(&dtype),
    };
    cast.map_err(|error| DataError::rejected(format!("the column `{name}` cannot be read: {error}")))
}
