//! As much of HTML as a test needs: elements with their attributes and the text inside, and the fields of forms.

/// An element: its opening tag, and what stands up to its closing one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) tag: String,
    attributes: Vec<(String, String)>,
    /// The HTML between the tags; empty for void elements.
    pub(crate) inside: String,
}

/// Elements that have no closing tag.
const VOID: &[&str] = &["input", "br", "hr", "img", "meta", "link", "path", "circle", "rect", "line"];

impl Element {
    /// The value of an attribute; empty text where it has none.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The text inside, blanks folded.
    pub(crate) fn text(&self) -> String {
        text(&self.inside)
    }
}

/// All elements, in the order of their opening tags.
pub(crate) fn elements(html: &str) -> Vec<Element> {
    let mut found = Vec::new();
    for (at, _) in html.match_indices('<') {
        let rest = &html[at + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let (tag, attributes, after) = opening_tag(rest);
        let inside = if VOID.contains(&tag.as_str()) { "" } else { inside(&tag, after) };
        found.push(Element { inside: inside.to_owned(), tag, attributes });
    }
    found
}

/// The element of this id.
pub(crate) fn by_id(html: &str, id: &str) -> Option<Element> {
    elements(html).into_iter().find(|element| element.attribute("id") == Some(id))
}

/// What a person reads: tags left out, references resolved, blanks folded.
pub(crate) fn text(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        rest = after.split_once('>').map_or("", |(_, rest)| rest);
    }
    text.push_str(rest);
    unescape(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The fields that a browser would send with the form of this id, in the order of the page: hidden ones, what is
/// checked, what is selected; no buttons.
pub(crate) fn fields(html: &str, form: &str) -> Vec<(String, String)> {
    let all = elements(html);
    let own = all.iter().find(|element| element.tag == "form" && element.attribute("id") == Some(form));
    let inside = own.map(|form| elements(&form.inside)).unwrap_or_default();
    let belongs = |element: &&Element| match element.attribute("form") {
        Some(of) => of == form,
        None => inside.contains(*element),
    };
    let mut fields = Vec::new();
    for element in all.iter().filter(belongs) {
        let Some(name) = element.attribute("name").filter(|_| element.attribute("disabled").is_none()) else {
            continue;
        };
        let value = element.attribute("value").unwrap_or_default().to_owned();
        match (element.tag.as_str(), element.attribute("type").unwrap_or_default()) {
            ("input", "submit" | "button" | "file") | ("button", _) => {}
            ("input", "checkbox" | "radio") if element.attribute("checked").is_none() => {}
            ("input", _) => fields.push((name.to_owned(), value)),
            ("textarea", _) => {
                // A line break at the beginning is none of the text.
                let text = element.inside.strip_prefix('\n').unwrap_or(&element.inside);
                fields.push((name.to_owned(), unescape(text)));
            }
            ("select", _) => {
                let options: Vec<Element> =
                    elements(&element.inside).into_iter().filter(|it| it.tag == "option").collect();
                let mut chosen: Vec<&Element> =
                    options.iter().filter(|it| it.attribute("selected").is_some()).collect();
                if chosen.is_empty() && element.attribute("multiple").is_none() {
                    chosen.extend(options.first());
                }
                fields.extend(chosen.iter().map(|option| {
                    let value = option.attribute("value").map_or_else(|| option.text(), str::to_owned);
                    (name.to_owned(), value)
                }));
            }
            _ => {}
        }
    }
    fields
}

/// The name, the attributes, and what follows the tag.
fn opening_tag(html: &str) -> (String, Vec<(String, String)>, &str) {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_:@.".contains(c);
    let end = html.find(|c| !is_name(c)).unwrap_or(html.len());
    let (tag, mut rest) = html.split_at(end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return (tag.to_lowercase(), attributes, after);
        }
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        if end == 0 {
            return (tag.to_lowercase(), attributes, "");
        }
        let (name, after) = rest.split_at(end);
        let quoted = after.strip_prefix("=\"").and_then(|after| after.split_once('"'));
        let bare = || after.strip_prefix('=').map(|after| after.split_at(after.find([' ', '>', '\n']).unwrap_or(0)));
        let (value, after) = quoted.or_else(bare).unwrap_or(("", after));
        attributes.push((name.to_lowercase(), unescape(value)));
        rest = after;
    }
}

/// What stands before the tag that closes an element, elements of the same name inside it counted.
fn inside<'a>(tag: &str, after: &'a str) -> &'a str {
    let (open, close) = (format!("<{tag}"), format!("</{tag}"));
    let mut depth = 0_usize;
    for (at, _) in after.match_indices('<') {
        let rest = &after[at..];
        if rest.starts_with(&close) {
            if depth == 0 {
                return &after[..at];
            }
            depth -= 1;
        } else if rest.strip_prefix(&open).is_some_and(|rest| rest.starts_with([' ', '>', '\n'])) {
            depth += 1;
        }
    }
    after
}

fn unescape(text: &str) -> String {
    let names = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&#x2f;", "/")];
    names.iter().fold(text.to_owned(), |text, (name, char)| text.replace(name, char)).replace("&amp;", "&")
}

#[test]
fn fields_are_those_that_a_browser_sends() {
    let html = r#"<form id="view" method="post"><input type="hidden" name="view" value="a&amp;b"></form>
        <input form="view" type="text" name="name" value="Ada"> <input form="other" name="x" value="y">
        <input form="view" type="checkbox" name="on" value="true" checked><input form="view" type="checkbox" name="off">
        <select form="view" name="month"><option value="1">January<option value="2" selected>February</select>
        <textarea form="view" name="text">a &lt; b</textarea><button form="view" name="action" value="b">Go</button>"#;
    let sent = fields(html, "view");
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(sent, [("view", "a&b"), ("name", "Ada"), ("on", "true"), ("month", "2"), ("text", "a < b")]);
}
