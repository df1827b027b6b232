//! Reads the properties of a JavaScript object strictly: each once, nothing coerced, none ignored.
//!
//! The conversions of napi-derive are not used for that: its `u32` takes 2^32 + 5 for 5, and 1.5 for
//! 1.

use napi::bindgen_prelude::{Array, BigInt, Either, Either3, FromNapiValue, Object, Unknown};

use crate::failure::Refusal;

/// An object whose properties are being read.
pub(crate) struct Options<'a> {
    object: Object<'a>,
    /// How messages call the object.
    name: String,
    known: Vec<&'static str>,
}

impl<'a> Options<'a> {
    /// The object in the property `name` of `parent`. `None` when it is undefined.
    pub(crate) fn in_call(parent: &Object<'a>, name: &str) -> Result<Option<Self>, Refusal> {
        match parent.get::<Either<Object<'a>, Unknown<'_>>>(name)? {
            None => Ok(None),
            Some(Either::A(object)) => Ok(Some(Self::of(object, name.to_owned()))),
            Some(Either::B(_)) => Err(must_be(name, "an object")),
        }
    }

    const fn of(object: Object<'a>, name: String) -> Self {
        Self { object, name, known: Vec::new() }
    }

    /// The message that `property` is not what it must be.
    pub(crate) fn wrong(&self, property: &str, what: &str) -> Refusal {
        must_be(&format!("{}.{property}", self.name), what)
    }

    /// What is missing must be there.
    pub(crate) fn required<T>(
        &self,
        property: &str,
        what: &str,
        value: Option<T>,
    ) -> Result<T, Refusal> {
        value.ok_or_else(|| self.wrong(property, what))
    }

    fn read<T: FromNapiValue>(
        &mut self,
        property: &'static str,
        what: &str,
    ) -> Result<Option<T>, Refusal>
    where
        Either<T, Unknown<'a>>: FromNapiValue,
    {
        self.known.push(property);
        match self.object.get::<Either<T, Unknown<'a>>>(property)? {
            None => Ok(None),
            Some(Either::A(value)) => Ok(Some(value)),
            Some(Either::B(_)) => Err(self.wrong(property, what)),
        }
    }

    pub(crate) fn flag(&mut self, property: &'static str) -> Result<Option<bool>, Refusal> {
        self.read(property, "true or false")
    }

    pub(crate) fn number(&mut self, property: &'static str) -> Result<Option<f64>, Refusal> {
        self.read(property, "a number")
    }

    /// An integer from 0 to `most`, as a number or a BigInt.
    pub(crate) fn integer(
        &mut self,
        property: &'static str,
        most: u64,
    ) -> Result<Option<u64>, Refusal> {
        self.known.push(property);
        let value = self.object.get::<Either3<f64, BigInt, Unknown<'a>>>(property)?;
        let Some(value) = value else { return Ok(None) };
        let integer = integer(&value).filter(|&integer| integer <= most);
        integer.map(Some).ok_or_else(|| self.wrong(property, &integer_to(most)))
    }

    /// An integer that a `u32` holds.
    pub(crate) fn small(&mut self, property: &'static str) -> Result<Option<u32>, Refusal> {
        let integer = self.integer(property, u32::MAX.into())?;
        Ok(integer.map(|integer| u32::try_from(integer).unwrap_or(u32::MAX)))
    }

    /// An integer of which the core refuses all from 101 on, also those that a `u8` cannot hold.
    pub(crate) fn percent(&mut self, property: &'static str) -> Result<Option<u8>, Refusal> {
        let integer = self.small(property)?;
        Ok(integer.map(|integer| u8::try_from(integer).unwrap_or(u8::MAX)))
    }

    /// One of the names of `choices`, and what it stands for.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        property: &'static str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, Refusal> {
        let what = one_of(choices);
        let Some(chosen) = self.read::<String>(property, &what)? else { return Ok(None) };
        let choice = choices.iter().find(|(name, _)| *name == chosen);
        choice.map(|(_, value)| Some(*value)).ok_or_else(|| self.wrong(property, &what))
    }

    /// A list of names of `choices`, and what they stand for.
    pub(crate) fn choices<T: Copy>(
        &mut self,
        property: &'static str,
        choices: &[(&str, T)],
    ) -> Result<Option<Vec<T>>, Refusal> {
        let what = format!("a list of {}", one_of(choices));
        let Some(list) = self.read::<Array<'a>>(property, &what)? else { return Ok(None) };
        let mut chosen = Vec::new();
        for index in 0..list.len() {
            let name = match list.get::<Either<String, Unknown<'a>>>(index)? {
                Some(Either::A(name)) => name,
                _ => return Err(self.wrong(property, &what)),
            };
            let choice = choices.iter().find(|(known, _)| *known == name);
            chosen.push(choice.ok_or_else(|| self.wrong(property, &what))?.1);
        }
        Ok(Some(chosen))
    }

    /// `N` bytes in a list.
    pub(crate) fn bytes<const N: usize>(
        &mut self,
        property: &'static str,
    ) -> Result<Option<[u8; N]>, Refusal> {
        let what = format!("a list of {N} integers from 0 to 255");
        let Some(list) = self.read::<Array<'a>>(property, &what)? else { return Ok(None) };
        let mut bytes = [0; N];
        if list.len() as usize != N {
            return Err(self.wrong(property, &what));
        }
        for (byte, index) in bytes.iter_mut().zip(0..) {
            let value = list.get::<Either3<f64, BigInt, Unknown<'a>>>(index)?;
            let value = value.as_ref().and_then(integer);
            let value = value.and_then(|value| u8::try_from(value).ok());
            *byte = value.ok_or_else(|| self.wrong(property, &what))?;
        }
        Ok(Some(bytes))
    }

    /// An object in a property.
    pub(crate) fn object(&mut self, property: &'static str) -> Result<Option<Self>, Refusal> {
        let object = self.read::<Object<'a>>(property, "an object")?;
        let name = format!("{}.{property}", self.name);
        Ok(object.map(|object| Self::of(object, name)))
    }

    /// The objects of a list. An empty one when it is undefined.
    pub(crate) fn objects(&mut self, property: &'static str) -> Result<Vec<Self>, Refusal> {
        let what = "a list of objects";
        let list = self.read::<Array<'a>>(property, what)?;
        let mut objects = Vec::new();
        for index in 0..list.as_ref().map_or(0, Array::len) {
            let element =
                list.as_ref().map(|list| list.get::<Either<Object<'a>, Unknown<'a>>>(index));
            let Some(Some(Either::A(object))) = element.transpose()? else {
                return Err(self.wrong(property, what));
            };
            objects.push(Self::of(object, format!("{}.{property}[{index}]", self.name)));
        }
        Ok(objects)
    }

    /// Refuses properties that nobody has read: a misspelt option would do nothing.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        let unknown = Object::keys(&self.object)?;
        match unknown.iter().find(|key| !self.known.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) => {
                let message = format!("{} has no option {key:?}", self.name);
                Err(Refusal::Argument(message))
            }
        }
    }
}

fn must_be(name: &str, what: &str) -> Refusal {
    Refusal::Argument(format!("{name} must be {what}"))
}

fn one_of<T>(choices: &[(&str, T)]) -> String {
    let names: Vec<_> = choices.iter().map(|(name, _)| format!("'{name}'")).collect();
    names.join(" | ")
}

fn integer_to(most: u64) -> String {
    match most {
        u64::MAX => format!("an integer from 0 to {MAX_SAFE_INTEGER}, or a BigInt of 64 bits"),
        most => format!("an integer from 0 to {most}"),
    }
}

/// The value when it is an integer that is not negative. A number over 2^53 may stand for several.
fn integer(value: &Either3<f64, BigInt, Unknown<'_>>) -> Option<u64> {
    match value {
        Either3::A(number) => integer_of_number(*number),
        Either3::B(bigint) => match bigint.get_u64() {
            (false, value, true) => Some(value),
            _ => None,
        },
        Either3::C(_) => None,
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an integer from 0 to 2^53"
)]
fn integer_of_number(number: f64) -> Option<u64> {
    let is_integer = number.fract() == 0.0 && (0.0..=MAX_SAFE_INTEGER).contains(&number);
    is_integer.then_some(number as u64)
}

/// `Number.MAX_SAFE_INTEGER` of JavaScript.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_integers_are_integers() {
        for (number, integer) in [(0.0, 0), (-0.0, 0), (5.0, 5), (MAX_SAFE_INTEGER, (1 << 53) - 1)]
        {
            assert_eq!(integer_of_number(number), Some(integer), "{number}");
        }
        for number in [-1.0, 0.5, f64::NAN, f64::INFINITY, MAX_SAFE_INTEGER + 1.0] {
            assert_eq!(integer_of_number(number), None, "{number}");
        }
    }
}
