//! The files that every page uses, embedded, under names that change with their content.

use std::io::Write;
use std::sync::{LazyLock, OnceLock};

use appspec_lang::value::Fingerprint;
use flate2::Compression;
use flate2::write::GzEncoder;

/// An embedded file.
#[derive(Debug)]
pub struct Asset {
    /// The path of its URL: `/-/static/3f2a…/appspec.css`. It may be cached for ever.
    pub url: String,
    pub content_type: &'static str,
    pub bytes: &'static [u8],
    gzip: OnceLock<Vec<u8>>,
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
    HTMX = "vendor/htmx-4.0.1/htmx.min.js", SCRIPT;
    /// Its extension for streams of events.
    SSE = "vendor/htmx-4.0.1/ext/hx-sse.min.js", SCRIPT;
    /// What draws charts, on pages that have some.
    CHART_SCRIPT = "charts.js", SCRIPT;
    /// The outlines of countries, for pages with a map.
    COUNTRIES = "vendor/world-atlas-2.0.2/countries-110m.json", "application/json";
    /// `ECharts`, which the script loads where there is a chart.
    CHARTS = "vendor/echarts-6.1.0/echarts.min.js", SCRIPT;
}

impl Asset {
    fn new(path: &str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        let is_own = !path.starts_with("vendor/") && content_type.starts_with("text/");
        // Once in a process: the assets are static.
        let bytes = if is_own { lean(bytes).leak() } else { bytes };
        let name = path.rsplit('/').next().unwrap_or(path);
        let digest: String = Fingerprint::of(bytes).hex().chars().take(16).collect();
        Self { url: format!("/-/static/{digest}/{name}"), content_type, bytes, gzip: OnceLock::new() }
    }

    /// The bytes, compressed once and for all.
    pub fn gzip(&self) -> &[u8] {
        self.gzip.get_or_init(|| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            let written = encoder.write_all(self.bytes);
            written.and_then(|()| encoder.finish()).expect("memory can be written to")
        })
    }
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
        assert!(weight < 36_000, "{weight} bytes");
    }

    /// A page with charts may weigh 420 kB.
    #[test]
    fn what_pages_with_charts_load_is_bounded() {
        let assets = [&STYLE, &APP, &HTMX, &SSE, &CHART_SCRIPT, &CHARTS];
        let weight: usize = assets.into_iter().map(|asset| asset.gzip().len()).sum();
        assert!(weight < 412_000, "{weight} bytes");
    }

    #[test]
    fn comments_stay_in_the_repository() {
        let text = "/** One\n * two. */\nconst a = 1; // kept\n\n  // Gone.\n  f(`/*`);\n";
        assert_eq!(lean(text.as_bytes()), b"const a = 1; // kept\nf(`/*`);\n");
        for asset in [&APP, &STYLE] {
            let text = String::from_utf8_lossy(asset.bytes);
            assert!(text.lines().all(|line| !line.starts_with("/*") && !line.starts_with("//")), "{}", asset.url);
        }
    }

    #[test]
    fn assets_are_found_by_their_urls() {
        assert!(all().all(|asset| find(&asset.url).is_some_and(|found| found.bytes == asset.bytes)));
        assert!(find("/-/static/appspec.css").is_none());
    }

    #[test]
    fn scripts_name_no_source_map_that_is_not_there() {
        for asset in all() {
            assert!(!String::from_utf8_lossy(asset.bytes).contains("sourceMappingURL"), "{}", asset.url);
        }
    }
}
