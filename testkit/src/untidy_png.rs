//! PNG files that break rules. In [`complete`] ones every pixel is there nevertheless, and libpng
//! shows them. Of [`incomplete`] ones something is missing or ambiguous.

use crate::pictures::{landscape, luma, test_card};
use crate::png::{Samples, filtered, from_chunks, header, indexed, zlib};

/// A file that breaks a rule, and a tidy one with the same pixels.
pub struct Complete {
    pub name: &'static str,
    pub what: &'static str,
    pub bytes: Vec<u8>,
    pub tidy: Vec<u8>,
    /// Whether some pixels are transparent.
    pub alpha: bool,
}

/// A file that a careful decoder refuses.
pub struct Incomplete {
    pub name: &'static str,
    pub what: &'static str,
    /// True if the data end early, false if they are damaged or ambiguous.
    pub truncated: bool,
    pub bytes: Vec<u8>,
}

type Chunks<'a> = &'a [(&'a [u8; 4], &'a [u8])];

/// 16 × 12 pixels of one kind, as parts of a file.
struct Parts {
    ihdr: Vec<u8>,
    palette: Vec<u8>,
    rows: Vec<u8>,
    data: Vec<u8>,
}

impl Parts {
    fn of(samples: &Samples, color_type: u8, palette: Vec<u8>) -> Self {
        let ihdr = header((samples.width, samples.height), samples.depth, color_type, 0);
        let rows = filtered(samples, false, None);
        Self { ihdr, palette, data: zlib(&rows), rows }
    }

    fn rgb() -> Self {
        Self::of(&Samples::of(&landscape(16, 12), 8), 2, Vec::new())
    }

    fn gray() -> Self {
        Self::of(&Samples::of(&landscape(16, 12).gray(), 8), 0, Vec::new())
    }

    fn gray_alpha() -> Self {
        let rgba = landscape(16, 12).with_alpha();
        let to_gray = |from: &[u8], to: &mut [u8]| to.copy_from_slice(&[luma(&from[..3]), from[3]]);
        Self::of(&Samples::of(&rgba.map(2, to_gray), 8), 4, Vec::new())
    }

    fn rgba() -> Self {
        Self::of(&Samples::of(&landscape(16, 12).with_alpha(), 8), 6, Vec::new())
    }

    fn indexed(colors: usize, depth: u8) -> Self {
        let (samples, palette) = indexed(&landscape(16, 12), colors, depth);
        Self::of(&samples, 3, palette)
    }

    /// A file with chunks before the palette, before the data, and after the data.
    fn with(&self, before_palette: Chunks, before_data: Chunks, after_data: Chunks) -> Vec<u8> {
        self.with_palette(&self.palette, before_palette, before_data, after_data)
    }

    fn with_palette(
        &self,
        palette: &[u8],
        before_palette: Chunks,
        before_data: Chunks,
        after_data: Chunks,
    ) -> Vec<u8> {
        let mut chunks: Vec<(&[u8; 4], &[u8])> = vec![(b"IHDR", &self.ihdr)];
        chunks.extend(before_palette);
        if !palette.is_empty() {
            chunks.push((b"PLTE", palette));
        }
        chunks.extend(before_data);
        chunks.push((b"IDAT", &self.data));
        chunks.extend(after_data);
        chunks.push((b"IEND", b""));
        from_chunks(&chunks)
    }

    fn tidy(&self) -> Vec<u8> {
        self.with(&[], &[], &[])
    }

    /// A file with this zlib stream in IDAT chunks of at most `idat_bytes`.
    fn with_data(&self, data: &[u8], idat_bytes: usize) -> Vec<u8> {
        let mut chunks: Vec<(&[u8; 4], &[u8])> = vec![(b"IHDR", &self.ihdr)];
        chunks.extend(data.chunks(idat_bytes).map(|part| (b"IDAT", part)));
        chunks.push((b"IEND", b""));
        from_chunks(&chunks)
    }
}

/// The files of which every pixel is there.
pub fn complete() -> Vec<Complete> {
    let mut files = Vec::new();
    palettes(&mut files);
    transparent_colors(&mut files);
    alpha_values(&mut files);
    ends(&mut files);
    image_data(&mut files);
    names(&mut files);
    files
}

/// The palettes that a picture does not need, and those of another length.
fn palettes(files: &mut Vec<Complete>) {
    let colors = test_card(16, 1).samples;
    let mut push = |name, what, alpha, parts: &Parts, bytes| {
        files.push(Complete { name, what, bytes, tidy: parts.tidy(), alpha });
    };
    let (two_bits, four_bits) = (Parts::indexed(4, 2), Parts::indexed(16, 4));
    let longer = |parts: &Parts, more: usize| {
        let palette = [&parts.palette[..], &vec![9; 3 * more]].concat();
        parts.with_palette(&palette, &[], &[], &[])
    };
    let what = "A palette of 17 colours for indices of 4 bits.";
    push("plte-17-for-4-bits", what, false, &four_bits, longer(&four_bits, 1));
    let what = "A palette of 256 colours for indices of 2 bits.";
    push("plte-256-for-2-bits", what, false, &two_bits, longer(&two_bits, 252));
    let (gray, rgb, rgba) = (Parts::gray(), Parts::rgb(), Parts::rgba());
    let palette: Chunks = &[(b"PLTE", &colors)];
    push("plte-in-gray", "Grey with a palette.", false, &gray, gray.with(palette, &[], &[]));
    let gray_alpha = Parts::gray_alpha();
    let bytes = gray_alpha.with(palette, &[], &[]);
    push("plte-in-gray-alpha", "Grey and alpha with a palette.", true, &gray_alpha, bytes);
    let what = "RGB with a suggested palette after the data.";
    push("suggested-plte-after-idat", what, false, &rgb, rgb.with(&[], &[], palette));
    let bytes = rgb.with(&[(b"PLTE", &colors[..4])], &[], &[]);
    push("suggested-plte-4-bytes", "A suggested palette of 4 bytes.", false, &rgb, bytes);
    let bytes = rgba.with(&[(b"PLTE", &[7; 771])], &[], &[]);
    push("suggested-plte-257-colors", "A suggested palette of 257 colours.", true, &rgba, bytes);
    let bytes = rgb.with(&[palette[0], palette[0]], &[], &[]);
    push("suggested-plte-twice", "Two suggested palettes.", false, &rgb, bytes);
    let bytes = with_wrong_crc(rgb.with(palette, &[], &[]), b"PLTE");
    push("suggested-plte-crc", "A wrong CRC of a suggested palette.", false, &rgb, bytes);
    let bytes = four_bits.with_palette(&four_bits.palette[..9], &[], &[], &[]);
    // The colours that the file lacks are black.
    let mut padded = four_bits.palette[..9].to_vec();
    padded.resize(48, 0);
    let tidy = four_bits.with_palette(&padded, &[], &[], &[]);
    let (name, what) = ("index-past-palette", "Indices past the end of the palette.");
    files.push(Complete { name, what, bytes, tidy, alpha: false });
    let alpha: Chunks = &[(b"tRNS", &[200, 100, 0])];
    let bytes = four_bits.with_palette(&four_bits.palette[..9], &[], alpha, &[]);
    let tidy = four_bits.with_palette(&padded, &[], alpha, &[]);
    let what = "Indices past the end of a palette with alpha values.";
    files.push(Complete { name: "index-past-palette-trns", what, bytes, tidy, alpha: true });
}

/// tRNS chunks of grey and RGB pictures.
fn transparent_colors(files: &mut Vec<Complete>) {
    let mut push = |name, what, alpha, bytes, tidy| {
        files.push(Complete { name, what, bytes, tidy, alpha });
    };
    let trns = |parts: &Parts, data: &[u8]| parts.with(&[], &[(b"tRNS", data)], &[]);
    let (rgb, rgba, gray_alpha) = (Parts::rgb(), Parts::rgba(), Parts::gray_alpha());
    let what = "RGBA with a transparent colour.";
    push("trns-in-rgba", what, true, trns(&rgba, &[0; 6]), rgba.tidy());
    let what = "Grey and alpha with a transparent level.";
    push("trns-in-gray-alpha", what, true, trns(&gray_alpha, &[0, 9]), gray_alpha.tidy());
    let pixel = landscape(16, 12).samples[..3].to_vec();
    let key = [0, pixel[0], 0, pixel[1], 0, pixel[2]];
    let what = "RGB with a tRNS chunk of 5 bytes.";
    push("trns-rgb-5-bytes", what, false, trns(&rgb, &key[..5]), rgb.tidy());
    let what = "RGB with a tRNS chunk of 7 bytes.";
    let longer = [&key[..], &[0]].concat();
    push("trns-rgb-7-bytes", what, false, trns(&rgb, &longer), rgb.tidy());
    let what = "A tRNS chunk after the data.";
    let bytes = rgb.with(&[], &[], &[(b"tRNS", &key)]);
    push("trns-after-idat", what, false, bytes, rgb.tidy());
    let what = "RGB with two tRNS chunks; the first counts.";
    let bytes = rgb.with(&[], &[(b"tRNS", &key), (b"tRNS", &[0; 6])], &[]);
    push("trns-twice", what, true, bytes, trns(&rgb, &key));
    let what = "RGB with two tRNS chunks, of which the second has the right length.";
    let bytes = rgb.with(&[], &[(b"tRNS", &[]), (b"tRNS", &key)], &[]);
    push("trns-second-counts", what, true, bytes, trns(&rgb, &key));
    let what = "RGB with two tRNS chunks, of which the first has a wrong CRC.";
    let bytes = rgb.with(&[], &[(b"tRNS", &[0; 6]), (b"tRNS", &key)], &[]);
    push("trns-crc-of-first", what, true, with_wrong_crc(bytes, b"tRNS"), trns(&rgb, &key));
    let what = "A wrong CRC of tRNS.";
    push("trns-crc", what, false, with_wrong_crc(trns(&rgb, &key), b"tRNS"), rgb.tidy());
    let high = [0xFF, pixel[0], 0x80, pixel[1], 0x01, pixel[2]];
    let what = "8-bit RGB with a transparent colour of 16 bits.";
    push("trns-high-bits-rgb", what, true, trns(&rgb, &high), trns(&rgb, &key));
    for (depth, name) in [(1, "trns-high-bits-gray-1"), (4, "trns-high-bits-gray-4")] {
        let samples = Samples::of(&landscape(16, 12).gray(), depth);
        let level = samples.values[0] as u8;
        let gray = Parts::of(&samples, 0, Vec::new());
        let what = "Grey with a transparent level of more bits than the samples.";
        let bytes = trns(&gray, &[0x12, level | 0xFF << depth]);
        push(name, what, true, bytes, trns(&gray, &[0, level]));
    }
}

/// tRNS chunks of indexed pictures.
fn alpha_values(files: &mut Vec<Complete>) {
    let parts = Parts::indexed(16, 4);
    let mut push = |name, what, bytes| {
        files.push(Complete { name, what, bytes, tidy: parts.tidy(), alpha: false });
    };
    let what = "Alpha values before the palette.";
    push("trns-before-plte", what, parts.with(&[(b"tRNS", &[0, 9])], &[], &[]));
    push("trns-empty", "No alpha value.", parts.with(&[], &[(b"tRNS", &[])], &[]));
    let what = "More alpha values than colours.";
    push("trns-too-long", what, parts.with(&[], &[(b"tRNS", &[9; 40])], &[]));
    let bytes = with_wrong_crc(parts.with(&[], &[(b"tRNS", &[0, 9])], &[]), b"tRNS");
    push("trns-palette-crc", "A wrong CRC of the alpha values.", bytes);
}

/// Files without an intact IEND.
fn ends(files: &mut Vec<Complete>) {
    let parts = Parts::rgb();
    let tidy = parts.tidy();
    let without_end = &tidy[..tidy.len() - 12];
    let mut push = |name, what, end: &[u8]| {
        let bytes = [without_end, end].concat();
        files.push(Complete { name, what, bytes, tidy: tidy.clone(), alpha: false });
    };
    push("cut-before-iend", "Lacks IEND; all rows are there.", b"");
    push("cut-in-iend-length", "Ends in the length of IEND.", &[0, 0]);
    push("cut-in-iend", "Ends in the name of IEND.", b"\0\0\0\0IE");
    push("cut-in-iend-crc", "Ends in the CRC of IEND.", b"\0\0\0\0IEND\xAE\x42");
    push("crc-iend", "A wrong CRC of IEND.", b"\0\0\0\0IEND\xAE\x42\x60\x83");
    push("iend-of-4-bytes", "IEND with data.", b"\0\0\0\x04IENDdata\0\0\0\0");
    push("iend-zeros", "Zeros in the place of IEND.", &[0; 64]);
    push("iend-ff", "Bytes of 255 in the place of IEND.", &[255; 64]);
    push("iend-text", "Text in the place of IEND.", b"</body></html>\r\n");
    push("iend-one-bit", "A wrong bit in the name of IEND.", b"\0\0\0\0IENF\xAE\x42\x60\x82");
    let what = "A chunk after the data that declares more bytes than the file has.";
    push("text-past-end", what, b"\0\0\x10\0tEXtComment\0own");
    let what = "An unknown chunk without letters after the data, and no IEND.";
    push("unnamed-past-end", what, b"\0\0\x10\0\xE1\x02\x03\x04own");
}

/// Image data whose checksum proves them, in IDAT chunks that are wrong.
fn image_data(files: &mut Vec<Complete>) {
    let parts = Parts::rgb();
    let tidy = parts.tidy();
    let mut push = |name, what, bytes| {
        files.push(Complete { name, what, bytes, tidy: tidy.clone(), alpha: false });
    };
    let split = parts.with_data(&parts.data, 100);
    let bytes = with_wrong_crc(split.clone(), b"IDAT");
    push("crc-idat", "A wrong CRC of the first IDAT.", bytes);
    let bytes = split.windows(4).rposition(|name| name == b"IDAT").map(|at| {
        let last = with_wrong_crc(split[at - 4..].to_vec(), b"IDAT");
        [&split[..at - 4], &last].concat()
    });
    let bytes = bytes.expect("the chunk is in the file");
    push("crc-last-idat", "A wrong CRC of the last IDAT.", bytes.clone());
    let what = "A wrong CRC of the last IDAT, and no IEND.";
    push("crc-last-idat-no-iend", what, bytes[..bytes.len() - 12].to_vec());
    let what = "Ends in the CRC of the last IDAT.";
    push("cut-in-idat-crc", what, tidy[..tidy.len() - 14].to_vec());
    let what = "Ends after the checksum of the last IDAT.";
    push("cut-before-idat-crc", what, tidy[..tidy.len() - 16].to_vec());
    let longer = [&parts.data[..], b"bytes after the stream"].concat();
    let what = "Bytes after the checksum in the same IDAT.";
    push("idat-after-checksum", what, parts.with_data(&longer, 1 << 20));
    let what = "IDAT chunks after the one with the checksum.";
    push("idat-chunks-after-checksum", what, parts.with_data(&longer, parts.data.len()));
    let mut bytes = tidy.clone();
    let at = position(&bytes, b"IDAT");
    bytes[at - 3] = 1;
    push("idat-length-past-end", "An IDAT that declares more bytes than the file has.", bytes);
}

/// Chunks that no decoder needs, with wrong names or CRCs.
fn names(files: &mut Vec<Complete>) {
    let parts = Parts::rgb();
    let tidy = parts.tidy();
    let mut push = |name, what, bytes| {
        files.push(Complete { name, what, bytes, tidy: tidy.clone(), alpha: false });
    };
    let unnamed: Chunks = &[(b"s\x01IT", b"own")];
    let what = "An ancillary chunk whose name is not four letters.";
    push("name-of-three-letters", what, parts.with(unnamed, &[], &[]));
    let what = "An ancillary chunk after the data whose name is not four letters.";
    push("name-of-no-letters-after-idat", what, parts.with(&[], &[], &[(b"\xFF\0 !", b"own")]));
    let text: Chunks = &[(b"tEXt", b"Comment\0own")];
    let what = "A wrong CRC of tEXt.";
    push("crc-text", what, with_wrong_crc(parts.with(text, &[], &[]), b"tEXt"));
}

/// The files that something is missing of.
pub fn incomplete() -> Vec<Incomplete> {
    let mut files = Vec::new();
    let parts = Parts::rgb();
    let Parts { data, rows, .. } = &parts;
    let mut push = |name, what, truncated, bytes| {
        files.push(Incomplete { name, what, truncated, bytes });
    };
    let length = data.len();
    let with = |data: &[u8]| parts.with_data(data, 1 << 20);
    let mut wrong = data.clone();
    wrong[length - 1] ^= 1;
    push("adler", "A wrong Adler-32 after correct rows.", false, with(&wrong));
    let bytes = with(&wrong);
    let what = "A wrong Adler-32, and no IEND.";
    push("adler-no-iend", what, false, bytes[..bytes.len() - 12].to_vec());
    let what = "A wrong Adler-32 and a wrong CRC of IDAT.";
    push("adler-and-crc", what, false, with_wrong_crc(bytes, b"IDAT"));
    push("adler-missing", "No Adler-32.", true, with(&data[..length - 4]));
    push("adler-of-3-bytes", "Three bytes of Adler-32.", true, with(&data[..length - 1]));
    let tidy = with(data);
    let what = "Ends in the Adler-32.";
    push("cut-in-adler", what, true, tidy[..tidy.len() - 18].to_vec());
    let what = "The inflated data have one byte more than the rows.";
    push("idat-one-byte-more", what, false, with(&zlib(&[&rows[..], &[0]].concat())));
    let what = "The inflated data have one row more than the picture.";
    let longer = [&rows[..], &[0; 49]].concat();
    push("idat-one-row-more", what, false, with(&zlib(&longer)));
    let what = "No block is marked as the last one.";
    push("deflate-no-last-block", what, true, with(&stored_without_end(rows)));
    let mut checks = data.clone();
    checks[1] ^= 1;
    push("zlib-check-bits", "Wrong check bits in the zlib header.", false, with(&checks));
    let dictionary = [&[0x78, 0xBB, 0, 0, 0, 1][..], &data[2..]].concat();
    push("zlib-dictionary", "A preset dictionary.", false, with(&dictionary));
    let interrupted = |kind: &[u8; 4]| {
        let (first, second) = data.split_at(length / 2);
        from_chunks(&[(b"IHDR", &parts.ihdr), (b"IDAT", first), (kind, b""), (b"IDAT", second)])
    };
    let what = "A chunk without letters between two IDAT chunks.";
    push("idat-interrupted-unnamed", what, false, interrupted(b"\xFF\0 !"));
    let what = "A palette between two IDAT chunks of RGB.";
    push("idat-interrupted-plte", what, false, interrupted(b"PLTE"));
    let what = "An unknown critical chunk without letters between two IDAT chunks.";
    push("idat-interrupted-damaged", what, true, interrupted(b"\x01\x02\x03\x04"));
    let indexed = Parts::indexed(16, 4);
    let again = indexed.with(&[], &[], &[(b"PLTE", &indexed.palette)]);
    push("plte-again-after-idat", "A second palette after the data.", false, again);
    files
}

/// A zlib stream of a stored block that is not the last one, and no checksum.
fn stored_without_end(bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len() as u16;
    let head = [&[0x78, 0x01, 0][..], &length.to_le_bytes(), &(!length).to_le_bytes()].concat();
    [&head, bytes].concat()
}

/// The same file with a wrong CRC of the first chunk called `name`.
fn with_wrong_crc(mut bytes: Vec<u8>, name: &[u8; 4]) -> Vec<u8> {
    let at = position(&bytes, name);
    let length = bytes[at - 4..at].iter().fold(0, |sum, &byte| sum << 8 | usize::from(byte));
    bytes[at + 4 + length] ^= 0x55;
    bytes
}

fn position(bytes: &[u8], name: &[u8; 4]) -> usize {
    bytes.windows(4).position(|window| window == name).expect("the chunk is in the file")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let complete = complete().into_iter().map(|file| file.name);
        let mut names: Vec<_> = complete.chain(incomplete().into_iter().map(|f| f.name)).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
