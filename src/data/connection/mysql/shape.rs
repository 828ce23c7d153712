//! Points, lines and areas, from the bytes that `MySQL` sends to the text that stands for them: `POINT(1 2)`.

use std::fmt::Write;

/// So deep may collections be nested.
const MOST_DEPTH: u8 = 8;

/// The text of a shape; its bytes in hexadecimal digits where they are not understood.
pub(super) fn text(bytes: &[u8]) -> String {
    // The number of a reference system stands before the standard's own form.
    let known = bytes.get(4..).and_then(|bytes| {
        let mut reader = Reader { rest: bytes, is_little: true, text: String::new() };
        reader.shape(MOST_DEPTH)?;
        reader.rest.is_empty().then_some(reader.text)
    });
    known.unwrap_or_else(|| {
        bytes.iter().fold(String::new(), |mut digits, byte| {
            // Writing to a text cannot fail.
            let _written = write!(digits, "{byte:02x}");
            digits
        })
    })
}

struct Reader<'a> {
    rest: &'a [u8],
    is_little: bool,
    text: String,
}

impl Reader<'_> {
    /// A shape with its name.
    fn shape(&mut self, depth: u8) -> Option<()> {
        let kind = self.kind()?;
        let name =
            ["POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"];
        self.text.push_str(name.get(kind.checked_sub(1)? as usize)?);
        self.body(kind, depth)
    }

    fn kind(&mut self) -> Option<u32> {
        self.is_little = self.take::<1>()? == [1];
        self.count()
    }

    fn body(&mut self, kind: u32, depth: u8) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        self.text.push('(');
        match kind {
            1 => self.point()?,
            2 => self.each(Self::point)?,
            3 => self.each(|reader| reader.bracketed(|reader| reader.each(Self::point)))?,
            // The parts of these have a head, but no name in the text.
            4..=6 => self.each(|reader| {
                let kind = reader.kind()?;
                reader.body(kind, depth)
            })?,
            _ => self.each(|reader| reader.shape(depth))?,
        }
        self.text.push(')');
        Some(())
    }

    fn bracketed(&mut self, inside: impl Fn(&mut Self) -> Option<()>) -> Option<()> {
        self.text.push('(');
        inside(self)?;
        self.text.push(')');
        Some(())
    }

    fn each(&mut self, part: impl Fn(&mut Self) -> Option<()>) -> Option<()> {
        for at in 0..self.count()? {
            if at > 0 {
                self.text.push(',');
            }
            part(self)?;
        }
        Some(())
    }

    fn point(&mut self) -> Option<()> {
        let (x, y) = (self.number()?, self.number()?);
        write!(self.text, "{x} {y}").ok()
    }

    fn count(&mut self) -> Option<u32> {
        let bytes = self.take::<4>()?;
        Some(if self.is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn number(&mut self) -> Option<f64> {
        let bytes = self.take::<8>()?;
        Some(if self.is_little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) })
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(parts: &[&[u8]]) -> Vec<u8> {
        [&[0, 0, 0, 0][..]].iter().chain(parts).flat_map(|part| part.iter().copied()).collect()
    }

    #[test]
    fn shapes_are_written_as_the_standard_does() {
        let number = |number: f64| number.to_le_bytes();
        let (head, two) = (|kind: u8| [1, kind, 0, 0, 0], [2, 0, 0, 0]);
        let point = [number(1.0), number(-2.5)].concat();
        assert_eq!(text(&bytes(&[&head(1), &point])), "POINT(1 -2.5)");
        assert_eq!(text(&bytes(&[&head(2), &two, &point, &point])), "LINESTRING(1 -2.5,1 -2.5)");
        let ring = [&two[..], &point, &point].concat();
        assert_eq!(text(&bytes(&[&head(3), &[1, 0, 0, 0], &ring])), "POLYGON((1 -2.5,1 -2.5))");
        let both = bytes(&[&head(4), &two, &head(1), &point, &head(1), &point]);
        assert_eq!(text(&both), "MULTIPOINT((1 -2.5),(1 -2.5))");
        let mixed = bytes(&[&head(7), &two, &head(1), &point, &head(2), &two, &point, &point]);
        assert_eq!(text(&mixed), "GEOMETRYCOLLECTION(POINT(1 -2.5),LINESTRING(1 -2.5,1 -2.5))");
    }

    #[test]
    fn what_is_no_shape_is_shown_in_digits() {
        assert_eq!(text(&[1, 255]), "01ff");
        assert_eq!(text(&bytes(&[&[1, 9, 0, 0, 0]])), "000000000109000000");
        assert_eq!(text(&bytes(&[&[1, 2, 0, 0, 0], &[255; 4]])), "000000000102000000ffffffff");
    }
}
