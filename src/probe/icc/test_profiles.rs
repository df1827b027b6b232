//! Builds ICC profiles for tests.
#![allow(clippy::disallowed_macros, clippy::cast_possible_truncation, reason = "test data")]

/// A display profile with these tags.
pub(crate) fn profile(space: &[u8; 4], pcs: &[u8; 4], tags: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut bytes = vec![0; 128];
    bytes[8..12].copy_from_slice(&[2, 0x40, 0, 0]);
    bytes[12..16].copy_from_slice(b"mntr");
    bytes[16..20].copy_from_slice(space);
    bytes[20..24].copy_from_slice(pcs);
    bytes[36..40].copy_from_slice(b"acsp");
    bytes.extend((tags.len() as u32).to_be_bytes());
    let mut offset = 132 + 12 * tags.len();
    let mut offsets: Vec<usize> = Vec::new();
    for (index, (name, data)) in tags.iter().enumerate() {
        let shared = tags[..index].iter().position(|(_, other)| other == data);
        let at = shared.map_or(offset, |first| offsets[first]);
        offsets.push(at);
        if shared.is_none() {
            offset += data.len().next_multiple_of(4);
        }
        bytes.extend(*name);
        bytes.extend((at as u32).to_be_bytes());
        bytes.extend((data.len() as u32).to_be_bytes());
    }
    for (index, (_, data)) in tags.iter().enumerate() {
        if tags[..index].iter().all(|(_, other)| other != data) {
            bytes.extend(data);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
    }
    let len = (bytes.len() as u32).to_be_bytes();
    bytes[..4].copy_from_slice(&len);
    bytes
}

/// A matrix profile: three colorants in XYZ, and one curve for all channels.
pub(crate) fn matrix(colorants: [[f64; 3]; 3], curve: &[u8]) -> Vec<u8> {
    let [red, green, blue] = colorants.map(xyz);
    let curve = curve.to_vec();
    let tags = [
        (b"cprt", b"text\0\0\0\0somebody".to_vec()),
        (b"rXYZ", red),
        (b"gXYZ", green),
        (b"bXYZ", blue),
        (b"rTRC", curve.clone()),
        (b"gTRC", curve.clone()),
        (b"bTRC", curve),
    ];
    profile(b"RGB ", b"XYZ ", &tags)
}

pub(crate) fn gray(curve: &[u8]) -> Vec<u8> {
    profile(b"GRAY", b"XYZ ", &[(b"kTRC", curve.to_vec())])
}

/// A lut8Type or lut16Type of `grid` points per channel, with values of `bytes` bytes. `of` gives
/// the PCS value of a node.
pub(crate) fn table(
    space: &[u8; 4],
    pcs: &[u8; 4],
    grid: u8,
    bytes: u8,
    of: impl Fn(&[f64]) -> [f64; 3],
) -> Vec<u8> {
    let inputs = if space == b"CMYK" { 4 } else { 3 };
    let mut data = vec![0; 48];
    data[..4].copy_from_slice(if bytes == 1 { b"mft1" } else { b"mft2" });
    data[8..11].copy_from_slice(&[inputs, 3, grid]);
    for diagonal in [12, 28, 44] {
        data[diagonal + 1] = 1;
    }
    let put = |data: &mut Vec<u8>, value: f64| {
        if bytes == 1 {
            data.push((value.clamp(0.0, 1.0) * 255.0).round() as u8);
        } else {
            data.extend(((value.clamp(0.0, 1.0) * 65535.0).round() as u16).to_be_bytes());
        }
    };
    let points = if bytes == 1 { 256 } else { 2 };
    if bytes == 2 {
        data.extend([0, 2, 0, 2]);
    }
    let line = |data: &mut Vec<u8>| {
        (0..points).for_each(|point| put(data, f64::from(point) / f64::from(points - 1)));
    };
    (0..inputs).for_each(|_| line(&mut data));
    nodes(grid, inputs, |node| of(node).into_iter().for_each(|value| put(&mut data, value)));
    (0..3).for_each(|_| line(&mut data));
    profile(space, pcs, &[(b"A2B0", data)])
}

/// The same as a lutAToBType with all of its elements. The A curves are `a`, the others identities.
pub(crate) fn stages(
    space: &[u8; 4],
    pcs: &[u8; 4],
    grid: u8,
    a: &[u8],
    of: impl Fn(&[f64]) -> [f64; 3],
) -> Vec<u8> {
    let inputs = if space == b"CMYK" { 4 } else { 3 };
    let mut data = vec![0; 32];
    data[..4].copy_from_slice(b"mAB ");
    data[8..10].copy_from_slice(&[inputs, 3]);
    let line = curve(&[0, 65535]);
    let start = |data: &mut Vec<u8>, at: usize| {
        let offset = (data.len() as u32).to_be_bytes();
        data[at..at + 4].copy_from_slice(&offset);
    };
    start(&mut data, 12);
    (0..3).for_each(|_| data.extend(&line));
    start(&mut data, 16);
    for (row, column) in (0..3).flat_map(|row| (0..3).map(move |column| (row, column))) {
        data.extend(fixed(if row == column { 1.0 } else { 0.0 }));
    }
    data.extend([0; 12]);
    start(&mut data, 20);
    (0..3).for_each(|_| data.extend(&line));
    start(&mut data, 24);
    data.extend([grid; 4]);
    data.extend([0; 12]);
    data.extend([2, 0, 0, 0]);
    nodes(grid, inputs, |node| {
        for value in of(node) {
            data.extend(((value.clamp(0.0, 1.0) * 65535.0).round() as u16).to_be_bytes());
        }
    });
    data.resize(data.len().next_multiple_of(4), 0);
    start(&mut data, 28);
    (0..inputs).for_each(|_| data.extend(a));
    let mut bytes = profile(space, pcs, &[(b"A2B0", data)]);
    bytes[8] = 4;
    bytes
}

fn nodes(grid: u8, inputs: u8, mut each: impl FnMut(&[f64])) {
    let steps = u32::from(grid);
    for index in 0..steps.pow(u32::from(inputs)) {
        let node: Vec<f64> = (0..inputs)
            .rev()
            .map(|input| f64::from(index / steps.pow(u32::from(input)) % steps))
            .map(|step| step / f64::from(grid - 1))
            .collect();
        each(&node);
    }
}

/// A curveType of the given points, padded to 4 bytes.
pub(crate) fn curve(points: &[u16]) -> Vec<u8> {
    let mut data = b"curv\0\0\0\0".to_vec();
    data.extend((points.len() as u32).to_be_bytes());
    points.iter().for_each(|point| data.extend(point.to_be_bytes()));
    data.resize(data.len().next_multiple_of(4), 0);
    data
}

/// A parametricCurveType.
pub(crate) fn function(number: u8, parameters: &[f64]) -> Vec<u8> {
    let mut data = b"para\0\0\0\0".to_vec();
    data.extend([0, number, 0, 0]);
    parameters.iter().for_each(|&parameter| data.extend(fixed(parameter)));
    data
}

pub(crate) fn srgb_function() -> Vec<u8> {
    function(3, &[2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045])
}

fn xyz(values: [f64; 3]) -> Vec<u8> {
    let mut data = b"XYZ \0\0\0\0".to_vec();
    values.into_iter().for_each(|value| data.extend(fixed(value)));
    data
}

fn fixed(value: f64) -> [u8; 4] {
    ((value * 65536.0).round() as i32).to_be_bytes()
}

pub(crate) const SRGB: [[f64; 3]; 3] =
    [[0.43607, 0.22249, 0.01392], [0.38515, 0.71687, 0.09708], [0.14307, 0.06061, 0.7141]];
pub(crate) const DISPLAY_P3: [[f64; 3]; 3] =
    [[0.51512, 0.2412, -0.00105], [0.29198, 0.69225, 0.04189], [0.1571, 0.06657, 0.78407]];

/// The zlib stream of an iCCP chunk.
pub(crate) fn zlib(profile: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(profile, 9)
}
