//! A part of the planes is that part of the whole planes, in all orders, for what is quoted.

use super::matrix::script;
use super::writer::{Picture, Random};
use super::{Order, SCALES, decoded, frame_of};
use crate::error::Error;
use crate::probe::jpeg::{Frame, Scale};
use crate::size::{Rect, Size};

/// Decodes a window of each plane of `file`, and holds it against the planes.
pub(super) fn check(file: &[u8], scales: [Scale; 4], planes: &[Vec<u8>; 4], what: &str) {
    let frame = frame_of(file).unwrap();
    let mut random = Random(file.len() as u64);
    let mut order = Order::whole(&frame, scales);
    for window in order.windows.iter_mut().take(frame.components().len()) {
        *window = part(window.size(), &mut random);
    }
    for apart in [false, true] {
        order.one_component_at_a_time = apart;
        let quote = order.memory_bytes([0; 4]);
        let (outcome, parts) = decoded(file, &order, quote);
        outcome.unwrap_or_else(|error| panic!("{what} {order:?}: {error}"));
        for (i, window) in order.windows.iter().enumerate().take(frame.components().len()) {
            let expected = cut(&planes[i], scales[i].plane_size(&frame, i), *window);
            assert!(parts[i] == expected, "{what} {order:?}: plane {i}");
        }
        let (outcome, _) = decoded(file, &order, quote - 1);
        assert!(outcome.is_err(), "{what} {order:?}: {quote} is more than is used");
    }
}

/// A part of a plane, on no border or on some.
fn part(plane: Size, random: &mut Random) -> Rect {
    let mut span = |side: u32| {
        let start = random.below(side);
        (start, 1 + random.below(side - start))
    };
    let ((x, width), (y, height)) = (span(plane.width), span(plane.height));
    Rect { x, y, width, height }
}

fn cut(plane: &[u8], size: Size, window: Rect) -> Vec<u8> {
    let rows = plane.chunks(size.width as usize);
    let rows = rows.skip(window.y as usize).take(window.height as usize);
    let row = |row: &[u8]| row[window.x as usize..][..window.width as usize].to_vec();
    rows.flat_map(row).collect()
}

#[test]
fn a_smaller_window_takes_less_and_its_history_only_what_is_refined() {
    let picture = Picture::random((333, 444), &[(2, 2), (1, 1), (1, 1)], 4);
    let bytes = |kind: usize, scale: Scale, apart: bool, window: Option<Rect>| {
        let file = picture.write(0xC2, &script(3, kind, &[0]));
        let frame = frame_of(&file).unwrap();
        let mut order = Order::whole(&frame, [scale; 4]);
        order.one_component_at_a_time = apart;
        if let Some(window) = window {
            order.windows = [window; 4];
        }
        order.memory_bytes([0; 4])
    };
    // 42 × 56 blocks of luma, 21 × 28 of each chroma. A row of chroma is made beside all values.
    let (luma, chroma) = (42 * 56, 21 * 28);
    let all = luma + 2 * chroma;
    let fixed = bytes(1, Scale::Eighth, false, None) - 2 * all - 21;
    let corner = Some(Rect { x: 3, y: 1, width: 2, height: 2 });
    let of = |kind, scale, apart, window| bytes(kind, scale, apart, window) - fixed;
    // Windows of 2 × 2 samples, here in 2 × 2 blocks.
    assert_eq!(of(1, Scale::Eighth, false, corner), 3 * 4 * 2 + 2);
    assert_eq!(of(0, Scale::Quarter, false, None), 8 * all + 21 * 4);
    assert_eq!(of(1, Scale::Quarter, false, None), 16 * all + 21 * 4);
    assert_eq!(of(1, Scale::Quarter, false, corner), 3 * 4 * 8 + 8 * all + 2 * 4);
    // The turn of luma, which is the last one, has its history beside its values alone.
    assert_eq!(of(1, Scale::Quarter, true, corner), 4 * 8 + 8 * luma + 2 * 4);
}

/// What is kept of a cut file is the same in both orders.
#[test]
fn components_apart_are_cut_where_they_are_cut_together() {
    let picture = Picture::random((17, 11), &[(2, 1), (1, 1), (1, 1)], 9);
    let mut kept = 0;
    for kind in 0..3 {
        let file = picture.write(0xC2, &script(3, kind, &[0]));
        for end in 0..file.len() - 2 {
            let Ok(frame) = frame_of(&file[..end]) else { continue };
            let run = |apart: bool, frame: &Frame| {
                let mut order = Order::whole(frame, [SCALES[end % 3]; 4]);
                order.one_component_at_a_time = apart;
                let quote = order.memory_bytes([0; 4]);
                order.keeps_truncated = true;
                decoded(&file[..end], &order, quote)
            };
            let (together, planes) = run(false, &frame);
            let (apart, planes_apart) = run(true, &frame);
            assert_eq!(planes, planes_apart, "script {kind}, cut at {end}");
            match (&together, &apart) {
                (Ok(()), Ok(())) => {}
                (Err(Error::Truncated(together)), Err(Error::Truncated(apart))) => {
                    if planes[0].is_empty() {
                        continue;
                    }
                    assert_eq!(together, apart, "script {kind}, cut at {end}");
                    kept += 1;
                }
                _ => panic!("script {kind}, cut at {end}: {together:?}, {apart:?}"),
            }
        }
    }
    assert!(kept > 300, "only {kept} cut files left something");
}
