//! The action `run`: a write is bound, done, and what it makes out of date is noted for everybody.

use std::collections::BTreeSet;
use std::sync::Arc;

use appspec_data::{BoundQuery, Piece, Row, Value, WriteError};
use appspec_lang::check::program::{Ref, Refreshes, Source, Write, WriteId};
use appspec_lang::expr::{Expr, Template};
use appspec_lang::value::{Fingerprint, Scalar};

use super::act::Interaction;
use super::expr::{self, EvalError};
use super::fetch::query_id;
use super::fit::fit;
use super::view::Origin;
use crate::words::{self, Words};

/// Why a list of actions ends before its end.
pub(super) enum Stop {
    /// What is not a write cannot be done.
    Failed(EvalError),
    /// A write has failed: nothing of it is saved.
    NotSaved(EvalError),
    /// Whether a write is saved nobody knows.
    Unknown(EvalError),
}

impl From<EvalError> for Stop {
    fn from(error: EvalError) -> Self {
        Self::Failed(error)
    }
}

impl Stop {
    /// What a reader is told; `saved` writes of the list before it stay.
    pub(super) fn message(&self, saved: usize, words: &Words) -> String {
        let (text, error) = match (self, saved) {
            (Self::Failed(error), 0) => return error.message().to_owned(),
            (Self::Failed(error), _) => ("This was saved, but what follows it failed: {why}", error),
            (Self::NotSaved(error), 0) => ("This was not saved: {why}", error),
            (Self::NotSaved(error), _) => ("Only a part of this was saved: {why}", error),
            (Self::Unknown(error), _) => {
                ("It is not known whether this was saved: {why}. Check before you try again.", error)
            }
        };
        words.fill(text, &[("why", &error.message())])
    }
}

/// What a reader is told of a click that has begun to write and never came to its end.
pub(super) const INTERRUPTED: &str =
    "It is not known whether this was saved: the server was interrupted. Check before you try again.";

/// What a reader is told of a click on a page that the server has lost track of.
pub(super) const LOST: &str = "The server has lost track of this page, and has not saved this now. \
     If you have tried before, check whether it was saved; else try again.";

impl Interaction<'_> {
    /// Does a write, which is saved whole or not at all, and lets `result` be its first row; tells whether there was
    /// anything to write.
    pub(super) async fn run(&mut self, id: WriteId, with: &[Expr<Ref>]) -> Result<bool, Stop> {
        let origin = Arc::clone(&self.view.origin);
        let Some(write) = origin.page().writes.get(id.index()) else { return Ok(false) };
        let statements = self.bind(write, with).await.map_err(Stop::NotSaved)?;
        self.resolver.set_result(Value::Scalar(Scalar::Null));
        if statements.is_empty() {
            return Ok(false);
        }
        let outdated = outdated(&origin, write);
        let written = self.engine.data.write_and_outdate(&write.connection, &statements, &outdated).await;
        let result = written.map_err(|WriteError { error, is_unknown }| {
            let stop = if is_unknown { Stop::Unknown } else { Stop::NotSaved };
            stop(error.into())
        })?;
        let row = result.filter(|table| table.rows() > 0).map(|table| Value::Row(Row { table, index: 0 }));
        self.resolver.set_result(row.unwrap_or(Value::Scalar(Scalar::Null)));
        Ok(true)
    }

    /// The statements of a write with all their values bound.
    async fn bind(&self, write: &Write, with: &[Expr<Ref>]) -> Result<Vec<BoundQuery>, EvalError> {
        let mut params = Vec::with_capacity(with.len());
        for (param, value) in write.params.iter().zip(with) {
            let value = self.resolver.eval(value).await?;
            params.push(fit(&param.ty, value).map_err(|misfit| {
                EvalError::new(misfit.message(&words::of_name(&param.name), self.resolver.words()))
            })?);
        }
        let refs = write.statements.iter().flat_map(Template::refs).map(|(reference, _)| reference);
        let scope = self.resolver.scope(refs.collect()).await?.with_params(params);
        let bound = write.statements.iter().map(|sql| expr::bind(sql, &scope, &self.engine.settings));
        let mut bound = bound.collect::<Result<Vec<BoundQuery>, EvalError>>()?;
        // A statement that stands in an `if` which does not hold.
        bound.retain(|query| !is_blank(query));
        Ok(bound)
    }
}

fn is_blank(query: &BoundQuery) -> bool {
    query.pieces.iter().all(|piece| matches!(piece, Piece::Sql(text) if text.trim().is_empty()))
}

/// The queries that a write makes out of date, on all pages. Transforms follow what they read by themselves.
fn outdated(origin: &Origin, write: &Write) -> BTreeSet<Fingerprint> {
    let all = || origin.app.program.pages.iter().flat_map(|page| &page.queries);
    match &write.refreshes {
        Refreshes::These(ids) => {
            let queries = ids.iter().filter_map(|id| origin.page().queries.get(id.index()));
            queries.map(|query| query_id(&query.key)).collect()
        }
        Refreshes::All => {
            let queries = all().filter(|query| !matches!(query.source, Source::Transform { .. }));
            queries.map(|query| query_id(&query.key)).collect()
        }
        Refreshes::Connection => {
            let asks =
                |source: &Source| matches!(source, Source::Sql { connection, .. } if *connection == write.connection);
            all().filter(|query| asks(&query.source)).map(|query| query_id(&query.key)).collect()
        }
    }
}
