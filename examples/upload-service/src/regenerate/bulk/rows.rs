//! Rows, read from Parquet. Their meaning is not checked here.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, anyhow};
use parquet::data_type::{ByteArrayType, Int64Type};
use parquet::file::reader::{FileReader, SerializedFileReader};

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
pub(super) struct RowFile {
    reader: SerializedFileReader<File>,
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

impl RowFile {
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let context = || path.display().to_string();
        let file = File::open(path).with_context(context)?;
        let reader = SerializedFileReader::new(file).with_context(context)?;
        let places = Places::find(&reader).with_context(context)?;
        Ok(Self { reader, places })
    }

    /// Passes on all rows, up to [`BATCH`] at a time, until `pass_on` returns false.
    pub(super) fn read(&self, mut pass_on: impl FnMut(Vec<Row>) -> bool) -> anyhow::Result<()> {
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
    fn find(reader: &SerializedFileReader<File>) -> anyhow::Result<Self> {
        let schema = reader.metadata().file_metadata().schema_descr();
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
