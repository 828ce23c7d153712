//! The figures of a run, for each operator.

use std::collections::BTreeMap;
use std::fmt;

use super::judge::Verdict;
use super::operator::{Class, Edit};

/// Of the edits that break the app, so many in a hundred must be errors.
const FOUND: f64 = 98.0;
/// Of those, so many must be reported at their place first.
const IN_PLACE: f64 = 95.0;

#[derive(Clone, Copy, Debug, Default)]
struct Row {
    edits: usize,
    breaking: usize,
    found: usize,
    in_place: usize,
    harmless: usize,
    false_alarms: usize,
    warned: usize,
    open: usize,
    panics: usize,
}

impl Row {
    fn add(&mut self, class: Class, verdict: &Verdict) {
        let has_errors = !verdict.errors.is_empty();
        self.edits += 1;
        self.panics += usize::from(verdict.panic.is_some());
        match class {
            Class::Breaks => {
                self.breaking += 1;
                self.found += usize::from(has_errors);
                self.in_place += usize::from(has_errors && verdict.is_in_place);
            }
            Class::Harmless => {
                self.harmless += 1;
                self.false_alarms += usize::from(has_errors);
                self.warned += usize::from(verdict.warnings > 0);
            }
            Class::Open => self.open += 1,
        }
    }
}

/// A row for each operator, in the order in which they come.
pub(super) struct Figures {
    rows: BTreeMap<&'static str, Row>,
    total: Row,
}

impl Figures {
    pub(super) fn of(edits: &[Edit], verdicts: &[Verdict]) -> Self {
        let mut figures = Self { rows: BTreeMap::new(), total: Row::default() };
        for (edit, verdict) in edits.iter().zip(verdicts) {
            figures.rows.entry(edit.operator).or_default().add(edit.class, verdict);
            figures.total.add(edit.class, verdict);
        }
        figures
    }

    /// How many operators found a place.
    pub(super) fn operators(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn is_good_enough(&self) -> bool {
        let total = &self.total;
        share(total.found, total.breaking) >= FOUND
            && share(total.in_place, total.found) >= IN_PLACE
            && total.false_alarms == 0
            && total.panics == 0
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of edits are small")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 100.0 } else { 100.0 * part as f64 / whole as f64 }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:36} {:>6} {:>8} {:>6} {:>8} {:>8} {:>12} {:>7} {:>5} {:>6}",
            "operator",
            "edits",
            "breaking",
            "found",
            "in place",
            "harmless",
            "false alarms",
            "warned",
            "open",
            "panics"
        )?;
        for (operator, row) in self.rows.iter().map(|(operator, row)| (*operator, row)).chain([("all", &self.total)]) {
            writeln!(
                f,
                "{operator:36} {:>6} {:>8} {:>6} {:>8} {:>8} {:>12} {:>7} {:>5} {:>6}",
                row.edits,
                row.breaking,
                row.found,
                row.in_place,
                row.harmless,
                row.false_alarms,
                row.warned,
                row.open,
                row.panics
            )?;
        }
        let (found, in_place) =
            (share(self.total.found, self.total.breaking), share(self.total.in_place, self.total.found));
        write!(f, "{found:.1} % of the breaking edits are errors, {in_place:.1} % of these at their place")
    }
}
