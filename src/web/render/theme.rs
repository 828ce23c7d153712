//! The colours that an app sets for itself, as a stylesheet that goes over the common one.

use appspec_lang::spec::Theme;

/// The colours of series in charts behind the first, by hue; `static/appspec.css` names them `--c2` to `--c8`.
const SERIES: [(&str, f64); 6] =
    [("--c2", 32.0), ("--c3", 200.0), ("--c4", 330.0), ("--c5", 85.0), ("--c6", 271.0), ("--c7", 175.0)];
/// The first colour of series where an app sets none.
const FIRST: &str = "light-dark(#4f46e5, #8b8cff)";
const FIRST_HUE: f64 = 243.0;
/// Hues that are less apart are too much alike.
const APART: f64 = 28.0;

/// The stylesheet of an app that sets its own colours; none if it does not.
pub fn theme_style(theme: &Theme) -> Option<String> {
    let primary = theme.primary.as_ref()?.value.trim();
    let is_color = primary.chars().all(|c| c.is_alphanumeric() || "#(),.%/ -".contains(c));
    if !is_color {
        return None;
    }
    let shade = Shade::of(primary);
    // On a dark page the colour is lightened: what reads well on white is too dark there.
    let on_light = if shade.is_some_and(Shade::is_light) { "#0c0d10" } else { "#fff" };
    let own = format!("light-dark({primary}, oklch(from {primary} max(l, 0.76) c h))");
    // Text in a light colour cannot be read on white.
    let link = format!("light-dark(oklch(from {primary} min(l, 0.52) c h), oklch(from {primary} max(l, 0.76) c h))");
    let taken = shade.filter(|shade| shade.apart(FIRST_HUE) >= APART);
    let alike = taken.and_then(|shade| {
        let nearest = SERIES.iter().min_by(|(_, a), (_, b)| shade.apart(*a).total_cmp(&shade.apart(*b)))?;
        (shade.apart(nearest.1) < APART).then_some(nearest)
    });
    let instead = alike.map(|(name, _)| format!(" {name}: {FIRST};")).unwrap_or_default();
    Some(format!(
        ":root {{ --primary: {own}; --on-primary: light-dark({on_light}, #0c0d10); --link: {link}; --c1: {own};{instead} }}\n"
    ))
}

/// What matters of a colour: its hue in degrees and how light it is, from 0 to 1.
#[derive(Clone, Copy, Debug)]
struct Shade {
    hue: f64,
    luminance: f64,
}

impl Shade {
    /// The shade of `#rgb` or `#rrggbb`; other notations only a browser can read.
    fn of(color: &str) -> Option<Self> {
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
        let luminance = 0.2126 * linear(*red) + 0.7152 * linear(*green) + 0.0722 * linear(*blue);
        Some(Self { hue: (sixth * 60.0).rem_euclid(360.0), luminance })
    }

    /// Whether dark text reads better on it than white.
    fn is_light(self) -> bool {
        self.luminance > 0.36
    }

    fn apart(self, hue: f64) -> f64 {
        let distance = (self.hue - hue).abs();
        distance.min(360.0 - distance)
    }
}

fn joined(pair: &[u32]) -> u32 {
    pair.iter().fold(0, |sum, digit| sum * 16 + digit)
}

fn linear(channel: f64) -> f64 {
    if channel <= 0.040_45 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
}

#[cfg(test)]
mod tests {
    use appspec_lang::source::{FileId, Span, Spanned};

    use super::*;

    #[test]
    fn own_colours_stay_readable_and_apart() {
        let style = |color: &str| {
            let span = Span::new(FileId(0), 0, 0);
            theme_style(&Theme { primary: Some(Spanned::new(color.to_owned(), span)) })
        };
        let teal = style("#0f766e").unwrap();
        assert!(teal.contains("--primary: light-dark(#0f766e,") && teal.contains("--on-primary: light-dark(#fff,"));
        assert!(teal.contains("--c7: light-dark(#4f46e5,"), "{teal}");
        assert!(style("#fc0").unwrap().contains("--on-primary: light-dark(#0c0d10,"));
        assert!(!style("#4f46e5").unwrap().contains("--c7"));
        assert!(style("rebeccapurple").is_some());
        assert_eq!(style("red; } body { display: none"), None);
    }
}
