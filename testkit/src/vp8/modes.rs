//! The tree of the subblock modes (RFC 6386, 11.2).

use super::bool_encoder::BoolEncoder;

pub(super) fn write_subblock_mode(out: &mut BoolEncoder, p: &[u8; 9], mode: usize) {
    // DC, TM, VE, HE, LD, RD, VR, VL, HD, HU as paths through the tree, of (node, bit).
    let path: &[(usize, bool)] = match mode {
        0 => &[(0, false)],
        1 => &[(0, true), (1, false)],
        2 => &[(0, true), (1, true), (2, false)],
        3 => &[(0, true), (1, true), (2, true), (3, false), (4, false)],
        5 => &[(0, true), (1, true), (2, true), (3, false), (4, true), (5, false)],
        6 => &[(0, true), (1, true), (2, true), (3, false), (4, true), (5, true)],
        4 => &[(0, true), (1, true), (2, true), (3, true), (6, false)],
        7 => &[(0, true), (1, true), (2, true), (3, true), (6, true), (7, false)],
        8 => &[(0, true), (1, true), (2, true), (3, true), (6, true), (7, true), (8, false)],
        _ => &[(0, true), (1, true), (2, true), (3, true), (6, true), (7, true), (8, true)],
    };
    for (node, bit) in path {
        out.put(*bit, p[*node]);
    }
}
