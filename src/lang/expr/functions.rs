//! The functions, filters and tests of expressions.
