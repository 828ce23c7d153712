//! The valid documents of a suite that are refused, by the reason, and the invalid ones that are read.

use std::collections::BTreeMap;
use std::fmt::Write;

/// A kind of refusal: what its message begins with, and why documents are refused so.
pub(super) type Reason = (&'static str, &'static str);

/// An invalid document that is read, and why.
pub(super) type Leniency = (&'static str, &'static str);

/// What a suite has shown.
pub(super) struct Deviations {
    reasons: &'static [Reason],
    leniencies: &'static [Leniency],
    counts: Counts,
    /// The refused documents below the row of their reason.
    refused: BTreeMap<usize, Vec<String>>,
}

#[derive(Default)]
struct Counts {
    valid: usize,
    invalid: usize,
    refused: usize,
}

impl Deviations {
    pub(super) fn new(reasons: &'static [Reason], leniencies: &'static [Leniency]) -> Self {
        Self { reasons, leniencies, counts: Counts::default(), refused: BTreeMap::new() }
    }

    /// Counts a valid document that was read.
    pub(super) fn valid(&mut self) {
        self.counts.valid += 1;
    }

    /// Counts an invalid document; whether that it was read, or was refused, is as it should be.
    pub(super) fn invalid(&mut self, id: &str, is_read: bool) -> bool {
        self.counts.invalid += 1;
        is_read == self.leniencies.iter().any(|(lenient, _)| *lenient == id)
    }

    /// Counts a valid document that was refused with this message.
    pub(super) fn refused(&mut self, id: &str, message: &str) {
        self.counts.valid += 1;
        self.counts.refused += 1;
        let reason = self.reasons.iter().position(|(start, _)| message.starts_with(start));
        let reason = reason.unwrap_or_else(|| panic!("{id} is refused without a reason: {message}"));
        self.refused.entry(reason).or_default().push(id.to_owned());
    }

    /// The table of reasons, and how many documents there are of each kind.
    pub(super) fn in_markdown(&self) -> String {
        let Counts { valid, invalid, refused } = self.counts;
        let mut text = format!(
            "Of {valid} valid documents {} are read, each as the suite says, and {refused} are refused. Of {invalid} \
             invalid ones {} are refused.\n",
            valid - refused,
            invalid - self.leniencies.len()
        );
        if !self.refused.is_empty() {
            text.push_str("\n| refused with | because | documents of the suite |\n|---|---|---|\n");
        }
        for (reason, ids) in &self.refused {
            let (message, why) = self.reasons[*reason];
            let ids: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
            writeln!(text, "| {message} | {why} | {} |", ids.join(", ")).unwrap();
        }
        if !self.leniencies.is_empty() {
            text.push_str("\n| read, although invalid | because |\n|---|---|\n");
        }
        for (id, why) in self.leniencies {
            writeln!(text, "| `{id}` | {why} |").unwrap();
        }
        let unused: Vec<_> = (0..self.reasons.len()).filter(|reason| !self.refused.contains_key(reason)).collect();
        assert!(unused.is_empty(), "reasons for nothing: {:?}", unused.iter().map(|at| self.reasons[*at].0));
        text
    }
}
