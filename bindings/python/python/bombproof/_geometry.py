"""Sizes and rectangles, as tuples with names."""

from typing import NamedTuple


class Size(NamedTuple):
    """A width and a height in pixels."""

    width: int
    height: int


class Rect(NamedTuple):
    """A rectangle of whole pixels. ``x`` and ``y`` are its top left corner."""

    x: int
    y: int
    width: int
    height: int


for _class in (Size, Rect):
    _class.__module__ = "bombproof"
