"""The pictures of a test: a number of keys of which 15 in a hundred are hostile."""

import os
from itertools import cycle
from pathlib import Path

import bombproof

CORPUS = Path(__file__).parents[3] / "corpus"
KEYS = int(os.environ.get("BULK_KEYS", "2000"))


def pictures(number: int) -> dict[str, Path]:
    """Of every 20 keys, three are hostile: bombs, then files that break a rule of their format."""
    valid = cycle(_files("valid"))
    hostile = cycle(_files("bombs") + _files("invalid"))
    kinds = (hostile if index % 20 in (3, 9, 15) else valid for index in range(number))
    # Only as many as there are: zip would stop at the endless ones otherwise.
    return {f"users/{index:05}": next(kind) for index, kind in enumerate(kinds)}


def kind_of(path: Path) -> str | None:
    """What the library says of a file. Of the hostile ones, some are only slow, and are done."""
    try:
        bombproof.thumbnail(path.read_bytes(), bombproof.Request.cover(64, 64, enlarge=True))
    except bombproof.Error as error:
        return error.kind
    return None


def _files(folder: str) -> list[Path]:
    files = sorted((CORPUS / folder).iterdir())
    assert len(files) > 60, folder
    return files
