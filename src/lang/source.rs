//! Text, positions in it, and the world it is read from.

use std::collections::BTreeMap;
use std::io;
use std::num::NonZeroU32;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Names a file of [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A range of bytes in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
    /// What put here what is written there, if anything did.
    pub alias: Option<Alias>,
}

/// A place that stands for what is written elsewhere: a YAML alias, or the `use` of a partial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Alias {
    file: FileId,
    /// The offset behind its first byte: never 0, so that a span without an alias takes no place for one.
    behind: NonZeroU32,
}

impl Alias {
    /// Its first character.
    fn span(self) -> Span {
        let end = self.behind.get();
        Span::new(self.file, end - 1, end)
    }
}

impl Span {
    /// The bytes from `start` to `end`.
    pub const fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end, alias: None }
    }

    /// The same place, seen through an alias.
    pub(crate) fn through(self, alias: Alias) -> Self {
        Self { alias: Some(alias), ..self }
    }

    /// This place as an alias of others; of one that is seen through an alias itself, that one.
    pub(crate) fn as_alias(self) -> Alias {
        self.alias.unwrap_or(Alias { file: self.file, behind: NonZeroU32::MIN.saturating_add(self.start) })
    }

    /// The same place as it is written, and the first character of the alias that it was seen through.
    pub fn as_written(self) -> (Self, Option<Self>) {
        (Self { alias: None, ..self }, self.alias.map(Alias::span))
    }

    /// The span from the start of this one to the end of `other`.
    pub fn to(self, other: Self) -> Self {
        Self { end: other.end.max(self.end), ..self }
    }

    /// The empty span where this one starts.
    pub fn at_start(self) -> Self {
        Self { end: self.start, ..self }
    }
}

/// A value and the place where it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Spanned<T> {
    pub value: T,
    pub span: Span,
}

impl<T> Spanned<T> {
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: f(self.value), span: self.span }
    }
}

/// Text whose bytes are known to their place in a file, through escapes, folding and indentation.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceText {
    pub text: Arc<str>,
    pub span: Span,
    /// Ascending `(offset in text, offset in file)`: from there on both advance together.
    runs: Arc<[(u32, u32)]>,
}

impl SourceText {
    /// Text that stands in the file as it is, from the start of `span`.
    pub fn verbatim(text: impl Into<Arc<str>>, span: Span) -> Self {
        Self { text: text.into(), span, runs: Arc::from([(0, span.start)]) }
    }

    /// Text whose `runs` give, ascending, where bytes of the text stand in the file.
    pub fn mapped(text: impl Into<Arc<str>>, span: Span, runs: Vec<(u32, u32)>) -> Self {
        let runs = if runs.is_empty() { vec![(0, span.start)] } else { runs };
        Self { text: text.into(), span, runs: runs.into() }
    }

    /// Where the bytes `range` of the text stand in the file.
    pub fn span_of(&self, range: Range<usize>) -> Span {
        let start = self.offset(range.start);
        let end = if range.end > range.start { self.offset(range.end - 1) + 1 } else { start };
        let (low, high) = (self.span.start, self.span.end.max(self.span.start));
        let start = start.clamp(low, high);
        Span { start, end: end.clamp(low, high).max(start), ..self.span }
    }

    /// The part of the text in `range`, still known to its place.
    pub fn slice(&self, range: Range<usize>) -> Self {
        let text: Arc<str> = self.text.get(range.clone()).unwrap_or_default().into();
        let (from, to) = (to_u32(range.start), to_u32(range.end));
        let mut runs = vec![(0, self.offset(range.start))];
        runs.extend(self.runs.iter().filter(|(at, _)| *at > from && *at < to).map(|(at, file)| (at - from, *file)));
        Self { text, span: self.span_of(range), runs: runs.into() }
    }

    /// Another text of the same length in the same place.
    pub fn with_text(&self, text: impl Into<Arc<str>>) -> Self {
        Self { text: text.into(), ..self.clone() }
    }

    /// The same text, seen through an alias.
    pub(crate) fn through(&self, alias: Alias) -> Self {
        Self { span: self.span.through(alias), ..self.clone() }
    }

    fn offset(&self, at: usize) -> u32 {
        let at = to_u32(at);
        let after = self.runs.partition_point(|(text, _)| *text <= at);
        match after.checked_sub(1).and_then(|index| self.runs.get(index)) {
            Some((text, file)) => file + (at - text),
            None => self.span.start,
        }
    }
}

/// Narrows an offset in a file; files are refused above 4 GiB long before.
fn to_u32(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// A line and a column, both counted from 1; the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// One spec file.
#[derive(Clone, Debug)]
pub struct SourceFile {
    pub id: FileId,
    /// Relative to the root of the app, with `/` between folders.
    pub path: String,
    pub text: Arc<str>,
    line_starts: Vec<u32>,
}

impl SourceFile {
    fn new(id: FileId, path: String, text: Arc<str>) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| to_u32(at) + 1);
        // A byte order mark is no character of the first line.
        let first = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let line_starts = std::iter::once(first).chain(breaks).collect();
        Self { id, path, text, line_starts }
    }

    /// The whole file as a span.
    pub fn span(&self) -> Span {
        Span::new(self.id, 0, to_u32(self.text.len()))
    }

    /// The line and column of a byte offset.
    pub fn position(&self, offset: u32) -> Position {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|index| self.line_starts.get(index)).copied().unwrap_or(0);
        let before = self.text.get(start as usize..offset as usize).unwrap_or_default();
        Position { line: to_u32(line.max(1)), column: to_u32(before.chars().count()) + 1 }
    }
}

/// The spec files of an app, in the order of their paths, and the other files that specs name (`sql_file`).
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Reads all spec files (`*.yaml`, `*.yml`, `*.toml`) below `root`, and the `*.sql` files that they may name.
    ///
    /// Leaves out what begins with a dot and what lies in `assets/` or `data/`.
    pub fn load(world: &dyn World, root: &Path) -> io::Result<Self> {
        let mut paths = Vec::new();
        collect(world, root, "", &mut paths)?;
        paths.sort();
        let mut sources = Self::default();
        for path in paths {
            let named = |error: io::Error| io::Error::new(error.kind(), format!("{path}: {error}"));
            let text = world.read(&root.join(&path)).map_err(named)?;
            sources.add(path, text);
        }
        Ok(sources)
    }

    /// Adds a file, and gives the id it got.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(to_u32(self.files.len()));
        self.files.push(SourceFile::new(id, path.into(), text.into()));
        id
    }

    /// Gives a file another text.
    ///
    /// # Panics
    /// If the id comes from other sources.
    pub fn replace(&mut self, id: FileId, text: impl Into<Arc<str>>) {
        let file = self.files.get_mut(id.0 as usize).expect("a file id is used with the sources that gave it");
        *file = SourceFile::new(id, std::mem::take(&mut file.path), text.into());
    }

    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// The file of this id.
    ///
    /// # Panics
    /// If the id comes from other sources.
    pub fn file(&self, id: FileId) -> &SourceFile {
        self.files.get(id.0 as usize).expect("a file id is used with the sources that gave it")
    }

    pub fn find(&self, path: &str) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The same files with these places made unreadable: nothing that shows them can show what stands there.
    ///
    /// All other places stay where they are, and what was text is text.
    pub fn masked(&self, secrets: &[Span]) -> Self {
        let mut masked = self.clone();
        for secret in secrets {
            let Some(file) = masked.files.get_mut(secret.file.0 as usize) else { continue };
            let range = secret.start as usize..secret.end as usize;
            let Some(text) = file.text.get(range.clone()) else { continue };
            let is_quoted = text.len() > 1 && text.starts_with(['"', '\'']);
            let inner = if is_quoted { range.start + 1..range.end - 1 } else { range };
            let mask = |(at, char): (usize, char)| {
                let is_masked = inner.contains(&at) && !char.is_whitespace();
                if is_masked { "x".repeat(char.len_utf8()) } else { char.to_string() }
            };
            file.text = file.text.char_indices().map(mask).collect::<String>().into();
        }
        masked
    }

    /// The text that a span covers.
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}

/// Whether a file of this name belongs to the sources of an app.
pub fn is_source(name: &str) -> bool {
    let is_secret = name.starts_with("secrets.") || name.starts_with("secrets.example.");
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    !is_secret && matches!(ending, "yaml" | "yml" | "toml" | "sql")
}

fn collect(world: &dyn World, folder: &Path, prefix: &str, paths: &mut Vec<String>) -> io::Result<()> {
    for entry in world.list(folder)? {
        let skipped =
            entry.name.starts_with('.') || (prefix.is_empty() && matches!(entry.name.as_str(), "assets" | "data"));
        if skipped {
            continue;
        }
        let path = format!("{prefix}{}", entry.name);
        if entry.is_folder {
            collect(world, &folder.join(&entry.name), &format!("{path}/"), paths)?;
        } else if is_source(&entry.name) {
            paths.push(path);
        }
    }
    Ok(())
}

/// An entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    pub is_folder: bool,
}

/// All that the compiler may ask of the world outside.
pub trait World: Send + Sync {
    fn read(&self, path: &Path) -> io::Result<String>;
    /// The entries of a folder, in no particular order.
    fn list(&self, folder: &Path) -> io::Result<Vec<Entry>>;
    fn env(&self, name: &str) -> Option<String>;
    /// The names of all variables of the environment, in no particular order.
    fn env_names(&self) -> Vec<String>;
}

/// A world in memory, for tests: its files by path.
#[derive(Clone, Debug, Default)]
pub struct MemoryWorld {
    pub files: BTreeMap<PathBuf, String>,
    pub env: BTreeMap<String, String>,
}

impl World for MemoryWorld {
    fn read(&self, path: &Path) -> io::Result<String> {
        self.files.get(path).cloned().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<Entry>> {
        let mut entries: Vec<Entry> = Vec::new();
        for path in self.files.keys() {
            let Ok(below) = path.strip_prefix(folder) else { continue };
            let mut parts = below.components();
            let Some(first) = parts.next() else { continue };
            let entry =
                Entry { name: first.as_os_str().to_string_lossy().into_owned(), is_folder: parts.next().is_some() };
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
        Ok(entries)
    }

    fn env(&self, name: &str) -> Option<String> {
        self.env.get(name).cloned()
    }

    fn env_names(&self) -> Vec<String> {
        self.env.keys().cloned().collect()
    }
}

/// The text of a file, or where it is none.
pub fn decode(bytes: Vec<u8>) -> io::Result<String> {
    let wrong = |message: String| io::Error::new(io::ErrorKind::InvalidData, message);
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(wrong("the file is UTF-16; save it as UTF-8".to_owned()));
    }
    String::from_utf8(bytes).map_err(|error| {
        let (before, _) = error.as_bytes().split_at(error.utf8_error().valid_up_to());
        let before = String::from_utf8_lossy(before);
        let line = before.split('\n').count();
        let column = before.chars().rev().take_while(|char| *char != '\n').count() + 1;
        wrong(format!("line {line}, column {column}: this is not UTF-8; save the file as UTF-8"))
    })
}

/// The disk and the environment of this process.
#[derive(Clone, Copy, Debug, Default)]
pub struct DiskWorld;

#[expect(clippy::disallowed_methods, reason = "this is the world")]
impl World for DiskWorld {
    fn read(&self, path: &Path) -> io::Result<String> {
        decode(std::fs::read(path)?)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let is_folder = entry.path().is_dir();
            entries.push(Entry { name: entry.file_name().to_string_lossy().into_owned(), is_folder });
        }
        Ok(entries)
    }

    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn env_names(&self) -> Vec<String> {
        std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_told_by_its_place() {
        let cases: &[(&[u8], Result<&str, &str>)] = &[
            ("\u{feff}ü\n".as_bytes(), Ok("\u{feff}ü\n")),
            (b"a: 1\n\xc3\xbc: \xfc", Err("line 2, column 4: this is not UTF-8; save the file as UTF-8")),
            (b"\xff", Err("line 1, column 1: this is not UTF-8; save the file as UTF-8")),
            (b"\xff\xfea\0", Err("the file is UTF-16; save it as UTF-8")),
        ];
        for (bytes, expected) in cases {
            let found = decode(bytes.to_vec()).map_err(|error| error.to_string());
            assert_eq!(found.as_deref().map_err(String::as_str), *expected);
        }
    }
}
