//! How long to wait before something that has failed is tried again.

use std::time::Duration;

/// The first pause; it doubles up to the [`LONGEST`].
const FIRST: Duration = Duration::from_secs(2);

/// Also where asking again is unlikely to mend it.
pub(crate) const LONGEST: Duration = Duration::from_mins(1);

/// The pause after so many failures in a row before the last one.
pub fn pause_after(failures: u32) -> Duration {
    FIRST.saturating_mul(1 << failures.min(6)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute() {
        let seconds: Vec<u64> = [0, 1, 2, 4, 5, 100].map(|failures| pause_after(failures).as_secs()).into();
        assert_eq!(seconds, [2, 4, 8, 32, 60, 60]);
    }
}
