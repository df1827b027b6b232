"""What a type checker says of calls: strict, of the package as it is installed."""

from pathlib import Path

from conftest import REPOSITORY
from mypy import api
from test_recipes import EXAMPLES

RIGHT = """
import io
import mmap

import bombproof
from bombproof import Interrupt, Limits, MemoryPool, Plan, Request


def avatars(upload: bytes, mapped: mmap.mmap) -> list[bytes]:
    request = Request.pad(8, 8, (0, 0, 0, 0), sizes=[(4, 4)], format="webp", quality=80)
    limits = Limits(max_pixels=100, formats=["png"])
    header = bombproof.probe(mapped, limits)
    area: int = header.size.width * header.size.height
    plan = Plan(header, request, limits)
    with MemoryPool(area).reserve(plan, timeout=1) as permit:
        assert permit.bytes == plan.memory_bytes
        made = plan.run_all(memoryview(upload), timeout=1.5, interrupt=Interrupt(2))
    upload = bombproof.read_upload(io.BytesIO(upload), limits)
    first = bombproof.thumbnail(bytearray(upload), request, pool=MemoryPool(9))
    again = Request.cover(8, 8, crop=first.source_rect)
    return [bytes(thumbnail) for thumbnail in [*made, bombproof.thumbnail(upload, again)]]


def status(error: bombproof.Error) -> int:
    return error.http_status if isinstance(error, bombproof.OverLimit) else 500
"""

# Each line is wrong.
WRONG = """
Request.cover(8, 8, sharpen=True)
Request.cover(8, 8, format="gif")
Request.cover(8, 8, quality="80")
Request.cover(8.5, 8)
Limits(max_pixel=1)
bombproof.thumbnail("photo.jpg", Request.cover(8, 8))
bombproof.probe(b"").size = 7
MemoryPool(10).reserve(10)
bombproof.read_upload(b"")
"""
IMPORTS = "import bombproof\nfrom bombproof import Limits, MemoryPool, Request\n"


def errors(folder: Path, text: str) -> list[str]:
    path = folder / "checked.py"
    path.write_text(text)
    cache = str(REPOSITORY / "bindings/python/target/mypy")
    arguments = ["--strict", "--no-error-summary", "--hide-error-context", "--cache-dir", cache]
    printed, failure, _ = api.run([*arguments, str(path)])
    assert failure == ""
    return [line for line in printed.splitlines() if " error: " in line]


def test_right_calls_and_the_examples_of_the_readme(tmp_path: Path) -> None:
    examples = "\n".join(EXAMPLES)
    # The examples use some names for values of several types.
    functions = [f"def example_{i}() -> None:\n{indented(e)}" for i, e in enumerate(EXAMPLES)]
    assert "thumbnail(" in examples
    assert errors(tmp_path, RIGHT + "\n".join(functions)) == []


def indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


def test_each_wrong_call_is_an_error(tmp_path: Path) -> None:
    found = errors(tmp_path, IMPORTS + WRONG.lstrip())
    lines = {int(error.split(":")[1]) for error in found}
    first = IMPORTS.count("\n") + 1
    assert lines == set(range(first, first + len(WRONG.strip().splitlines())))
