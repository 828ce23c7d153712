//! A server that does not know the time zone of the app: what it shows is right, and what it would get wrong is refused.

use std::sync::Arc;

use appspec_data::{BoundQuery, Piece};
use appspec_lang::value::Scalar;
use jiff::civil::date;

use crate::ground::{Ground, limited, run};
use crate::servers::Engine;
use crate::stage::{Outcome, Servers, Test};

pub(crate) fn tests() -> Vec<Test> {
    vec![Test::new("zones::mariadb_without_a_time_zone_takes_no_moments", &[Engine::MariaDb], unknown)]
}

async fn unknown(servers: Arc<Servers>) -> Outcome {
    let ground = Ground::make(&servers, Engine::MariaDb, "zones_unknown").await?;
    ground
        .script("set time_zone = '+00:00'; create table t (at timestamp); insert into t values ('2024-07-01 12:00:00')")
        .await?;
    let at = |moment| Piece::Param(Scalar::DateTime(moment));
    let noon = date(2024, 7, 1).at(12, 0, 0, 0);
    let query = |moment| BoundQuery { pieces: vec![Piece::Sql("select at from t where at = ".to_owned()), at(moment)] };
    // The tables of the test servers know one zone, and UTC needs none.
    let known = run(&ground.data("Europe/Berlin"), query(date(2024, 7, 1).at(14, 0, 0, 0))).await?;
    assert_eq!(known.records(2), [vec![Scalar::DateTime(date(2024, 7, 1).at(14, 0, 0, 0))]]);
    assert_eq!(run(&ground.data("UTC"), query(noon)).await?.rows(), 1);
    let data = ground.data("Asia/Tokyo");
    let shown = run(&data, BoundQuery::plain("select at from t")).await?;
    assert_eq!(shown.records(2), [vec![Scalar::DateTime(date(2024, 7, 1).at(21, 0, 0, 0))]]);
    let error = limited(&data, query(noon), None, None).await.err().map(|error| error.message.to_string());
    let wanted = "the server does not know the time zone `Asia/Tokyo` of the app, so a date with a time cannot be bound: \
                  load the server's time zone tables, or set `timezone: UTC`";
    assert_eq!(error.as_deref(), Some(wanted));
    Ok(())
}
