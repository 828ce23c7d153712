//! The writes under way: a server that is asked to stop ends them first.

use tokio::sync::watch;

/// Counts the interactions that are writing.
#[derive(Clone, Debug, Default)]
pub(super) struct Writing(watch::Sender<usize>);

/// An interaction that may be writing, until it is dropped.
pub(super) struct UnderWay(Writing);

impl Writing {
    pub(super) fn begin(&self) -> UnderWay {
        self.0.send_modify(|count| *count += 1);
        UnderWay(self.clone())
    }

    pub(super) fn count(&self) -> usize {
        *self.0.borrow()
    }

    /// Completes when nothing is being written.
    pub(super) async fn ended(&self) {
        let mut count = self.0.subscribe();
        // The sender is here, so the count cannot be lost.
        let _count = count.wait_for(|count| *count == 0).await;
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn what_is_under_way_is_waited_for() {
        let writing = Writing::default();
        writing.ended().await;
        let (first, second) = (writing.begin(), writing.begin());
        drop(first);
        assert!(writing.ended().now_or_never().is_none());
        drop(second);
        writing.ended().await;
    }
}
