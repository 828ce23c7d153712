//! One file a route.

pub(super) mod assets;
pub(super) mod events;
pub(super) mod export;
pub(super) mod metrics;
pub(super) mod page;
pub(super) mod update;
