"""What a call from Python costs besides the library."""

import timeit
from pathlib import Path

import bombproof


def test_probe_takes_less_than_two_microseconds(corpus: Path) -> None:
    """For a file of which the library reads hardly anything, so that most of it is the call."""
    data = (corpus / "valid/photo.png").read_bytes()
    # Other work of the machine only adds to the shortest time.
    seconds = min(timeit.repeat(lambda: bombproof.probe(data), number=1_000, repeat=50)) / 1_000
    assert seconds < 2e-6
