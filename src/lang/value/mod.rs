//! The values that flow through an app, their types and fingerprints.

mod fingerprint;
mod scalar;
mod ty;

pub use fingerprint::{Fingerprint, Hasher};
pub use scalar::Scalar;
pub use ty::{Column, Type};
