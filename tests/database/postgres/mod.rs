//! What is particular to `PostgreSQL`.

mod ground;
mod types;

use crate::servers::Engine;
use crate::stage::Test;

const POSTGRES: &[Engine] = &[Engine::Postgres];

pub(crate) fn tests() -> Vec<Test> {
    let mut tests = types::tests();
    tests.sort_by(|a, b| a.name.cmp(&b.name));
    tests
}
