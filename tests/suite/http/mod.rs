//! Pages and interactions over HTTP, without a browser.

mod address;
mod bad_input;
mod crowded;
mod export;
mod forms;
mod gone;
mod headers;
mod interaction;
mod kept;
mod live;
mod metrics;
mod nav;
mod shared;
mod sources;
mod tables;
mod view;
mod words;
mod writes;
