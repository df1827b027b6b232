//! Rows, read from Parquet. Their meaning is not checked here.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, anyhow};
use parquet::data_type::{ByteArrayType, Int64Type};
use parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};
use parquet::schema::types::SchemaDescriptor;

use super::broken_file::panic_is_error;
use super::columns::{Numbers, Place, Strings};

/// What became of a key.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) key: Option<String>,
    pub(super) status: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) recipe: Option<String>,
    pub(super) hash: Option<String>,
    pub(super) output_bytes: Option<i64>,
    pub(super) outputs: Vec<String>,
    pub(super) output_sha256: Vec<String>,
}

/// A file whose footer and columns are as they should be.
pub(super) struct RowFile<R: ChunkReader + 'static> {
    reader: SerializedFileReader<R>,
    places: Places,
}

struct Places {
    key: Place,
    status: Place,
    kind: Place,
    recipe: Place,
    hash: Place,
    output_bytes: Place,
    outputs: Place,
    output_sha256: Place,
}

impl RowFile<File> {
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let context = || path.display().to_string();
        Self::new(File::open(path).with_context(context)?).with_context(context)
    }
}

impl<R: ChunkReader + 'static> RowFile<R> {
    fn new(file: R) -> anyhow::Result<Self> {
        panic_is_error(|| {
            let reader = SerializedFileReader::new(file)?;
            let places = Places::find(reader.metadata().file_metadata().schema_descr())?;
            Ok(Self { reader, places })
        })
    }

    /// Passes on all rows, up to [`BATCH`] at a time, until `pass_on` returns false.
    pub(super) fn read(&self, pass_on: impl FnMut(Vec<Row>) -> bool) -> anyhow::Result<()> {
        panic_is_error(|| self.read_groups(pass_on))
    }

    fn read_groups(&self, mut pass_on: impl FnMut(Vec<Row>) -> bool) -> anyhow::Result<()> {
        for index in 0..self.reader.num_row_groups() {
            let group = self.reader.get_row_group(index)?;
            let rows = usize::try_from(group.metadata().num_rows())?;
            let open = |place| Strings::open(group.as_ref(), place);
            let places = &self.places;
            let mut keys = open(places.key)?;
            let mut statuses = open(places.status)?;
            let mut kinds = open(places.kind)?;
            let mut recipes = open(places.recipe)?;
            let mut hashes = open(places.hash)?;
            let mut output_bytes = Numbers::open(group.as_ref(), places.output_bytes)?;
            let mut outputs = open(places.outputs)?;
            let mut output_sha256 = open(places.output_sha256)?;
            for start in (0..rows).step_by(BATCH) {
                let count = BATCH.min(rows - start);
                let mut batch: Vec<Row> = (0..count).map(|_| Row::default()).collect();
                fill(&mut batch, keys.read(count)?, |row, key| row.key = key);
                fill(&mut batch, statuses.read(count)?, |row, status| row.status = status);
                fill(&mut batch, kinds.read(count)?, |row, kind| row.kind = kind);
                fill(&mut batch, recipes.read(count)?, |row, recipe| row.recipe = recipe);
                fill(&mut batch, hashes.read(count)?, |row, hash| row.hash = hash);
                fill(&mut batch, output_bytes.read(count)?, |row, sum| row.output_bytes = sum);
                fill(&mut batch, outputs.read_lists(count)?, |row, names| row.outputs = names);
                let sums = output_sha256.read_lists(count)?;
                fill(&mut batch, sums, |row, sums| row.output_sha256 = sums);
                if !pass_on(batch) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

fn fill<V>(rows: &mut [Row], values: Vec<V>, set: impl Fn(&mut Row, V)) {
    for (row, value) in rows.iter_mut().zip(values) {
        set(row, value);
    }
}

impl Places {
    fn find(schema: &SchemaDescriptor) -> anyhow::Result<Self> {
        let missing = |name, kind| anyhow!("the file has no column `{name}` of {kind}");
        let strings = |name| {
            let place = Place::find::<ByteArrayType>(schema, name, false);
            place.ok_or_else(|| missing(name, "strings"))
        };
        let numbers = |name| {
            let place = Place::find::<Int64Type>(schema, name, false);
            place.ok_or_else(|| missing(name, "64-bit numbers"))
        };
        let lists = |name| {
            let place = Place::find::<ByteArrayType>(schema, name, true);
            place.ok_or_else(|| missing(name, "lists of strings"))
        };
        Ok(Self {
            key: strings("key")?,
            status: strings("status")?,
            kind: strings("kind")?,
            recipe: strings("recipe")?,
            hash: strings("hash")?,
            output_bytes: numbers("output_bytes")?,
            outputs: lists("outputs")?,
            output_sha256: lists("output_sha256")?,
        })
    }
}

const BATCH: usize = 1_000;

#[cfg(test)]
mod tests {
    use axum::body::Bytes;

    use super::*;

    /// Four keys in two batches: a photograph with a crop, one without, a bomb, and a missing one.
    /// `bulk_avatars` wrote it.
    const ROWS: &[u8] = include_bytes!("rows.parquet");

    fn read(file: impl Into<Bytes>) -> anyhow::Result<Vec<Row>> {
        let mut rows = Vec::new();
        RowFile::new(file.into())?.read(|batch| {
            rows.extend(batch);
            true
        })?;
        Ok(rows)
    }

    #[test]
    fn rows_are_read_as_bulk_ray_writes_them() {
        let mut rows = read(ROWS).unwrap();
        rows.sort_by_key(|row| row.key.clone());
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let told: Vec<_> =
            rows.iter().map(|row| [&row.key, &row.status, &row.kind].map(text)).collect();
        let expected = [
            ["a", "done", ""],
            ["b", "done", ""],
            ["c", "refused", "over_limit"],
            ["d", "failed", "no_object"],
        ];
        assert_eq!(told, expected.map(|row| row.map(String::from)));
        for row in &rows {
            assert!(text(&row.recipe).ends_with("; [64, 128]; jpeg 80, webp 80"));
            if row.status.as_deref() != Some("done") {
                assert_eq!((row.hash.as_ref(), row.output_bytes), (None, None));
                assert!(row.outputs.is_empty() && row.output_sha256.is_empty());
                continue;
            }
            let hash = text(&row.hash);
            let outputs = ["128.webp", "64.webp", "128.jpg", "64.jpg"];
            assert_eq!(row.outputs, outputs.map(|name| format!("{hash}/{name}")));
            assert!(row.output_bytes.is_some_and(|bytes| bytes > 1_000));
            assert_eq!(row.output_sha256.len(), 4);
            assert!(row.output_sha256.iter().chain([&hash]).all(|hash| hash.len() == 64));
        }
    }

    /// Whatever a file is, it is an error or rows.
    #[test]
    fn no_file_makes_the_reader_panic() {
        let mut state = 7_u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize % below
        };
        let (mut errors, mut broken) = (0, 0);
        for round in 0..5_000 {
            let mut file = ROWS.to_vec();
            if round % 8 == 0 {
                file.truncate(random(ROWS.len()));
            }
            for _ in 0..random(4) + usize::from(round % 8 != 0) {
                let at = random(file.len().max(1));
                if let Some(byte) = file.get_mut(at) {
                    *byte = if round % 2 == 0 { random(256) as u8 } else { *byte ^ 1 << random(8) };
                }
            }
            if let Err(error) = read(file) {
                errors += 1;
                broken += u32::from(error.to_string() == "the file is broken");
            }
        }
        assert!(errors > 500, "{errors}");
        // If there are none, the crate has got rid of them.
        assert!(broken > 0);
    }
}
