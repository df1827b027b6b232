//! The manifest: keys and crops in Parquet, cut in parts, as `bulk_avatars/manifest.py` reads it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

/// A line of the manifest.
pub(super) struct Entry {
    /// The path of an object in the store.
    pub(super) key: String,
    /// `x,y,width,height`, if the avatar shows a part of the picture.
    pub(super) crop: Option<String>,
}

/// One file, or a folder of parts. It is written beside its place and renamed, so that a manifest is
/// complete or not there.
pub(super) struct Manifest {
    place: PathBuf,
    unfinished: PathBuf,
    is_folder: bool,
    properties: Arc<WriterProperties>,
    part_keys: u32,
    /// The one that is being written.
    part: Option<Part>,
    parts: u32,
}

impl Manifest {
    /// A file if the name ends in `.parquet`, else a folder. The folder must be new or empty, since
    /// parts of another manifest would be done again.
    pub(super) fn create(place: &Path, recipe: &str, part_keys: u32) -> anyhow::Result<Self> {
        let context = || place.display().to_string();
        let name = place.file_name().with_context(context)?.to_string_lossy();
        let recipe = KeyValue::new("recipe".to_owned(), recipe.to_owned());
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_dictionary_enabled(false) // every key is another one
            .set_statistics_enabled(EnabledStatistics::None)
            .set_key_value_metadata(Some(vec![recipe]));
        let mut manifest = Self {
            place: place.to_owned(),
            unfinished: place.with_file_name(format!(".{name}.unfinished-{}", std::process::id())),
            is_folder: place.extension().is_none_or(|extension| extension != "parquet"),
            properties: Arc::new(properties.build()),
            part_keys,
            part: None,
            parts: 0,
        };
        if manifest.is_folder {
            let is_free =
                !place.exists() || fs::read_dir(place).with_context(context)?.next().is_none();
            ensure!(is_free, "{}: the folder is not empty", place.display());
            fs::create_dir_all(&manifest.unfinished).with_context(context)?;
        }
        manifest.start_part().with_context(context)?;
        Ok(manifest)
    }

    pub(super) const fn is_folder(&self) -> bool {
        self.is_folder
    }

    pub(super) fn add(&mut self, entry: Entry) -> anyhow::Result<()> {
        if self.is_folder && self.part.as_ref().is_none_or(|part| part.keys >= self.part_keys) {
            self.finish_part()?;
            self.start_part()?;
        }
        self.part.as_mut().map_or(Ok(()), |part| part.add(entry))
    }

    /// Shows the manifest at its place, and returns the number of its parts.
    pub(super) fn finish(mut self) -> anyhow::Result<u32> {
        self.finish_part()?;
        if self.is_folder {
            File::open(&self.unfinished)?.sync_all()?;
        }
        let context = || self.place.display().to_string();
        fs::rename(&self.unfinished, &self.place).with_context(context)?;
        let parent = self.place.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(self.parts)
    }

    fn start_part(&mut self) -> anyhow::Result<()> {
        let file = if self.is_folder {
            self.unfinished.join(format!("part-{:05}.parquet", self.parts))
        } else {
            self.unfinished.clone()
        };
        self.part = Some(Part::create(&file, &self.properties)?);
        self.parts += 1;
        Ok(())
    }

    fn finish_part(&mut self) -> anyhow::Result<()> {
        self.part.take().map_or(Ok(()), Part::finish)
    }
}

impl Drop for Manifest {
    fn drop(&mut self) {
        // When it is finished, it has another name.
        let _ = if self.is_folder {
            fs::remove_dir_all(&self.unfinished)
        } else {
            fs::remove_file(&self.unfinished)
        };
    }
}

/// A file of the manifest.
struct Part {
    writer: SerializedFileWriter<File>,
    /// What is not yet written.
    row_group: Vec<Entry>,
    keys: u32,
}

impl Part {
    fn create(path: &Path, properties: &Arc<WriterProperties>) -> anyhow::Result<Self> {
        let schema = Arc::new(parse_message_type(SCHEMA)?);
        let writer =
            SerializedFileWriter::new(File::create_new(path)?, schema, Arc::clone(properties))?;
        Ok(Self { writer, row_group: Vec::new(), keys: 0 })
    }

    fn add(&mut self, entry: Entry) -> anyhow::Result<()> {
        self.row_group.push(entry);
        self.keys += 1;
        if self.row_group.len() == ROW_GROUP {
            self.write_row_group()?;
        }
        Ok(())
    }

    fn finish(mut self) -> anyhow::Result<()> {
        self.write_row_group()?;
        Ok(self.writer.into_inner()?.sync_all()?)
    }

    fn write_row_group(&mut self) -> Result<(), ParquetError> {
        if self.row_group.is_empty() {
            return Ok(());
        }
        let (mut keys, mut crops, mut has_crop) = (Vec::new(), Vec::new(), Vec::new());
        for Entry { key, crop } in self.row_group.drain(..) {
            keys.push(ByteArray::from(key.into_bytes()));
            has_crop.push(i16::from(crop.is_some()));
            crops.extend(crop.map(|crop| ByteArray::from(crop.into_bytes())));
        }
        let mut group = self.writer.next_row_group()?;
        for (values, levels) in [(&keys, None), (&crops, Some(&has_crop[..]))] {
            let Some(mut column) = group.next_column()? else { break };
            column.typed::<ByteArrayType>().write_batch(values, levels, None)?;
            column.close()?;
        }
        group.close().map(drop)
    }
}

const SCHEMA: &str = "message manifest {
    required binary key (STRING);
    optional binary crop (STRING);
}";

/// About a megabyte.
const ROW_GROUP: usize = 10_000;
