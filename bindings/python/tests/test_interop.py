"""Pillow and numpy, which are installed for these tests and not needed otherwise."""

import subprocess
import sys

import bombproof
import numpy
import pytest
from bombproof import Request
from conftest import png

COLORS = {1: (7,), 2: (7, 8), 3: (7, 8, 9), 4: (7, 8, 9, 10)}


@pytest.mark.parametrize(
    ("channels", "mode", "shape"),
    [(1, "L", (2, 3)), (2, "LA", (2, 3, 2)), (3, "RGB", (2, 3, 3)), (4, "RGBA", (2, 3, 4))],
)
def test_pixels(channels: int, mode: str, shape: tuple[int, ...]) -> None:
    # A column has a level of its own, so that rows and columns cannot be exchanged.
    data = png(3, 2, lambda x, y: (x + 1, *COLORS[channels][1:]))
    thumbnail = bombproof.thumbnail(data, Request.full_size(format="pixels"))
    image = thumbnail.to_pillow()
    assert (image.mode, image.size) == (mode, (3, 2))
    array = numpy.asarray(thumbnail)
    assert (array.shape, array.dtype) == (shape, numpy.uint8)
    assert array.tobytes() == thumbnail.data == image.tobytes()
    assert (array == numpy.asarray(image)).all()
    # In place, and so read-only.
    assert numpy.shares_memory(array, numpy.frombuffer(thumbnail.data, numpy.uint8))
    assert not array.flags.writeable


@pytest.mark.parametrize("format", ["jpeg", "png", "webp", "webp_lossless"])
def test_files(photo: bytes, format: str) -> None:
    thumbnail = bombproof.thumbnail(photo, Request.cover(64, 48, format=format))
    image = thumbnail.to_pillow()
    image.load()
    assert (image.mode, image.size) == ("RGB", (64, 48))
    assert image.get_format_mimetype() == thumbnail.media_type
    assert not hasattr(thumbnail, "__array_interface__")
    assert numpy.asarray(thumbnail).shape == ()


def test_an_upload_in_an_array(photo: bytes) -> None:
    array = numpy.frombuffer(photo, numpy.uint8)
    request = Request.cover(64, 48)
    assert bombproof.thumbnail(array, request) == bombproof.thumbnail(photo, request)


def test_neither_is_imported_before_it_is_used() -> None:
    code = "import sys, bombproof; print({'PIL', 'numpy'} & set(sys.modules))"
    printed = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert printed.strip() == "set()"
