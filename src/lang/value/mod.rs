//! The values that flow through an app, their types and fingerprints.

mod color;
mod condition;
mod currency;
mod fingerprint;
mod scalar;
mod ty;

pub use color::{MEANINGS, color_names, is_color};
pub use condition::{Condition, End};
pub use currency::{currency_codes, is_currency};
pub use fingerprint::{Fingerprint, Hasher};
pub use scalar::Scalar;
pub use ty::{Column, Columns, Type};
