//! From the path of a URL to a page and its parameters.

use appspec_lang::App;
use appspec_lang::value::{Fingerprint, Scalar, Type};

/// A page at a URL.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    /// An index of the program's pages.
    pub page: usize,
    pub params: Vec<Scalar>,
    /// The path as it was asked for.
    pub path: String,
    /// What stands behind the path: the keys of the page that are not what they are at first, and whatever others put
    /// there.
    pub query: String,
}

impl Place {
    /// The URL, with another query.
    pub(super) fn with_query(&self, query: &str) -> String {
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{mark}{query}", self.path)
    }

    pub(super) fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.path.as_bytes())
    }
}

#[derive(Debug)]
enum Segment {
    Fixed(String),
    Param(usize),
}

#[derive(Debug)]
struct Route {
    page: usize,
    segments: Vec<Segment>,
    types: Vec<Type>,
}

/// The pages of an app by their paths: those without parameters first.
#[derive(Debug)]
pub(super) struct Places(Vec<Route>);

impl Places {
    pub(super) fn of(app: &App) -> Self {
        let mut routes: Vec<Route> = Vec::new();
        for (index, page) in app.program.pages.iter().enumerate() {
            let segment = |text: &str| {
                let name = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
                match name.and_then(|name| page.params.iter().position(|param| *param.name.value == *name)) {
                    Some(param) => Segment::Param(param),
                    None => Segment::Fixed(text.to_owned()),
                }
            };
            let segments = parts(&page.path).map(segment).collect();
            routes.push(Route {
                page: index,
                segments,
                types: page.params.iter().map(|param| param.ty.clone()).collect(),
            });
        }
        routes.sort_by_key(|route| route.segments.iter().any(|segment| matches!(segment, Segment::Param(_))));
        Self(routes)
    }

    /// The page at a URL without host, percent-encoded as it came.
    pub(super) fn find(&self, url: &str) -> Option<Place> {
        let url = url.split_once('#').map_or(url, |(url, _)| url);
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let given: Vec<String> = parts(path).map(decode).collect::<Option<_>>()?;
        self.0.iter().find_map(|route| {
            let params = params(route, &given)?;
            Some(Place { page: route.page, params, path: path.to_owned(), query: query.to_owned() })
        })
    }
}

fn params(route: &Route, given: &[String]) -> Option<Vec<Scalar>> {
    if route.segments.len() != given.len() {
        return None;
    }
    let mut params = vec![Scalar::Null; route.types.len()];
    for (segment, given) in route.segments.iter().zip(given) {
        match segment {
            Segment::Fixed(text) if text == given => {}
            Segment::Fixed(_) => return None,
            Segment::Param(index) => {
                let scalar = match route.types.get(*index)?.inner() {
                    Type::Int => Scalar::Int(given.parse().ok()?),
                    _ => Scalar::text(given.as_str()),
                };
                *params.get_mut(*index)? = scalar;
            }
        }
    }
    Some(params)
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

/// Undoes percent-encoding; none for what is no UTF-8.
fn decode(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}
