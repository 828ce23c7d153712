//! How an app looks by its own `theme`: what goes over the tokens of the common stylesheet.

use std::fmt::Write;

use appspec_lang::spec::{Font, Mode, Radius, Theme, asset_url};

/// The colours of series where an app sets none, by token and hue; the grey one behind them is like none of an app's.
/// `static/appspec.css` declares them.
const SERIES: [(&str, f64, &str); 7] = [
    ("--c1", 243.0, "light-dark(#4f46e5, #8b8cff)"),
    ("--c2", 32.0, "light-dark(#d97706, #fbbf24)"),
    ("--c3", 200.0, "light-dark(#0284c7, #38bdf8)"),
    ("--c4", 330.0, "light-dark(#db2777, #f472b6)"),
    ("--c5", 85.0, "light-dark(#65a30d, #a3e635)"),
    ("--c6", 271.0, "light-dark(#9333ea, #c084fc)"),
    ("--c7", 175.0, "light-dark(#0d9488, #2dd4bf)"),
];
/// Hues, in degrees, that are less apart are too much alike.
const APART: f64 = 28.0;
/// The lightness (OKLCH) from which dark text reads better on a colour than white.
const IS_LIGHT: f64 = 0.6;

/// How an app looks, for all of its pages.
#[derive(Clone, Debug, Default)]
pub struct Look {
    pub mode: Mode,
    /// The URL of the stylesheet with what is the app's own, if there is any.
    pub style: Option<String>,
    /// The URL of the file with its font.
    pub font: Option<String>,
}

impl Look {
    /// `style` is where its own stylesheet is served.
    pub fn of(theme: &Theme, style: Option<String>) -> Self {
        let font = theme.font_file().map(|file| asset_url(&file.value));
        Self { mode: theme.mode, style, font }
    }

    /// The colour schemes that the pages can have, as CSS writes them.
    pub(super) fn color_scheme(&self) -> &'static str {
        color_scheme(self.mode)
    }
}

fn color_scheme(mode: Mode) -> &'static str {
    match mode {
        Mode::Auto => "light dark",
        Mode::Light => "light",
        Mode::Dark => "dark",
    }
}

/// The stylesheet of a theme; empty where it leaves all as it is.
pub(super) fn theme_style(theme: &Theme) -> String {
    let mut tokens = String::new();
    let mut set = |name: &str, value: &str| write!(tokens, " {name}: {value};").expect("a string takes all text");
    if theme.mode != Mode::Auto {
        set("color-scheme", color_scheme(theme.mode));
    }
    if let Some(primary) = theme.primary.as_ref().and_then(|primary| safe(&primary.value)) {
        set("--primary", &both(primary));
        // White or black; on a dark page all is lightened, and takes dark text.
        let on_light = format!("oklch(from {primary} clamp(0, ({IS_LIGHT} - l) * 1000, 1) 0 0)");
        set("--on-primary", &format!("light-dark({on_light}, #0c0d10)"));
        // Text in a light colour cannot be read on white.
        let text = format!("oklch(from {primary} min(l, 0.52) c h)");
        set("--link", &format!("light-dark({text}, {})", lightened(primary)));
    }
    let colors = if theme.series.is_empty() { theme.primary.as_slice() } else { &theme.series };
    let own: Vec<&str> = colors.iter().filter_map(|color| safe(&color.value)).collect();
    for (name, color) in series(&own) {
        set(&name, &color);
    }
    if let Some(radius) = theme.radius {
        set("--radius", corners(radius));
    }
    let mut face = String::new();
    match &theme.font {
        None => {}
        Some(Font::Serif) => set("--font", "var(--serif)"),
        Some(Font::Mono) => set("--font", "var(--mono)"),
        Some(Font::Named(names)) => {
            let names: Vec<String> = names.iter().map(|name| family(name)).collect();
            set("--font", &format!("{}, var(--sans)", names.join(", ")));
        }
        Some(Font::File(file)) => {
            set("--font", "\"App\", var(--sans)");
            // A font that comes too late for the first sight is used from the next page on: text never moves.
            let url = asset_url(&file.value);
            face = format!(
                "@font-face {{ font-family: \"App\"; src: url(\"{url}\"); font-weight: 100 900; font-display: optional; }}\n"
            );
        }
    }
    if tokens.is_empty() {
        return String::new();
    }
    // In the layer of the tokens, so that paper and more contrast go before it.
    format!("{face}@layer tokens {{ :root {{{tokens} }} }}\n")
}

/// The name of a font as CSS writes it; those that stand for what the system has are keywords (CSS Fonts 4, 2.1.3).
fn family(name: &str) -> String {
    const GENERIC: [&str; 5] = ["serif", "sans-serif", "monospace", "cursive", "system-ui"];
    if GENERIC.contains(&name) { name.to_owned() } else { format!("\"{name}\"") }
}

/// A colour that holds nothing but a colour: what is written into a stylesheet must not end what it stands in.
fn safe(color: &str) -> Option<&str> {
    let color = color.trim();
    color.chars().all(|c| c.is_alphanumeric() || "#(),.%/ -".contains(c)).then_some(color)
}

/// A colour on light pages and on dark ones, where it is lightened: what reads well on white is too dark there.
fn both(color: &str) -> String {
    format!("light-dark({color}, {})", lightened(color))
}

fn lightened(color: &str) -> String {
    format!("oklch(from {color} max(l, 0.76) c h)")
}

/// The colours of series: first those that an app has of its own. Behind them the usual ones stay, but those that are most
/// like one of the app's give way to those whose places it took.
fn series(own: &[&str]) -> Vec<(String, String)> {
    let hues: Vec<f64> = own.iter().filter_map(|color| hue(color)).collect();
    let nearness = |place: &&(&str, f64, &str)| hues.iter().map(|own| apart(*own, place.1)).fold(f64::MAX, f64::min);
    let (taken, left) = SERIES.split_at(own.len().min(SERIES.len()));
    let mut alike: Vec<_> = left.iter().filter(|place| nearness(place) < APART).collect();
    alike.sort_by(|a, b| nearness(a).total_cmp(&nearness(b)));
    let spare = taken.iter().filter(|place| nearness(place) >= APART);
    let mut colors: Vec<(String, String)> = Vec::new();
    for (at, color) in own.iter().enumerate() {
        colors.push((format!("--c{}", at + 1), both(color)));
    }
    colors.extend(alike.iter().zip(spare).map(|((name, ..), (.., color))| ((*name).to_owned(), (*color).to_owned())));
    colors
}

fn apart(one: f64, other: f64) -> f64 {
    let distance = (one - other).abs();
    distance.min(360.0 - distance)
}

/// The hue of `#rgb` or `#rrggbb` in degrees (HSL); other notations only a browser can read.
fn hue(color: &str) -> Option<f64> {
    let digits: Vec<u32> = color.strip_prefix('#')?.chars().map(|c| c.to_digit(16)).collect::<Option<_>>()?;
    let channels: Vec<f64> = match digits.as_slice() {
        [_, _, _] => digits.iter().map(|digit| f64::from(digit * 17) / 255.0).collect(),
        [_, _, _, _, _, _] => digits.chunks_exact(2).map(|pair| f64::from(joined(pair)) / 255.0).collect(),
        _ => return None,
    };
    let [red, green, blue] = channels.as_slice() else { return None };
    let (most, least) = (red.max(*green).max(*blue), red.min(*green).min(*blue));
    let range = (most - least).max(f64::EPSILON);
    let sixth = if most <= *red {
        (green - blue) / range
    } else if most <= *green {
        (blue - red) / range + 2.0
    } else {
        (red - green) / range + 4.0
    };
    Some((sixth * 60.0).rem_euclid(360.0))
}

fn joined(pair: &[u32]) -> u32 {
    pair.iter().fold(0, |sum, digit| sum * 16 + digit)
}

fn corners(radius: Radius) -> &'static str {
    match radius {
        Radius::None => "0rem",
        Radius::Small => "0.25rem",
        Radius::Medium => "0.5rem",
        Radius::Large => "0.75rem",
    }
}

#[cfg(test)]
mod tests {
    use appspec_lang::source::{FileId, Span, Spanned};

    use super::*;

    fn color(text: &str) -> Spanned<String> {
        Spanned::new(text.to_owned(), Span::new(FileId(0), 0, 0))
    }

    #[test]
    fn own_colours_stay_readable_and_apart() {
        let style = |text: &str| theme_style(&Theme { primary: Some(color(text)), ..Theme::default() });
        let teal = style("#0f766e");
        assert!(
            teal.contains("--primary: light-dark(#0f766e,") && teal.contains("--c1: light-dark(#0f766e,"),
            "{teal}"
        );
        assert!(teal.contains("--c7: light-dark(#4f46e5,"), "{teal}");
        assert!(!style("#4f46e5").contains("--c7"));
        assert!(style("rebeccapurple").contains("--on-primary: light-dark(oklch(from rebeccapurple clamp("));
        assert_eq!(style("red; } body { display: none"), "");
    }

    #[test]
    fn colours_of_series_go_before_the_primary() {
        let theme = Theme {
            primary: Some(color("#4f46e5")),
            series: vec![color("#d97706"), color("#0284c7"), color("teal")],
            ..Theme::default()
        };
        let style = theme_style(&theme);
        assert!(style.contains("--c1: light-dark(#d97706,") && style.contains("--c3: light-dark(teal,"), "{style}");
        // The last one is too much like the second one that is set; the others stay.
        assert!(style.contains("--c7: light-dark(#4f46e5,"), "{style}");
        assert!(!style.contains("--c4") && !style.contains("--c5") && !style.contains("--c6"), "{style}");
    }

    #[test]
    fn the_rest_of_a_theme_is_set() {
        let file = Font::File(color("fonts/my font.woff2"));
        let style = |theme: Theme| theme_style(&theme);
        assert_eq!(style(Theme::default()), "");
        assert_eq!(
            style(Theme { mode: Mode::Dark, radius: Some(Radius::None), ..Theme::default() }),
            "@layer tokens { :root { color-scheme: dark; --radius: 0rem; } }\n"
        );
        let named = style(Theme { font: Some(Font::Named(vec!["Inter".into(), "serif".into()])), ..Theme::default() });
        assert!(named.contains("--font: \"Inter\", serif, var(--sans);"), "{named}");
        let own = style(Theme { font: Some(file), ..Theme::default() });
        assert!(own.starts_with("@font-face { font-family: \"App\"; src: url(\"/-/assets/fonts/my%20font.woff2\");"));
    }

    #[test]
    fn the_usual_colours_are_those_of_the_stylesheet() {
        let css = include_str!("../../../static/appspec.css");
        for (name, _, color) in SERIES {
            assert!(css.contains(&format!("{name}: {color};")), "{name}");
        }
    }
}
