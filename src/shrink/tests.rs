use super::plane::GRAY;
use super::{PlaneOrder, RowSink, Shrink};
use crate::budget::Budget;
use crate::error::Error;
use crate::size::Rect;

fn order(window: Rect, box_width: u32, box_height: u32) -> PlaneOrder {
    PlaneOrder {
        window,
        box_width,
        box_height,
        any_order: false,
        origin: (0, 0),
        uncovered: 0,
        held_rows: u32::MAX,
    }
}

fn picture(width: usize, height: usize) -> Vec<Vec<u8>> {
    let sample = |x: usize, y: usize| ((x * 31 + y * 57) ^ (x * y)) as u8;
    (0..height).map(|y| (0..width).map(|x| sample(x, y)).collect()).collect()
}

/// The obvious version: each cell is the average of its samples.
fn reference(rows: &[Vec<u8>], order: &PlaneOrder) -> Vec<u8> {
    let Rect { x, y, width, height } = order.window;
    let mut cells = Vec::new();
    for top in (0..height).step_by(order.box_height as usize) {
        for left in (0..width).step_by(order.box_width as usize) {
            let ys = top..height.min(top + order.box_height);
            let samples: Vec<u64> = ys
                .flat_map(|dy| (left..width.min(left + order.box_width)).map(move |dx| (dx, dy)))
                .map(|(dx, dy)| u64::from(rows[(y + dy) as usize][(x + dx) as usize]))
                .collect();
            let count = samples.len() as u64;
            cells.push(((samples.iter().sum::<u64>() + count / 2) / count) as u8);
        }
    }
    cells
}

fn shrunk(rows: &[Vec<u8>], order: PlaneOrder) -> Vec<u8> {
    let budget = Budget::new(order.small_bytes() + 4 * order.sums());
    let mut shrink = Shrink::new([Some(order), None, None, None], &budget);
    for (y, row) in rows.iter().enumerate() {
        shrink.row(0, y as u32, row).unwrap();
    }
    let [small, ..] = shrink.finish().unwrap();
    small.unwrap().to_vec()
}

#[test]
fn every_cell_is_the_average_of_its_samples_even_at_the_edge() {
    let rows = picture(23, 17);
    for (box_width, box_height) in [(1, 1), (2, 2), (3, 5), (7, 4), (23, 17), (40, 40)] {
        for window in [
            Rect { x: 0, y: 0, width: 23, height: 17 },
            Rect { x: 5, y: 3, width: 11, height: 9 },
            Rect { x: 22, y: 16, width: 1, height: 1 },
        ] {
            let order = order(window, box_width, box_height);
            assert_eq!(shrunk(&rows, order), reference(&rows, &order), "{order:?}");
        }
    }
}

#[test]
fn the_order_of_parts_does_not_matter() {
    let rows = picture(19, 13);
    let window = Rect { x: 2, y: 1, width: 16, height: 11 };
    let in_order = order(window, 3, 4);
    let any_order = PlaneOrder { any_order: true, ..in_order };
    let budget = Budget::new(any_order.small_bytes() + 4 * any_order.sums());
    let mut shrink = Shrink::new([Some(any_order), None, None, None], &budget);
    for x in [1u32, 0] {
        for (y, row) in rows.iter().enumerate().rev() {
            let part: Vec<u8> = row.iter().copied().skip(x as usize).step_by(2).collect();
            shrink.scattered(0, y as u32, x, 2, &part).unwrap();
        }
    }
    let [small, ..] = shrink.finish().unwrap();
    assert_eq!(small.unwrap().to_vec(), shrunk(&rows, in_order));
}

#[test]
fn uncovered_places_have_the_uncovered_value() {
    let window = Rect { x: 0, y: 0, width: 4, height: 4 };
    let order =
        PlaneOrder { any_order: true, origin: (2, 2), uncovered: 128, ..order(window, 2, 2) };
    let budget = Budget::new(1000);
    let mut shrink = Shrink::new([Some(order), None, None, None], &budget);
    shrink.row(0, 0, &[0, 255]).unwrap();
    shrink.row(0, 1, &[0, 1]).unwrap();
    let [small, ..] = shrink.finish().unwrap();
    assert_eq!(small.unwrap().to_vec(), [128, 128, 128, 64]);
}

/// Every number of rows in a plane with smaller cells at its edge, next to a complete plane.
#[test]
fn only_missing_rows_are_grey() {
    let rows = picture(7, 8);
    let order = order(Rect { x: 0, y: 0, width: 7, height: 8 }, 2, 3);
    for rows_in in 0..=8 {
        let budget = Budget::new(1000);
        let mut shrink = Shrink::new([Some(order), Some(order), None, None], &budget);
        for (y, row) in (0..).zip(&rows) {
            shrink.row(0, y, row).unwrap();
            if y < rows_in {
                shrink.row(1, y, row).unwrap();
            }
        }
        assert_eq!(u32::from(shrink.percent_of_rows_in()), rows_in * 100 / 8);
        let [complete, truncated, ..] = shrink.finish_truncated().unwrap();
        let (complete, truncated) = (complete.unwrap(), truncated.unwrap());
        assert_eq!(complete.to_vec(), reference(&rows, &order));
        let partial = PlaneOrder { window: Rect { height: rows_in, ..order.window }, ..order };
        let mut expected = reference(&rows, &partial);
        expected.resize(complete.len(), GRAY);
        assert_eq!(truncated.to_vec(), expected, "{rows_in} rows");
    }
}

/// Whoever takes the rows needs none of them: each makes room for the next.
#[test]
fn rows_that_are_not_needed_make_room_as_soon_as_they_are_finished() {
    let rows = picture(7, 12);
    let window = Rect { x: 0, y: 0, width: 7, height: 12 };
    let all = order(window, 2, 3);
    let order = PlaneOrder { held_rows: 1, ..all };
    let cells = reference(&rows, &all);
    let budget = Budget::new(1000);
    let mut shrink = Shrink::new([Some(order), None, None, None], &budget);
    for (y, row) in (0..).zip(&rows) {
        shrink.row(0, y, row).unwrap();
        let [finished, ..] = shrink.finished_rows();
        assert_eq!(finished.end, (y + 1) / 3);
        if (y + 1) % 3 == 0 {
            assert_eq!(
                (finished.first, finished.samples),
                (y / 3, &cells[4 * (y as usize / 3)..][..4])
            );
        }
        shrink.forget_before([u32::MAX; 4]);
    }
}

#[test]
fn too_few_rows_are_a_bug() {
    let order = order(Rect { x: 0, y: 0, width: 2, height: 2 }, 1, 1);
    let budget = Budget::new(1000);
    let mut shrink = Shrink::new([Some(order), None, None, None], &budget);
    shrink.row(0, 0, &[1, 2]).unwrap();
    assert!(matches!(shrink.row(0, 0, &[1, 2]), Err(Error::Bug(_))));
    assert!(matches!(shrink.finish(), Err(Error::Bug(_))));
}
