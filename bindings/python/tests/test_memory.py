"""Memory: the bound of a process, and what happens where it is too small."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="counts memory as Linux does")

FOLDER = Path(__file__).parent


def run(*arguments: str) -> str:
    job = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=300, check=False
    )
    assert job.returncode == 0, job.stderr
    return job.stdout


def test_2000_files_of_which_300_are_hostile_within_96_mebibytes(corpus: Path) -> None:
    counts = json.loads(run(str(FOLDER / "memory_job.py"), str(corpus), "96"))
    assert counts["bounded"]
    assert counts["valid"] == {"image/jpeg": 1_700}
    assert sum(counts["bombs"].values()) == 300
    # Of the bombs, some are pictures at a bounded cost. None is refused for lack of memory.
    assert set(counts["bombs"]) == {
        "image/jpeg",
        "malformed",
        "not_credible",
        "over_limit",
        "truncated",
    }


NO_ROOM = """
import sys
sys.path.insert(0, sys.argv[1])
import bombproof, memory_job

photo = open(sys.argv[2] + "/valid/photo.jpg", "rb").read()
avatar = bombproof.Request.cover(64, 64)
expected = bombproof.thumbnail(photo, avatar)
memory_job.limit_address_space(int(sys.argv[3]))
# 11.5 MB of pixels: in the library, and once more as bytes.
large = bombproof.Request.full_size(format="pixels")
calls = [
    lambda: bombproof.thumbnail(photo, large),
    lambda: bombproof.read_upload(type("Zeros", (), {"read": lambda self, size: bytes(size)})()),
]
for call in calls:
    try:
        call()
    except bombproof.OutOfMemory as error:
        assert error.kind == "out_of_memory" and error.http_status == 503 and error.retryable
        print(error)
assert bombproof.thumbnail(photo, avatar) == expected
"""


@pytest.mark.parametrize("room", [6 << 20, 18 << 20])
def test_too_little_memory_is_an_error_and_not_the_end(corpus: Path, room: int) -> None:
    """With 6 MiB the library has no room for the pixels, with 18 MiB there is none for the copy."""
    lines = run("-c", NO_ROOM, str(FOLDER), str(corpus), str(room)).splitlines()
    assert len(lines) == 2
    assert all(line.startswith("the allocator refused ") for line in lines)
