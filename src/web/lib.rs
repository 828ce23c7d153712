//! An app, live: evaluation, rendering, serving.
