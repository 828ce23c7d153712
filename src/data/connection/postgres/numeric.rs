//! `numeric`, as it is sent: a sign, a weight, and digits to the base of ten thousand.

use crate::dtype::decimal_text;

const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xC000;
const INFINITE: u16 = 0xD000;
const MINUS_INFINITE: u16 = 0xF000;
/// Decimal digits in a digit.
const WIDTH: i32 = 4;

/// A number, or what `PostgreSQL` has instead of one.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Numeric {
    /// `units` × 10^-`scale`.
    Exact { units: i128, scale: u8 },
    /// What 38 digits do not hold, as the server writes it: `NaN` too.
    Written(String),
}

impl Numeric {
    /// Reads what was sent; none if it is not whole.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (head, digits) = bytes.split_at_checked(8)?;
        let [count, weight, sign, scale] = [0, 2, 4, 6].map(|at| number(head, at));
        let (count, weight, sign, scale) = (count?, weight?.cast_signed(), sign?, scale?);
        let special = match sign {
            NAN => Some("NaN"),
            INFINITE => Some("Infinity"),
            MINUS_INFINITE => Some("-Infinity"),
            _ => None,
        };
        if let Some(special) = special {
            return Some(Self::Written(special.to_owned()));
        }
        let digits: Vec<u16> = (0..usize::from(count)).map(|at| number(digits, at * 2)).collect::<Option<_>>()?;
        let is_negative = sign == NEGATIVE;
        Some(match units(&digits, weight, scale) {
            Some(units) => {
                Self::Exact { units: if is_negative { -units } else { units }, scale: u8::try_from(scale).ok()? }
            }
            None => Self::Written(written(&digits, weight, scale, is_negative)),
        })
    }
}

impl Numeric {
    /// As the server writes it.
    pub(super) fn into_text(self) -> String {
        match self {
            Self::Exact { units, scale } => decimal_text(units, scale),
            Self::Written(text) => text,
        }
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// The number in units of its last decimal, if 38 digits hold it.
fn units(digits: &[u16], weight: i16, scale: u16) -> Option<i128> {
    let Some((last, before)) = digits.split_last() else { return (scale <= 38).then_some(0) };
    let mut units: i128 = 0;
    for digit in before {
        units = units.checked_mul(10_000)?.checked_add(i128::from(*digit))?;
    }
    // The place of the last digit, and from there to the last decimal: a part of the last digit may lie behind it.
    let place = (i32::from(weight) + 1 - i32::try_from(digits.len()).ok()?) * WIDTH + i32::from(scale);
    let behind = u32::try_from(-place).unwrap_or(0);
    let last = i128::from(*last) / 10i128.checked_pow(behind)?;
    units = units.checked_mul(10i128.checked_pow(4u32.checked_sub(behind)?)?)?.checked_add(last)?;
    if units != 0 {
        units = units.checked_mul(10i128.checked_pow(u32::try_from(place).unwrap_or(0))?)?;
    }
    (scale <= 38 && units < 10i128.pow(38)).then_some(units)
}

fn written(digits: &[u16], weight: i16, scale: u16, is_negative: bool) -> String {
    let digit = |place: i32| {
        let at = usize::try_from(i32::from(weight) - place).ok();
        at.and_then(|at| digits.get(at)).copied().unwrap_or_default()
    };
    let run = |places: &mut dyn Iterator<Item = i32>| {
        places.fold(String::new(), |text, place| format!("{text}{:04}", digit(place)))
    };
    let whole = run(&mut (0..=i32::from(weight).max(0)).rev());
    let whole = whole.trim_start_matches('0');
    let sign = if is_negative { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    if scale == 0 {
        return format!("{sign}{whole}");
    }
    let mut part = run(&mut (1..=i32::from(scale).div_euclid(WIDTH) + 1).map(|place| -place));
    part.truncate(usize::from(scale));
    format!("{sign}{whole}.{part}")
}

/// Writes a decimal as it is sent.
pub(super) fn write(units: i128, scale: u8) -> Vec<u8> {
    // Whole digits behind the point.
    let groups = u32::from(scale).div_ceil(4);
    let missing = groups * 4 - u32::from(scale);
    // The last group may be longer than what 128 bits hold; its zeros are taken off first.
    let magnitude = units.unsigned_abs();
    let (mut rest, last) = split_last(magnitude, 4 - missing);
    let mut digits = Vec::new();
    if missing > 0 || groups > 0 {
        digits.push(last * 10u16.pow(missing));
    } else {
        rest = magnitude;
    }
    while rest > 0 {
        digits.push(u16::try_from(rest % 10_000).expect("what is left of a division by ten thousand"));
        rest /= 10_000;
    }
    digits.reverse();
    let weight =
        i16::try_from(digits.len()).expect("40 digits at most") - 1 - i16::try_from(groups).expect("64 at most");
    let sign = if units < 0 { NEGATIVE } else { 0 };
    let count = u16::try_from(digits.len()).expect("40 digits at most");
    let head = [count, weight.cast_unsigned(), sign, u16::from(scale)];
    head.into_iter().chain(digits).flat_map(u16::to_be_bytes).collect()
}

/// Cuts so many decimal digits off the end.
fn split_last(number: u128, digits: u32) -> (u128, u16) {
    let by = 10u128.pow(digits);
    (number / by, u16::try_from(number % by).expect("four digits at most"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_come_back_as_they_were_written() {
        let most = 10i128.pow(38) - 1;
        for (units, scale) in [
            (0, 0),
            (0, 2),
            (1, 0),
            (-1, 4),
            (15, 1),
            (-1205, 2),
            (10_000, 0),
            (10_000, 4),
            (123_456_789, 3),
            (5, 30),
            (most, 0),
            (-most, 38),
            (most, 19),
            (100_000_000, 2),
        ] {
            assert_eq!(Numeric::read(&write(units, scale)), Some(Numeric::Exact { units, scale }), "{units}e-{scale}");
        }
    }

    #[test]
    fn numbers_are_read_as_the_server_sends_them() {
        let sent = |numbers: &[u16]| numbers.iter().flat_map(|number| number.to_be_bytes()).collect::<Vec<u8>>();
        let minus_one = u16::MAX;
        for (numbers, wanted) in [
            // 12345.6780
            (vec![3, 1, 0, 4, 1, 2345, 6780], Numeric::Exact { units: 123_456_780, scale: 4 }),
            // 0.05: the zeros before are not sent
            (vec![1, minus_one, NEGATIVE, 2, 500], Numeric::Exact { units: -5, scale: 2 }),
            // 1e8: nor those behind
            (vec![1, 2, 0, 0, 1], Numeric::Exact { units: 100_000_000, scale: 0 }),
            (vec![0, 0, NAN, 0], Numeric::Written("NaN".to_owned())),
            (vec![1, 10, 0, 0, 1], Numeric::Written(format!("1{}", "0".repeat(40)))),
            (vec![2, 9, NEGATIVE, 3, 12, 3456], Numeric::Written(format!("-123456{}.000", "0".repeat(32)))),
            (vec![1, minus_one - 10, 0, 45, 1], Numeric::Written(format!("0.{}10", "0".repeat(43)))),
        ] {
            assert_eq!(Numeric::read(&sent(&numbers)), Some(wanted), "{numbers:?}");
        }
        assert_eq!(Numeric::read(&sent(&[2, 0, 0, 0, 1])), None);
    }
}
