//! What every answer promises: policy, caching, cookies.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::support::{TestApp, elements};

const PAGE: &str = "body:\n  - text: Hello\n";

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_policy() {
    let app = TestApp::from_spec(PAGE).await;
    let visitor = app.visitor();
    for path in ["/", "/nowhere", "/healthz", "/readyz", "/-/static/none"] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.header("content-security-policy"), POLICY, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(!answer.header("cache-control").is_empty(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_may_load_the_images_that_its_spec_names() {
    let own = "body: [{ image: \"https://img.example.com/{{ today() }}.png\", alt: A }]\n";
    let data = "state: { photo: a }\nbody: [{ image: \"{{ state.photo }}\", alt: A }]\n";
    let files = [("index.yaml", PAGE), ("own.yaml", own), ("data.yaml", data)];
    let app = TestApp::from_files(&files).await;
    let visitor = app.visitor();
    for (path, images) in [
        ("/", "img-src 'self' data: blob:;"),
        ("/own", "img-src 'self' data: blob: https://img.example.com;"),
        ("/data", "img-src 'self' data: blob: https:;"),
    ] {
        let answer = visitor.get(path).await;
        assert_eq!(
            answer.header("content-security-policy").replace(images, "img-src 'self' data: blob:;"),
            POLICY,
            "{path}"
        );
    }
    let logo = [("app.yaml", "logo: https://logo.example.com/a.svg\n"), ("index.yaml", PAGE)];
    let answer = TestApp::from_files(&logo).await.visitor().get("/").await;
    assert!(answer.header("content-security-policy").contains("blob: https://logo.example.com;"));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_not_kept_and_assets_are_kept_for_good() {
    let app = TestApp::from_spec(PAGE).await;
    let visitor = app.visitor();
    let page = visitor.get("/").await;
    assert_eq!(page.header("cache-control"), "no-store");
    let urls: Vec<String> = elements(&page.body)
        .iter()
        .filter_map(|element| match element.tag.as_str() {
            "script" => element.attribute("src").map(str::to_owned),
            "link" => element.attribute("href").map(str::to_owned),
            _ => None,
        })
        .collect();
    assert!(urls.len() >= 3, "{urls:?}");
    for url in urls {
        let request = Request::get(&url).header(header::ACCEPT_ENCODING, "gzip").body(Body::empty()).unwrap();
        let answer = visitor.send(request).await;
        assert_eq!(answer.status, StatusCode::OK, "{url}");
        assert!(answer.header("cache-control").contains("immutable"), "{url}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_logo_is_shown_from_where_assets_are_served() {
    for (written, served) in [
        ("brand/logo.svg", "/-/assets/brand/logo.svg"),
        ("assets/brand/logo.svg", "/-/assets/brand/logo.svg"),
        ("\"50%.svg\"", "/-/assets/50%25.svg"),
    ] {
        let settings = format!("logo: {written}\n");
        // It stands above the navigation, which takes two pages.
        let files = [("app.yaml", settings.as_str()), ("index.yaml", PAGE), ("other.yaml", PAGE)];
        let images = [("assets/brand/logo.svg", "<svg/>"), ("assets/50%.svg", "<svg/>")];
        let app = TestApp::from_files(&[&files[..], &images].concat()).await;
        let visitor = app.visitor();
        let page = visitor.get("/").await;
        let sources = elements(&page.body).into_iter().filter(|element| element.tag == "img");
        let sources: Vec<String> = sources.filter_map(|element| element.attribute("src").map(str::to_owned)).collect();
        assert!(sources.iter().any(|source| source == served), "{written}: {sources:?}");
        assert_eq!(visitor.get(served).await.status, StatusCode::OK, "{served}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_asset_of_the_app_is_sent_again_only_when_it_has_changed() {
    let app = TestApp::from_files(&[("index.yaml", PAGE), ("assets/a.svg", "<svg/>")]).await;
    let visitor = app.visitor();
    let first = visitor.get("/-/assets/a.svg").await;
    let tag = first.header("etag").to_owned();
    let again = async |tags: &str| {
        let request = Request::get("/-/assets/a.svg").header(header::IF_NONE_MATCH, tags);
        visitor.send(request.body(Body::empty()).unwrap()).await
    };
    for tags in [&tag, tag.trim_start_matches("W/"), &format!("\"other\", {tag}")] {
        let answer = again(tags).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{tags}");
        assert_eq!(answer.header("etag"), tag, "{tags}");
    }
    app.put("assets/a.svg", Some("<svg></svg>"));
    let answer = again(&tag).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "<svg></svg>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_theme_is_a_stylesheet_beside_the_common_one() {
    let settings = "theme: { mode: dark, radius: none, font: app.woff2 }\n";
    let files = [("app.yaml", settings), ("index.yaml", PAGE), ("assets/app.woff2", "a font")];
    let app = TestApp::from_files(&files).await;
    let visitor = app.visitor();
    for path in ["/", "/nowhere"] {
        let page = elements(&visitor.get(path).await.body);
        // The last one of these that a page has.
        let with = |name: &str, value: &str, wanted: &str| {
            let element = page.iter().rfind(|element| element.attribute(name) == Some(value));
            element.and_then(|element| element.attribute(wanted)).unwrap_or_default().to_owned()
        };
        assert_eq!(with("name", "color-scheme", "content"), "dark", "{path}");
        assert_eq!(visitor.get(&with("as", "font", "href")).await.header("content-type"), "font/woff2");
        let own = visitor.get(&with("rel", "stylesheet", "href")).await;
        assert!(own.body.contains("color-scheme: dark; --radius: 0rem;"), "{}", own.body);
        assert!(own.header("cache-control").contains("immutable"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_cookie_is_for_the_server_alone() {
    let app = TestApp::from_spec(PAGE).await;
    let visitor = app.visitor();
    let first = visitor.get("/").await;
    let cookie = first.header("set-cookie");
    assert!(cookie.starts_with("appspec_session="), "{cookie}");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    assert_eq!(visitor.get("/").await.header("set-cookie"), "", "it is set once");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_says_that_it_is_alive() {
    let app = TestApp::from_spec(PAGE).await;
    assert_eq!(app.visitor().get("/healthz").await.status, StatusCode::OK);
    assert_eq!(app.visitor().get("/readyz").await.status, StatusCode::OK);
}
