//! Which colours marks have: those of the page, by name, or what the author says.

use serde_json::{Value, json};

/// How many colours of series the page has: `--c1` and so on.
const COLORS: usize = 8;
const TONES: [&str; 4] = ["success", "warning", "error", "info"];

/// The colour of each series: by the rank of its name, so that charts with the same series agree.
pub(super) fn by_rank(names: &[&str]) -> Vec<Value> {
    let mut sorted: Vec<&str> = names.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let rank = |name: &str| sorted.binary_search(&name).unwrap_or(0);
    names.iter().map(|name| of_series(rank(name))).collect()
}

/// The colour of the series of this number.
pub(super) fn of_series(rank: usize) -> Value {
    json!(format!("$c{}", rank % COLORS + 1))
}

/// What the author says: the name of a tone, or a colour of CSS.
pub(super) fn own(written: &str) -> Value {
    if TONES.contains(&written) { json!(format!("${written}")) } else { json!(written.trim_start_matches('$')) }
}
