//! The views that somebody has touched, and the page loads that are still arriving.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indexmap::IndexSet;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, watch};

use crate::eval::{Reaction, Run, View, ViewId};

/// How long a view is kept after its last interaction.
const IDLE: Duration = Duration::from_hours(1);

/// How often views that were idle for too long are looked for.
const SWEEP: Duration = Duration::from_mins(1);

/// How many views are kept; beyond, the tenth that was idle longest goes.
const MOST: usize = 20_000;

/// How many views that have written are remembered beyond their end; each takes some bytes.
const MOST_FORGOTTEN: usize = 100_000;

/// How long nothing is asked of views that could give up nothing.
const RESPITE: Duration = Duration::from_secs(1);

/// How long a page load that has late parts waits for its browser to fetch them.
const PATIENCE: Duration = Duration::from_secs(10);

/// A touched view, to be locked by one run at a time.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    view: Arc<AsyncMutex<View>>,
    newest: watch::Sender<u64>,
    has_written: Arc<AtomicBool>,
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
        Self { view: Arc::new(AsyncMutex::new(view)), newest: watch::Sender::new(0), has_written: Arc::default() }
    }

    /// Notes that the view has clicks which must not be done twice, even when it is forgotten.
    pub(super) fn note_write(&self) {
        self.has_written.store(true, Ordering::Relaxed);
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

    /// Waits for a running interaction to end; whichever comes after it goes first.
    pub(super) async fn lock_behind(&self) -> (OwnedMutexGuard<View>, Turn) {
        let newest = self.newest.subscribe();
        let number = *newest.borrow();
        (Arc::clone(&self.view).lock_owned().await, Turn { number, newest })
    }
}

/// All touched views.
#[derive(Debug, Default)]
pub(super) struct Views {
    slots: Mutex<Slots>,
    /// How often a view has given up its tables.
    relieved: AtomicU64,
}

#[derive(Debug, Default)]
struct Slots {
    /// With the moment of the last interaction.
    by_id: HashMap<ViewId, (Slot, Instant)>,
    swept: Option<Instant>,
    /// When views were last asked for tables, and had not enough.
    asked_in_vain: Option<Instant>,
    /// The last views that were forgotten after they had written, in the order in which they were.
    forgotten: IndexSet<ViewId>,
}

impl Views {
    pub(super) fn find(&self, id: ViewId) -> Option<Slot> {
        let mut slots = self.slots();
        let now = Instant::now();
        slots.sweep(now);
        let (slot, touched) = slots.by_id.get_mut(&id)?;
        *touched = now;
        Some(slot.clone())
    }

    /// Keeps a view; if one of this id was added meanwhile, that one is given.
    pub(super) fn add(&self, id: ViewId, view: View) -> Slot {
        let mut slots = self.slots();
        let now = Instant::now();
        slots.sweep(now);
        let (slot, _) = slots.by_id.entry(id).or_insert_with(|| (Slot::new(view), now));
        slot.clone()
    }

    /// Whether a view was forgotten that has written: what its browser sends may be done already.
    pub(super) fn has_forgotten(&self, id: ViewId) -> bool {
        self.slots().forgotten.contains(&id)
    }

    pub(super) fn len(&self) -> usize {
        self.slots().by_id.len()
    }

    /// Has views give up the tables that they alone hold, for as long as these are too many: those first that nobody
    /// has touched for longest. What is evaluated just now keeps them.
    pub(super) fn relieve(&self, is_too_much: impl Fn() -> bool) {
        let mut idle: Vec<(Instant, Slot)> = {
            let slots = self.slots();
            if slots.asked_in_vain.is_some_and(|asked| asked.elapsed() < RESPITE) {
                return;
            }
            slots.by_id.values().map(|(slot, touched)| (*touched, slot.clone())).collect()
        };
        idle.sort_unstable_by_key(|(touched, _)| *touched);
        for (_, slot) in idle {
            if !is_too_much() {
                return;
            }
            if slot.view.try_lock().is_ok_and(|mut view| view.give_up_tables()) {
                self.relieved.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.slots().asked_in_vain = Some(Instant::now());
    }

    /// How often a view has given up its tables.
    pub(super) fn relieved(&self) -> u64 {
        self.relieved.load(Ordering::Relaxed)
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slots {
    /// Drops what was idle for too long, and makes room where there is none left.
    fn sweep(&mut self, now: Instant) {
        if self.swept.is_none_or(|swept| now.duration_since(swept) >= SWEEP) {
            self.forget(|touched| now.duration_since(touched) >= IDLE);
            self.swept = Some(now);
        }
        if self.by_id.len() >= MOST {
            let mut touched: Vec<Instant> = self.by_id.values().map(|(_, touched)| *touched).collect();
            touched.sort_unstable();
            let oldest = touched.get(MOST / 10).copied().unwrap_or(now);
            self.forget(|touched| touched <= oldest);
        }
    }

    fn forget(&mut self, is_old: impl Fn(Instant) -> bool) {
        let forgotten = &mut self.forgotten;
        self.by_id.retain(|id, (slot, touched)| {
            let is_old = is_old(*touched);
            if is_old && slot.has_written.load(Ordering::Relaxed) {
                forgotten.insert(*id);
            }
            !is_old
        });
        let beyond = forgotten.len().saturating_sub(MOST_FORGOTTEN);
        forgotten.drain(..beyond);
    }
}

/// A run that somebody goes on with, and its place in the order if its view is a touched one.
pub(super) struct Parked {
    pub run: Run,
    pub turn: Option<Turn>,
    /// What is to be said with the whole page.
    pub reaction: Reaction,
}

/// Page loads whose late parts have not been fetched yet.
#[derive(Default)]
pub(super) struct Arriving(Arc<Mutex<Runs>>);

#[derive(Default)]
struct Runs {
    /// Each with its number.
    by_id: HashMap<ViewId, (Parked, u64)>,
    count: u64,
}

impl std::fmt::Debug for Arriving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arriving").finish_non_exhaustive()
    }
}

impl Arriving {
    /// Keeps a run until its browser asks for the rest; whoever does not in time is forgotten.
    pub(super) fn keep(&self, id: ViewId, parked: Parked) {
        let number = {
            let mut runs = lock(&self.0);
            runs.count += 1;
            let number = runs.count;
            runs.by_id.insert(id, (parked, number));
            number
        };
        let runs = Arc::clone(&self.0);
        tokio::spawn(async move {
            tokio::time::sleep(PATIENCE).await;
            let mut runs = lock(&runs);
            if runs.by_id.get(&id).is_some_and(|(_, kept)| *kept == number) {
                runs.by_id.remove(&id);
            }
        });
    }

    pub(super) fn take(&self, id: ViewId) -> Option<Parked> {
        lock(&self.0).by_id.remove(&id).map(|(parked, _)| parked)
    }

    /// Drops, and so cancels, a run that nobody has asked for.
    pub(super) fn give_up(&self, id: ViewId) {
        drop(self.take(id));
    }
}

fn lock(runs: &Mutex<Runs>) -> MutexGuard<'_, Runs> {
    runs.lock().unwrap_or_else(PoisonError::into_inner)
}
