//! Computations under way, each in a task of its own: whoever asks for the same waits for the same.

use std::sync::{Arc, Weak};

use appspec_lang::value::Fingerprint;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::task::{AbortHandle, JoinError};
use tokio::time::Instant;

use super::entry::Found;
use super::{Cache, Made, Slot};
use crate::error::{DataError, DataErrorKind};

pub(super) type Outcome = Result<Found, DataError>;

/// A computation under way.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) id: u64,
    /// Of all who have asked for it; of the one who started it first.
    pub(super) queries: Vec<Fingerprint>,
    pub(super) began: Instant,
    outcome: Shared<BoxFuture<'static, Outcome>>,
    /// Of all who wait.
    ticket: Weak<Ticket>,
}

/// One who waits for a computation.
pub(super) struct Passenger {
    outcome: Shared<BoxFuture<'static, Outcome>>,
    _ticket: Arc<Ticket>,
}

impl Passenger {
    pub(super) async fn arrive(self) -> Outcome {
        self.outcome.clone().await
    }
}

impl Flight {
    /// Starts a computation, with the first of its passengers.
    pub(super) fn start(
        cache: &Arc<Cache>,
        id: u64,
        slot: Slot,
        compute: impl Future<Output = Result<Made, DataError>> + Send + 'static,
    ) -> (Self, Passenger) {
        let Slot { key, query, .. } = slot;
        let (landing, began) = (Arc::clone(cache), Instant::now());
        let task = tokio::spawn(async move {
            // Made in here: a task that is dropped before it starts, as the runtime ends, must not ask for the lock.
            let landing = Landing { cache: landing, id, slot };
            let made = compute.await;
            landing.cache.land(id, &landing.slot, made)
        });
        let ticket = Arc::new(Ticket { cache: Arc::clone(cache), key, flight: id, task: task.abort_handle() });
        let outcome = task.map(|joined| joined.unwrap_or_else(|error| Err(failure_of(&error)))).boxed().shared();
        let flight =
            Self { id, queries: vec![query], began, outcome: outcome.clone(), ticket: Arc::downgrade(&ticket) };
        (flight, Passenger { outcome, _ticket: ticket })
    }

    /// Whether somebody waits for it still.
    pub(super) fn has_passengers(&self) -> bool {
        self.ticket.strong_count() > 0
    }

    /// One passenger more, who asks for a query; none if the last one is just leaving.
    pub(super) fn board(&mut self, query: Fingerprint) -> Option<Passenger> {
        let passenger = self.follow()?;
        if !self.queries.contains(&query) {
            self.queries.push(query);
        }
        Some(passenger)
    }

    /// One more who waits for what comes of it.
    pub(super) fn follow(&self) -> Option<Passenger> {
        Some(Passenger { outcome: self.outcome.clone(), _ticket: self.ticket.upgrade()? })
    }
}

/// Shared by all who wait for a flight: with the last of them it is dropped, and cancels the computation.
#[derive(Debug)]
struct Ticket {
    cache: Arc<Cache>,
    key: Fingerprint,
    flight: u64,
    task: AbortHandle,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.task.abort();
        self.cache.end_flight(self.key, self.flight);
    }
}

/// Ends a flight however its computation ends: with a result, a failure, a panic, or cancelled.
struct Landing {
    cache: Arc<Cache>,
    id: u64,
    slot: Slot,
}

impl Drop for Landing {
    fn drop(&mut self) {
        self.cache.end_flight(self.slot.key, self.id);
    }
}

/// What those who wait are told of a computation that gave nothing.
pub(crate) fn failure_of(error: &JoinError) -> DataError {
    if error.is_panic() {
        DataError::internal("the query failed by a mistake of appspec")
    } else {
        DataError::new(DataErrorKind::Cancelled, "the query was cancelled")
    }
}
