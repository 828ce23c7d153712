//! What depends on what on a page, and in which order it is evaluated.
