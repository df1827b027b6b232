//! Columns of a row group, read a few rows at a time.

use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::{ByteArrayType, DataType, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::RowGroupReader;
use parquet::schema::types::SchemaDescriptor;

/// Where a file has a column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    index: usize,
    is_list: bool,
}

impl Place {
    /// `None`: there is no column of that name and type, or it has more than one part.
    pub(super) fn find<T: DataType>(
        schema: &SchemaDescriptor,
        name: &str,
        is_list: bool,
    ) -> Option<Self> {
        let mut found =
            schema.columns().iter().enumerate().filter(|(_, column)| {
                column.path().parts().first().is_some_and(|first| first == name)
            });
        let (index, column) = found.next()?;
        let fits = column.physical_type() == T::get_physical_type()
            && column.max_rep_level() == i16::from(is_list)
            && (is_list || column.path().parts().len() == 1);
        (fits && found.next().is_none()).then_some(Self { index, is_list })
    }
}

/// A column of strings, or of lists of strings.
pub(super) struct Strings(Column<ByteArrayType>);

impl Strings {
    pub(super) fn open(group: &dyn RowGroupReader, place: Place) -> Result<Self> {
        Column::open(group, place).map(Self)
    }

    /// The strings of each of the next `rows` rows, without those that are null.
    pub(super) fn read_lists(&mut self, rows: usize) -> Result<Vec<Vec<String>>> {
        let text = |value: &<ByteArrayType as DataType>::T| Ok(value.as_utf8()?.to_owned());
        self.0.read(rows, text)
    }

    /// The same of a column without lists.
    pub(super) fn read(&mut self, rows: usize) -> Result<Vec<Option<String>>> {
        Ok(self.read_lists(rows)?.into_iter().map(|mut values| values.pop()).collect())
    }
}

/// A column of numbers.
pub(super) struct Numbers(Column<Int64Type>);

impl Numbers {
    pub(super) fn open(group: &dyn RowGroupReader, place: Place) -> Result<Self> {
        Column::open(group, place).map(Self)
    }

    pub(super) fn read(&mut self, rows: usize) -> Result<Vec<Option<i64>>> {
        let values = self.0.read(rows, |value| Ok(*value))?;
        Ok(values.into_iter().map(|mut values| values.pop()).collect())
    }
}

struct Column<T: DataType> {
    reader: ColumnReaderImpl<T>,
    max_definition_level: i16,
    is_list: bool,
}

impl<T: DataType> Column<T> {
    fn open(group: &dyn RowGroupReader, place: Place) -> Result<Self> {
        let column = group.metadata().schema_descr().column(place.index);
        let pages = BoundedPages(group.get_column_page_reader(place.index)?);
        Ok(Self {
            max_definition_level: column.max_def_level(),
            reader: ColumnReaderImpl::new(column, Box::new(pages)),
            is_list: place.is_list,
        })
    }

    fn read<V>(
        &mut self,
        rows: usize,
        convert: impl Fn(&T::T) -> Result<V>,
    ) -> Result<Vec<Vec<V>>> {
        let (mut definitions, mut repetitions, mut values) = (Vec::new(), Vec::new(), Vec::new());
        let read = self.reader.read_records(
            rows,
            Some(&mut definitions),
            Some(&mut repetitions),
            &mut values,
        )?;
        let (records, _, levels) = read;
        // A column in which nothing is null or a list has no levels.
        definitions.resize(levels, self.max_definition_level);
        if !self.is_list {
            repetitions = vec![0; levels];
        }
        let mut lists: Vec<Vec<V>> = Vec::new();
        let mut values = values.iter();
        for (definition, repetition) in definitions.iter().zip(&repetitions) {
            if *repetition == 0 {
                lists.push(Vec::new());
            }
            if *definition == self.max_definition_level {
                let list = lists.last_mut().ok_or_else(|| broken("a list without a row"))?;
                list.push(convert(values.next().ok_or_else(|| broken("too few values"))?)?);
            }
        }
        if records != rows || lists.len() != rows {
            return Err(broken("too few rows"));
        }
        Ok(lists)
    }
}

fn broken(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}

/// Pages that claim no more values than pages have: a few bytes can encode a list of billions.
struct BoundedPages(Box<dyn PageReader>);

impl PageReader for BoundedPages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.0.get_next_page()?;
        match &page {
            Some(page) if page.num_values() > MAX_PAGE_VALUES => Err(broken("a page too long")),
            _ => Ok(page),
        }
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.0.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.0.skip_next_page()
    }
}

impl Iterator for BoundedPages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

/// Writers end a page after a megabyte, or at the end of a row group, of which a million rows are usual.
const MAX_PAGE_VALUES: u32 = 1 << 21;
