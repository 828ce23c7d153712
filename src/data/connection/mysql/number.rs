//! Numbers as `MySQL` sends them.

use polars::prelude::{DataType, Int128Chunked, IntoSeries, NamedFrom, NewChunkedArray, PlSmallStr, Series};

use crate::connection::cells::{Decimals, Texts};
use crate::error::DataError;

/// The most digits of a decimal in a table.
const MOST_DIGITS: usize = 38;

/// Cells of decimals; text, as soon as one has more digits than a decimal of a table holds.
pub(super) enum Digits {
    Decimals(Decimals),
    Texts(Texts),
    /// Only while one turns into the other.
    Nothing,
}

impl Digits {
    pub(super) fn new(name: PlSmallStr) -> Self {
        Self::Decimals(Decimals::new(name))
    }

    pub(super) fn push_null(&mut self) {
        match self {
            Self::Decimals(cells) => cells.push_null(),
            Self::Texts(cells) => cells.append_null(),
            Self::Nothing => {}
        }
    }

    /// Takes digits such as `-12.50`.
    pub(super) fn push(&mut self, text: &str) {
        if let Self::Decimals(cells) = self {
            if units_of(text).is_some_and(|(units, scale)| cells.push(units, scale)) {
                return;
            }
            let Self::Decimals(cells) = std::mem::replace(self, Self::Nothing) else { return };
            *self = Self::Texts(cells.into_texts());
        }
        if let Self::Texts(cells) = self {
            cells.append_value(text);
        }
    }

    /// The column, and whether it had to be text.
    pub(super) fn finish(self) -> Result<(Series, bool), DataError> {
        match self {
            Self::Decimals(cells) => Ok((cells.finish()?, false)),
            Self::Texts(cells) => Ok((cells.finish().into_series(), true)),
            Self::Nothing => Err(DataError::internal("a column was lost")),
        }
    }
}

/// The digits without their point, and how many stand behind it; none if there are too many.
fn units_of(text: &str) -> Option<(i128, u8)> {
    let scale = text.split_once('.').map_or(0, |(_, behind)| behind.len());
    let mut units: i128 = 0;
    for digit in text.bytes().filter(u8::is_ascii_digit) {
        units = units.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
    }
    let is_short = units < 10i128.pow(38) && scale <= MOST_DIGITS;
    let units = if text.starts_with('-') { -units } else { units };
    is_short.then_some((units, u8::try_from(scale).ok()?))
}

/// Whole numbers without a sign: a column that 64 bits with a sign do not hold is of decimals.
pub(super) fn unsigned_series(name: PlSmallStr, cells: Vec<Option<u64>>) -> Result<Series, DataError> {
    let series = if cells.iter().flatten().all(|cell| i64::try_from(*cell).is_ok()) {
        Series::new(name, cells).strict_cast(&DataType::Int64)
    } else {
        let units = cells.into_iter().map(|cell| cell.map(i128::from));
        Int128Chunked::from_iter_options(name, units).into_series().into_decimal(MOST_DIGITS, 0)
    };
    series.map_err(|error| DataError::internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::ColumnValues;

    fn read(texts: &[Option<&str>]) -> (Vec<String>, bool) {
        let mut digits = Digits::new("x".into());
        for text in texts {
            match text {
                Some(text) => digits.push(text),
                None => digits.push_null(),
            }
        }
        let (series, is_text) = digits.finish().unwrap();
        let cells = series.iter().map(|cell| if cell.is_null() { "null".to_owned() } else { cell.to_string() });
        (cells.map(|cell| cell.trim_matches('"').to_owned()).collect(), is_text)
    }

    #[test]
    fn decimals_lose_no_digit() {
        let most = "99999999999999999999999999999999999999";
        let beyond = "100000000000000000000000000000000000000";
        for (texts, wanted, is_text) in [
            (vec![Some("1.50"), None, Some("-0.05")], vec!["1.50", "null", "-0.05"], false),
            (vec![Some("1"), Some("-2.5")], vec!["1.0", "-2.5"], false),
            (vec![Some(most), Some("-1")], vec![most, "-1"], false),
            (vec![Some("-1.5"), None, Some(beyond), Some("2")], vec!["-1.5", "null", beyond, "2"], true),
            (vec![Some(most), Some("0.1")], vec![most, "0.1"], true),
            (vec![Some("0.001"), Some(most)], vec!["0.001", most], true),
        ] {
            let wanted: Vec<String> = wanted.into_iter().map(str::to_owned).collect();
            assert_eq!(read(&texts), (wanted, is_text), "{texts:?}");
        }
    }

    #[test]
    fn numbers_without_a_sign_are_ints_where_they_can() {
        let read = |cells| ColumnValues::new(unsigned_series("x".into(), cells).unwrap()).ty().to_string();
        assert_eq!(read(vec![Some(i64::MAX.unsigned_abs()), None]), "int");
        assert_eq!(read(vec![Some(u64::MAX), None]), "decimal");
    }
}
