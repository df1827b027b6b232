"""The service exports, this job regenerates, and the service imports: as if it had done it by itself."""

import http.client
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import bucket
import pyarrow.parquet as pq
import pytest
from pictures import CORPUS, kind_of
from processes import kill, python, started, wait_until

from bulk_avatars.store import open_store

SERVICE = os.environ.get("UPLOAD_SERVICE")
"""The program. scripts/test-bulk builds it."""

NEW = ["--sizes", "48,200", "--quality", "71", "--webp-quality", "62"]
"""The options of the new recipe, of the service and of this job."""
CROP = "1,2,8,6"
HOSTILE = 8

pytestmark = pytest.mark.skipif(SERVICE is None, reason="without UPLOAD_SERVICE")


@dataclass
class Service:
    """A database and a store. Without a bucket, the store is a folder in that of the database."""

    data: Path
    store: str | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def source(self) -> str:
        return self.store or f"{self.data}/blobs"

    def command(self, *arguments: str) -> list[str]:
        store = ["--store", self.store] if self.store else []
        return [SERVICE or "", "--data", str(self.data), *store, *arguments]

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            self.command(*NEW, "regenerate", *arguments),
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def serve(self, *options: str) -> Iterator[http.client.HTTPConnection]:
        log = self.data.with_suffix(".log")
        log.write_text("")
        command = self.command("--listen", "127.0.0.1:0", *options)
        with started(command, log, **self.environment):
            wait_until(lambda: "listening on" in log.read_text(), "the service")
            port = re.search(r"listening on http://[^:]+:(\d+)", log.read_text())
            assert port
            connection = http.client.HTTPConnection("127.0.0.1", int(port[1]), timeout=60)
            yield connection
            connection.close()


def test_a_folder_of_the_service_is_regenerated_as_by_itself(tmp_path: Path) -> None:
    service, copy = Service(tmp_path / "data"), Service(tmp_path / "copy")
    users = fill(service, 60)
    shutil.copytree(service.data, copy.data)
    check(service, copy, users, tmp_path, f"{tmp_path}/made", ["--engine", "ray", "--cpus", "2"])


def test_a_bucket_of_the_service_is_regenerated_as_by_itself(
    tmp_path: Path, server: bucket.Server
) -> None:
    environment = bucket.CREDENTIALS | {"AWS_ENDPOINT": server.url, "AWS_ALLOW_HTTP": "true"}
    for name in ("service", "service-copy", "service-made"):
        bucket.fill(name, {})
    service = Service(tmp_path / "data", "s3://service/avatars", environment)
    copy = Service(tmp_path / "copy", "s3://service-copy/others", environment)
    users = fill(service, 24)  # the server is slow
    shutil.copytree(service.data, copy.data)
    source, target = open_store(service.source), open_store(copy.source)
    for name, _ in source.names():
        target.put(name, source.get(name, lambda _, file: file.read()))
    check(service, copy, users, tmp_path, "s3://service-made/2026", ["--engine", "none"])


def fill(service: Service, number: int) -> list[str]:
    """Uploads so many pictures, which half of the users have kept originals of. Some show only a part."""
    valid = sorted((CORPUS / "valid").iterdir())
    pictures = dict(enumerate(islice(valid[:: len(valid) // number], number)))
    assert len(pictures) == number
    users = []
    for options in (["--keep-originals"], []):
        with service.serve(*options) as connection:
            for index, picture in pictures.items():
                if (index % 2 == 0) == bool(options):
                    users.append(f"user-{index}")
                    crop = f"?crop={CROP}" if index % 6 == 0 else ""
                    status = put(connection, users[-1] + "/avatar" + crop, picture)
                    if status == 400 and crop:  # it is outside of a small picture
                        status = put(connection, users[-1] + "/avatar", picture)
                    assert status == 200, picture
            bombs = sorted((CORPUS / "bombs").iterdir())
            # Some are only slow.
            for hostile in islice(filter(kind_of, bombs), HOSTILE):
                assert 400 <= put(connection, "mallory/avatar", hostile) < 500, hostile
    return users


def check(
    service: Service, copy: Service, users: list[str], folder: Path, made: str, engine: list[str]
) -> None:
    manifest, rows = folder / "manifest", folder / "rows"
    service.run("--export", str(manifest), "--part-keys", "15")
    parts = [pq.read_table(part) for part in sorted(manifest.iterdir())]
    keys = [key for part in parts for key in part["key"].to_pylist()]
    crops = [crop for part in parts for crop in part["crop"].to_pylist()]
    assert len(parts) > 1
    # Users with equal avatars have one key.
    assert 2 * len(users) // 3 < len(keys) <= len(users)
    assert crops.count(CROP) >= 3
    originals = sum("/original" in key for key in keys)
    assert len(keys) // 4 < originals < 3 * len(keys) // 4

    job = ["-m", "bulk_avatars", "run", "--manifest", str(manifest), "--source", service.source]
    job += ["--avatars", made, "--rows", str(rows), "--batch-keys", "10", *engine, *NEW]
    log = folder / "job.log"
    with started(python(*job), log) as running:
        assert running.wait(300) == 0, log.read_text()
    assert f"| done |  | {len(keys):,} |" in log.read_text()

    # Killed in the middle, run beside another one, and run once more.
    imports = service.command(*NEW, "regenerate", "--import", str(rows), "--avatars", made)
    with started(imports, log, **service.environment) as running:
        store = open_store(service.source)
        new = f"/{NEW[1].partition(',')[0]}.jpg"
        wait_until(
            lambda: any(name.endswith(new) for name, _ in store.names()), "an imported avatar"
        )
        kill(running.pid)
    done = service.run("--import", str(rows), "--avatars", made)
    assert re.match(r"imported \d+ avatars, \d+ changed in the meantime, 0 not made, 0 rej", done)
    done = service.run("--import", str(rows), "--avatars", made)
    assert done.startswith(f"imported 0 avatars, {len(keys)} changed in the meantime, 0 not made")

    assert copy.run().endswith(f"regenerated {len(keys)} avatars, 0 failed\n")
    assert service.run().startswith("0 avatars to regenerate")
    ours, theirs = avatars(service, users), avatars(copy, users)
    assert len(ours) == 4 * len(users)
    assert ours == theirs


def avatars(service: Service, users: list[str]) -> dict[tuple[str, int, str], tuple[str, bytes]]:
    """Every file of every avatar, with its version and its ETag, as it is served."""
    found = {}
    with service.serve(*NEW) as connection:
        for user in users:
            for side in (48, 200):
                for accept in ("image/webp", "image/jpeg"):
                    headers, body = get(connection, user, side, accept)
                    assert headers["avatar-source"] == "stored"
                    assert headers["content-type"] == accept
                    assert headers["avatar-version"] == "2"
                    found[user, side, accept] = (headers["etag"], body)
    return found


def put(connection: http.client.HTTPConnection, path: str, picture: Path) -> int:
    connection.request("PUT", f"/users/{path}", picture.read_bytes())
    answer = connection.getresponse()
    answer.read()
    return answer.status


def get(
    connection: http.client.HTTPConnection, user: str, side: int, accept: str
) -> tuple[http.client.HTTPMessage, bytes]:
    connection.request("GET", f"/users/{user}/avatar?size={side}", headers={"accept": accept})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, (user, body)
    return answer.headers, body
