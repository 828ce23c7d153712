//! What changes a page though nobody touches it: the time of queries that run by themselves, and of what has failed.
//!
//! A page that is looked at has an [`Agenda`]; when something on it is due, a [`Tick`] says what a run is to fetch
//! anew. All views count the same beats of the wall clock, so all of them ask for the same at the same time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use appspec_data::{Cached, Edition};
use appspec_lang::check::program::{Page, QueryId, Ref};
use appspec_lang::expr::Template;
use appspec_lang::spec::{SHORTEST_PERIOD, WrongPeriod, parse_period};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::expr::{self, EvalError};
use super::fetch::query_id;
use super::memo::Kept;
use super::resolve::Resolver;
use super::run::{Engine, holds};
use super::schedule::Schedule;
use super::view::View;

/// How much older than the moment the result of another view may be that has tried the same again.
const SLACK: Duration = Duration::from_secs(1);

/// A moment by the two clocks that there are: the one on the wall, and the one that never goes back.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    instant: Instant,
    at: Timestamp,
}

impl Moment {
    pub fn now() -> Self {
        // In this order: whoever is held up in between takes the other clock to be late, and asks for nothing newer.
        Self { instant: Instant::now(), at: Timestamp::now() }
    }

    /// Since when the result of another view counts as one of this moment.
    fn lately(self) -> Instant {
        self.instant.checked_sub(SLACK).unwrap_or(self.instant)
    }

    /// The instant of another moment of the wall clock.
    fn instant_of(self, other: Timestamp) -> Instant {
        // To the nanosecond: what another view has begun a moment after the beat must not look older than the beat.
        let since = self.at.duration_since(other);
        let apart = since.unsigned_abs();
        let shifted =
            if since.is_negative() { self.instant.checked_add(apart) } else { self.instant.checked_sub(apart) };
        shifted.unwrap_or(self.instant)
    }
}

/// How fresh the table of a query has to be.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    /// What was computed before is too old.
    pub since: Instant,
    /// For so long others may ask for the same.
    pub keep: Duration,
}

/// What a run without an interaction is to fetch anew.
#[derive(Clone, Debug)]
pub struct Tick {
    /// The moment of the run, by the app's clock.
    pub now: DateTime,
    pub due: BTreeMap<QueryId, Due>,
    /// What holds for all other tables that have to be fetched in this run.
    pub others: Due,
}

/// What a view that is looked at waits for.
#[derive(Clone, Debug, Default)]
pub struct Agenda {
    /// The queries that somebody sees: how often each runs by itself, and when it was last asked for.
    periods: BTreeMap<QueryId, (Duration, Option<Instant>)>,
    /// When the first of what has failed is tried again.
    retry_at: Option<Instant>,
    /// What is wrong with periods, for readers.
    pub complaints: Vec<String>,
    /// The tables that somebody sees, and that the cache holds.
    pub shown: Vec<Cached>,
}

impl Tick {
    /// What a run is to fetch because a write has changed the data that it shows.
    pub fn of_write(moment: Moment, edition: Edition, zone: &TimeZone) -> Self {
        // All that look at the page share what is fetched since.
        Self::of_nothing(moment, edition.since, zone)
    }

    /// What a run is to fetch because a newer table has come for one that it shows.
    pub fn of_refresh(moment: Moment, zone: &TimeZone) -> Self {
        Self::of_nothing(moment, moment.lately(), zone)
    }

    /// Nothing is due, but what has to be fetched is to be fetched since.
    fn of_nothing(moment: Moment, since: Instant, zone: &TimeZone) -> Self {
        let now = zone.to_datetime(last_beat(moment.at, zone, SLACK));
        Self { now, due: BTreeMap::new(), others: Due { since, keep: SLACK } }
    }
}

/// The tables that a view shows and the cache holds.
pub(super) fn shown<'a>(view: &'a View, schedule: &'a Schedule) -> impl Iterator<Item = &'a Cached> {
    let wanted = view.origin.graph().ids().filter(|id| schedule.is_wanted(*id));
    wanted.filter_map(|id| match &view.memo(id)?.kept {
        Kept::Cached(cached) => Some(cached),
        _ => None,
    })
}

/// The last edition of the data that a page shows; 0 if no write has changed it.
pub fn edition_of(engine: &Engine, page: &Page) -> u64 {
    engine.data.editions(page.queries.iter().map(|query| query_id(&query.key))).into_iter().max().unwrap_or(0)
}

impl Agenda {
    /// What there is to wait for in a view.
    pub async fn of(engine: &Arc<Engine>, view: &View, now: DateTime) -> Self {
        let origin = Arc::clone(&view.origin);
        let (page, graph) = (origin.page(), origin.graph());
        let schedule = Schedule::new(graph, view.unsettled.clone(), &|id| holds(view, graph, id));
        let mut agenda = Self::default();
        let failures = graph.ids().filter(|id| schedule.is_wanted(*id)).filter_map(|id| view.next_attempt(id));
        agenda.retry_at = failures.min();
        agenda.shown = shown(view, &schedule).copied().collect();
        for index in 0..page.queries.len() {
            let id = QueryId::at(index);
            let Some(every) = page.every(id).filter(|_| schedule.is_wanted(graph.query(id))) else { continue };
            match period(engine, view, every, now).await {
                Ok(Some(period)) => _ = agenda.periods.insert(id, (period, view.asked(id))),
                Ok(None) => {}
                Err(error) => {
                    let name = page.queries.get(index).map_or("", |query| &query.name);
                    agenda.complaints.push(format!("`every` of `{name}`: {}", error.message()));
                }
            }
        }
        agenda
    }

    /// What is due at a moment.
    pub fn due(&self, moment: Moment, zone: &TimeZone) -> Option<Tick> {
        let mut due = BTreeMap::new();
        let mut beat = None;
        for (id, (period, asked)) in &self.periods {
            let last = last_beat(moment.at, zone, *period);
            let since = moment.instant_of(last);
            if asked.is_none_or(|asked| asked < since) {
                due.insert(*id, Due { since, keep: *period });
                beat = beat.max(Some(last));
            }
        }
        if due.is_empty() && self.retry_at.is_none_or(|at| at > moment.instant) {
            return None;
        }
        let now = beat.unwrap_or_else(|| last_beat(moment.at, zone, SLACK));
        let others = Due { since: moment.lately(), keep: SLACK };
        Some(Tick { now: zone.to_datetime(now), due, others })
    }

    /// How long nothing is due; none if nothing ever is.
    pub fn pause(&self, moment: Moment, zone: &TimeZone) -> Option<Duration> {
        let beats = self.periods.values().map(|(period, _)| {
            let next = last_beat(moment.at, zone, *period).as_millisecond().saturating_add(millis(*period));
            Duration::from_millis(u64::try_from(next - moment.at.as_millisecond()).unwrap_or(0))
        });
        let retry = self.retry_at.map(|at| at.saturating_duration_since(moment.instant));
        beats.chain(retry).min()
    }

    /// Notes that what a tick fetches has been asked for.
    pub fn note(&mut self, tick: &Tick, moment: Moment) {
        for id in tick.due.keys() {
            if let Some((_, asked)) = self.periods.get_mut(id) {
                *asked = Some(moment.instant);
            }
        }
        // What has failed is known again when the run is done.
        self.retry_at = self.retry_at.filter(|at| *at > moment.instant);
    }
}

/// The period that a template says at present.
async fn period(
    engine: &Arc<Engine>,
    view: &View,
    every: &Template<Ref>,
    now: DateTime,
) -> Result<Option<Duration>, EvalError> {
    let text = if let Some(text) = every.constant() {
        text
    } else {
        let resolver = Resolver::current(engine, view, now);
        let scope = resolver.scope(every.refs().into_iter().map(|(reference, _)| reference).collect()).await?;
        expr::render_text(every, &scope, &engine.settings)?
    };
    match parse_period(&text) {
        Ok(period) => Ok(period),
        Err(WrongPeriod::TooShort) => Ok(Some(SHORTEST_PERIOD)),
        Err(WrongPeriod::NoDuration) => Err(EvalError::new(format!("“{text}” is no duration"))),
    }
}

fn millis(period: Duration) -> i64 {
    // More than a thousand years come to the same as never.
    i64::try_from(period.as_millis()).unwrap_or(i64::MAX).clamp(1, 1 << 45)
}

/// The last multiple of a period on the wall clock of a zone: full minutes, full hours, midnight.
fn last_beat(at: Timestamp, zone: &TimeZone, period: Duration) -> Timestamp {
    let offset = i64::from(zone.to_offset(at).seconds()) * 1000;
    let shown = at.as_millisecond() + offset;
    let beat = shown - shown.rem_euclid(millis(period)) - offset;
    Timestamp::from_millisecond(beat).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timestamp(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn beats_are_those_of_a_clock_on_the_wall() {
        let kolkata = TimeZone::fixed(jiff::tz::offset(5).saturating_add(jiff::Span::new().minutes(30)));
        let minutes = |count: u64| Duration::from_mins(count);
        for (zone, period, at, last) in [
            (TimeZone::UTC, Duration::from_secs(10), "2026-01-31T12:00:07.250Z", "2026-01-31T12:00:00Z"),
            (TimeZone::UTC, Duration::from_secs(10), "2026-01-31T12:00:10Z", "2026-01-31T12:00:10Z"),
            (TimeZone::UTC, minutes(60), "2026-01-31T12:45:00Z", "2026-01-31T12:00:00Z"),
            (kolkata.clone(), minutes(60), "2026-01-31T12:45:00Z", "2026-01-31T12:30:00Z"),
            (kolkata, minutes(24 * 60), "2026-01-31T12:45:00Z", "2026-01-30T18:30:00Z"),
            (TimeZone::UTC, minutes(10), "1969-12-31T23:59:00Z", "1969-12-31T23:50:00Z"),
        ] {
            assert_eq!(last_beat(timestamp(at), &zone, period), timestamp(last), "{at} {period:?}");
        }
    }

    #[test]
    fn what_was_asked_for_since_the_last_beat_is_not_due() {
        let moment = Moment { instant: Instant::now(), at: timestamp("2026-01-31T12:00:07Z") };
        let before = |seconds| moment.instant.checked_sub(Duration::from_secs(seconds));
        let ten = Duration::from_secs(10);
        for (asked, is_due) in [(before(8), true), (before(6), false), (None, true)] {
            let agenda = Agenda { periods: BTreeMap::from([(QueryId(0), (ten, asked))]), ..Agenda::default() };
            let tick = agenda.due(moment, &TimeZone::UTC);
            assert_eq!(tick.is_some(), is_due, "{asked:?}");
            assert_eq!(agenda.pause(moment, &TimeZone::UTC), Some(Duration::from_secs(3)));
            if let Some(tick) = tick {
                assert_eq!(tick.now.to_string(), "2026-01-31T12:00:00", "all views share the moment of the beat");
                assert_eq!(Some(tick.due[&QueryId(0)].since), before(7));
            }
        }
    }

    #[test]
    fn what_has_failed_is_due_when_its_time_has_come() {
        let moment = Moment { instant: Instant::now(), at: timestamp("2026-01-31T12:00:07.5Z") };
        let agenda = |retry_at| Agenda { retry_at, ..Agenda::default() };
        let later = moment.instant.checked_add(Duration::from_secs(2));
        assert!(agenda(None).due(moment, &TimeZone::UTC).is_none());
        assert_eq!(agenda(None).pause(moment, &TimeZone::UTC), None);
        assert!(agenda(later).due(moment, &TimeZone::UTC).is_none());
        assert_eq!(agenda(later).pause(moment, &TimeZone::UTC), Some(Duration::from_secs(2)));
        let tick = agenda(Some(moment.instant)).due(moment, &TimeZone::UTC).unwrap();
        assert_eq!(tick.now.to_string(), "2026-01-31T12:00:07");
        assert!(tick.due.is_empty());
    }
}
