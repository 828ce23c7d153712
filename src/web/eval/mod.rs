//! Evaluates the graph of a page for one view, and only what changed.
//!
//! [`interact`](interact::interact) writes what a user did into the [`View`]; a [`Run`] computes what that reaches and
//! gives [`Delta`]s. State and what is unsettled are in the view before the first wait, so a run may be dropped at
//! any point.

mod act;
pub mod address;
mod admit;
mod baseline;
mod cells;
mod choices;
mod compute;
mod delta;
pub mod evaluated;
pub mod export;
pub mod expr;
mod fetch;
mod fit;
pub mod form;
mod reach;
mod remark;
pub mod instance;
pub mod interact;
pub mod kept;
mod limits;
pub mod memo;
mod resolve;
mod rows;
mod run;
mod submit;
pub mod take;
pub mod schedule;
mod selection;
pub mod tick;
pub mod view;
mod window;
mod write;
pub mod plain;

pub use baseline::{Baseline, Baselines};
pub use delta::Delta;
pub use evaluated::{Outcome, Shown, ShownCells, ShownWindow};
pub use fetch::query_id;
pub use instance::Instance;
pub use interact::{Question, Reaction, Refused, Sent, SentFile, Toast};
pub use run::{Engine, Event, Resend, Run};
pub use tick::{Agenda, Due, Moment, Tick, edition_of};
pub use view::{Complaint, Origin, User, View, ViewId};
pub use window::orders;
