//! Pages and interactions over HTTP, without a browser.

mod bad_input;
mod crowded;
mod gone;
mod headers;
mod interaction;
mod live;
mod metrics;
mod nav;
mod shared;
mod sources;
mod view;
mod writes;
