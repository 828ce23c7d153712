//! What is particular to `PostgreSQL`.

mod bind;
mod cache;
mod failures;
pub(crate) mod ground;
mod limits;
mod reading;
mod types;
mod writes;

use crate::servers::Engine;
use crate::stage::Test;

const POSTGRES: &[Engine] = &[Engine::Postgres];

pub(crate) fn tests() -> Vec<Test> {
    let parts = [
        types::tests(),
        bind::tests(),
        cache::tests(),
        reading::tests(),
        limits::tests(),
        failures::tests(),
        writes::tests(),
    ];
    parts.into_iter().flatten().collect()
}
