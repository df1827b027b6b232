"""A finished output."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ._geometry import Rect

if TYPE_CHECKING:
    from PIL import Image

Layout = Literal["gray", "gray_alpha", "rgb", "rgba"]
Gamut = Literal["srgb", "display_p3"]

_MODES: dict[Layout, str] = {"gray": "L", "gray_alpha": "LA", "rgb": "RGB", "rgba": "RGBA"}
_CHANNELS: dict[Layout, int] = {"gray": 1, "gray_alpha": 2, "rgb": 3, "rgba": 4}


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What a page shows while a picture loads. Its colours are in sRGB."""

    thumb_hash: bytes
    """A blurred picture in at most 25 bytes: a ThumbHash, which any implementation decodes."""
    dominant_color: tuple[int, int, int]
    """The most prominent colour, as red, green and blue."""

    @property
    def thumb_hash_base64(self) -> str:
        """The ThumbHash in Base64, as it is put into a page."""
        return base64.b64encode(self.thumb_hash).decode("ascii")

    @property
    def css_color(self) -> str:
        """The dominant colour as CSS writes it: ``#rrggbb``."""
        return "#{:02x}{:02x}{:02x}".format(*self.dominant_color)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """A finished output: a new file without any byte of the upload, or pixels."""

    data: bytes = field(repr=False)
    """The file. Or pixels: rows from top to bottom, no padding, straight alpha."""
    width: int
    """In pixels, upright."""
    height: int
    """In pixels, upright."""
    media_type: str
    """``image/jpeg``, ``image/png``, ``image/webp``, or ``application/octet-stream`` for pixels."""
    layout: Layout | None
    """The samples of a pixel, one byte each. ``None`` for a file."""
    gamut: Gamut
    """The colour space. sRGB unless the request says ``keep_wide_gamut``."""
    color: Literal["srgb", "converted", "converted_to_display_p3", "ignored"]
    """How the colour profile of the upload was used. ``warnings`` tells why it was ignored."""
    source_rect: Rect
    """The part of the upright upload that the output shows."""
    placeholder: Placeholder | None
    """``None`` unless the request says ``placeholder``."""
    truncated: bool
    """Whether the data of the upload ends early. ``False`` unless ``accept_truncated`` is set."""
    truncated_rows: tuple[int, int] | None
    """Of a truncated upload: the rows that the data reached, and those that it declares."""
    warnings: tuple[str, ...]
    """What a service may want to log of an upload that was accepted."""
    memory_bytes: int
    """The quote of the job: its most bytes of memory, without the copy in ``data``."""

    def __bytes__(self) -> bytes:
        return self.data

    def to_pillow(self) -> Image.Image:
        """The thumbnail as a picture of Pillow, which has to be installed."""
        from PIL import Image

        if self.layout is None:
            return Image.open(io.BytesIO(self.data))
        return Image.frombytes(_MODES[self.layout], (self.width, self.height), self.data)

    @property
    def __array_interface__(self) -> dict[str, Any]:
        """What numpy reads pixels by, in place: ``numpy.asarray(thumbnail)``. Not for files."""
        if self.layout is None:
            raise AttributeError("a file is not an array: request the format 'pixels'")
        channels = _CHANNELS[self.layout]
        shape = (self.height, self.width)
        return {
            "version": 3,
            "typestr": "|u1",
            "shape": shape if channels == 1 else (*shape, channels),
            "data": self.data,
        }


for _class in (Placeholder, Thumbnail):
    _class.__module__ = "bombproof"
