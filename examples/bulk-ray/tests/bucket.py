"""An S3 server that counts, on this machine."""

import re
import socket
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3
from processes import python, started, wait_until

from bulk_avatars.store import open_store

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@dataclass
class Server:
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def gets(self, bucket: str) -> Counter[str]:
        """How often each key of a bucket was read."""
        lines = self.log.read_text(errors="replace")
        return Counter(re.findall(rf'"GET /{bucket}/([^ ?]+) HTTP', lines))


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    found = Server(free_port(), folder / "s3.log")
    command = ["-m", "moto.server", "--host", "127.0.0.1", "--port", str(found.port)]
    with started(python(*command), found.log):
        wait_until(lambda: _answers(found.url), "the S3 server")
        yield found


def fill(bucket: str, pictures: dict[str, Path]) -> None:
    boto3.client("s3").create_bucket(Bucket=bucket)
    store = open_store(f"s3://{bucket}")
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda item: store.put(item[0], item[1].read_bytes()), pictures.items()))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except OSError:
        return False
    return True
