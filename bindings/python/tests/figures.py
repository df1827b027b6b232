"""Prints the figures of the README. Run by `scripts/test-python --figures`."""

import sys
import timeit
from pathlib import Path

import bombproof
import memory_job


def microseconds(call: object, calls: int) -> float:
    """The time of a call, at best: other work of the machine only adds to it."""
    return min(timeit.repeat(call, number=calls, repeat=20)) / calls * 1e6


def main() -> None:
    corpus = Path(sys.argv[1])
    request = bombproof.Request.cover(256, 256)
    for name in ("photo.jpg", "photo.png", "photo.webp"):
        data = (corpus / "valid" / name).read_bytes()
        header = bombproof.probe(data)
        print(
            f"{name}: probe {microseconds(lambda d=data: bombproof.probe(d), 5_000):.2f} µs", end=""
        )
        plan = microseconds(lambda h=header: bombproof.Plan(h, request), 2_000)
        job = microseconds(lambda d=data: bombproof.thumbnail(d, request), 1)
        print(f", Plan {plan:.1f} µs, thumbnail {job / 1_000:.1f} ms")
    refused = microseconds(lambda: refuse(b"GIF89a"), 5_000)
    print(f"a refusal, with its exception: {refused:.2f} µs")
    print(f"address space after import: {memory_job.address_space() / 2**20:.0f} MiB")


def refuse(data: bytes) -> None:
    try:
        bombproof.probe(data)
    except bombproof.Unsupported:
        pass
    else:
        raise AssertionError


if __name__ == "__main__":
    main()
