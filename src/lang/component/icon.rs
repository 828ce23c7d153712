//! The Lucide icons, by name.
