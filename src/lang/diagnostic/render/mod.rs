//! Diagnostics as text for a terminal, a line each, and JSON.
