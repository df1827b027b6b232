"""Processes that a test starts, watches and kills: with everything that they started, by their ids."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def tree(pid: int) -> list[int]:
    """A process and its descendants."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                # After the name, which may have spaces: the state, and the parent.
                parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
                children.setdefault(int(parent), []).append(int(folder.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def workers(pid: int) -> list[int]:
    """The workers of Ray below a process."""
    found = []
    for each in tree(pid):
        with suppress(OSError):
            if b"MapWorker" in Path(f"/proc/{each}/cmdline").read_bytes():
                found.append(each)
    return found


def kill(*pids: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@contextmanager
def started(command: list[str], log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process in the background. At the end, nothing of it is left."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, env=os.environ | environment, stdout=output, stderr=subprocess.STDOUT
        )
    known = {process.pid}
    try:
        yield process
    finally:
        known.update(tree(process.pid))
        kill(*known)
        process.wait()


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not after {seconds} s"
        time.sleep(0.1)
