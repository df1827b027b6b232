"""The package: stubs, documentation, and the files that are installed."""

import ast
import importlib.metadata
import inspect
from pathlib import Path

import bombproof
from bombproof import _bombproof
from conftest import REPOSITORY

FOLDER = Path(__file__).resolve().parents[1]
STUB = ast.parse((FOLDER / "python/bombproof/_bombproof.pyi").read_text())


def test_the_docs_of_the_stub_are_those_of_the_module() -> None:
    """Editors show those of the stub, and help() those of the module."""
    compared = 0
    for node in STUB.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            value = getattr(_bombproof, node.name)
            assert ast.get_docstring(node) == inspect.getdoc(value), node.name
            for member in node.body:
                if isinstance(member, ast.FunctionDef) and not member.name.startswith("__"):
                    docs = inspect.getdoc(getattr(value, member.name))
                    assert ast.get_docstring(member) == docs, f"{node.name}.{member.name}"
                    assert docs
                    compared += 1
    assert compared > 30


def test_everything_public_is_documented() -> None:
    assert len(bombproof.__all__) == 28
    for name in bombproof.__all__:
        value = getattr(bombproof, name)
        if callable(value):
            assert inspect.getdoc(value), name
            assert value.__module__ in ("bombproof", "bombproof._bombproof"), name


def test_the_wheel_has_its_licences_and_stubs() -> None:
    files = {file.name for file in importlib.metadata.files("bombproof") or ()}
    assert files >= {"py.typed", "_bombproof.pyi", "LICENSE-MIT", "LICENSE-APACHE"}
    if (FOLDER / "THIRD-PARTY-LICENSES").exists():
        assert "THIRD-PARTY-LICENSES" in files
    metadata = importlib.metadata.metadata("bombproof")
    assert metadata["License-Expression"] == "MIT OR Apache-2.0"
    assert metadata["Version"] == bombproof.__version__
    assert metadata.get_payload().startswith("# bombproof for Python\n")
    assert metadata["Description-Content-Type"].startswith("text/markdown")


def test_the_licences_are_those_of_the_library() -> None:
    for name in ("LICENSE-MIT", "LICENSE-APACHE"):
        assert (FOLDER / "licenses" / name).read_bytes() == (REPOSITORY / name).read_bytes()
