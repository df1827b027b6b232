"""Makes avatars of 2,000 files, 300 of them hostile, in an address space of so many MiB more than what the
import takes. Prints what was made and refused as JSON. Run by test_memory.py, and by hand:

    python tests/memory_job.py ../../corpus 96
"""

import itertools
import json
import resource
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import bombproof

FILES = 2_000
HOSTILE = 300


def address_space() -> int:
    """The size of this process in bytes, as ``ulimit -v`` counts it."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def limit_address_space(room: int) -> None:
    limit = address_space() + room
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def files(corpus: Path) -> list[Path]:
    """In every group of 20, three are hostile."""

    def endless(folder: str) -> Iterator[Path]:
        return itertools.cycle(sorted((corpus / folder).iterdir()))

    hostile, valid = endless("bombs"), endless("valid")
    kinds = (hostile if index % 20 in (3, 9, 15) else valid for index in range(FILES))
    return [next(kind) for kind in kinds]


def outcome(path: Path) -> str:
    request = bombproof.Request.cover(256, 256, enlarge=True)
    try:
        with path.open("rb") as file:
            upload = bombproof.read_upload(file)
        return bombproof.thumbnail(upload, request).media_type
    except bombproof.Error as error:
        return error.kind


def is_bounded(room: int) -> bool:
    try:
        bytearray(room + (1 << 20))
    except MemoryError:
        return True
    return False


def main() -> None:
    corpus, room = Path(sys.argv[1]), int(sys.argv[2]) << 20
    limit_address_space(room)
    paths = files(corpus)
    counts = {"valid": Counter(), "bombs": Counter()}
    for path in paths:
        counts[path.parent.name][outcome(path)] += 1
    print(json.dumps({**counts, "bounded": is_bounded(room)}))


if __name__ == "__main__":
    main()
