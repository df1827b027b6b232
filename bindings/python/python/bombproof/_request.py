"""The outputs that a caller wants."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal, Self, TypedDict, Unpack

from . import _bombproof

Fit = Literal["cover", "contain", "pad", "full_size"]
Format = Literal["jpeg", "png", "webp", "webp_lossless", "pixels"]
JpegEffort = Literal["balanced", "smallest"]
JpegDetail = Literal["fastest", "balanced", "best"]


class Options(TypedDict, total=False):
    """The options of a request, which the fields of :class:`Request` explain."""

    sizes: Iterable[tuple[int, int]]
    enlarge: bool
    crop: tuple[int, int, int, int] | None
    focus: tuple[float, float] | None
    attention: bool
    format: Format
    quality: int | None
    jpeg_full_chroma: bool
    jpeg_progressive: bool
    jpeg_effort: JpegEffort
    jpeg_detail: JpegDetail
    max_bytes: int | None
    background: tuple[int, int, int]
    round: bool
    keep_wide_gamut: bool
    placeholder: bool
    accept_truncated: int | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Request:
    """The outputs that a caller wants from a picture.

    Start from :meth:`cover`, :meth:`contain`, :meth:`pad` or :meth:`full_size`, with options by their
    names. All sizes and rectangles are in pixels of the upright picture. ``dataclasses.replace`` makes
    a request that differs in some options.

    An option that does not exist is a ``TypeError``, and so is a value of another type. A value that
    is not allowed raises :class:`BadRequest`: here where it is wrong for every picture, and from
    :class:`Plan` where it is wrong for this one.
    """

    fit: Fit
    """How the picture is fitted to the size."""
    width: int | None = None
    """The width of the first output. ``None`` for the full size."""
    height: int | None = None
    """The height of the first output. ``None`` for the full size."""
    canvas: tuple[int, int, int, int] | None = None
    """With ``pad``: the colour of the canvas, as red, green, blue and alpha, 255 for opaque."""
    sizes: Iterable[tuple[int, int]] = ()
    """Further sizes from the same decode, at most seven. Kept as a tuple."""
    enlarge: bool = False
    """Also enlarges pictures that are smaller than the target."""
    crop: tuple[int, int, int, int] | None = None
    """Uses only this part of the picture: x, y, width and height, as crop dialogs report it."""
    focus: tuple[float, float] | None = None
    """The point that stays near the middle of a ``cover`` crop: x and y from 0 to 1."""
    attention: bool = False
    """Places a ``cover`` crop around edges, the colour of skin, and saturated colours."""
    format: Format = "jpeg"
    """The format of the outputs. ``"pixels"`` are samples without a file around them."""
    quality: int | None = None
    """The quality of a JPEG or a lossy WebP, from 1 to 100. ``None`` is 80. For no other format."""
    jpeg_full_chroma: bool = False
    """Writes the chroma of a JPEG in full size (4:4:4): sharp red letters, and a longer file."""
    jpeg_progressive: bool = False
    """Writes a JPEG in several scans, so that a browser shows it coarsely at first."""
    jpeg_effort: JpegEffort = "balanced"
    """``"smallest"`` is a seventh shorter, for about three times the work of writing it."""
    jpeg_detail: JpegDetail = "balanced"
    """The scale at which a JPEG is decoded: the larger, the finer the output."""
    max_bytes: int | None = None
    """The most bytes of a file. A JPEG or lossy WebP gets a lower quality if need be."""
    background: tuple[int, int, int] = (255, 255, 255)
    """The colour behind the transparent parts of a JPEG: red, green and blue."""
    round: bool = False
    """Cuts the outputs to the ellipse that touches all four sides, with a smooth edge."""
    keep_wide_gamut: bool = False
    """Converts to Display P3 instead of sRGB, where the file has more colours than sRGB."""
    placeholder: bool = False
    """Also makes a :class:`Placeholder` of each output."""
    accept_truncated: int | None = None
    """Accepts a JPEG that ends early, with at least this percentage of the rows, from 1 to 100."""

    @classmethod
    def cover(cls, width: int, height: int, **options: Unpack[Options]) -> Self:
        """Fills ``width`` × ``height`` pixels. What does not fit is cropped."""
        return cls(fit="cover", width=width, height=height, **options)

    @classmethod
    def contain(cls, width: int, height: int, **options: Unpack[Options]) -> Self:
        """Fits the complete picture inside ``width`` × ``height`` pixels."""
        return cls(fit="contain", width=width, height=height, **options)

    @classmethod
    def pad(
        cls, width: int, height: int, canvas: tuple[int, int, int, int], **options: Unpack[Options]
    ) -> Self:
        """The same, in the middle of a canvas of exactly that size. Its colour has alpha."""
        return cls(fit="pad", width=width, height=height, canvas=canvas, **options)

    @classmethod
    def full_size(cls, **options: Unpack[Options]) -> Self:
        """Keeps the size of the picture, or of the crop rectangle."""
        return cls(fit="full_size", **options)

    def __post_init__(self) -> None:
        # Lists become tuples: a request is hashable, and nobody changes it later.
        object.__setattr__(self, "sizes", tuple(tuple(size) for size in self.sizes))
        for name in ("canvas", "crop", "focus", "background"):
            value = getattr(self, name)
            if isinstance(value, list | tuple):
                object.__setattr__(self, name, tuple(value))
        _bombproof.check_request(self)

    def __repr__(self) -> str:
        """The call that makes an equal request."""
        places = ("width", "height", "canvas")
        arguments = [
            repr(getattr(self, name)) for name in places if getattr(self, name) is not None
        ]
        for option in fields(self):
            value = getattr(self, option.name)
            if option.name not in ("fit", *places) and value != option.default:
                arguments.append(f"{option.name}={value!r}")
        return f"Request.{self.fit}({', '.join(arguments)})"


Request.__module__ = "bombproof"
