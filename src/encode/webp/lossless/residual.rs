//! The residuals of the pixels after the transforms (RFC 9649, section 3.6).

use core::iter;

use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::picture::{Layout, PictureView};

/// A token of the coded picture.
#[derive(Clone, Copy, Debug)]
pub(super) enum Token {
    /// The residual of one pixel: green, red, blue and alpha, in the order of the stream.
    Pixel([u8; 4]),
    /// The number of pixels, 1 to 4096, that repeat the residual of the one before.
    Run(u16),
}

impl Token {
    /// The number of pixels that it stands for.
    pub(super) fn pixels(self) -> usize {
        match self {
            Self::Pixel(_) => 1,
            Self::Run(length) => length.into(),
        }
    }
}

/// A borrowed picture that computes its residuals without a copy.
#[derive(Clone, Copy)]
pub(super) struct Residuals<'a> {
    pixels: &'a [u8],
    width: usize,
    layout: Layout,
    /// Only alpha is coded.
    is_alpha: bool,
}

/// How a pixel is predicted from its left, top and top left neighbours (RFC 9649, 3.6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Predictor {
    Left,
    Top,
    Select,
    ClampAddSubtractFull,
    ClampAddSubtractHalf,
}

impl Predictor {
    pub(super) const fn mode(self) -> u8 {
        match self {
            Self::Left => 1,
            Self::Top => 2,
            Self::Select => 11,
            Self::ClampAddSubtractFull => 12,
            Self::ClampAddSubtractHalf => 13,
        }
    }

    fn predict(self, left: [u8; 4], top: [u8; 4], top_left: [u8; 4]) -> [u8; 4] {
        let each = |predict: fn(i16, i16, i16) -> i16| {
            let mut predicted = [0; 4];
            for (i, to) in predicted.iter_mut().enumerate() {
                let value = predict(left[i].into(), top[i].into(), top_left[i].into());
                *to = u8::try_from(value.clamp(0, 255)).unwrap_or_default();
            }
            predicted
        };
        match self {
            Self::Left => left,
            Self::Top => top,
            Self::Select => {
                let distance = |a: [u8; 4], b: [u8; 4]| -> u32 {
                    a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(b))).sum()
                };
                // When the two pixels above are similar, left + top - top_left is near to left.
                if distance(top, top_left) < distance(left, top_left) { left } else { top }
            }
            Self::ClampAddSubtractFull => each(|left, top, top_left| left + top - top_left),
            Self::ClampAddSubtractHalf => each(|left, top, top_left| {
                let average = (left + top) / 2;
                average + (average - top_left) / 2
            }),
        }
    }
}

impl<'a> Residuals<'a> {
    pub(super) const fn new(picture: PictureView<'a>) -> Self {
        let PictureView { size, layout, pixels, .. } = picture;
        Self { pixels, width: size.width as usize, layout, is_alpha: false }
    }

    /// Alpha as a grey picture.
    pub(super) const fn of_alpha(picture: PictureView<'a>) -> Self {
        Self { is_alpha: true, ..Self::new(picture) }
    }

    /// The predictor with the smallest residuals on every fourth row. Polls at each of them.
    pub(super) fn best_predictor(&self, interrupt: &Interrupt) -> Result<Predictor, Error> {
        let mut best = (Predictor::Left, u64::MAX);
        for predictor in PREDICTORS {
            let mut cost = 0;
            for y in (1..self.pixels.len() / self.row_bytes()).step_by(4) {
                interrupt.check()?;
                let residuals = self.row(predictor, y).flatten();
                cost +=
                    residuals.map(|value| u64::from(value.min(value.wrapping_neg()))).sum::<u64>();
            }
            if cost < best.1 {
                best = (predictor, cost);
            }
        }
        Ok(best.0)
    }

    /// Hands all tokens to `take`. Polls whenever they amount to a row of pixels.
    pub(super) fn each_token(
        &self,
        predictor: Predictor,
        interrupt: &Interrupt,
        mut take: impl FnMut(Token) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut pixels = 0;
        for token in self.tokens(predictor) {
            take(token)?;
            pixels += token.pixels();
            if pixels >= self.width {
                interrupt.check()?;
                pixels = 0;
            }
        }
        Ok(())
    }

    /// The residuals of all rows. Repeated residuals are replaced by their run length.
    fn tokens(&self, predictor: Predictor) -> impl Iterator<Item = Token> {
        let picture = *self;
        let rows = self.pixels.len() / self.row_bytes();
        let mut residuals = (0..rows).flat_map(move |y| picture.row(predictor, y)).peekable();
        let mut last = None;
        iter::from_fn(move || {
            let mut run = 0;
            while run < MAX_RUN && last.is_some() && residuals.peek() == last.as_ref() {
                residuals.next();
                run += 1;
            }
            if run > 0 {
                return Some(Token::Run(run));
            }
            last = residuals.next();
            last.map(Token::Pixel)
        })
    }

    fn row_bytes(&self) -> usize {
        self.width * self.layout.bytes_per_pixel()
    }

    fn row(self, predictor: Predictor, y: usize) -> impl Iterator<Item = [u8; 4]> {
        let row_bytes = self.row_bytes();
        let row =
            |y: usize| self.pixels.get(y * row_bytes..(y + 1) * row_bytes).unwrap_or_default();
        let above = if y == 0 { &[] } else { row(y - 1) };
        let bytes_per_pixel = self.layout.bytes_per_pixel();
        let mut above = above.chunks_exact(bytes_per_pixel).map(move |p| self.subtract_green(p));
        let mut left = None;
        let mut top_left = [0; 4];
        row(y).chunks_exact(bytes_per_pixel).map(move |pixel| {
            let pixel = self.subtract_green(pixel);
            let top = above.next();
            let predicted = match (left, top) {
                (Some(left), Some(top)) => predictor.predict(left, top, top_left),
                (Some(left), None) => left,
                (None, Some(top)) => top,
                (None, None) => OPAQUE_BLACK,
            };
            left = Some(pixel);
            top_left = top.unwrap_or_default();
            let mut residual = [0; 4];
            for (to, (value, predicted)) in
                residual.iter_mut().zip(pixel.into_iter().zip(predicted))
            {
                *to = value.wrapping_sub(predicted);
            }
            residual
        })
    }

    /// Green, red minus green, blue minus green, alpha (RFC 9649, 3.6.3).
    fn subtract_green(self, pixel: &[u8]) -> [u8; 4] {
        match (self.layout, pixel) {
            (_, &[.., alpha]) if self.is_alpha => [alpha, 0, 0, 255],
            (Layout::Gray, &[value]) => [value, 0, 0, 255],
            (Layout::GrayAlpha, &[value, alpha]) => [value, 0, 0, alpha],
            (Layout::Rgb, &[red, green, blue]) => {
                [green, red.wrapping_sub(green), blue.wrapping_sub(green), 255]
            }
            (Layout::Rgba, &[red, green, blue, alpha]) => {
                [green, red.wrapping_sub(green), blue.wrapping_sub(green), alpha]
            }
            _ => OPAQUE_BLACK,
        }
    }
}

const PREDICTORS: [Predictor; 5] = [
    Predictor::Left,
    Predictor::Top,
    Predictor::Select,
    Predictor::ClampAddSubtractFull,
    Predictor::ClampAddSubtractHalf,
];
const OPAQUE_BLACK: [u8; 4] = [0, 0, 0, 255];
const MAX_RUN: u16 = 4096;
