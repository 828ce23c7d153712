//! Work that keeps a core busy, as much at a time as there are cores.
//!
//! What Polars has begun cannot be stopped. When nobody waits for it any more, another may begin in its place: else what
//! a few have given up would hold up everybody. There is an end to that too, so that it cannot pile up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::thread::available_parallelism;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

use crate::cache::failure_of;
use crate::error::DataError;

/// How much that nobody waits for may go on beside what is waited for, for each core.
const MOST_GIVEN_UP: usize = 4;

/// The places for such work.
#[derive(Debug)]
pub(crate) struct Cores {
    free: Arc<Semaphore>,
    count: usize,
    given_up: AtomicUsize,
}

impl Default for Cores {
    fn default() -> Self {
        let count = available_parallelism().map_or(1, usize::from);
        Self { free: Arc::new(Semaphore::new(count)), count, given_up: AtomicUsize::new(0) }
    }
}

const RUNNING: u8 = 0;
const GIVEN_UP: u8 = 1;
const DONE: u8 = 2;

impl Cores {
    /// Does work that blocks, outside the threads that serve.
    pub(crate) async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce() -> Result<T, DataError> + Send + 'static,
    ) -> Result<T, DataError> {
        let Ok(place) = Arc::clone(&self.free).acquire_owned().await else {
            return Err(DataError::internal("there is no place to compute"));
        };
        let state = Arc::new(AtomicU8::new(RUNNING));
        let busy = Busy { cores: Arc::clone(self), place: Some(place), state: Arc::clone(&state) };
        let waiting = Waiting { cores: Arc::clone(self), state };
        let done = spawn_blocking(move || {
            let _busy = busy;
            work()
        });
        let outcome = done.await.unwrap_or_else(|error| Err(failure_of(&error)));
        drop(waiting);
        outcome
    }
}

/// The work, until it ends.
struct Busy {
    cores: Arc<Cores>,
    place: Option<OwnedSemaphorePermit>,
    state: Arc<AtomicU8>,
}

impl Drop for Busy {
    fn drop(&mut self) {
        if self.state.swap(DONE, Ordering::AcqRel) == GIVEN_UP {
            // Another got a place for this one.
            self.place.take().into_iter().for_each(OwnedSemaphorePermit::forget);
            self.cores.given_up.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

/// Whoever waits for the work.
struct Waiting {
    cores: Arc<Cores>,
    state: Arc<AtomicU8>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let most = self.cores.count * MOST_GIVEN_UP;
        let one_more = |count: usize| (count < most).then_some(count + 1);
        if self.cores.given_up.fetch_update(Ordering::AcqRel, Ordering::Acquire, one_more).is_err() {
            return;
        }
        if self.state.compare_exchange(RUNNING, GIVEN_UP, Ordering::AcqRel, Ordering::Acquire).is_ok() {
            self.cores.free.add_permits(1);
        } else {
            self.cores.given_up.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    /// Begins work that goes on until the end of the sender, and gives it up.
    async fn give_up(cores: &Arc<Cores>) -> mpsc::Sender<()> {
        let (hold, end) = mpsc::channel::<()>();
        let (began, started) = tokio::sync::oneshot::channel();
        let cores = Arc::clone(cores);
        let waiting = tokio::spawn(async move {
            cores
                .run(move || {
                    let _told = began.send(());
                    let _ended = end.recv();
                    Ok(())
                })
                .await
        });
        timeout(Duration::from_secs(20), started).await.expect("there is a place").unwrap();
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        hold
    }

    #[tokio::test]
    async fn what_was_given_up_holds_up_nobody_and_does_not_pile_up() {
        let cores = Arc::new(Cores { free: Arc::new(Semaphore::new(2)), count: 2, given_up: AtomicUsize::new(0) });
        let mut going_on = Vec::new();
        for _ in 0..2 * MOST_GIVEN_UP {
            going_on.push(give_up(&cores).await);
        }
        assert_eq!(timeout(Duration::from_secs(20), cores.run(|| Ok(7))).await.unwrap(), Ok(7));
        going_on.extend([give_up(&cores).await, give_up(&cores).await]);
        assert_eq!(cores.free.available_permits(), 0, "it is enough");
        drop(going_on);
        assert_eq!(timeout(Duration::from_secs(20), cores.run(|| Ok(8))).await.unwrap(), Ok(8));
        while cores.given_up.load(Ordering::Acquire) > 0 || cores.free.available_permits() != 2 {
            tokio::task::yield_now().await;
        }
    }
}
