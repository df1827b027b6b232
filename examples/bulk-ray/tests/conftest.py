import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import bucket
import pyarrow as pa
import pytest
from pictures import KEYS, pictures
from processes import python, started

from bulk_avatars import manifest
from bulk_avatars.recipe import Recipe
from bulk_avatars.rows import read_all
from bulk_avatars.run import in_this_process, run
from bulk_avatars.store import open_store
from bulk_avatars.worker import Job

SIZES = (64,)
"""One, because the S3 server takes longer for a PUT than the library for a picture."""
FEW = min(KEYS, max(KEYS // 5, 200))
"""The keys of the tests that stop a job."""

# What is equal however often and wherever a key is done.
VARIABLE = ["measured_bytes", "worker_bytes", "milliseconds", "store_milliseconds"]


@dataclass
class Case:
    """A job on some of the keys, as the command line starts it."""

    folder: Path
    server: bucket.Server
    name: str
    keys: int
    environment: dict[str, str]

    @property
    def avatars(self) -> str:
        return f"s3://{self.name}-avatars"

    def write_manifest(self, part_keys: int = manifest.PART_KEYS) -> None:
        keys = sorted(pictures(self.keys))
        manifest.write(open_store(f"{self.folder}/manifest"), keys, part_keys)

    def start(self, *options: str, avatars: str | None = None) -> AbstractContextManager:
        command = ["-m", "bulk_avatars", "run", "--manifest", f"{self.folder}/manifest"]
        command += ["--source", f"s3://{self.name}", "--rows", f"{self.folder}/rows"]
        command += ["--avatars", avatars or self.avatars, "--sizes", ",".join(map(str, SIZES))]
        log = self.folder / "job.log"
        return started(python(*command, *options), log, **self.environment)

    def gets(self) -> int:
        return self.server.gets(self.name).total()

    def repeated(self) -> int:
        gets = self.server.gets(self.name)
        return gets.total() - len(gets)

    def rows(self) -> list[dict]:
        return rows(f"{self.folder}/rows")


@dataclass
class Reference:
    """What one process makes of all keys, without an engine."""

    folder: Path

    def rows(self, keys: int) -> list[dict]:
        wanted = pictures(keys)
        return [row for row in rows(f"{self.folder}/rows") if row["key"] in wanted]

    def objects(self, keys: int) -> dict[str, bytes]:
        made = objects(f"{self.folder}/avatars")
        return {name: made[name] for row in self.rows(keys) for name in row["outputs"] or ()}


def rows(url: str) -> list[dict]:
    """All rows by their keys, without what varies."""
    table = pa.concat_tables(list(read_all(open_store(url)))).drop_columns(VARIABLE)
    return sorted(table.to_pylist(), key=lambda row: row["key"])


def objects(url: str) -> dict[str, bytes]:
    store = open_store(url)
    return {name: store.get(name, lambda _, file: file.read()) for name, _ in store.names()}


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    folder = tmp_path_factory.mktemp("reference")
    keys = pictures(KEYS)
    for key, path in keys.items():
        place = folder / "source" / key
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)
    manifest.write(open_store(f"{folder}/manifest"), sorted(keys))
    places = {name: f"{folder}/{name}" for name in ("source", "avatars", "rows")}
    job = Job(**places, part="", recipe=Recipe(SIZES), threads=2)
    run(job, f"{folder}/manifest", 100, in_this_process)
    return Reference(folder)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bucket.Server]:
    with bucket.server(tmp_path_factory.mktemp("s3")) as found:
        os.environ |= bucket.CREDENTIALS | {"AWS_ENDPOINT_URL": found.url}
        yield found


@pytest.fixture
def case(tmp_path: Path, server: bucket.Server, request: pytest.FixtureRequest) -> Case:
    keys = KEYS if "all_keys" in request.keywords else FEW
    name = request.node.name.removeprefix("test_").replace("_", "-")[:40].strip("-")
    bucket.fill(name, pictures(keys))
    bucket.fill(f"{name}-avatars", {})
    case = Case(tmp_path, server, name, keys, {})
    case.write_manifest()
    return case
