//! Lines under construction, and the comments at their ends.

/// The lines of a file.
#[derive(Default)]
pub(super) struct Lines {
    lines: Vec<Line>,
}

#[derive(Default)]
struct Line {
    text: String,
    comment: Option<Comment>,
}

/// A comment at the end of a line.
struct Comment {
    text: String,
    /// The column it had. Comments of one column on lines that follow each other stand below one another again.
    column: usize,
    /// How many blanks stood before it.
    gap: usize,
}

/// How many blanks stand at least before a comment.
const GAP: usize = 2;

impl Lines {
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Begins a line, behind an empty one if `apart` and it is not the first.
    pub(super) fn begin(&mut self, column: usize, apart: bool) {
        if apart {
            self.apart();
        }
        self.lines.push(Line { text: " ".repeat(column), comment: None });
    }

    /// Adds an empty line, but not before the first.
    pub(super) fn apart(&mut self) {
        if !self.lines.is_empty() {
            self.lines.push(Line::default());
        }
    }

    /// Writes on at the end of the last line.
    pub(super) fn put(&mut self, text: &str) {
        if self.lines.is_empty() {
            self.begin(0, false);
        }
        if let Some(line) = self.lines.last_mut() {
            line.text.push_str(text);
        }
    }

    /// Adds a line as it is; of nothing but blanks, an empty one.
    pub(super) fn line(&mut self, column: usize, text: &str) {
        let column = if text.is_empty() { 0 } else { column };
        self.begin(column, false);
        self.put(text);
    }

    /// Ends the last line with a comment that stood in this column, behind so many blanks.
    pub(super) fn comment(&mut self, column: usize, gap: usize, text: &str) {
        if let Some(line) = self.lines.last_mut() {
            line.comment = Some(Comment { text: text.to_owned(), column, gap });
        }
    }

    /// How many characters the last line has.
    pub(super) fn width(&self) -> usize {
        self.lines.last().map_or(0, Line::width)
    }

    /// The whole text, each line with its break.
    pub(super) fn finish(self) -> String {
        let mut text = String::new();
        let mut rest = self.lines.as_slice();
        while let Some(first) = rest.first() {
            let column = first.comment.as_ref().map(|comment| comment.column);
            let together = rest.iter().take_while(|line| line.comment.as_ref().map(|comment| comment.column) == column);
            let (group, after) = rest.split_at(together.count());
            let widest = group.iter().map(Line::width).max().unwrap_or_default();
            let gap = group.iter().filter_map(|line| line.comment.as_ref()).map(|comment| comment.gap).min();
            let column = widest + gap.unwrap_or_default().max(GAP);
            for line in group {
                text.push_str(&line.text);
                if let Some(comment) = &line.comment {
                    text.extend(std::iter::repeat_n(' ', column - line.width()));
                    text.push_str(&comment.text);
                }
                text.push('\n');
            }
            rest = after;
        }
        text
    }
}

impl Line {
    fn width(&self) -> usize {
        self.text.chars().count()
    }
}
