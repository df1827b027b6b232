//! TIFF structures with cyclic or very many IFDs (rows 24 and 44).

use crate::exif::ByteOrder;

/// An IFD whose next-IFD offset and Exif pointer both lead back to it; orientation 1.
pub fn ifd_loop() -> Vec<u8> {
    let order = ByteOrder::Big;
    let mut tiff = order.tiff_header();
    tiff.extend(order.u16(2));
    tiff.extend(order.entry(0x0112, 3, 1, [0, 1, 0, 0]));
    tiff.extend(order.entry(EXIF_POINTER, 4, 1, order.u32(8)));
    tiff.extend(order.u32(8));
    tiff
}

/// `levels` IFDs with `pointers` pointers each to the next level, and a last one of `leaves`
/// entries. A reader that follows every pointer visits `pointers`^`levels` × `leaves` entries.
pub fn pointer_tree(levels: u32, pointers: u16, leaves: u16) -> Vec<u8> {
    let order = ByteOrder::Little;
    let mut tiff = order.tiff_header();
    let ifd_bytes = 2 + 12 * u32::from(pointers) + 4;
    for level in 0..levels {
        let child = 8 + ifd_bytes * (level + 1);
        tiff.extend(order.u16(pointers));
        for _ in 0..pointers {
            tiff.extend(order.entry(EXIF_POINTER, 4, 1, order.u32(child)));
        }
        tiff.extend(order.u32(0));
    }
    tiff.extend(order.u16(leaves));
    for _ in 0..leaves {
        tiff.extend(order.entry(0x9000, 7, 4, *b"0230"));
    }
    tiff.extend(order.u32(0));
    tiff
}

/// An IFD that declares `entries` entries and has two. Their values declare up to 4 G elements, far
/// past the end.
pub fn huge_count(entries: u16) -> Vec<u8> {
    let order = ByteOrder::Little;
    let mut tiff = order.tiff_header();
    tiff.extend(order.u16(entries));
    tiff.extend(order.entry(0x010F, 2, u32::MAX, order.u32(0xFFFF_FF00)));
    tiff.extend(order.entry(0x0110, 12, 0x2000_0000, order.u32(8)));
    tiff
}

/// The tag of a pointer to the Exif IFD.
const EXIF_POINTER: u16 = 0x8769;
