//! The views that somebody has touched, and the page loads that are still arriving.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, watch};

use crate::eval::{Run, View, ViewId};

/// How long a view is kept after its last interaction.
const IDLE: Duration = Duration::from_hours(1);

/// How many views are kept; beyond, the tenth that was idle longest goes.
const MOST: usize = 20_000;

/// How long a page load that has late parts waits for its browser to fetch them.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// A touched view, to be locked by one run at a time.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    view: Arc<AsyncMutex<View>>,
    newest: watch::Sender<u64>,
}

/// A place in the order of a view's interactions: it ends when a newer one comes.
#[derive(Debug)]
pub(super) struct Turn {
    number: u64,
    newest: watch::Receiver<u64>,
}

impl Turn {
    /// Completes when a newer interaction has come.
    pub(super) async fn overtaken(&mut self) {
        let number = self.number;
        if self.newest.wait_for(|newest| *newest > number).await.is_err() {
            // The view is gone, and with it whoever could overtake.
            std::future::pending::<()>().await;
        }
    }
}

impl Slot {
    pub(super) fn new(view: View) -> Self {
        Self { view: Arc::new(AsyncMutex::new(view)), newest: watch::Sender::new(0) }
    }

    /// Asks a running interaction to stop, and waits until it has.
    pub(super) async fn lock(&self) -> (OwnedMutexGuard<View>, Turn) {
        let mut number = 0;
        self.newest.send_modify(|newest| {
            *newest += 1;
            number = *newest;
        });
        let newest = self.newest.subscribe();
        (Arc::clone(&self.view).lock_owned().await, Turn { number, newest })
    }
}

/// All touched views.
#[derive(Debug, Default)]
pub(super) struct Views {
    slots: Mutex<HashMap<ViewId, (Slot, Instant)>>,
}

impl Views {
    pub(super) fn find(&self, id: ViewId) -> Option<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let (slot, touched) = slots.get_mut(&id)?;
        *touched = Instant::now();
        Some(slot.clone())
    }

    /// Keeps a view; if one of this id was added meanwhile, that one is given.
    pub(super) fn add(&self, id: ViewId, view: View) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= MOST {
            make_room(&mut slots);
        }
        let (slot, _) = slots.entry(id).or_insert_with(|| (Slot::new(view), Instant::now()));
        slot.clone()
    }

    pub(super) fn len(&self) -> usize {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

fn make_room(slots: &mut HashMap<ViewId, (Slot, Instant)>) {
    let now = Instant::now();
    let mut touched: Vec<Instant> = slots.values().map(|(_, touched)| *touched).collect();
    touched.sort_unstable();
    let oldest = touched.get(MOST / 10).copied().unwrap_or(now);
    slots.retain(|_, (_, touched)| *touched > oldest && now.duration_since(*touched) < IDLE);
}

/// Page loads whose late parts have not been fetched yet.
#[derive(Default)]
pub(super) struct Arriving {
    runs: Mutex<HashMap<ViewId, (Run, Instant)>>,
}

impl std::fmt::Debug for Arriving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arriving").finish_non_exhaustive()
    }
}

impl Arriving {
    /// Keeps a run until its browser asks for the rest; whoever never does is forgotten.
    pub(super) fn keep(&self, id: ViewId, run: Run) {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        runs.retain(|_, (_, since)| now.duration_since(*since) < PATIENCE);
        runs.insert(id, (run, now));
    }

    pub(super) fn take(&self, id: ViewId) -> Option<Run> {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        runs.remove(&id).map(|(run, _)| run)
    }

    /// Drops, and so cancels, a run that nobody has asked for.
    pub(super) fn give_up(&self, id: ViewId) {
        drop(self.take(id));
    }
}
