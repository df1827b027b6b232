"""What several tests need: the corpus, and pictures of it."""

import struct
import tomllib
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
CORPUS = REPOSITORY / "corpus"


@pytest.fixture(scope="session")
def corpus() -> Path:
    return CORPUS


@pytest.fixture(scope="session")
def manifest() -> dict[str, dict[str, object]]:
    """The entries of MANIFEST.toml by their paths."""
    with (CORPUS / "MANIFEST.toml").open("rb") as file:
        return {entry["path"]: entry for entry in tomllib.load(file)["file"]}


@pytest.fixture(scope="session")
def photo() -> bytes:
    """A JPEG of 2,400 × 1,600 pixels."""
    return (CORPUS / "valid/photo.jpg").read_bytes()


@pytest.fixture(scope="session")
def bomb() -> bytes:
    """65,535 × 65,535 pixels in 65 bytes."""
    return (CORPUS / "bombs/flood-65535.png").read_bytes()


def png(width: int, height: int, pixel: Callable[[int, int], tuple[int, ...]]) -> bytes:
    """A PNG of the pixels: of one, two, three or four samples."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checksum

    rows = [b"\0" + bytes(v for x in range(width) for v in pixel(x, y)) for y in range(height)]
    color_type = {1: 0, 2: 4, 3: 2, 4: 6}[len(pixel(0, 0))]
    header = struct.pack(">IIBBBBB", width, height, 8, color_type, 0, 0, 0)
    data = zlib.compress(b"".join(rows))
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks
