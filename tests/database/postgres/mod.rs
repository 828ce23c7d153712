//! What is particular to `PostgreSQL`.

mod bind;
mod failures;
pub(crate) mod ground;
mod limits;
mod reading;
mod tls;
mod types;
mod writes;

use crate::servers::Engine;
use crate::stage::Test;

const POSTGRES: &[Engine] = &[Engine::Postgres];

pub(crate) fn tests() -> Vec<Test> {
    let parts = [
        types::tests(),
        bind::tests(),
        reading::tests(),
        limits::tests(),
        failures::tests(),
        tls::tests(),
        writes::tests(),
    ];
    parts.into_iter().flatten().collect()
}
