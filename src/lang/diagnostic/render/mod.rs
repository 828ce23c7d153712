//! Diagnostics as text for a terminal, a line each, as JSON, as SARIF, and for GitHub.
//!
//! Renderers take what [`Diagnostics::sorted`](super::Diagnostics::sorted) gives and never change it.

mod concise;
mod github;
mod json;
mod sarif;
mod terminal;

pub use concise::concise;
pub use github::github;
pub use json::json;
pub use sarif::sarif;
pub use terminal::terminal;

use super::Severity;

/// The word for a severity.
fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// Counts in words: `2 errors, 1 warning`.
pub fn summary(errors: usize, warnings: usize) -> String {
    let count = |count: usize, word: &str| match count {
        0 => None,
        1 => Some(format!("1 {word}")),
        more => Some(format!("{more} {word}s")),
    };
    let counts: Vec<String> = [count(errors, "error"), count(warnings, "warning")].into_iter().flatten().collect();
    if counts.is_empty() { "no errors".to_owned() } else { counts.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_counts_in_words() {
        let cases = [(0, 0, "no errors"), (1, 0, "1 error"), (2, 1, "2 errors, 1 warning"), (0, 3, "3 warnings")];
        for (errors, warnings, expected) in cases {
            assert_eq!(summary(errors, warnings), expected);
        }
    }
}
