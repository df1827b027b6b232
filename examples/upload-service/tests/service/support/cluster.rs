//! What `examples/bulk-ray` does, with the library itself: reads a manifest, makes avatars, and writes
//! rows. `examples/bulk-ray/tests/test_service.py` has the real one.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use bombproof::{Limits, Rect, Request};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::record::RowAccessor;
use parquet::schema::parser::parse_message_type;
use sha2::{Digest, Sha256};

/// A line of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) key: String,
    pub(crate) crop: Option<String>,
}

/// A row of the results, of which a test may make anything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) key: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) recipe: Option<String>,
    pub(crate) hash: Option<String>,
    pub(crate) output_bytes: Option<i64>,
    pub(crate) outputs: Option<Vec<String>>,
    pub(crate) output_sha256: Option<Vec<String>>,
}

/// An avatar, and the row that describes it.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) row: Row,
    /// The name and the bytes of each file.
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

/// The recipe in the metadata of a file of a manifest, and its keys.
pub(crate) fn read_manifest(file: &Path) -> (String, Vec<Key>) {
    let reader = SerializedFileReader::new(File::open(file).unwrap()).unwrap();
    let metadata = reader.metadata().file_metadata().key_value_metadata().unwrap();
    let recipe = metadata.iter().find(|entry| entry.key == "recipe").unwrap();
    let rows = reader.get_row_iter(None).unwrap().map(Result::unwrap);
    let keys = rows.map(|row| Key {
        key: row.get_string(0).unwrap().clone(),
        crop: row.get_string(1).ok().cloned(),
    });
    (recipe.value.clone().unwrap(), keys.collect())
}

/// Makes the avatar of a key as the service would, with these sizes and qualities.
pub(crate) fn make(key: &Key, source: &[u8], sizes: &[u32], quality: u8, recipe: &str) -> Made {
    let (last, others) = sizes.split_last().unwrap();
    let request = Request::cover(*last, *last).enlarge(true);
    let request = others.iter().rev().fold(request, |request, side| request.and_size(*side, *side));
    let request = key.crop.as_ref().map_or(request, |crop| request.crop(rect(crop)));
    let mut files = Vec::new();
    for (request, extension) in [(request.webp(80), "webp"), (request.jpeg(quality), "jpg")] {
        for thumbnail in bombproof::thumbnails(source, &request, &Limits::default()).unwrap() {
            files.push((format!("{}.{extension}", thumbnail.size().width), thumbnail.into_bytes()));
        }
    }
    let row = Row {
        key: Some(key.key.clone()),
        status: Some("done".into()),
        recipe: Some(recipe.into()),
        ..Row::default()
    };
    let mut made = Made { row, files };
    made.describe_files();
    made
}

impl Made {
    /// Names the files by their content, and says in the row what they are.
    pub(crate) fn describe_files(&mut self) {
        let Self { row, files } = self;
        let mut content = Sha256::new();
        for (name, bytes) in &*files {
            let name = name.rsplit('/').next().unwrap();
            let side: u32 = name.split_once('.').unwrap().0.parse().unwrap();
            content.update(side.to_be_bytes());
            content.update((bytes.len() as u64).to_be_bytes());
            content.update(bytes);
        }
        let hash = format!("{:x}", content.finalize());
        for (name, _) in &mut *files {
            *name = format!("{hash}/{}", name.rsplit('/').next().unwrap());
        }
        row.hash = Some(hash);
        row.output_bytes = Some(files.iter().map(|(_, bytes)| bytes.len() as i64).sum());
        row.outputs = Some(files.iter().map(|(name, _)| name.clone()).collect());
        row.output_sha256 = Some(files.iter().map(|(_, bytes)| sha256(bytes)).collect());
    }

    pub(crate) fn store(&self, folder: &Path) {
        for (name, bytes) in &self.files {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }

    /// The bytes of the file of this name, as `64.jpg`.
    pub(crate) fn file(&self, name: &str) -> &[u8] {
        let found = self.files.iter().find(|(path, _)| path.ends_with(&format!("/{name}")));
        &found.unwrap().1
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

pub(crate) fn write_rows(file: &Path, rows: &[Row]) {
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let properties = Arc::new(WriterProperties::new());
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let mut writer =
        SerializedFileWriter::new(File::create(file).unwrap(), schema, properties).unwrap();
    // As batches are.
    for rows in rows.chunks(7) {
        let mut group = writer.next_row_group().unwrap();
        let columns: [fn(&Row) -> &Option<String>; 5] = [
            |row| &row.key,
            |row| &row.status,
            |row| &row.kind,
            |row| &row.recipe,
            |row| &row.hash,
        ];
        for column in columns {
            let lists: Vec<Option<Vec<String>>> =
                rows.iter().map(|row| column(row).clone().map(|text| vec![text])).collect();
            write_strings(&mut group, &lists, false);
        }
        let numbers: Vec<i64> = rows.iter().filter_map(|row| row.output_bytes).collect();
        let levels: Vec<i16> =
            rows.iter().map(|row| i16::from(row.output_bytes.is_some())).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&numbers, Some(&levels), None).unwrap();
        column.close().unwrap();
        for is_sha256 in [false, true] {
            let lists = rows
                .iter()
                .map(|row| if is_sha256 { row.output_sha256.clone() } else { row.outputs.clone() });
            write_strings(&mut group, &lists.collect::<Vec<_>>(), true);
        }
        group.close().unwrap();
    }
    writer.close().unwrap();
}

fn write_strings(
    group: &mut SerializedRowGroupWriter<'_, File>,
    lists: &[Option<Vec<String>>],
    is_list: bool,
) {
    let (mut values, mut definitions, mut repetitions) = (Vec::new(), Vec::new(), Vec::new());
    let present = if is_list { 3 } else { 1 };
    for list in lists {
        let texts = list.as_deref().unwrap_or_default();
        for (index, text) in texts.iter().enumerate() {
            values.push(ByteArray::from(text.as_str()));
            definitions.push(present);
            repetitions.push(i16::from(index > 0));
        }
        if texts.is_empty() {
            definitions.push(i16::from(list.is_some()));
            repetitions.push(0);
        }
    }
    let repetitions = is_list.then_some(&repetitions[..]);
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<ByteArrayType>().write_batch(&values, Some(&definitions), repetitions).unwrap();
    column.close().unwrap();
}

fn rect(crop: &str) -> Rect {
    let [x, y, width, height] = crop
        .split(',')
        .map(|number| number.parse().unwrap())
        .collect::<Vec<u32>>()
        .try_into()
        .unwrap();
    Rect { x, y, width, height }
}

/// Some of the columns of `bulk_avatars/rows.py`.
const SCHEMA: &str = "message schema {
    optional binary key (STRING);
    optional binary status (STRING);
    optional binary kind (STRING);
    optional binary recipe (STRING);
    optional binary hash (STRING);
    optional int64 output_bytes;
    optional group outputs (LIST) { repeated group list { optional binary element (STRING); } }
    optional group output_sha256 (LIST) { repeated group list { optional binary element (STRING); } }
}";
