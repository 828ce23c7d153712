//! Whatever a user does on whatever page, and wherever a run is cut off: what the browser shows in the end is what a
//! new view at the same state would show.

mod found;
mod model;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};

use crate::lab::{Lab, Store, Tab};
use found::Found;
use model::{Active, Choices, Control, Model};

/// Enough to find most mistakes in a few seconds; `PROPTEST_CASES` asks for more.
const CASES: u32 = 32;

/// The same pages on every machine; `PROPTEST_RNG_SEED` asks for others.
const SEED: u64 = 20_261_123;

#[test]
fn what_is_shown_is_what_a_new_view_would_show() {
    let seed = std::env::var("PROPTEST_RNG_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = seed.unwrap_or(SEED);
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { Config::default().cases } else { CASES };
    let config = Config { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(seed), ..Config::default() };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    // Both know the same empty database; what one has cached must not help the other.
    let (played, fresh) = runtime.block_on(async { (Store::of(&[]).await, Store::of(&[]).await) });
    let given = (vec(any::<u8>(), 0..120), vec(step(), 1..12));
    let result = TestRunner::new(config).run(&given, |(choices, steps)| {
        let model = Model::random(&mut Choices(choices.iter()));
        let page = model.spec(&BTreeMap::new());
        let played = runtime.block_on(play(model, &steps, &played, &fresh));
        played.map_err(|wrong| TestCaseError::fail(format!("{wrong}\n\nthe page:\n{page}")))
    });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(reason, _)) => panic!("PROPTEST_RNG_SEED={seed}\n{reason}"),
        Err(error) => panic!("PROPTEST_RNG_SEED={seed}\n{error}"),
    }
}

/// What becomes of the answer to an interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It is swapped in.
    Arrives,
    /// As above, and parts of it on their own as they get ready.
    Streams,
    /// The run is cut off after so many results from outside.
    Cancelled(u8),
    /// All is done, and the browser gets nothing of it.
    Lost,
}

#[derive(Clone, Debug)]
struct Step {
    /// Picks a component to act on.
    which: u8,
    /// Picks a value to enter.
    value: u8,
    fate: Fate,
    /// Whether cached tables are dropped first.
    evicts: bool,
}

fn step() -> impl Strategy<Value = Step> {
    let fate = (0u8..8, 0u8..3).prop_map(|(kind, results)| match kind {
        0..=2 => Fate::Arrives,
        3 | 4 => Fate::Streams,
        5 | 6 => Fate::Cancelled(results),
        _ => Fate::Lost,
    });
    (any::<u8>(), any::<u8>(), fate, 0u8..8).prop_map(|(which, value, fate, evict)| Step {
        which,
        value,
        fate,
        evicts: evict == 7,
    })
}

/// A user, and all that we know of what should be.
struct Play {
    model: Model,
    /// The data for new views.
    fresh: Arc<Store>,
    tab: Tab,
    state: Vec<i64>,
    /// Whether the browser may be behind the server.
    is_behind: bool,
    /// What was entered in posts that were cut off, and is sent again.
    unsure: BTreeMap<String, String>,
    /// What was done, in words.
    story: Vec<String>,
}

async fn play(model: Model, steps: &[Step], played: &Arc<Store>, fresh: &Arc<Store>) -> Result<(), String> {
    let lab = Lab::compile_on(played, &[("page.yaml", &model.spec(&BTreeMap::new()))]).await?;
    let (tab, mut run, reaction) = Tab::load(Arc::clone(&lab), "/page").await;
    while run.step().await {}
    let mut state = model.initial();
    model.each_run(&mut state);
    let mut play = Play {
        model,
        fresh: Arc::clone(fresh),
        tab,
        state,
        is_behind: false,
        unsure: BTreeMap::new(),
        story: vec!["the page is loaded".to_owned()],
    };
    let told = |play: &Play, wrong: String| format!("{wrong}\n\nafter:\n  {}", play.story.join("\n  "));
    let found = Found::of(&run);
    play.tab.finish_load(run, &reaction);
    play.check(&found).await.map_err(|wrong| told(&play, wrong))?;
    for step in steps {
        play.step(step).await.map_err(|wrong| told(&play, wrong))?;
    }
    Ok(())
}

impl Play {
    async fn step(&mut self, step: &Step) -> Result<(), String> {
        let Some(active) = self.pick(usize::from(step.which)) else { return Ok(()) };
        let (field, button, predicted) = self.act(&active, step.value);
        let mut fields: BTreeMap<String, String> = self.unsure.clone();
        fields.extend(field.clone());
        self.story.push(format!("{fields:?} {} {:?}{}", button.unwrap_or(""), step.fate, evicts(step)));
        if step.evicts {
            self.tab.evict().await;
        }
        let posted: Vec<(&str, [&str; 1])> =
            fields.iter().map(|(name, value)| (name.as_str(), [value.as_str()])).collect();
        let posted: Vec<(&str, &[&str])> = posted.iter().map(|(name, value)| (*name, value.as_slice())).collect();
        let started = self.tab.start(&posted, button).await;
        let (mut run, reaction) = started.map_err(|refused| format!("refused: {refused:?}"))?;
        if let Some((_, value)) = &field {
            self.tab.looks.enter(self.tab.origin.page(), &active.id, value);
        }
        self.model.interact(&mut self.state, predicted.as_ref().map(|(control, value)| (control, *value)));
        match step.fate {
            Fate::Arrives => while run.step().await {},
            Fate::Streams => {
                self.tab.swap_in(&mut run, true);
                while run.step().await {
                    self.tab.swap_in(&mut run, false);
                }
            }
            Fate::Cancelled(results) => {
                for _ in 0..results {
                    run.step().await;
                }
                drop(run);
                self.is_behind = true;
                self.unsure.extend(field);
                return Ok(());
            }
            Fate::Lost => {
                while run.step().await {}
                Tab::lose(run);
                self.is_behind = true;
                self.unsure.clear();
                return Ok(());
            }
        }
        let found = Found::of(&run);
        self.tab.finish(run, &reaction);
        self.is_behind = false;
        self.unsure.clear();
        self.check(&found).await
    }

    /// Something that the user can act on. What is not up to date may be gone, and options too: then only what stays.
    fn pick(&self, which: usize) -> Option<Active> {
        let visible = self.tab.looks.visible(self.tab.origin.page());
        let is_there = |active: &&Active| {
            let look = visible.get(active.id.as_str());
            let stands = look.is_some_and(|look| *look != "pending" && !look.starts_with("failed: "));
            let stays = active.is_always_there && !matches!(active.control, Control::Choice(_));
            stands && (stays || !self.is_behind)
        };
        let there: Vec<&Active> = self.model.actives.iter().filter(is_there).collect();
        there.get(which.checked_rem(there.len())?).map(|active| (*active).clone())
    }

    /// The field and the button that are sent, and what the model is to know of it.
    fn act<'a>(&self, active: &'a Active, value: u8) -> (Option<(String, String)>, Option<&'a str>, Predicted) {
        match &active.control {
            control @ Control::Button(_) => (None, Some(&active.id), Some((control.clone(), 0))),
            control @ Control::Number(key) => {
                // A browser sends what differs from what it shows.
                let value = i64::from(value % 5);
                let name = format!("k{key}");
                let shown = self.unsure.get(&name).map_or_else(|| self.tab.look(&active.id), String::as_str);
                let value = if shown == value.to_string() { value + 1 } else { value };
                (Some((name, value.to_string())), None, Some((control.clone(), value)))
            }
            Control::Choice(name) => {
                let offered = offered(self.tab.look(&active.id));
                let at = usize::from(value).checked_rem(offered.len());
                (at.map(|at| (name.clone(), offered[at].to_owned())), None, None)
            }
            Control::Field { name, values } => {
                let value = &values[usize::from(value) % values.len()];
                (Some((name.clone(), value.clone())), None, None)
            }
        }
    }

    /// Compares the screen with what a new view shows, and the run with what it may do.
    async fn check(&self, found: &Found) -> Result<(), String> {
        let now = &found.values;
        let page = self.model.spec(now);
        let lab = Lab::compile_on(&self.fresh, &[("page.yaml", &page)]).await?;
        let fresh = lab.evaluate("/page").await;
        let shown = self.tab.looks.visible(self.tab.origin.page());
        let wanted = fresh.visible(&lab.app.program.pages[0]);
        for id in shown.keys().chain(wanted.keys()).collect::<BTreeSet<_>>() {
            let (shown, wanted) = (shown.get(id), wanted.get(id));
            if shown.map(|look| without_followed(id, look)) != wanted.map(|look| without_followed(id, look)) {
                return Err(format!("{id} shows {shown:?}, a new view shows {wanted:?}; state {now:?}"));
            }
        }
        for (index, value) in self.state.iter().enumerate() {
            let id = format!("watch-k{index}");
            if let Some(look) = shown.get(id.as_str()).filter(|look| **look != value.to_string()) {
                return Err(format!("k{index} is {look}, and should be {value}"));
            }
        }
        found.check()
    }
}

/// What a choice offers, which looks like `2 options=[1 2 3]`.
fn offered(look: &str) -> Vec<&str> {
    let options = look.split_once("options=[").and_then(|(_, rest)| rest.split_once(']'));
    options.into_iter().flat_map(|(options, _)| options.split(' ')).collect()
}

/// A control that the model knows the effect of, and the number that was entered.
type Predicted = Option<(Control, i64)>;

fn evicts(step: &Step) -> &'static str {
    if step.evicts { ", the cache is empty" } else { "" }
}

/// A new view starts with the value of the field, and does not follow what the field has followed.
fn without_followed<'a>(id: &str, look: &'a str) -> &'a str {
    if id == "field-f0" { look.split(" value=").next().unwrap_or(look) } else { look }
}
