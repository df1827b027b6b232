//! The fields of a data class of the package: read by name, checked by type and by range.

use std::ops::RangeInclusive;

use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyTuple, PyType};

/// A class of the package, imported when it is first needed.
pub(crate) struct Class {
    module: &'static str,
    name: &'static str,
    class: PyOnceLock<Py<PyType>>,
}

impl Class {
    pub(crate) const fn new(module: &'static str, name: &'static str) -> Self {
        Self { module, name, class: PyOnceLock::new() }
    }

    pub(crate) fn get<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyType>> {
        self.class.import(py, self.module, self.name)
    }

    /// Refuses what is not of this class: fields of the same names do not make a value the same.
    pub(crate) fn check(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        if value.is_instance(self.get(value.py())?)? {
            return Ok(());
        }
        let message = format!("expected a bombproof.{}, not {}", self.name, type_name(value)?);
        Err(PyTypeError::new_err(message))
    }
}

/// The exception for a value of the right type that is not allowed.
pub(crate) type Refuse = fn(Python<'_>, &str) -> PyErr;

/// A field and its name, for the message of an exception.
#[derive(Debug)]
pub(crate) struct Field<'py> {
    name: &'static str,
    value: Bound<'py, PyAny>,
    refuse: Refuse,
}

impl<'py> Field<'py> {
    pub(crate) fn of(
        owner: &Bound<'py, PyAny>,
        name: &'static str,
        refuse: Refuse,
    ) -> PyResult<Self> {
        Ok(Self { name, value: owner.getattr(name)?, refuse })
    }

    /// `None` for a field that is not set.
    pub(crate) fn set(self) -> Option<Self> {
        (!self.value.is_none()).then_some(self)
    }

    pub(crate) fn refused(&self, what: &str) -> PyErr {
        (self.refuse)(self.value.py(), &format!("{} {what}", self.name))
    }

    pub(crate) fn int<T: TryFrom<u64>>(&self, range: RangeInclusive<u64>) -> PyResult<T> {
        let py = self.value.py();
        let out_of_range = || {
            self.refused(&format!(
                "is {}, not from {} to {}",
                self.value,
                range.start(),
                range.end()
            ))
        };
        let number = self.value.extract::<u64>().map_err(|error| {
            if error.is_instance_of::<PyOverflowError>(py) {
                out_of_range()
            } else {
                self.of_wrong_type("a whole number")
            }
        })?;
        let number = range.contains(&number).then_some(number).and_then(|it| T::try_from(it).ok());
        number.ok_or_else(out_of_range)
    }

    /// A number from 0 to 1.
    pub(crate) fn share(&self) -> PyResult<f64> {
        let number = self.value.extract::<f64>().map_err(|_| self.of_wrong_type("a number"))?;
        if (0.0..=1.0).contains(&number) {
            return Ok(number);
        }
        Err(self.refused(&format!("is {number}, not from 0 to 1")))
    }

    pub(crate) fn flag(&self) -> PyResult<bool> {
        self.value.extract::<bool>().map_err(|_| self.of_wrong_type("a bool"))
    }

    pub(crate) fn text(&self) -> PyResult<String> {
        self.value.extract::<String>().map_err(|_| self.of_wrong_type("a str"))
    }

    /// The members of a tuple of any length.
    pub(crate) fn tuple(&self) -> PyResult<Vec<Self>> {
        let tuple = self.value.cast::<PyTuple>().map_err(|_| self.of_wrong_type("a tuple"))?;
        Ok(tuple.iter().map(|value| Self { value, ..*self }).collect())
    }

    /// The members of a tuple of `N`.
    pub(crate) fn members<const N: usize>(&self) -> PyResult<[Self; N]> {
        self.tuple()?.try_into().map_err(|_| self.of_wrong_type(&format!("a tuple of {N} numbers")))
    }

    /// A colour: its samples, each from 0 to 255.
    pub(crate) fn color<const N: usize>(&self) -> PyResult<[u8; N]> {
        let mut color = [0; N];
        for (sample, field) in color.iter_mut().zip(self.members::<N>()?) {
            *sample = field.int(0..=u8::MAX.into())?;
        }
        Ok(color)
    }

    fn of_wrong_type(&self, expected: &str) -> PyErr {
        match self.value.repr() {
            Ok(value) => PyTypeError::new_err(format!("{} is {value}, not {expected}", self.name)),
            Err(error) => error,
        }
    }
}

fn type_name(value: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(value.get_type().name()?.to_string())
}
