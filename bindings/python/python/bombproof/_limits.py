"""The limits of a job."""

from collections.abc import Iterable
from dataclasses import dataclass

from . import _bombproof


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of a job, fixed before any byte is read.

    Every limit is finite, and no value means "unlimited". The defaults are the safe preset for
    avatars. What exceeds one raises :class:`OverLimit` before the work is done or the memory
    allocated. ``dataclasses.replace`` changes some of them.

    A field that does not exist is a ``TypeError``, and so is a fraction; a number that the library
    cannot hold is a ``ValueError``.
    """

    max_input_bytes: int = 33_554_432
    """The largest upload in bytes."""
    max_side_px: int = 65_535
    """The longest side of the upload in pixels."""
    max_pixels: int = 268_435_456
    """The largest number of pixels of the upload."""
    max_memory_bytes: int = 67_108_864
    """The most memory of one job in bytes, as ``Plan.memory_bytes`` counts it."""
    max_work: int = 3_000_000_000
    """The most work of one job, as ``Plan.work`` counts it: in nanoseconds of one core."""
    max_output_side_px: int = 4_096
    """The longest side of a requested output in pixels."""
    max_scans: int = 64
    """The largest number of scans in a JPEG."""
    max_scan_work: int = 20
    """The samples that all scans of a JPEG visit, as a multiple of those of the picture."""
    max_segments: int = 1_024
    """The largest number of segments (JPEG) or chunks (PNG, WebP) in a file."""
    max_icc_bytes: int = 1_048_576
    """The largest colour profile of a grey or RGB picture in bytes. A longer one is ignored."""
    max_icc_bytes_cmyk: int = 4_194_304
    """The same for CMYK pictures."""
    formats: Iterable[str] = ("jpeg", "png", "webp")
    """The accepted formats: some of ``"jpeg"``, ``"png"`` and ``"webp"``. Kept as a tuple."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "formats", tuple(sorted(set(self.formats))))
        _bombproof.check_limits(self)


Limits.__module__ = "bombproof"
