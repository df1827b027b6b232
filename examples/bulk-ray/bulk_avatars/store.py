"""Objects by their names, in a bucket or in a folder. A name has its object completely or not at all."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Protocol, TypeVar

import bombproof
import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

T = TypeVar("T")


class NoObjectError(Exception):
    """The store has no such object, or does not show it."""

    def __init__(self, name: str, http_status: int = 404) -> None:
        super().__init__(name, http_status)
        self.http_status = http_status


class UnavailableError(Exception):
    """The store did not answer, and went on not answering. Worth another try later."""


class Store(Protocol):
    def get(self, name: str, read: Callable[[int, IO[bytes]], T]) -> T:
        """What ``read`` makes of the length of an object and of its bytes."""

    def put(self, name: str, data: bytes) -> None: ...

    def names(self, below: str = "") -> Iterator[tuple[str, int]]:
        """The objects whose names start so, with their lengths."""

    def delete(self, name: str) -> None: ...


def open_store(url: str, patience: float = 60, connections: int = 10) -> Store:
    """The store at ``s3://bucket/prefix``, or the folder at any other path.

    A call that fails for want of the store is tried again for ``patience`` seconds.
    """
    if url.startswith("s3://"):
        bucket, _, prefix = url.removeprefix("s3://").partition("/")
        return Bucket(bucket, prefix, patience, connections)
    return Folder(Path(url), patience)


class Folder:
    """A file is written beside its place, synced, and renamed: nobody sees a half of it."""

    def __init__(self, root: Path, patience: float) -> None:
        self._root, self._patience = root, patience

    def get(self, name: str, read: Callable[[int, IO[bytes]], T]) -> T:
        def call() -> T:
            try:
                with self._path(name).open("rb") as file:
                    return read(os.fstat(file.fileno()).st_size, file)
            except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as missing:
                raise NoObjectError(name) from missing

        return _patiently(call, self._patience)

    def put(self, name: str, data: bytes) -> None:
        def call() -> None:
            path = self._path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=_HIDDEN, delete=False) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(file.name, path)

        _patiently(call, self._patience)

    def names(self, below: str = "") -> Iterator[tuple[str, int]]:
        for path in sorted(self._root.rglob("*")):
            name = path.relative_to(self._root).as_posix()
            is_object = path.is_file() and not path.name.startswith(_HIDDEN)
            if is_object and name.startswith(below):
                yield name, path.stat().st_size

    def delete(self, name: str) -> None:
        path = self._path(name)
        path.unlink(missing_ok=True)
        with suppress(OSError):
            path.parent.rmdir()  # the last one out

    def _path(self, name: str) -> Path:
        # A key may be what a user chose.
        names = name.split("/")
        if (
            not names[0]
            or "\0" in name
            or ".." in names
            or max(map(len, map(os.fsencode, names))) > 255
        ):
            raise NoObjectError(name)
        return self._root / name


class Bucket:
    """One PUT an object: S3 shows it when it is complete."""

    def __init__(self, bucket: str, prefix: str, patience: float, connections: int) -> None:
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._patience = patience
        config = Config(
            connect_timeout=5,
            read_timeout=30,
            max_pool_connections=connections,
            retries={"total_max_attempts": 1},  # _patiently tries again
        )
        self._client: Any = boto3.client("s3", config=config)

    def get(self, name: str, read: Callable[[int, IO[bytes]], T]) -> T:
        def call() -> T:
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=self._prefix + name)
            except ClientError as error:
                if error.response["Error"]["Code"] in ("NoSuchKey", "AccessDenied", "404", "403"):
                    raise NoObjectError(name, _status(error)) from error
                raise
            with answer["Body"] as body:
                return read(answer["ContentLength"], body)

        return _patiently(call, self._patience)

    def put(self, name: str, data: bytes) -> None:
        place = {"Bucket": self._bucket, "Key": self._prefix + name}
        _patiently(lambda: self._client.put_object(**place, Body=data), self._patience)

    def names(self, below: str = "") -> Iterator[tuple[str, int]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + below
        )
        for page in pages:
            for found in page.get("Contents", ()):
                yield found["Key"].removeprefix(self._prefix), found["Size"]

    def delete(self, name: str) -> None:
        place = {"Bucket": self._bucket, "Key": self._prefix + name}
        _patiently(lambda: self._client.delete_object(**place), self._patience)


def _patiently(call: Callable[[], T], patience: float) -> T:
    """Calls until the store answers. A wrong name or a refused right is raised at once."""
    deadline = time.monotonic() + patience
    pause = 0.1
    while True:
        try:
            return call()
        except (BotoCoreError, ClientError, OSError, bombproof.Io) as error:
            if isinstance(error, ClientError) and _status(error) not in _RETRYABLE:
                raise
            if time.monotonic() + pause > deadline:
                # A text: not every exception of botocore can be pickled.
                raise UnavailableError(f"{type(error).__name__}: {error}") from None
        time.sleep(pause)
        pause = min(2 * pause, 5)


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


_HIDDEN = ".unfinished-"
_RETRYABLE = (408, 429, 500, 502, 503, 504)
