"""An upload is read to its end, or to the first byte too many."""

import io
import socket
import tempfile
from pathlib import Path

import bombproof
import pytest
from bombproof import Limits


class Counting(io.BytesIO):
    """A file that counts the bytes that were asked for."""

    asked = 0

    def read(self, size: int = -1) -> bytes:
        assert size > 0
        self.asked += size
        return super().read(size)


class Endless:
    returned = 0

    def read(self, size: int) -> bytes:
        self.returned += size
        return bytes(size)


class Returning:
    def __init__(self, *chunks: object) -> None:
        self.chunks = list(chunks)

    def read(self, size: int) -> object:
        return self.chunks.pop(0)


@pytest.mark.parametrize("length", [0, 1, 16 << 10, (16 << 10) + 1, 1_000_000])
def test_a_file_is_read_to_its_end(length: int) -> None:
    data = bytes(index % 251 for index in range(length))
    assert bombproof.read_upload(io.BytesIO(data)) == data
    assert bombproof.read_upload(io.BytesIO(data), Limits(max_input_bytes=length)) == data


def test_files_of_all_kinds(photo: bytes, tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(photo)
    with path.open("rb") as buffered, path.open("rb", buffering=0) as raw:
        assert bombproof.read_upload(buffered) == photo
        assert bombproof.read_upload(raw) == photo
    with tempfile.SpooledTemporaryFile() as spooled:
        spooled.write(photo)
        spooled.seek(0)
        assert bombproof.read_upload(spooled) == photo
    ours, theirs = socket.socketpair()
    with ours, theirs, theirs.makefile("rb") as received:
        ours.sendall(photo[:50_000])
        ours.shutdown(socket.SHUT_WR)
        assert bombproof.read_upload(received) == photo[:50_000]


def test_it_stops_at_the_first_byte_too_many() -> None:
    file = Counting(bytes(100))
    with pytest.raises(bombproof.OverLimit) as refused:
        bombproof.read_upload(file, Limits(max_input_bytes=10))
    assert (refused.value.limit, refused.value.found, refused.value.allowed) == (
        "max_input_bytes",
        11,
        10,
    )
    assert file.asked == 11
    endless = Endless()
    with pytest.raises(bombproof.OverLimit):
        bombproof.read_upload(endless, Limits(max_input_bytes=1 << 20))
    assert endless.returned == (1 << 20) + 1


def test_one_byte_at_a_time() -> None:
    assert bombproof.read_upload(Returning(b"a", b"b", b"c", b"")) == b"abc"


@pytest.mark.parametrize(
    ("file", "cause"),
    [
        (Returning(None), BlockingIOError),
        (Returning(b"x" * 100_000), OSError),
    ],
)
def test_a_broken_file_is_an_io_error(file: object, cause: type[OSError]) -> None:
    with pytest.raises(bombproof.Io) as raised:
        bombproof.read_upload(file)
    assert isinstance(raised.value.__cause__, cause)


class Raising:
    def __init__(self, exception: BaseException) -> None:
        self.exception = exception

    def read(self, size: int) -> bytes:
        raise self.exception


@pytest.mark.parametrize("exception", [KeyboardInterrupt(), ValueError("closed"), KeyError()])
def test_other_exceptions_are_passed_on(exception: BaseException) -> None:
    with pytest.raises(type(exception)) as raised:
        bombproof.read_upload(Raising(exception))
    assert raised.value is exception


@pytest.mark.parametrize("exception", [OSError("x"), TimeoutError(), InterruptedError()])
def test_an_os_error_is_the_cause(exception: OSError) -> None:
    with pytest.raises(bombproof.Io) as raised:
        bombproof.read_upload(Raising(exception))
    assert raised.value.__cause__ is exception


def test_a_file_of_text_is_a_type_error() -> None:
    with pytest.raises(TypeError, match=r"read\(\) returned str, not bytes"):
        bombproof.read_upload(io.StringIO("text"))
    with pytest.raises(AttributeError, match="read"):
        bombproof.read_upload(b"bytes")
