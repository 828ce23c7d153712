//! Colours as CSS writes them.

/// Words that stand for a colour by what it means.
pub const MEANINGS: &[&str] = &["success", "warning", "error", "info"];

/// The functions that give a colour (CSS Color 4 and 5).
const FUNCTIONS: &[&str] =
    &["rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch", "color", "color-mix", "light-dark"];

/// The named colours (CSS Color 4, section 6.1).
const NAMES: &str = "aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue \
    blueviolet brown burlywood cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan \
    darkblue darkcyan darkgoldenrod darkgray darkgreen darkgrey darkkhaki darkmagenta darkolivegreen darkorange \
    darkorchid darkred darksalmon darkseagreen darkslateblue darkslategray darkslategrey darkturquoise \
    darkviolet deeppink deepskyblue dimgray dimgrey dodgerblue firebrick floralwhite forestgreen fuchsia \
    gainsboro ghostwhite gold goldenrod gray green greenyellow grey honeydew hotpink indianred indigo ivory \
    khaki lavender lavenderblush lawngreen lemonchiffon lightblue lightcoral lightcyan lightgoldenrodyellow \
    lightgray lightgreen lightgrey lightpink lightsalmon lightseagreen lightskyblue lightslategray \
    lightslategrey lightsteelblue lightyellow lime limegreen linen magenta maroon mediumaquamarine mediumblue \
    mediumorchid mediumpurple mediumseagreen mediumslateblue mediumspringgreen mediumturquoise mediumvioletred \
    midnightblue mintcream mistyrose moccasin navajowhite navy oldlace olive olivedrab orange orangered orchid \
    palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff peru pink plum powderblue purple \
    rebeccapurple red rosybrown royalblue saddlebrown salmon sandybrown seagreen seashell sienna silver skyblue \
    slateblue slategray slategrey snow springgreen steelblue tan teal thistle tomato transparent turquoise \
    violet wheat white whitesmoke yellow yellowgreen";

/// The names of colours.
pub fn color_names() -> impl Iterator<Item = &'static str> {
    NAMES.split_ascii_whitespace()
}

/// Whether CSS takes this for a colour: `#rgb`, `#rrggbb` (each also with alpha), a name, or a call of a function,
/// whose arguments are not looked at.
pub fn is_color(text: &str) -> bool {
    let text = text.trim();
    if let Some(digits) = text.strip_prefix('#') {
        return matches!(digits.len(), 3 | 4 | 6 | 8) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    match text.split_once('(') {
        Some((function, arguments)) => {
            let is_known = FUNCTIONS.iter().any(|known| known.eq_ignore_ascii_case(function));
            is_known && arguments.strip_suffix(')').is_some_and(|inside| !inside.trim().is_empty())
        }
        None => color_names().any(|name| name.eq_ignore_ascii_case(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_of_css() {
        for text in ["#0f7", "#0F766E", "#0f766e80", "teal", "Teal", "rgb(1 2 3)", "oklch(0.7 0.1 180)", " red "] {
            assert!(is_color(text), "{text}");
        }
        for text in ["", "#", "#12345", "#0f766g", "0f766e", "grean", "rbg(1 2 3)", "rgb()", "rgb(1 2 3", "var(--x)"] {
            assert!(!is_color(text), "{text}");
        }
    }
}
