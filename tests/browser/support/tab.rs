//! A tab of a browser, used as a person would: things are found by their labels and by the text on them.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use fantoccini::Client;
use fantoccini::actions::{InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::TimeoutConfiguration;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::console;
use super::server::Server;
use super::{Driver, Failure, Outcome};

const FIND: &str = include_str!("find.js");

/// Calls back with true as soon as the condition holds, with false after a while. A condition may be about more than
/// the tree of elements (focus, values, scrolling), which no observer reports.
const WAIT: &str = "const done = arguments[arguments.length - 1], until = performance.now() + 1500;
    const holds = function () { CONDITION };
    const look = () => {
        if (holds.apply(null, [...arguments].slice(0, -1))) return done(true);
        if (performance.now() > until) return done(false);
        setTimeout(look, 15);
    };
    look();";

/// How long one script may take: little more than [`WAIT`] does. A page that is left takes its scripts with it, and
/// they never call back.
const SCRIPT_LIMIT: Duration = Duration::from_secs(4);

/// How long a condition is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// The key of an element's reference in the answers of the driver.
const REFERENCE: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A tab; clones are the same tab.
#[derive(Clone)]
pub(crate) struct Tab {
    client: Client,
    /// The address of the server, without a slash at its end.
    url: String,
    server: Arc<Mutex<Server>>,
    /// Parts of console errors that the journey causes on purpose.
    tolerated: Arc<Mutex<Vec<String>>>,
    _profile: Arc<TempDir>,
}

impl Tab {
    /// Starts a browser and gives its only tab.
    pub(crate) async fn open_browser(driver: &Driver, server: Arc<Mutex<Server>>) -> Result<Self, Failure> {
        let (client, profile) = driver.browser().await?;
        console::watch_policy(&client).await?;
        let limits = TimeoutConfiguration::new(Some(SCRIPT_LIMIT), None, None);
        client.update_timeouts(limits).await?;
        let url = lock(&server).url.clone();
        Ok(Self { client, url, server, tolerated: Arc::default(), _profile: Arc::new(profile) })
    }

    /// Opens a second tab of the same browser and turns to it.
    pub(crate) async fn open_another(&self) -> Outcome {
        let window = self.client.new_window(true).await?;
        self.client.switch_to_window(window.handle).await?;
        console::watch_policy(&self.client).await
    }

    /// Turns to the tab that was opened as the `index`th, from 0.
    pub(crate) async fn turn_to(&self, index: usize) -> Outcome {
        let windows = self.client.windows().await?;
        let window = windows.into_iter().nth(index).ok_or_else(|| Failure(format!("there is no tab {index}")))?;
        Ok(self.client.switch_to_window(window).await?)
    }

    /// Opens a page of the app by its path.
    pub(crate) async fn open(&self, path: &str) -> Outcome {
        Ok(self.client.goto(&format!("{}{path}", self.url)).await?)
    }

    pub(crate) async fn reload(&self) -> Outcome {
        Ok(self.client.refresh().await?)
    }

    /// Ends the server of the journey and starts it again, as an update of the app would.
    pub(crate) fn restart_server(&self) -> Outcome {
        // A stream that is open ends with it.
        self.tolerate("ERR_INCOMPLETE_CHUNKED_ENCODING");
        self.tolerate("ERR_CONNECTION_RESET");
        lock(&self.server).restart()
    }

    /// The path of the page that is open.
    pub(crate) async fn path(&self) -> Result<String, Failure> {
        let url = self.client.current_url().await?;
        Ok(url.as_str().strip_prefix(&self.url).unwrap_or(url.as_str()).to_owned())
    }

    /// Clicks a button, a tab or the head of an expander.
    pub(crate) async fn click(&self, label: &str) -> Outcome {
        self.click_on("button", label, "").await
    }

    /// Clicks a button twice, as fast as a double click is.
    pub(crate) async fn double_click(&self, label: &str) -> Outcome {
        let button = self.find("button", label, "").await?;
        let click =
            || [PointerAction::Down { button: MOUSE_BUTTON_LEFT }, PointerAction::Up { button: MOUSE_BUTTON_LEFT }];
        let to = PointerAction::MoveToElement { element: button, duration: None, x: 0.0, y: 0.0 };
        let actions = [to].into_iter().chain(click()).chain(click());
        let mouse = actions.fold(MouseActions::new("mouse".to_owned()), MouseActions::then);
        Ok(self.client.perform_actions(mouse).await?)
    }

    /// Clicks a place of the window.
    pub(crate) async fn click_at(&self, x: f64, y: f64) -> Outcome {
        self.drag((x, y), (x, y)).await
    }

    /// Presses the mouse at a place of the window, and lets it go at another.
    pub(crate) async fn drag(&self, from: (f64, f64), to: (f64, f64)) -> Outcome {
        let go = |(x, y): (f64, f64)| PointerAction::MoveTo { duration: Some(Duration::from_millis(30)), x, y };
        let middle = (f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1));
        let (down, up) =
            (PointerAction::Down { button: MOUSE_BUTTON_LEFT }, PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        let is_click = from.0.to_bits() == to.0.to_bits() && from.1.to_bits() == to.1.to_bits();
        let actions = if is_click { vec![go(from), down, up] } else { vec![go(from), down, go(middle), go(to), up] };
        let mouse = actions.into_iter().fold(MouseActions::new("mouse".to_owned()), MouseActions::then);
        Ok(self.client.perform_actions(mouse).await?)
    }

    /// Goes back in the history, as the button of the browser does.
    pub(crate) async fn back(&self) -> Outcome {
        Ok(self.client.back().await?)
    }

    /// Goes forward again.
    pub(crate) async fn forward(&self) -> Outcome {
        Ok(self.client.forward().await?)
    }

    /// Loads pages without running their scripts from now on.
    pub(crate) async fn without_script(&self) -> Outcome {
        console::disable_scripts(&self.client).await
    }

    /// Follows a link.
    pub(crate) async fn follow(&self, label: &str) -> Outcome {
        self.click_on("link", label, "").await
    }

    /// Clicks a checkbox or toggle.
    pub(crate) async fn tick(&self, label: &str) -> Outcome {
        // The input itself may be drawn by its label.
        self.click_on("label", label, "").await
    }

    /// Chooses an option of a select or of a group of radio buttons.
    pub(crate) async fn choose(&self, label: &str, option: &str) -> Outcome {
        self.click_on("option", label, option).await
    }

    /// Replaces what stands in a text or number field, key by key, and leaves the caret in it.
    pub(crate) async fn type_into(&self, label: &str, text: &str) -> Outcome {
        let field = self.find("field", label, "").await?;
        field.click().await?;
        self.script("arguments[0].select()", vec![reference(&field)]).await?;
        Ok(field.send_keys(text).await?)
    }

    /// Presses keys, which go to whatever has the focus; `\u{e007}` is Enter, `\u{e004}` Tab. Those behind `\u{e008}` (Shift)
    /// and `\u{e009}` (Control) are pressed while that is held.
    pub(crate) async fn press(&self, keys: &str) -> Outcome {
        let (held, pressed): (Vec<char>, Vec<char>) =
            keys.chars().partition(|key| matches!(key, '\u{e008}' | '\u{e009}'));
        let down = |value: &char| KeyAction::Down { value: *value };
        let up = |value: &char| KeyAction::Up { value: *value };
        let strokes = pressed.iter().flat_map(|key| [down(key), up(key)]);
        let all = held.iter().map(down).chain(strokes).chain(held.iter().map(up));
        let keyboard = all.fold(KeyActions::new("keyboard".to_owned()), KeyActions::then);
        Ok(self.client.perform_actions(keyboard).await?)
    }

    /// Moves a slider, or picks a date or colour, as the browser's own picker does: at once, with its two events.
    pub(crate) async fn pick(&self, label: &str, value: &str) -> Outcome {
        let field = self.find("field", label, "").await?;
        let pick = "const [field, value] = arguments; field.focus(); field.value = value;
            for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, { bubbles: true }));";
        self.script(pick, vec![reference(&field), json!(value)]).await?;
        Ok(())
    }

    /// Waits until the text stands on the page.
    pub(crate) async fn sees(&self, text: &str) -> Outcome {
        let holds = "return document.body.innerText.replace(/\\s+/g, ' ').includes(arguments[0])";
        self.wait(holds, vec![json!(text)], || format!("the page does not show {text:?}")).await
    }

    /// Waits until the text stands nowhere on the page.
    pub(crate) async fn does_not_see(&self, text: &str) -> Outcome {
        let holds = "return !document.body.innerText.replace(/\\s+/g, ' ').includes(arguments[0])";
        self.wait(holds, vec![json!(text)], || format!("the page still shows {text:?}")).await
    }

    /// Waits until a field, found by its label, holds a value: `"on"` or `"off"` for a checkbox, the label of the
    /// chosen option for a choice.
    pub(crate) async fn field_is(&self, label: &str, value: &str) -> Outcome {
        let holds = format!(
            "const [label, value] = arguments;
            const find = function (...args) {{ return (function () {{ {FIND} }}).apply(null, args); }};
            const field = find('field', label);
            if (!field || field.type === 'radio') return find('checked', label) === value;
            if (field.type === 'checkbox') return (field.checked ? 'on' : 'off') === value;
            if (field.options) return field.selectedOptions[0]?.label === value;
            return field.value === value;"
        );
        self.wait(&holds, vec![json!(label), json!(value)], || format!("{label:?} is not {value:?}")).await
    }

    /// Waits until a condition in JavaScript holds for the page.
    pub(crate) async fn until(&self, condition: &str) -> Outcome {
        self.wait(condition, Vec::new(), || format!("does not come true: {condition}")).await
    }

    /// The value of a script's `return`.
    pub(crate) async fn evaluate(&self, script: &str) -> Result<Value, Failure> {
        self.script(script, Vec::new()).await
    }

    /// The accessible name of what has the focus: its label, or the text on it.
    pub(crate) async fn focused(&self) -> Result<String, Failure> {
        let script = "const element = document.activeElement;
            return (element.labels?.[0] ?? element).innerText.replace(/\\s+/g, ' ').trim()";
        Ok(self.evaluate(script).await?.as_str().unwrap_or_default().to_owned())
    }

    /// How far the page is scrolled, in pixels.
    pub(crate) async fn scroll(&self) -> Result<i64, Failure> {
        Ok(self.evaluate("return Math.round(scrollY)").await?.as_i64().unwrap_or_default())
    }

    /// Makes the window as large as a screen of this size.
    pub(crate) async fn resize(&self, width: u32, height: u32) -> Outcome {
        Ok(self.client.set_window_size(width, height).await?)
    }

    /// Makes pages believe in a setting of the user: `prefers-color-scheme`, `prefers-reduced-motion`.
    pub(crate) async fn prefer(&self, feature: &str, value: &str) -> Outcome {
        console::emulate_media(&self.client, feature, value).await
    }

    /// Runs a script in every page that is opened from now on, before its own.
    pub(crate) async fn before_every_page(&self, script: &str) -> Outcome {
        console::before_every_page(&self.client, script).await
    }

    /// Lets scripts take longer than those do that only look.
    pub(crate) async fn take_time(&self) -> Outcome {
        let limits = TimeoutConfiguration::new(Some(Duration::from_secs(20)), None, None);
        Ok(self.client.update_timeouts(limits).await?)
    }

    /// The pages that the navigation leads to, by their paths.
    pub(crate) async fn pages(&self) -> Result<Vec<String>, Failure> {
        self.open("/").await?;
        let script = "return [...document.querySelectorAll('.nav a:not(.elsewhere)')].map(link => link.pathname)";
        Ok(serde_json::from_value(self.evaluate(script).await?)?)
    }

    /// Waits until all of the page is there that comes by itself.
    pub(crate) async fn settles(&self) -> Outcome {
        self.until(
            "return document.readyState === 'complete' && !document.querySelector('[aria-busy=true], .stale, .skeleton')",
        )
        .await
    }

    pub(crate) async fn screenshot(&self, path: &Path) -> Outcome {
        let picture = self.client.screenshot().await?;
        Ok(std::fs::write(path, picture)?)
    }

    /// Says that the journey causes console errors with this text in them on purpose.
    pub(crate) fn tolerate(&self, part: &str) {
        lock(&self.tolerated).push(part.to_owned());
    }

    /// Fails if any page of the journey wrote an error to its console.
    pub(crate) async fn console_is_clean(&self) -> Outcome {
        let mut errors = console::errors(&self.client).await?;
        let tolerated = lock(&self.tolerated).clone();
        errors.retain(|error| !tolerated.iter().any(|part| error.contains(part)));
        if errors.is_empty() { Ok(()) } else { Err(Failure(format!("errors in the console:\n{}", errors.join("\n")))) }
    }

    /// What can be said of the page after a failure: its URL, its text, and a picture in a file.
    pub(super) async fn last_sight(&self, path: &Path) -> String {
        let url = self.client.current_url().await.map_or_else(|_| String::new(), |url| url.to_string());
        let text = self.evaluate("return document.body.innerText").await.unwrap_or_default();
        let picture = match self.screenshot(path).await {
            Ok(()) => path.display().to_string(),
            Err(failure) => format!("no picture: {failure}"),
        };
        let errors = console::errors(&self.client).await.unwrap_or_default().join("\n");
        format!("at {url} ({picture})\n{errors}\n{}", text.as_str().unwrap_or_default())
    }

    pub(super) async fn close_browser(self) {
        let _already_closed = self.client.close().await;
    }

    async fn find(&self, what: &str, label: &str, option: &str) -> Result<Element, Failure> {
        let args = vec![json!(what), json!(label), json!(option)];
        let missing = || format!("there is no {what} {label:?} {option:?}");
        let holds = format!("return (function () {{ {FIND} }}).apply(null, arguments) !== null");
        self.wait(&holds, args.clone(), missing).await?;
        let found = self.script(FIND, args).await?;
        let id = found.get(REFERENCE).and_then(Value::as_str).ok_or_else(|| Failure(missing()))?;
        Ok(Element::from_element_id(self.client.clone(), id.to_owned().into()))
    }

    /// Clicks what is found; once more if an update has replaced it meanwhile.
    async fn click_on(&self, what: &str, label: &str, option: &str) -> Outcome {
        match self.find(what, label, option).await?.click().await {
            Err(error) if error.is_stale_element_reference() => {
                Ok(self.find(what, label, option).await?.click().await?)
            }
            clicked => Ok(clicked?),
        }
    }

    async fn script(&self, script: &str, args: Vec<Value>) -> Result<Value, Failure> {
        Ok(self.client.execute(script, args).await?)
    }

    /// Waits until a condition in JavaScript holds, through changes of the document too.
    async fn wait(&self, condition: &str, args: Vec<Value>, otherwise: impl Fn() -> String) -> Outcome {
        let script = WAIT.replace("CONDITION", condition);
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            match self.client.execute_async(&script, args.clone()).await {
                Ok(Value::Bool(true)) => return Ok(()),
                Ok(_) => {}
                // The page was left meanwhile: the next one is asked.
                Err(error) if is_left(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Failure(otherwise()))
    }
}

/// Whether a script did not come to its end because its page was left.
fn is_left(error: &CmdError) -> bool {
    let message = error.to_string();
    ["unload", "script timeout", "aborted by navigation"].iter().any(|sign| message.contains(sign))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn reference(element: &Element) -> Value {
    json!({ REFERENCE: element.element_id().to_string() })
}
