//! From the parser's events to a tree.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, StructureStyle, Tag};

use super::anchor::{Anchors, Refusal};
use super::directive;
use super::frame::{Contents, Frame, Key, Name};
use super::message;
use super::scalar::{self, Style};
use super::schema::{self, Meaning};
use super::trap::{self, Kind, Trap};
use crate::diagnostic::{Diagnostics, code, suggest};
use crate::source::{SourceText, Span};
use crate::syntax::DEPTH;
use crate::syntax::place::Place;
use crate::syntax::quote::quoted;
use crate::syntax::tree::{Node, NodeKind};

/// Why reading stopped before the end.
pub(super) enum Stop {
    /// A value that must be quoted first.
    Trap(Trap),
    /// The text is no YAML here; and where the innermost open bracket stands.
    Error(ScanError, Option<usize>),
}

/// Reads the text; what lies at `blots` was reported before.
pub(super) fn build(place: &Place<'_>, blots: &[Range<usize>], found: &mut Diagnostics) -> Result<Node, Stop> {
    let options = granit_parser::options! {
        emit_comments: false,
        emit_unresolved_aliases: true,
        // Lists and maps of both styles together stay within the limit.
        flow_nesting_limit: DEPTH / 2 - 1,
        block_nesting_limit: DEPTH / 2 - 1,
    };
    let mut builder = Builder { place, blots, found, frames: Vec::new(), anchors: Anchors::default(), root: None };
    for next in Parser::new_from_str_with_options(place.text, options) {
        let (event, span) = next.map_err(|error| Stop::Error(error, builder.open()))?;
        let range = span.byte_range().unwrap_or_default();
        let tag = span.tag_start().and_then(|mark| mark.byte_offset());
        if matches!(event, Event::DocumentStart(..)) && builder.root.is_none() {
            directive::check(place, 0..range.start, builder.found);
        }
        if matches!(event, Event::DocumentStart(..)) && builder.root.is_some() {
            builder
                .found
                .report(&code::SYNTAX, place.span(range), "a second document begins here")
                .help("give each page a file of its own");
            break;
        }
        builder.event(event, range, tag)?;
    }
    let empty = Node { kind: NodeKind::Map(Vec::new()), span: place.span(0..0) };
    Ok(builder.root.filter(|root| !is_empty(root)).unwrap_or(empty))
}

/// Whether a document holds nothing, not even the word `null`.
fn is_empty(root: &Node) -> bool {
    matches!(root.kind, NodeKind::Null) && root.span.start == root.span.end
}

struct Builder<'a> {
    place: &'a Place<'a>,
    blots: &'a [Range<usize>],
    found: &'a mut Diagnostics,
    /// The lists and maps that are open, from the outermost.
    frames: Vec<Frame>,
    anchors: Anchors,
    root: Option<Node>,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>, tag_start: Option<usize>) -> Result<(), Stop> {
        if let (Some(tag), Some(start)) = (event.tag(), tag_start) {
            self.tag(tag, start)?;
        }
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                if matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted) {
                    self.indentation(&range);
                }
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted => Style::Single,
                    ScalarStyle::DoubleQuoted => Style::Double,
                    ScalarStyle::Literal => Style::Literal,
                    ScalarStyle::Folded => Style::Folded,
                };
                self.anchors.begin(anchor, range.start, self.place);
                if self.awaits_key() {
                    let text_node = NodeKind::Text(scalar::map(&text, style, range.clone(), self.place));
                    self.anchors.keep(anchor, &Node { kind: text_node, span: self.place.span(range.clone()) });
                    self.key(&text, style, range);
                } else {
                    self.scalar(&text, style, range, anchor, tag.is_some());
                }
            }
            Event::SequenceStart(style, anchor, _) => self.open_frame(Contents::list(), style, range, anchor),
            Event::MappingStart(style, anchor, _) => {
                if style == StructureStyle::Flow && self.place.after(range.start).starts_with("{{") {
                    return Err(Stop::Trap(Trap { range: self.piece(range.start), kind: Kind::Template }));
                }
                self.open_frame(Contents::map(), style, range, anchor);
            }
            Event::SequenceEnd | Event::MappingEnd => self.close_frame(&range),
            Event::Alias(anchor) => self.alias(anchor, range),
            Event::UnresolvedAlias(name) => self.unknown_alias(&name, range),
            _ => {}
        }
        Ok(())
    }

    /// Where the innermost collection opened, if that is a bracket.
    fn open(&self) -> Option<usize> {
        self.frames.last().filter(|frame| frame.flow).map(|frame| frame.start)
    }

    /// Reports a tab that indents a further line of a quoted text inside of a list or map without brackets.
    fn indentation(&mut self, range: &Range<usize>) {
        if self.frames.iter().all(|frame| frame.flow) {
            return;
        }
        let breaks = self.place.slice(range.clone()).match_indices('\n').map(|(at, _)| range.start + at + 1);
        for start in breaks {
            let line = self.place.slice(start..range.end);
            if line.starts_with('\t') && !line.trim_start_matches(['\t', ' ']).starts_with(['\n', '\r']) {
                let (message, help) = message::TAB;
                self.found.report(&code::SYNTAX, self.place.span(start..start + 1), message).help(help);
            }
        }
    }

    fn awaits_key(&self) -> bool {
        self.frames.last().is_some_and(Frame::awaits_key)
    }

    /// The text that begins here and that was meant to be one scalar.
    fn piece(&self, start: usize) -> Range<usize> {
        if self.open().is_some() {
            return start..start + trap::template_piece(self.place.after(start));
        }
        let line = self.place.line(start);
        start..start + trap::uncommented(self.place.slice(start..line.end)).len()
    }

    fn tag(&mut self, tag: &Tag, start: usize) -> Result<(), Stop> {
        if tag.handle() == "!" || tag.original_handle() == "!" {
            return Err(Stop::Trap(Trap { range: self.piece(start), kind: Kind::Indicator('!') }));
        }
        let length = self.place.after(start).find(|char: char| char.is_whitespace()).unwrap_or_default();
        self.found
            .report(&code::SYNTAX, self.place.span(start..start + length), "a tag has no meaning in a spec")
            .help("leave the tag away; quote a value to make it text");
        Ok(())
    }

    fn open_frame(&mut self, contents: Contents, style: StructureStyle, range: Range<usize>, anchor: usize) {
        if self.awaits_key() {
            self.found.report(
                &code::SYNTAX,
                self.place.span(range.clone()),
                "expected text as key, found a list or a map",
            );
        }
        self.anchors.begin(anchor, range.start, self.place);
        self.frames.push(Frame::new(contents, style == StructureStyle::Flow, range.start, anchor));
    }

    fn close_frame(&mut self, range: &Range<usize>) {
        let Some(mut frame) = self.frames.pop() else { return };
        frame.report_cut(self.place, self.found);
        let end = if frame.flow { range.end } else { frame.end };
        let range = frame.start..end.max(frame.start);
        let anchor = frame.anchor;
        let node = Node { kind: frame.finish(self.found), span: self.place.span(range.clone()) };
        self.put(node, range, anchor);
    }

    /// Puts a node where it belongs.
    fn put(&mut self, node: Node, range: Range<usize>, anchor: usize) {
        self.anchors.keep(anchor, &node);
        match self.frames.last_mut() {
            Some(frame) => frame.put(node, range),
            None => self.root = Some(node),
        }
    }

    fn key(&mut self, text: &str, style: Style, range: Range<usize>) {
        let span = self.place.span(range.clone());
        let meaning = if style == Style::Plain { schema::meaning(text) } else { Meaning::Text };
        if let Some(frame) = self.frames.last_mut() {
            frame.report_cut_before(&range, self.place, self.found);
        }
        let mut name = Name::Text(text.to_owned());
        if text == "<<" && style == Style::Plain {
            name = Name::Merge;
        } else if range.is_empty() {
            self.found.report(&code::SYNTAX, span, "expected a key before `:`");
            name = Name::None;
        } else if meaning != Meaning::Text {
            self.found
                .report(&code::SYNTAX, span, "expected text as key")
                .here("YAML reads this as another kind of value")
                .fix("quote it", span, quoted(text));
        } else if style == Style::Plain && schema::lookalike(text).is_some() && !matches!(text, "y" | "n" | "Y" | "N") {
            self.ambiguous(text, &range);
        }
        let Some(frame) = self.frames.last_mut() else { return };
        if let Some(first) = frame.find(&name) {
            let diagnostic = self
                .found
                .report(&code::DUPLICATE_KEY, span, format!("the key `{text}` stands twice in one map"))
                .label(first, "first here");
            if matches!(name, Name::Merge) {
                diagnostic.help("merge several maps by one list: `<<: [*first, *second]`");
            }
            name = Name::None;
        }
        frame.set_key(Key { name, span, range });
    }

    fn scalar(&mut self, text: &str, style: Style, range: Range<usize>, anchor: usize, tagged: bool) {
        let blot = self.blots.iter().find(|blot| blot.start < range.end && range.start < blot.end);
        if blot.is_some() || tagged {
            let range = blot.map_or(range.clone(), |blot| blot.start.min(range.start)..blot.end.max(range.end));
            let span = self.place.span(range.clone());
            return self.put(Node { kind: NodeKind::Broken, span }, range, anchor);
        }
        if style == Style::Plain && range.is_empty() {
            return self.nothing(range, anchor);
        }
        let mapped = scalar::map(text, style, range.clone(), self.place);
        let (span, kind) =
            (mapped.span, if style == Style::Plain { self.plain(mapped, &range) } else { NodeKind::Text(mapped) });
        let is_plain_text = style == Style::Plain && matches!(kind, NodeKind::Text(_));
        self.put(Node { kind, span }, range.clone(), anchor);
        if is_plain_text && let Some(frame) = self.frames.last_mut() {
            frame.plain = Some(range);
        }
    }

    /// A value that is not written.
    fn nothing(&mut self, range: Range<usize>, anchor: usize) {
        if let Some(frame) = self.frames.last_mut()
            && frame.take_bare_key(self.place, self.found)
        {
            return;
        }
        let end = match self.frames.last().and_then(Frame::key_end) {
            Some(end) => end + usize::from(self.place.after(end).starts_with(':')),
            None => self.place.slice(0..range.start).trim_end().len(),
        };
        let node = Node { kind: NodeKind::Null, span: self.place.span(end..end) };
        self.put(node, end..end, anchor);
    }

    fn plain(&mut self, text: SourceText, range: &Range<usize>) -> NodeKind {
        let written = text.text.clone();
        let is_own_key = matches!(&*written, "y" | "n" | "Y" | "N")
            && self.frames.last().and_then(Frame::key_name).is_some_and(|key| *key == *written);
        if schema::lookalike(&written).is_some() && !is_own_key {
            self.ambiguous(&written, range);
        }
        match schema::meaning(&written) {
            Meaning::Null => NodeKind::Null,
            Meaning::Bool(bool) => NodeKind::Bool(bool),
            Meaning::Int(int) => NodeKind::Int(int),
            Meaning::Float(float) => NodeKind::Float(float),
            Meaning::Moment => NodeKind::Moment(text),
            Meaning::TooBig => {
                self.found.report(&code::VALUE, text.span, "this number does not fit into 64 bits").suggest(
                    "quote it to make it text",
                    text.span,
                    quoted(&written),
                );
                NodeKind::Broken
            }
            Meaning::NoMoment => {
                self.found.report(&code::VALUE, text.span, "the calendar has no such date or time").suggest(
                    "quote it to make it text",
                    text.span,
                    quoted(&written),
                );
                NodeKind::Broken
            }
            Meaning::Text => self.text(text, range),
        }
    }

    /// A plain scalar that is text, unless a comment cut it.
    fn text(&mut self, text: SourceText, range: &Range<usize>) -> NodeKind {
        let line = range.end..self.place.line(range.end).end;
        let rest = self.place.slice(line.clone());
        let comment = rest.trim_start();
        if !comment.starts_with('#') || !trap::is_cut(&text.text, comment) {
            return NodeKind::Text(text);
        }
        let hash = line.end - comment.len();
        let inner = comment.get(1..).unwrap_or_default();
        let end = hash + 1 + trap::uncommented(inner).len();
        Trap { range: range.start..end, kind: Kind::Comment(hash) }.report(self.place, self.found);
        NodeKind::Broken
    }

    fn ambiguous(&mut self, text: &str, range: &Range<usize>) {
        let Some(theirs) = schema::lookalike(text) else { return };
        let span = self.place.span(range.clone());
        let diagnostic = self
            .found
            .report(&code::AMBIGUOUS_SCALAR, span, format!("YAML readers disagree on `{text}`: quote it"))
            .here(format!("readers of YAML 1.1 take it for {theirs}"));
        if schema::meaning(text) == Meaning::Text {
            diagnostic.fix("quote it", span, quoted(text));
        } else {
            // Quotes would make text of a number.
            diagnostic.suggest("quote it", span, quoted(text));
        }
    }

    fn alias(&mut self, anchor: usize, range: Range<usize>) {
        let span = self.place.span(range.clone());
        let copy = self.anchors.copy(anchor, self.frames.len(), span.as_alias());
        if self.awaits_key() {
            if let Ok(Node { kind: NodeKind::Text(text), .. }) = copy {
                return self.key(&text.text, Style::Double, range);
            }
            self.found.report(&code::SYNTAX, span, "expected text as key, found an alias of something else");
        }
        let node = copy.unwrap_or_else(|refusal| {
            self.refuse(&refusal, anchor, span);
            Node { kind: NodeKind::Broken, span }
        });
        self.put(node, range, 0);
    }

    fn refuse(&mut self, refusal: &Refusal, anchor: usize, span: Span) {
        let message = match refusal {
            Refusal::Recursive => "this alias stands inside the value that it names",
            Refusal::TooMany => "with this alias, those of the file stand for more than 100,000 values",
            Refusal::TooDeep => "lists and maps nest too deep with this alias",
            Refusal::Spent => return,
        };
        let diagnostic = self.found.report(&code::SYNTAX, span, message);
        if let Some(anchor) = self.anchors.get(anchor) {
            diagnostic.label(anchor.span, "the value is named here");
        }
    }

    fn unknown_alias(&mut self, name: &str, range: Range<usize>) {
        let piece = self.piece(range.start);
        let is_name = name.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '-'));
        let near = suggest::nearest(name, self.anchors.names()).filter(|_| piece == range);
        if let Some(near) = near {
            self.found
                .report(&code::SYNTAX, self.place.span(range.clone()), format!("no value above is named by `&{name}`"))
                .help(format!("did you mean `*{near}`?"));
        } else if is_name && piece == range {
            self.found
                .report(&code::YAML_TRAP, self.place.span(range.clone()), "an unquoted `*` begins an alias in YAML")
                .here(format!("no value above is anchored as `&{name}`"))
                .fix("quote it", self.place.span(range.clone()), quoted(self.place.slice(range.clone())));
        } else {
            Trap { range: piece, kind: Kind::Indicator('*') }.report(self.place, self.found);
        }
        let span = self.place.span(range.clone());
        self.put(Node { kind: NodeKind::Broken, span }, range, 0);
    }
}
