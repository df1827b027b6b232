"""Prints what the sizing page of the README is made of: CPU time of one worker with one thread, its memory,
and its calls to the store. With a folder as an argument, of the photographs in it.

    scripts/test-bulk --figures ../shared/images/photos
"""

import hashlib
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import bucket
import pyarrow as pa
from bombproof import Limits
from pictures import CORPUS
from processes import python, started

from bulk_avatars import manifest
from bulk_avatars.memory import unique_bytes, worker_bytes
from bulk_avatars.recipe import Recipe
from bulk_avatars.store import open_store
from bulk_avatars.worker import Job, Worker

BATCHES = 5


@dataclass
class Figures:
    cpu_ms: float
    library_ms: float
    keys: int
    input_bytes: float
    quoted_bytes: float
    output_bytes: float
    outputs: float


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS / "valid"
    photos = sorted(folder.glob("photo*" if folder == CORPUS / "valid" else "*"))
    print(f"{len(photos)} pictures of {folder.name}, {BATCHES} times each; sizes {Recipe.sizes}")
    with tempfile.TemporaryDirectory() as name, bucket.server(Path(name)) as server:
        os.environ |= bucket.CREDENTIALS | {"AWS_ENDPOINT_URL": server.url}
        pictures = {photo.name: photo for photo in photos}
        bucket.fill("pictures", pictures)
        bucket.fill("avatars", {})
        bucket.fill("rows", {})
        print_figures("a folder", measure(str(folder), f"{name}/avatars", f"{name}/rows", pictures))
        print_figures("S3", measure("s3://pictures", "s3://avatars", "s3://rows", pictures))
    print(f"a worker: {unique_bytes() / 2**20:.0f} MiB of its own at the end")
    print(f"a worker reserves: {worker_bytes(Limits()) / 2**20:.0f} MiB")
    with tempfile.TemporaryDirectory() as name:
        keys_of_a_million(Path(name))


def measure(source: str, avatars: str, rows: str, pictures: dict[str, Path]) -> Figures:
    batch = pa.table({"key": list(pictures), "crop": [None] * len(pictures)}, manifest.SCHEMA)
    made = []
    for number in range(BATCHES + 1):
        job = Job(source=source, avatars=avatars, rows=rows, part=f"part-{number:05}")
        worker = Worker(job)
        if number == 1:  # the first batch opens the connections
            cpu, made = time.process_time(), []
        made += worker(batch).to_pylist()
    done = [row for row in made if row["status"] == "done"]
    return Figures(
        cpu_ms=1000 * (time.process_time() - cpu) / len(made),
        library_ms=sum(row["milliseconds"] for row in done) / len(done),
        keys=len(made),
        quoted_bytes=sum(row["quoted_bytes"] for row in done) / len(done),
        input_bytes=sum(row["input_bytes"] for row in made) / len(made),
        output_bytes=sum(row["output_bytes"] for row in done) / len(done),
        outputs=sum(len(row["outputs"]) for row in done) / len(done),
    )


def print_figures(place: str, figures: Figures) -> None:
    print(
        f"{place}: {figures.cpu_ms:.1f} ms of a core a key, {1000 / figures.cpu_ms:.1f} keys a second "
        f"a core; {figures.library_ms:.1f} ms passed in the library; {figures.keys} keys of "
        f"{figures.input_bytes:,.0f} bytes, quoted {figures.quoted_bytes:,.0f} bytes; "
        f"{figures.outputs:.0f} outputs of together "
        f"{figures.output_bytes:,.0f} bytes"
    )
    core_hours = figures.cpu_ms * 100_000_000 / 3_600_000
    print(f"{place}: {core_hours:,.0f} core-hours for 100 million keys")


def keys_of_a_million(folder: Path) -> None:
    """The memory that a driver takes for the keys of one part, in a process of its own."""
    names = (hashlib.sha256(str(number).encode()).hexdigest() for number in range(1_000_000))
    manifest.write(open_store(str(folder)), (f"users/{name}/original" for name in names))
    code = (
        "from bulk_avatars import manifest, memory, store\n"
        f"folder = store.open_store({str(folder)!r})\n"
        "start = memory.unique_bytes()\n"
        "keys = manifest.read(folder, 'part-00000', '')['key']\n"
        "arrow = memory.unique_bytes()\n"
        "python = set(keys.to_pylist())\n"
        "end = memory.unique_bytes()\n"
        "print(f'a million keys of 79 bytes: {(arrow - start) / 2**20:.0f} MiB after reading the part, '\n"
        "      f'{(end - arrow) / 2**20:.0f} MiB more as a set of Python')\n"
    )
    log = folder / "log"
    with started(python("-c", code), log) as process:
        process.wait()
    print(log.read_text().strip())


if __name__ == "__main__":
    main()
