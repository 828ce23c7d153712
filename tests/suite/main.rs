//! All tests but the corpora and the browser's: one binary, because each one links polars.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod layers;
