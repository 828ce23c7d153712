//! Whole pages: the shell around the components, and pages that say what went wrong.

use std::collections::BTreeMap;

use appspec_lang::check::program::{Component, ComponentId, Page};
use appspec_lang::component::Family;
use appspec_lang::spec::{AppSettings, asset_url};
use minijinja::{Value, context};

use super::template::escape;
use super::{Fragment, RenderError, Renderer, Scene, Wanted, asset, heading};

/// A page, and what stands around it.
#[derive(Clone, Copy, Debug)]
pub struct PageModel<'a> {
    pub scene: Scene<'a>,
    pub title: &'a str,
    pub description: Option<&'a str>,
    /// Where its form is posted to.
    pub action: &'a str,
    /// The URL of the page as it is, if that changes with what is entered.
    pub url: Option<&'a str>,
    /// Where a browser without script finds the page again that is not all there.
    pub again: &'a str,
    /// The id of the view.
    pub view: &'a str,
    /// Whether more comes by itself.
    pub is_expecting: bool,
    /// The token of a click without script.
    pub click: &'a str,
    pub nav: &'a [NavSection<'a>],
    pub toasts: &'a [&'a str],
    /// What went wrong, to stay until it is dismissed.
    pub notices: &'a [&'a str],
    /// Where what is pending comes from, if anything is.
    pub late: Option<&'a str>,
    /// Whether there is more to see then than what only adds to it: without script it is worth loading the page again.
    pub is_partial: bool,
    /// After how many seconds a browser without script loads the page anew.
    pub reload: Option<u64>,
}

/// What the script may have to say.
const SCRIPT_WORDS: &[&str] = &[
    "Reload",
    "Something went wrong on the server.",
    "The server cannot be reached.",
    "The server cannot be reached: it is not known whether this was saved. It is not saved twice if you try again.",
    "The server did not accept this.",
    "Try again",
    "must be at least {limit}",
    "must be at most {limit}",
    "this is required",
    "{n} s",
    "{n}K",
];

/// Entries of the navigation below each other.
#[derive(Clone, Debug)]
pub struct NavSection<'a> {
    pub heading: Option<&'a str>,
    pub items: Vec<NavItem<'a>>,
}

/// An entry of the navigation.
#[derive(Clone, Copy, Debug)]
pub struct NavItem<'a> {
    pub title: &'a str,
    pub href: &'a str,
    pub icon: Option<&'a str>,
    pub is_current: bool,
    /// Whether it leads to another site, or to a file.
    pub is_elsewhere: bool,
}

/// A page in place of one that cannot be shown.
#[derive(Clone, Copy, Debug)]
pub struct ErrorPage<'a> {
    pub settings: &'a AppSettings,
    pub status: u16,
    pub title: &'a str,
    pub message: &'a str,
    /// What the compiler found, as it prints it.
    pub diagnostics: Option<&'a str>,
    /// Pages that may have been meant, by title and URL.
    pub near: &'a [(String, String)],
}

/// A page that asks before a button acts.
#[derive(Clone, Copy, Debug)]
pub struct QuestionPage<'a> {
    pub settings: &'a AppSettings,
    pub text: &'a str,
    /// What the button says.
    pub label: &'a str,
    /// Whether it destroys something.
    pub is_danger: bool,
    /// Where its form is posted to.
    pub url: &'a str,
    /// The id of the button.
    pub action: &'a str,
    /// The token of the view.
    pub view: &'a str,
    /// The token of the click.
    pub click: &'a str,
    /// What was sent with the button, to be sent again.
    pub fields: &'a [(String, String)],
    /// What came of that already.
    pub said: &'a [&'a str],
}

impl Renderer {
    /// The whole page.
    pub fn page(&self, model: &PageModel<'_>) -> Result<String, RenderError> {
        let scene = &model.scene;
        let page = scene.page;
        let toasts = model.toasts.iter().map(|text| self.toast(text).map(Value::from_safe_string));
        let notices = model.notices.iter().map(|text| self.notice(text).map(Value::from_safe_string));
        let sidebar = self.all(scene, &page.sidebar)?;
        let app_title = scene.settings.title.as_deref().unwrap_or(model.title);
        // To lead to one page alone takes no navigation.
        let has_nav = model.nav.iter().map(|section| section.items.len()).sum::<usize>() > 1;
        let values = context! {
            document => self.document(),
            script_words => self.script_words(),
            title => model.title,
            window_title => window_title(scene.settings, model.title),
            app_title,
            logo => logo(scene.settings),
            description => model.description,
            action => model.action,
            again => model.again,
            view => Value::from_safe_string(view_field(model.view, model.url, model.is_expecting).html),
            token => model.view,
            click => model.click,
            late => model.late,
            is_partial => model.is_partial,
            live => page.is_live(),
            reload => model.reload,
            wide => page.wide,
            nav => Value::from(model.nav.iter().map(section_value).collect::<Vec<_>>()),
            has_nav,
            has_rail => has_nav || !sidebar.is_empty(),
            has_chart => page.components.iter().any(|component| component.kind.family == Family::Chart),
            has_title => heading::has_title(page),
            has_widgets => has_widgets(page),
            forms => Value::from(forms(page)),
            has_files => page.components.iter().any(takes_file),
            sidebar => Value::from(sidebar),
            body => Value::from(self.all(scene, &page.body)?),
            toasts => Value::from(toasts.collect::<Result<Vec<_>, _>>()?),
            notices => Value::from(notices.collect::<Result<Vec<_>, _>>()?),
        };
        self.fill("page.html", values)
    }

    /// A page that says what went wrong.
    pub fn error(&self, page: &ErrorPage<'_>) -> Result<String, RenderError> {
        let ErrorPage { settings, status, title, message, diagnostics, near } = *page;
        let near = near.iter().map(|(title, href)| context! { title, href }).collect::<Vec<_>>();
        self.fill(
            "error.html",
            context! {
                status,
                title => self.words.say(title),
                message => self.words.say(message),
                diagnostics,
                near => Value::from(near),
                app_title => settings.title.as_deref(),
                logo => own_logo(settings),
                document => self.document(),
            },
        )
    }

    /// A page that asks before a button acts.
    pub fn question(&self, page: &QuestionPage<'_>) -> Result<String, RenderError> {
        let QuestionPage { settings, text, label, is_danger, url, action, view, click, fields, said } = *page;
        let said = said.iter().map(|text| self.toast(text).map(Value::from_safe_string));
        let fields = fields.iter().map(|(name, value)| context! { name, value });
        self.fill(
            "question.html",
            context! {
                text,
                label,
                is_danger,
                url,
                action,
                view,
                click,
                fields => Value::from(fields.collect::<Vec<_>>()),
                said => Value::from(said.collect::<Result<Vec<_>, _>>()?),
                app_title => settings.title.as_deref(),
                logo => own_logo(settings),
                document => self.document(),
            },
        )
    }

    /// What the heads of all documents are made from.
    fn document(&self) -> Value {
        context! {
            locale => self.locale.as_str(),
            direction => self.direction,
            color_scheme => self.look.color_scheme(),
            own_style => self.look.style.as_deref(),
            font => self.look.font.as_deref(),
            assets => assets(),
        }
    }

    /// What the script of a page says, by its English words.
    fn script_words(&self) -> Value {
        let said = SCRIPT_WORDS.iter().map(|text| (*text, self.words.say(text)));
        // Without a word the script says the English one.
        let said: BTreeMap<&str, String> = said.filter(|(text, said)| text != said).collect();
        Value::from_safe_string(json_in_html(&said))
    }

    fn all(&self, scene: &Scene<'_>, ids: &[ComponentId]) -> Result<Vec<Value>, RenderError> {
        let rendered = ids.iter().map(|id| self.component(scene, *id, Wanted::All).map(Value::from_safe_string));
        rendered.collect()
    }
}

fn takes_file(component: &Component) -> bool {
    component.kind.name == "file_upload"
}

/// Whether there is something to fill in that no form sends.
fn has_widgets(page: &Page) -> bool {
    let is_outside = |at: usize| page.form_of(ComponentId::at(at)).is_none();
    let takes = |component: &Component| component.kind.widget.is_some() || component.selected().is_some();
    page.components.iter().enumerate().any(|(at, component)| takes(component) && is_outside(at))
}

/// The ids of the forms that its components make, for what each of them sends besides its widgets.
fn forms(page: &Page) -> Vec<Value> {
    page.components.iter().filter(|it| it.kind.submits()).map(|it| Value::from(it.id.as_str())).collect()
}

/// The title of the window, where that of the page has changed.
pub fn title_partial(settings: &AppSettings, title: &str) -> String {
    let title = window_title(settings, title);
    format!(r#"<hx-partial hx-target="title" hx-swap="innerHTML">{}</hx-partial>"#, escape(&title))
}

/// The URL of the image beside the name of the app.
fn logo(settings: &AppSettings) -> Option<String> {
    own_logo(settings).or_else(|| Some(settings.logo.as_ref()?.value.clone()))
}

/// The same where it is a file of the app: pages that are none of its own show no images of other sites.
fn own_logo(settings: &AppSettings) -> Option<String> {
    settings.logo_file().map(asset_url)
}

/// The title of a page, and that of the app where it says something else.
fn window_title(settings: &AppSettings, title: &str) -> String {
    match settings.title.as_deref() {
        Some(app) if app != title => format!("{title} · {app}"),
        _ => title.to_owned(),
    }
}

/// The field that names the view, to be renewed with every answer.
///
/// `url` is that of the page as it is, if that changes; `is_expecting`: more comes by itself, if the page listens.
pub fn view_field(view: &str, url: Option<&str>, is_expecting: bool) -> Fragment {
    let url = url.map(|url| format!(r#" data-url="{}""#, escape(url))).unwrap_or_default();
    let expecting = if is_expecting { " data-expecting" } else { "" };
    let html = format!(r#"<input type="hidden" id="view-id" name="view" value="{}"{url}{expecting}>"#, escape(view));
    Fragment { element: "view-id".to_owned(), html }
}

/// A JSON object as it may stand in an element of HTML.
fn json_in_html(object: &BTreeMap<&str, String>) -> String {
    let object: serde_json::Map<String, serde_json::Value> =
        object.iter().map(|(key, text)| ((*key).to_owned(), text.as_str().into())).collect();
    serde_json::Value::from(object).to_string().replace('<', "\\u003c")
}

fn section_value(section: &NavSection<'_>) -> Value {
    let items = section.items.iter().map(|item| {
        let NavItem { title, href, icon, is_current, is_elsewhere } = *item;
        context! { title, href, icon, current => is_current, elsewhere => is_elsewhere }
    });
    context! { heading => section.heading, items => Value::from(items.collect::<Vec<_>>()) }
}

fn assets() -> Value {
    context! {
        style => asset::STYLE.url.as_str(),
        script => asset::APP.url.as_str(),
        icon => asset::ICON.url.as_str(),
        htmx => asset::HTMX.url.as_str(),
        sse => asset::SSE.url.as_str(),
        charts => asset::CHARTS.url.as_str(),
        countries => asset::COUNTRIES.url.as_str(),
        chart_script => asset::CHART_SCRIPT.url.as_str(),
    }
}
