//! What a view remembers of a node: digests, scalars, and where a table can be found again.

use std::sync::Arc;
use std::time::Instant;

use appspec_data::{Cached, DataError, Table, Trouble, Value, pause_after};
use appspec_lang::value::Fingerprint;
use jiff::civil::DateTime;

use super::expr::{Again, EvalError};

/// The last outcome of a node. It holds while the digest of the node's inputs is the same.
#[derive(Clone, Debug)]
pub struct Memo {
    pub inputs: Fingerprint,
    pub output: Fingerprint,
    pub kept: Kept,
}

/// The value of a node, as far as a view keeps it.
#[derive(Clone, Debug)]
pub enum Kept {
    /// A value at hand: a scalar, or a table that no cache holds.
    Value(Value),
    /// A table in the shared cache, which may have dropped it.
    Cached(Cached),
    /// Made from its inputs whenever it is asked for.
    Derived,
    /// Only the digest: a component, or what was left behind by another view.
    Nothing,
    Failed(Failure),
}

/// Why a node has no value.
#[derive(Clone, Debug)]
pub struct Failure {
    pub error: EvalError,
    /// How often it has failed in a row.
    pub attempts: u32,
    /// From then on it is tried again without a change of its inputs; none for what only waits for another, and where
    /// the same would come of it.
    pub retry_at: Option<Instant>,
}

impl Failure {
    /// A failure of the node itself, after `before` others.
    pub fn own(error: EvalError, before: u32, now: Instant) -> Self {
        let retry_at = (error.again() == Again::ByItself).then(|| now + pause_after(before));
        Self { error, attempts: before + 1, retry_at }
    }

    /// A failure behind a table that is shown all the same, and was made at a moment.
    pub fn of_refresh(trouble: &Trouble, made: DateTime) -> Self {
        let message = format!("{} (as of {})", trouble.error, made.strftime("%Y-%m-%d %H:%M")).into();
        let error = EvalError::from(DataError { message, ..trouble.error.clone() });
        let retry_at = (error.again() == Again::ByItself).then(|| trouble.retry_at.into_std());
        Self { error, attempts: trouble.attempts, retry_at }
    }

    /// A failure of something that the node reads.
    pub fn inherited(error: EvalError) -> Self {
        Self { error, attempts: 0, retry_at: None }
    }

    /// Safe to show.
    pub fn message(&self) -> &Arc<str> {
        self.error.text()
    }

    /// Whether it is time to try again.
    pub fn is_due(&self, now: Instant) -> bool {
        self.retry_at.is_some_and(|at| at <= now)
    }

    /// How it looks.
    pub fn fingerprint(&self) -> Fingerprint {
        self.error.fingerprint()
    }
}

impl Memo {
    pub fn failure(&self) -> Option<&Failure> {
        match &self.kept {
            Kept::Failed(failure) => Some(failure),
            _ => None,
        }
    }

    /// The memo without what only the view that made it may hold: tables at hand become a digest, or what `held` says.
    pub fn without_tables(&self, held: impl FnOnce(&Table) -> Option<Cached>) -> Self {
        let kept = match &self.kept {
            Kept::Value(Value::Scalar(scalar)) => Kept::Value(Value::Scalar(scalar.clone())),
            Kept::Value(Value::Table(table)) => held(table).map_or(Kept::Nothing, Kept::Cached),
            Kept::Value(_) => Kept::Nothing,
            kept => kept.clone(),
        };
        Self { kept, ..*self }
    }
}
