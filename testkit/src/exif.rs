//! Exif: TIFF structures, and one with the orientation.

/// The byte order of a TIFF structure.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    pub fn u16(self, value: u16) -> [u8; 2] {
        if self == Self::Little { value.to_le_bytes() } else { value.to_be_bytes() }
    }

    pub fn u32(self, value: u32) -> [u8; 4] {
        if self == Self::Little { value.to_le_bytes() } else { value.to_be_bytes() }
    }

    /// The header of eight bytes, which the first IFD follows.
    pub fn tiff_header(self) -> Vec<u8> {
        let mark = if self == Self::Little { b"II" } else { b"MM" };
        [mark.as_slice(), &self.u16(42), &self.u32(8)].concat()
    }

    /// An IFD entry with a value of at most four bytes.
    pub fn entry(self, tag: u16, kind: u16, count: u32, value: [u8; 4]) -> Vec<u8> {
        [self.u16(tag).as_slice(), &self.u16(kind), &self.u32(count), &value].concat()
    }
}

/// A TIFF structure whose IFD0 holds a make, the orientation and a resolution unit.
pub fn orientation(order: ByteOrder, orientation: u16) -> Vec<u8> {
    let short = |value: u16| {
        let bytes = order.u16(value);
        [bytes[0], bytes[1], 0, 0]
    };
    let mut tiff = order.tiff_header();
    tiff.extend(order.u16(3));
    tiff.extend(order.entry(0x010F, 2, 4, *b"Own\0"));
    tiff.extend(order.entry(0x0112, 3, 1, short(orientation)));
    tiff.extend(order.entry(0x0128, 3, 1, short(2)));
    tiff.extend(order.u32(0));
    tiff
}

/// The payload of a JPEG APP1 segment.
pub fn app1(tiff: &[u8]) -> Vec<u8> {
    [b"Exif\0\0", tiff].concat()
}
