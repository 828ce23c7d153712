//! A ZIP archive that is written from the front to the end, as whoever fetches it takes it.

use std::io::Write as _;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use crate::error::DataError;

/// Version 2.0: compressed entries.
const VERSION: u16 = 20;
/// Lengths stand behind an entry; names are UTF-8.
const FLAGS: u16 = 0b1000_0000_1000;
const DEFLATED: u16 = 8;
/// The 1st of January 1980, the first that there is: equal tables are equal files.
const DATE: u16 = 0b0000_0000_0010_0001;

/// An archive under construction.
pub(super) struct Zip {
    /// How many bytes were written.
    length: u64,
    entries: Vec<Entry>,
    open: Option<Open>,
}

/// An entry that was written.
struct Entry {
    name: &'static str,
    number: Option<usize>,
    start: u32,
    crc: u32,
    compressed: u32,
    whole: u32,
}

/// The entry that is being written.
struct Open {
    encoder: DeflateEncoder<Vec<u8>>,
    crc: Crc,
    start: u32,
    name: &'static str,
    number: Option<usize>,
    compressed: u64,
    whole: u64,
}

impl Zip {
    pub(super) fn new() -> Self {
        Self { length: 0, entries: Vec::new(), open: None }
    }

    /// How many bytes of the open entry were given, before compression.
    pub(super) fn written(&self) -> u64 {
        self.open.as_ref().map_or(0, |open| open.whole)
    }

    /// Begins an entry; a `#` in its name stands for a number.
    pub(super) fn begin(
        &mut self,
        name: &'static str,
        number: Option<usize>,
        to: &mut Vec<u8>,
    ) -> Result<(), DataError> {
        let start = self.offset()?;
        let full = full_name(name, number);
        let before = to.len();
        u32s(to, &[0x0403_4b50]);
        u16s(to, &[VERSION, FLAGS, DEFLATED, 0, DATE]);
        u32s(to, &[0, 0, 0]);
        u16s(to, &[length(&full), 0]);
        to.extend_from_slice(full.as_bytes());
        self.length += (to.len() - before) as u64;
        let encoder = DeflateEncoder::new(Vec::new(), Compression::new(4));
        self.open = Some(Open { encoder, crc: Crc::new(), start, name, number, compressed: 0, whole: 0 });
        Ok(())
    }

    /// Adds to the open entry.
    pub(super) fn add(&mut self, bytes: &[u8], to: &mut Vec<u8>) -> Result<(), DataError> {
        let Some(open) = &mut self.open else { return Ok(()) };
        open.crc.update(bytes);
        open.whole += bytes.len() as u64;
        open.encoder.write_all(bytes).map_err(|error| failure(&error))?;
        let ready = std::mem::take(open.encoder.get_mut());
        open.compressed += ready.len() as u64;
        self.length += ready.len() as u64;
        to.extend_from_slice(&ready);
        Ok(())
    }

    /// Ends the open entry.
    pub(super) fn end(&mut self, to: &mut Vec<u8>) -> Result<(), DataError> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let Open { encoder, crc, start, name, number, compressed, whole } = open;
        let rest = encoder.finish().map_err(|error| failure(&error))?;
        to.extend_from_slice(&rest);
        let compressed = narrow(compressed + rest.len() as u64)?;
        let (crc, whole) = (crc.sum(), narrow(whole)?);
        u32s(to, &[0x0807_4b50, crc, compressed, whole]);
        self.length += rest.len() as u64 + 16;
        self.entries.push(Entry { name, number, start, crc, compressed, whole });
        Ok(())
    }

    /// Adds a whole entry.
    pub(super) fn entry(&mut self, name: &'static str, text: &str, to: &mut Vec<u8>) -> Result<(), DataError> {
        self.begin(name, None, to)?;
        self.add(text.as_bytes(), to)?;
        self.end(to)
    }

    /// Ends the archive: the list of all entries.
    pub(super) fn finish(&mut self, to: &mut Vec<u8>) -> Result<(), DataError> {
        let start = self.offset()?;
        let before = to.len();
        for entry in &self.entries {
            let name = full_name(entry.name, entry.number);
            u32s(to, &[0x0201_4b50]);
            u16s(to, &[VERSION, VERSION, FLAGS, DEFLATED, 0, DATE]);
            u32s(to, &[entry.crc, entry.compressed, entry.whole]);
            u16s(to, &[length(&name), 0, 0, 0, 0]);
            u32s(to, &[0, entry.start]);
            to.extend_from_slice(name.as_bytes());
        }
        let size = narrow((to.len() - before) as u64)?;
        let count = u16::try_from(self.entries.len()).map_err(|_| too_large())?;
        u32s(to, &[0x0605_4b50]);
        u16s(to, &[0, 0, count, count]);
        u32s(to, &[size, start]);
        u16s(to, &[0]);
        Ok(())
    }

    fn offset(&self) -> Result<u32, DataError> {
        narrow(self.length)
    }
}

fn full_name(name: &str, number: Option<usize>) -> String {
    number.map_or_else(|| name.to_owned(), |number| name.replace('#', &number.to_string()))
}

fn length(name: &str) -> u16 {
    u16::try_from(name.len()).expect("names of entries are short")
}

fn narrow(length: u64) -> Result<u32, DataError> {
    u32::try_from(length).map_err(|_| too_large())
}

fn too_large() -> DataError {
    DataError::rejected("the table is too large for a spreadsheet: CSV and Parquet have no limit")
}

fn failure(error: &std::io::Error) -> DataError {
    DataError::internal(format!("the file cannot be written: {error}"))
}

fn u16s(to: &mut Vec<u8>, numbers: &[u16]) {
    to.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

fn u32s(to: &mut Vec<u8>, numbers: &[u32]) {
    to.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}
