//! XLSX: a workbook whose cells are numbers, dates and texts, with the formats of their columns.
//!
//! It is written from the front to the end (ECMA-376, with texts in their cells), so that a large table takes no more
//! memory than a small one.

use std::fmt::Write as _;

use appspec_lang::value::Scalar;
use jiff::civil::{Date, DateTime, Time, date};

use super::zip::Zip;
use super::{Source, Writer, number_format, plain};
use crate::error::DataError;

/// How many rows a sheet holds, one of which is the head.
const ROWS: usize = 1_048_576;
const COLUMNS: usize = 16_384;
/// How many characters a cell holds.
const CHARACTERS: usize = 32_767;
/// A sheet that has become as large is followed by another; no reader takes one of 4 GiB.
const SHEET_BYTES: u64 = 2 << 30;
/// Larger whole numbers lose digits: they are written as texts.
const LARGEST: u64 = 999_999_999_999_999;
/// How many rows the widths of columns are found from.
const SAMPLE: usize = 200;

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

pub(super) struct Xlsx {
    sources: Vec<Source>,
    rows: usize,
    /// The codes of formats; the number of one that cells have is its place and [`FIRST_STYLE`].
    codes: Vec<String>,
    /// The style of each column.
    styles: Vec<usize>,
    zip: Zip,
    sheets: usize,
    /// The row of the sheet that is written next, from 1.
    next: usize,
}

/// The styles in front of those of columns: the usual one, and that of heads.
const FIRST_STYLE: usize = 2;
/// The numbers below are those of formats that every spreadsheet has.
const FIRST_FORMAT: usize = 164;

impl Xlsx {
    pub(super) fn new(sources: Vec<Source>, rows: usize, currency: Option<&str>) -> Result<Self, DataError> {
        if sources.len() > COLUMNS {
            let message = format!("a spreadsheet has at most {COLUMNS} columns: CSV and Parquet have no limit");
            return Err(DataError::rejected(message));
        }
        let mut codes: Vec<String> = Vec::new();
        let mut style = |source: &Source| {
            let column = &source.column;
            let code =
                number_format::code(&source.cells.ty(), column.format.as_ref(), column.unit.as_deref(), currency);
            let Some(code) = code else { return 0 };
            let known = codes.iter().position(|known| *known == code);
            FIRST_STYLE
                + known.unwrap_or_else(|| {
                    codes.push(code);
                    codes.len() - 1
                })
        };
        let styles = sources.iter().map(&mut style).collect();
        Ok(Self { sources, rows, codes, styles, zip: Zip::new(), sheets: 0, next: 1 })
    }

    /// Begins the next sheet, with its head.
    fn begin_sheet(&mut self, to: &mut Vec<u8>) -> Result<(), DataError> {
        self.sheets += 1;
        self.next = 2;
        self.zip.begin("xl/worksheets/sheet#.xml", Some(self.sheets), to)?;
        let mut text = format!(
            "{DECLARATION}<worksheet xmlns=\"{MAIN}\"><sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" \
             topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>"
        );
        if !self.sources.is_empty() {
            text.push_str("<cols>");
            for (at, source) in (1..).zip(&self.sources) {
                let width = width(source);
                let _infallible = write!(text, "<col min=\"{at}\" max=\"{at}\" width=\"{width}\" customWidth=\"1\"/>");
            }
            text.push_str("</cols>");
        }
        text.push_str("<sheetData><row>");
        for source in &self.sources {
            push_text(&mut text, &source.column.label, 1);
        }
        text.push_str("</row>");
        self.zip.add(text.as_bytes(), to)
    }

    fn end_sheet(&mut self, to: &mut Vec<u8>) -> Result<(), DataError> {
        self.zip.add(b"</sheetData></worksheet>", to)?;
        self.zip.end(to)
    }

    fn row(&self, row: usize) -> String {
        let mut text = String::from("<row>");
        for (source, style) in self.sources.iter().zip(&self.styles) {
            push_cell(&mut text, &source.cells.get(row).unwrap_or_default(), *style);
        }
        text.push_str("</row>");
        text
    }

    /// The parts that say what the others are.
    fn frame(&self) -> [(&'static str, String); 5] {
        let sheets = |line: &dyn Fn(usize) -> String| (1..=self.sheets).map(line).collect::<String>();
        let name = |number| if number == 1 { "Data".to_owned() } else { format!("Data {number}") };
        let types = sheets(&|number| {
            format!("<Override PartName=\"/xl/worksheets/sheet{number}.xml\" ContentType=\"{KIND}.worksheet+xml\"/>")
        });
        let listed =
            sheets(&|number| format!("<sheet name=\"{}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>", name(number)));
        let related = sheets(&|number| {
            format!(
                "<Relationship Id=\"rId{number}\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
            )
        });
        [
            ("xl/styles.xml", styles(&self.codes)),
            (
                "xl/workbook.xml",
                format!(
                    "{DECLARATION}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets>{listed}</sheets></workbook>"
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    "{DECLARATION}<Relationships xmlns=\"{PACKAGE}/relationships\">{related}<Relationship Id=\"rId0\" \
                     Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/></Relationships>"
                ),
            ),
            (
                "_rels/.rels",
                format!(
                    "{DECLARATION}<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" \
                     Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
                ),
            ),
            (
                "[Content_Types].xml",
                format!(
                    "{DECLARATION}<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
                     ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" \
                     ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" \
                     ContentType=\"{KIND}.sheet.main+xml\"/><Override PartName=\"/xl/styles.xml\" \
                     ContentType=\"{KIND}.styles+xml\"/>{types}</Types>"
                ),
            ),
        ]
    }
}

impl Writer for Xlsx {
    fn begin(&mut self) -> Result<Vec<u8>, DataError> {
        let mut bytes = Vec::new();
        self.begin_sheet(&mut bytes)?;
        Ok(bytes)
    }

    fn rows(&mut self, from: usize, to: usize) -> Result<Vec<u8>, DataError> {
        let mut bytes = Vec::new();
        let mut text = String::new();
        for row in from..to.min(self.rows) {
            if self.next > ROWS || self.zip.written() + text.len() as u64 > SHEET_BYTES {
                self.zip.add(text.as_bytes(), &mut bytes)?;
                text.clear();
                self.end_sheet(&mut bytes)?;
                self.begin_sheet(&mut bytes)?;
            }
            text.push_str(&self.row(row));
            self.next += 1;
        }
        self.zip.add(text.as_bytes(), &mut bytes)?;
        Ok(bytes)
    }

    fn end(&mut self) -> Result<Vec<u8>, DataError> {
        let mut bytes = Vec::new();
        self.end_sheet(&mut bytes)?;
        for (name, text) in self.frame() {
            self.zip.entry(name, &text, &mut bytes)?;
        }
        self.zip.finish(&mut bytes)?;
        Ok(bytes)
    }
}

fn styles(codes: &[String]) -> String {
    let (mut formats, mut cells) = (String::new(), String::new());
    for (number, code) in (FIRST_FORMAT..).zip(codes) {
        let code = escaped(code);
        let _infallible = write!(formats, "<numFmt numFmtId=\"{number}\" formatCode=\"{code}\"/>");
        let _infallible = write!(
            cells,
            "<xf numFmtId=\"{number}\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>"
        );
    }
    let formats = match codes.len() {
        0 => String::new(),
        count => format!("<numFmts count=\"{count}\">{formats}</numFmts>"),
    };
    let count = codes.len() + FIRST_STYLE;
    format!(
        "{DECLARATION}<styleSheet xmlns=\"{MAIN}\">{formats}<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/>\
         </font><font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts><fills count=\"2\"><fill><patternFill \
         patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills><borders count=\"1\"><border>\
         <left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" \
         fillId=\"0\" borderId=\"0\"/></cellStyleXfs><cellXfs count=\"{count}\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" \
         borderId=\"0\" xfId=\"0\"/><xf numFmtId=\"0\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/>\
         {cells}</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>"
    )
}

/// The width of a column in characters, by its head and its first cells.
fn width(source: &Source) -> usize {
    let cells = source.cells.head(SAMPLE);
    let longest = cells.iter().map(|cell| plain(&cell).chars().count()).max().unwrap_or_default();
    let extra = if source.cells.ty().is_number() { 4 } else { 2 };
    (longest.max(source.column.label.chars().count()) + extra).clamp(8, 60)
}

fn push_cell(to: &mut String, cell: &Scalar, style: usize) {
    match cell {
        Scalar::Null => to.push_str("<c/>"),
        Scalar::Bool(bool) => _ = write!(to, "<c t=\"b\"><v>{}</v></c>", u8::from(*bool)),
        Scalar::Int(int) if int.unsigned_abs() <= LARGEST => push_number(to, int, style),
        Scalar::Float(float) if float.is_finite() => push_number(to, float, style),
        Scalar::Decimal { .. } => push_number(to, plain(cell), style),
        Scalar::Date(day) => push_moment(to, cell, serial_of_day(*day), style),
        Scalar::DateTime(moment) => push_moment(to, cell, serial(*moment), style),
        Scalar::Time(time) => push_moment(to, cell, Some(part_of_day(*time)), style),
        other => push_text(to, &plain(other), 0),
    }
}

fn push_number(to: &mut String, number: impl std::fmt::Display, style: usize) {
    let _infallible = match style {
        0 => write!(to, "<c><v>{number}</v></c>"),
        style => write!(to, "<c s=\"{style}\"><v>{number}</v></c>"),
    };
}

/// A moment is the number of days since the end of 1899; one that spreadsheets do not count is text.
fn push_moment(to: &mut String, cell: &Scalar, serial: Option<f64>, style: usize) {
    match serial {
        Some(serial) => push_number(to, serial, style),
        None => push_text(to, &plain(cell), 0),
    }
}

/// A text in its cell: never a formula, whatever it begins with.
fn push_text(to: &mut String, text: &str, style: usize) {
    let _infallible = match style {
        0 => write!(to, "<c t=\"inlineStr\"><is><t xml:space=\"preserve\">"),
        style => write!(to, "<c t=\"inlineStr\" s=\"{style}\"><is><t xml:space=\"preserve\">"),
    };
    match text.char_indices().nth(CHARACTERS - 1) {
        Some((at, _)) => {
            to.push_str(&escaped(text.get(..at).unwrap_or_default()));
            to.push('…');
        }
        None => to.push_str(&escaped(text)),
    }
    to.push_str("</t></is></c>");
}

/// Text as it stands in XML, which has no form for most control characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' => escaped.push(char),
            '\r' => escaped.push_str("&#13;"),
            '\u{0}'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The 1st of March 1900: before it, spreadsheets count a day that never was.
const FIRST_DAY: Date = date(1900, 3, 1);
const FIRST_SERIAL: f64 = 61.0;
const SECONDS: f64 = 86_400.0;

fn serial_of_day(day: Date) -> Option<f64> {
    let is_counted = day >= FIRST_DAY && day.year() <= 9999;
    let days = f64::from(FIRST_DAY.until(day).ok()?.get_days());
    is_counted.then_some(FIRST_SERIAL + days)
}

fn serial(moment: DateTime) -> Option<f64> {
    Some(serial_of_day(moment.date())? + part_of_day(moment.time()))
}

fn part_of_day(time: Time) -> f64 {
    Time::midnight().duration_until(time).as_secs_f64() / SECONDS
}
