//! Tables drawn by chance. The same seed draws the same table, and a column the same cells whatever stands beside it.

use appspec_lang::spec::{Generate, Generator, Name};
use appspec_lang::value::{Fingerprint, Hasher, Scalar};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, Normal};

use crate::error::DataError;
use crate::table::Table;

/// The most rows that are drawn: a slip of the pen must not take all memory.
const MOST_ROWS: u64 = 10_000_000;

/// Draws a table.
pub(crate) fn table_of(spec: &Generate, seed: Fingerprint) -> Result<Table, DataError> {
    if spec.rows > MOST_ROWS {
        return Err(DataError::rejected(format!("`generate` draws at most {MOST_ROWS} rows, not {}", spec.rows)));
    }
    let columns = spec.columns.iter().map(|(name, generator)| {
        let mut chance = StdRng::from_seed(seed_of(seed, name));
        let cells = draw(generator, spec.rows, &mut chance)
            .ok_or_else(|| DataError::rejected(format!("`generate` cannot draw `{name}` from {generator:?}")))?;
        Ok((Name::clone(name), generator.ty(), cells))
    });
    Table::from_columns(columns.collect::<Result<_, DataError>>()?)
}

fn seed_of(seed: Fingerprint, column: &str) -> [u8; 32] {
    let half = |part: u64| {
        let mut hasher = Hasher::default();
        hasher.number(part).fingerprint(seed).text(column).finish().0.to_le_bytes()
    };
    let mut whole = [0; 32];
    let (low, high) = whole.split_at_mut(16);
    low.copy_from_slice(&half(0));
    high.copy_from_slice(&half(1));
    whole
}

/// The cells of a column; none if the generator's numbers make no sense.
fn draw(generator: &Generator, rows: u64, chance: &mut StdRng) -> Option<Vec<Scalar>> {
    let rows = 0..rows;
    Some(match generator {
        Generator::Normal(mean, deviation) => {
            let normal = Normal::new(*mean, *deviation).ok()?;
            rows.map(|_| Scalar::Float(normal.sample(chance))).collect()
        }
        Generator::Uniform(low, high) => {
            let width = high - low;
            if !width.is_finite() {
                return None;
            }
            rows.map(|_| Scalar::Float(low + width * chance.random::<f64>())).collect()
        }
        Generator::Int(low, high) if low > high => return None,
        Generator::Int(low, high) => rows.map(|_| Scalar::Int(chance.random_range(*low..=*high))).collect(),
        Generator::Sequence(start, step) => {
            let cell = |row: u64| Some(Scalar::Int(start.checked_add(step.checked_mul(i64::try_from(row).ok()?)?)?));
            rows.map(cell).collect::<Option<_>>()?
        }
        Generator::Choice(items) if items.is_empty() => return None,
        Generator::Choice(items) => {
            rows.map(|_| items.get(chance.random_range(0..items.len())).cloned().unwrap_or_default()).collect()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(columns: Vec<(&str, Generator)>) -> Generate {
        let columns = columns.into_iter().map(|(name, generator)| (Name::from(name), generator)).collect();
        Generate { rows: 1000, columns, seed: None }
    }

    #[test]
    fn a_seed_draws_the_same_table_whatever_stands_beside_a_column() {
        let x = ("x", Generator::Normal(0.0, 1.0));
        let one = table_of(&spec(vec![x.clone()]), Fingerprint(7)).unwrap();
        let two = table_of(&spec(vec![("i", Generator::Int(1, 6)), x.clone()]), Fingerprint(7)).unwrap();
        let other = table_of(&spec(vec![x]), Fingerprint(8)).unwrap();
        assert_eq!(one.column("x").unwrap().fingerprint(), two.column("x").unwrap().fingerprint());
        assert_ne!(one.fingerprint(), other.fingerprint());
    }

    #[test]
    fn generators_keep_to_their_numbers() {
        let items = vec![Scalar::text("a"), Scalar::text("b")];
        let table = table_of(
            &spec(vec![
                ("normal", Generator::Normal(100.0, 1.0)),
                ("uniform", Generator::Uniform(2.0, 3.0)),
                ("int", Generator::Int(1, 2)),
                ("sequence", Generator::Sequence(10, -5)),
                ("choice", Generator::Choice(items)),
            ]),
            Fingerprint(1),
        )
        .unwrap();
        let float = |scalar: Scalar| scalar.as_float().unwrap();
        let column = |name: &str| table.column(name).unwrap();
        assert!((float(column("normal").mean().unwrap()) - 100.0).abs() < 0.2);
        assert!(float(column("uniform").min().unwrap()) >= 2.0 && float(column("uniform").max().unwrap()) < 3.0);
        assert_eq!((column("int").min().unwrap(), column("int").max().unwrap()), (Scalar::Int(1), Scalar::Int(2)));
        assert_eq!(column("sequence").last(), Scalar::Int(10 - 5 * 999));
        assert_eq!(column("choice").nunique(), Scalar::Int(2));
        assert_eq!(
            table.columns().iter().map(|column| column.ty.to_string()).collect::<Vec<_>>(),
            ["float", "float", "int", "int", "text"]
        );
    }

    #[test]
    fn numbers_that_make_no_sense_are_refused() {
        for generator in [
            Generator::Normal(0.0, f64::NAN),
            Generator::Uniform(0.0, f64::INFINITY),
            Generator::Int(2, 1),
            Generator::Sequence(i64::MAX, 1),
            Generator::Choice(Vec::new()),
        ] {
            assert!(table_of(&spec(vec![("x", generator.clone())]), Fingerprint(1)).is_err(), "{generator:?}");
        }
    }
}
