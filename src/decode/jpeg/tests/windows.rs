//! Decoding a window gives that part of the full planes, in all orders and within the quoted
//! memory.

use super::matrix::scan_script;
use super::writer::{Picture, Random};
use super::{Order, SCALES, decode, frame_of, quoted};
use crate::error::Error;
use crate::probe::jpeg::{Frame, Scale};
use crate::size::{Rect, Size};

/// Decodes a random window of each plane of `file`, and compares it with `planes`.
pub(super) fn check_windows(file: &[u8], scales: [Scale; 4], planes: &[Vec<u8>; 4], what: &str) {
    let frame = frame_of(file).unwrap();
    let mut random = Random(file.len() as u64);
    let mut order = Order::whole(&frame, scales);
    for window in order.windows.iter_mut().take(frame.components().len()) {
        *window = random_window(window.size(), &mut random);
    }
    for one_at_a_time in [false, true] {
        order.one_component_at_a_time = one_at_a_time;
        let quote = quoted(&order);
        let (outcome, samples) = decode(file, &order, quote);
        outcome.unwrap_or_else(|error| panic!("{what} {order:?}: {error}"));
        for (i, window) in order.windows.iter().enumerate().take(frame.components().len()) {
            let expected = crop(&planes[i], scales[i].plane_size(&frame, i), *window);
            assert!(samples[i] == expected, "{what} {order:?}: plane {i}");
        }
        let (outcome, _) = decode(file, &order, quote - 1);
        assert!(outcome.is_err(), "{what} {order:?}: {quote} bytes are more than needed");
    }
}

/// A random window of a plane. It may touch any of the borders.
fn random_window(plane: Size, random: &mut Random) -> Rect {
    let mut span = |side: u32| {
        let start = random.below(side);
        (start, 1 + random.below(side - start))
    };
    let ((x, width), (y, height)) = (span(plane.width), span(plane.height));
    Rect { x, y, width, height }
}

fn crop(plane: &[u8], size: Size, window: Rect) -> Vec<u8> {
    let rows = plane.chunks(size.width as usize);
    let rows = rows.skip(window.y as usize).take(window.height as usize);
    let row = |row: &[u8]| row[window.x as usize..][..window.width as usize].to_vec();
    rows.flat_map(row).collect()
}

#[test]
fn a_smaller_window_needs_less_memory_and_a_history_only_for_refined_components() {
    let picture = Picture::random((333, 444), &[(2, 2), (1, 1), (1, 1)], 4);
    let bytes = |kind: usize, scale: Scale, one_at_a_time: bool, window: Option<Rect>| {
        let file = picture.write(0xC2, &scan_script(3, kind, &[0]));
        let frame = frame_of(&file).unwrap();
        let mut order = Order::whole(&frame, [scale; 4]);
        order.one_component_at_a_time = one_at_a_time;
        if let Some(window) = window {
            order.windows = [window; 4];
        }
        quoted(&order)
    };
    // Luma has 42 × 56 blocks, each chroma component 21 × 28. A band of chroma is live while all
    // values are.
    let (luma, chroma) = (42 * 56, 21 * 28);
    let all = luma + 2 * chroma;
    let fixed = bytes(1, Scale::Eighth, false, None) - 2 * all - 21;
    let corner = Some(Rect { x: 3, y: 1, width: 2, height: 2 });
    let of = |kind, scale, one_at_a_time, window| bytes(kind, scale, one_at_a_time, window) - fixed;
    // These windows of 2 × 2 samples lie in 2 × 2 blocks.
    assert_eq!(of(1, Scale::Eighth, false, corner), 3 * 4 * 2 + 2);
    assert_eq!(of(0, Scale::Quarter, false, None), 8 * all + 21 * 4);
    assert_eq!(of(1, Scale::Quarter, false, None), 16 * all + 21 * 4);
    assert_eq!(of(1, Scale::Quarter, false, corner), 3 * 4 * 8 + 8 * all + 2 * 4);
    // In the pass of luma, the last one, only the values and the history of luma are live.
    assert_eq!(of(1, Scale::Quarter, true, corner), 4 * 8 + 8 * luma + 2 * 4);
}

/// Both orders keep the same rows of a truncated file.
#[test]
fn decoding_one_component_at_a_time_keeps_the_same_rows_of_a_truncated_file() {
    let picture = Picture::random((17, 11), &[(2, 1), (1, 1), (1, 1)], 9);
    let mut kept = 0;
    for kind in 0..3 {
        let file = picture.write(0xC2, &scan_script(3, kind, &[0]));
        for end in 0..file.len() - 2 {
            let Ok(frame) = frame_of(&file[..end]) else { continue };
            let run = |one_at_a_time: bool, frame: &Frame| {
                let mut order = Order::whole(frame, [SCALES[end % 3]; 4]);
                order.one_component_at_a_time = one_at_a_time;
                let quote = quoted(&order);
                order.min_percent_of_rows = Some(1);
                decode(&file[..end], &order, quote)
            };
            let (together, planes) = run(false, &frame);
            let (one_at_a_time, planes_one_at_a_time) = run(true, &frame);
            assert_eq!(planes, planes_one_at_a_time, "script {kind}, truncated at {end}");
            match (&together, &one_at_a_time) {
                (Ok(()), Ok(())) => {}
                (Err(Error::Truncated(together)), Err(Error::Truncated(one_at_a_time))) => {
                    if planes[0].is_empty() {
                        continue;
                    }
                    assert_eq!(together, one_at_a_time, "script {kind}, truncated at {end}");
                    kept += 1;
                }
                _ => panic!("script {kind}, truncated at {end}: {together:?}, {one_at_a_time:?}"),
            }
        }
    }
    assert!(kept > 300, "only {kept} truncated files kept rows");
}
