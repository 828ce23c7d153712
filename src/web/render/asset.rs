//! The files that every page uses, embedded, under names that change with their content.

use std::borrow::Cow;
use std::io::{Read, Write};
use std::sync::{LazyLock, OnceLock};

use appspec_lang::App;
use appspec_lang::value::Fingerprint;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::areas::grid_styles;
use super::outlines;
use super::theme::theme_style;

/// A file that is embedded, or made at the start.
#[derive(Debug)]
pub struct Asset {
    /// The path of its URL: `/-/static/3f2a…/appspec.css`. It may be cached for ever.
    pub url: String,
    pub content_type: &'static str,
    plain: OnceLock<Cow<'static, [u8]>>,
    gzip: OnceLock<Cow<'static, [u8]>>,
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! embed {
    ($($(#[doc = $doc:literal])+ $name:ident = $path:literal, $content_type:expr;)*) => {
        $($(#[doc = $doc])+
        pub static $name: LazyLock<Asset> = LazyLock::new(|| {
            Asset::new($path, $content_type, include_bytes!(concat!("../../../static/", $path)))
        });)*

        pub(super) fn all() -> impl Iterator<Item = &'static Asset> {
            [$(&$name),*].into_iter().map(|asset: &'static LazyLock<Asset>| &**asset)
        }
    };
}

embed! {
    /// The stylesheet of all pages.
    STYLE = "appspec.css", "text/css; charset=utf-8";
    /// The pages' own script.
    APP = "appspec.js", SCRIPT;
    /// The icon of the browser's tab.
    ICON = "icon.svg", "image/svg+xml";
    /// htmx.
    HTMX = "vendor/htmx-4.0.1/htmx.min.js.gz", SCRIPT;
    /// Its extension for streams of events.
    SSE = "vendor/htmx-4.0.1/ext/hx-sse.min.js.gz", SCRIPT;
    /// What draws charts, on pages that have some.
    CHART_SCRIPT = "charts.js", SCRIPT;
    /// The outlines of countries, for pages with a map.
    COUNTRIES = "vendor/world-atlas-2.0.2/countries-110m.json", "application/json";
    /// `ECharts`, which the script loads where there is a chart.
    CHARTS = "vendor/echarts-6.1.0/echarts.min.js.gz", SCRIPT;
}

impl Asset {
    fn new(path: &str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        let bytes = match path {
            _ if path.starts_with("vendor/world-atlas") => {
                outlines::lean(bytes).map_or(Cow::Borrowed(bytes), Cow::Owned)
            }
            _ if path.starts_with("vendor/") || !content_type.starts_with("text/") => Cow::Borrowed(bytes),
            _ if content_type.starts_with("text/css") => Cow::Owned(tight(&lean(bytes))),
            _ => Cow::Owned(lean(bytes)),
        };
        let file = path.rsplit('/').next().unwrap_or(path);
        let name = file.strip_suffix(".gz").unwrap_or(file);
        let url = url(name, &bytes);
        let (plain, gzip) = (OnceLock::new(), OnceLock::new());
        // What is embedded compressed is so small that none compresses it in passing.
        let _nothing_was_there = if name == file { plain.set(bytes) } else { gzip.set(bytes) };
        Self { url, content_type, plain, gzip }
    }

    /// A stylesheet of the app's own: its theme and its grids. None of an app that looks as all do.
    pub fn own_style(app: &App) -> Option<Self> {
        let css = (theme_style(&app.program.settings.theme) + &grid_styles(app)).into_bytes();
        (!css.is_empty()).then(|| Self {
            url: url("own.css", &css),
            content_type: "text/css; charset=utf-8",
            plain: OnceLock::from(Cow::Owned(css)),
            gzip: OnceLock::new(),
        })
    }

    /// The bytes as they are.
    pub fn bytes(&self) -> &Cow<'static, [u8]> {
        self.plain.get_or_init(|| {
            let mut bytes = Vec::new();
            let read = GzDecoder::new(self.gzip.get().map(|gzip| &**gzip).unwrap_or_default()).read_to_end(&mut bytes);
            read.expect("what is embedded can be read");
            Cow::Owned(bytes)
        })
    }

    /// The bytes, compressed once and for all.
    pub fn gzip(&self) -> &Cow<'static, [u8]> {
        self.gzip.get_or_init(|| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            let written = encoder.write_all(self.bytes());
            Cow::Owned(written.and_then(|()| encoder.finish()).expect("memory can be written to"))
        })
    }
}

/// Where a file is found as long as it has this content.
fn url(name: &str, bytes: &[u8]) -> String {
    let digest: String = Fingerprint::of(bytes).hex().chars().take(16).collect();
    format!("/-/static/{digest}/{name}")
}

/// The text of a script or a stylesheet without the lines that are comments, and without indentation: they are for those
/// who read the repository. No text in it may go over several lines.
fn lean(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let mut lean = String::with_capacity(text.len());
    let mut is_comment = false;
    for line in text.lines().map(str::trim) {
        is_comment |= line.starts_with("/*");
        if is_comment {
            is_comment = !line.ends_with("*/");
        } else if !line.is_empty() && !line.starts_with("//") {
            lean.push_str(line);
            lean.push('\n');
        }
    }
    lean.into_bytes()
}

/// A stylesheet without the spaces that tell nothing: those beside `{`, `}`, `;` and `,`, and behind `:`.
fn tight(css: &[u8]) -> Vec<u8> {
    let mut tight: Vec<u8> = Vec::with_capacity(css.len());
    let mut quote = None;
    for (at, byte) in css.iter().copied().enumerate() {
        let (before, next) = (tight.last().copied(), css.get(at + 1).copied());
        match quote {
            Some(end) if byte == end && before != Some(b'\\') => quote = None,
            Some(_) => {}
            None if matches!(byte, b'"' | b'\'') => quote = Some(byte),
            None if byte.is_ascii_whitespace() => {
                let follows =
                    before.is_none_or(|before| matches!(before, b'{' | b'}' | b';' | b',' | b':' | b' ' | b'\n'));
                if follows || next.is_none_or(|next| matches!(next, b'{' | b'}')) {
                    continue;
                }
            }
            None if byte == b'}' && before == Some(b';') => {
                tight.pop();
            }
            None => {}
        }
        tight.push(byte);
    }
    tight
}

/// The asset of a URL's path.
pub fn find(path: &str) -> Option<&'static Asset> {
    all().find(|asset| asset.url == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page may weigh 40 kB without charts: this leaves some of it to the HTML.
    #[test]
    fn what_every_page_loads_is_light() {
        let weight: usize = [&STYLE, &APP, &HTMX, &SSE].into_iter().map(|asset| asset.gzip().len()).sum();
        assert!(weight < 35_700, "{weight} bytes");
    }

    /// A page with charts may weigh 420 kB, and one with a map.
    #[test]
    fn what_pages_with_charts_load_is_bounded() {
        let assets = [&STYLE, &APP, &HTMX, &SSE, &ICON, &CHART_SCRIPT, &CHARTS];
        let weight: usize = assets.into_iter().map(|asset| asset.gzip().len()).sum();
        assert!(weight < 401_000, "{weight} bytes");
        assert!(weight + COUNTRIES.gzip().len() < 414_000, "{weight} bytes and {}", COUNTRIES.gzip().len());
    }

    #[test]
    fn what_is_embedded_compressed_is_the_vendored_file() {
        let charts = include_bytes!("../../../static/vendor/echarts-6.1.0/echarts.min.js");
        let htmx = include_bytes!("../../../static/vendor/htmx-4.0.1/htmx.min.js");
        let sse = include_bytes!("../../../static/vendor/htmx-4.0.1/ext/hx-sse.min.js");
        for (asset, vendored) in [(&CHARTS, &charts[..]), (&HTMX, &htmx[..]), (&SSE, &sse[..])] {
            assert!(**asset.bytes() == *vendored, "compress it again with `zopfli --i25`: {}", asset.url);
        }
    }

    #[test]
    fn spaces_that_tell_nothing_are_left_out() {
        let css = b"@layer a, b;\na :is(b, c) > d {\n  color: red;\n  content: \"\\\"; { \";\n}\n@media (width: 1px) { e { f: calc(1px + 2px); } }\n";
        let tight = String::from_utf8(tight(css)).unwrap();
        assert_eq!(
            tight,
            r#"@layer a,b;a :is(b,c) > d{color:red;content:"\"; { "}@media (width:1px){e{f:calc(1px + 2px)}}"#
        );
    }

    #[test]
    fn comments_stay_in_the_repository() {
        let text = "/** One\n * two. */\nconst a = 1; // kept\n\n  // Gone.\n  f(`/*`);\n";
        assert_eq!(lean(text.as_bytes()), b"const a = 1; // kept\nf(`/*`);\n");
        for asset in [&APP, &STYLE] {
            let text = String::from_utf8_lossy(asset.bytes());
            assert!(text.lines().all(|line| !line.starts_with("/*") && !line.starts_with("//")), "{}", asset.url);
        }
    }

    #[test]
    fn the_style_sheet_keeps_to_its_scales() {
        let style = include_str!("../../../static/appspec.css");
        let pixels = ["0.125", "0.25", "0.375", "0.5", "0.625", "0.75", "1", "1.25", "1.5", "2", "3", "4"];
        for declaration in style.split(['{', ';', '}']) {
            let Some((property, value)) = declaration.trim().split_once(": ") else { continue };
            if property == "font-size" {
                let is_of_the_scale = ["var(--text-", "clamp(var(--text-"].iter().any(|start| value.starts_with(start));
                let is_relative = value.ends_with('%') || (value.ends_with("em") && !value.ends_with("rem"));
                assert!(is_of_the_scale || is_relative, "{declaration}");
            }
            let is_distance = ["gap", "margin", "padding"].iter().any(|kind| property.starts_with(kind));
            for distance in value.split([' ', '(', ')', ',', '-']).filter_map(|part| part.strip_suffix("rem")) {
                assert!(!is_distance || pixels.contains(&distance), "{declaration}");
            }
        }
    }

    #[test]
    fn assets_are_found_by_their_urls() {
        assert!(all().all(|asset| find(&asset.url).is_some_and(|found| found.bytes() == asset.bytes())));
        assert!(find("/-/static/appspec.css").is_none());
    }

    #[test]
    fn scripts_name_no_source_map_that_is_not_there() {
        for asset in all() {
            assert!(!String::from_utf8_lossy(asset.bytes()).contains("sourceMappingURL"), "{}", asset.url);
        }
    }
}
