"""The code of the README: the examples run, and the recipes serve good, hostile and too large uploads."""

import gc
import io
import json
import re
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path

import bombproof
import pytest
from conftest import REPOSITORY

README = Path(__file__).resolve().parents[1] / "README.md"
# The page for all languages.
LANGUAGES = README.parents[1] / "README.md"


def blocks(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


BLOCKS = blocks(README)
RECIPES = {match[1]: block for block in BLOCKS if (match := re.match(r"# recipe: (\w+)\n", block))}
EXAMPLES = [block for block in BLOCKS if block not in RECIPES.values()] + blocks(LANGUAGES)

# The test client of Flask leaves its temporary files to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)

Answer = tuple[int, str, bytes]
Post = Callable[[str, bytes], Answer]


def module(name: str) -> types.ModuleType:
    """The recipe as a module, which frameworks find by its name."""
    made = types.ModuleType(f"recipe_{name}")
    sys.modules[made.__name__] = made
    exec(compile(RECIPES[name], f"README.md: {name}", "exec"), vars(made))
    return made


def fastapi_client() -> Post:
    from fastapi.testclient import TestClient

    client = TestClient(module("fastapi").app, raise_server_exceptions=False)

    def post(field: str, data: bytes) -> Answer:
        answer = client.post("/avatar", files={field: ("photo", data)})
        return answer.status_code, answer.headers["content-type"], answer.content

    return post


def django_client() -> Post:
    import django
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client

    recipe = module("django")
    settings.configure(ROOT_URLCONF=recipe.__name__, ALLOWED_HOSTS=["testserver"], USE_TZ=True)
    django.setup()
    client = Client(raise_request_exception=False)

    def post(field: str, data: bytes) -> Answer:
        answer = client.post("/avatar", {field: SimpleUploadedFile("photo", data)})
        return answer.status_code, answer.headers["content-type"], answer.content

    return post


def flask_client() -> Post:
    client = module("flask").app.test_client()

    def post(field: str, data: bytes) -> Answer:
        answer = client.post("/avatar", data={field: (io.BytesIO(data), "photo")})
        return answer.status_code, answer.content_type, answer.data

    return post


CLIENTS = {"fastapi": fastapi_client, "django": django_client, "flask": flask_client}


@pytest.fixture(scope="module", params=CLIENTS)
def post(request: pytest.FixtureRequest) -> Iterator[Post]:
    yield CLIENTS[request.param]()
    # Here the warnings of what it leaves are still ignored.
    gc.collect()


def test_every_recipe_has_a_client() -> None:
    assert set(RECIPES) == set(CLIENTS)


def test_a_good_upload(post: Post, photo: bytes) -> None:
    status, media_type, body = post("photo", photo)
    assert (status, media_type) == (200, "image/webp")
    assert bombproof.probe(body).size == (256, 256)


def test_hostile_uploads(post: Post, corpus: Path, manifest) -> None:
    """Every file of the corpus that is refused, and what it is refused for."""
    statuses = {"over_limit": {413, 422}, "unsupported": {415}}
    seen = set()
    for path, entry in manifest.items():
        if not path.startswith(("bombs/", "invalid/")):
            continue
        status, media_type, body = post("photo", (corpus / path).read_bytes())
        kind = "picture" if status == 200 else json.loads(body)["error"]
        assert kind in entry.get("expect_one_of", [entry.get("expect")]), path
        seen.add(kind)
        if kind == "picture":
            assert media_type == "image/webp"
        else:
            assert media_type.startswith("application/json")
            assert status in statuses.get(kind, {422}), path
    assert seen == {
        "malformed",
        "not_credible",
        "over_limit",
        "picture",
        "truncated",
        "unsupported",
    }


def test_a_too_large_upload(post: Post, photo: bytes) -> None:
    exactly = photo + bytes(10_000_000 - len(photo))
    assert post("photo", exactly)[0] == 200
    for data in (exactly + b"\0", exactly + bytes(1_000_000)):
        assert post("photo", data)[0] == 413
    _, media_type, body = post("photo", exactly + b"\0")
    assert media_type.startswith("application/json")
    assert b"This file is too large." in body


def test_no_upload(post: Post, photo: bytes) -> None:
    assert post("other", photo)[0] in (400, 422)


@pytest.mark.parametrize("block", EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_examples_run(block: str, monkeypatch: pytest.MonkeyPatch, photo: bytes) -> None:
    monkeypatch.chdir(REPOSITORY)
    names: dict[str, object] = {}
    exec(compile(block, "README.md", "exec"), names)
    if callable(avatar := names.get("avatar")):
        assert avatar(photo).media_type == "image/jpeg"


def test_the_readme_has_its_examples() -> None:
    assert len(EXAMPLES) == 4


def test_the_readme_names_every_option_and_error() -> None:
    import dataclasses

    text = README.read_text()
    options = {field.name for field in dataclasses.fields(bombproof.Request)}
    outcome = {field.name for field in dataclasses.fields(bombproof.Thumbnail)}
    errors = {name for name, value in vars(bombproof).items() if isinstance(value, type)}
    classes = {name for name in errors if issubclass(getattr(bombproof, name), bombproof.Error)}
    # How they look by default needs no example.
    for name in options - {"fit", "enlarge", "background", "jpeg_detail"}:
        assert re.search(rf"\b{name}\b", text), name
    for name in outcome | classes:
        assert f"`{name}`" in text or f"`bombproof.{name}`" in text, name
