"""The function itself, without an engine."""

import hashlib
import json
import shutil
from pathlib import Path

import bombproof
import pyarrow as pa
import pytest
from bombproof import Limits
from pictures import CORPUS

from bulk_avatars import manifest, rows, summary
from bulk_avatars.limits import read_limits
from bulk_avatars.memory import worker_bytes
from bulk_avatars.recipe import Recipe
from bulk_avatars.run import in_this_process, run
from bulk_avatars.store import Folder, NoObjectError, UnavailableError, open_store
from bulk_avatars.worker import Job, Worker


@pytest.fixture
def job(tmp_path: Path) -> Job:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("valid/photo.jpg", "valid/photo.png", "bombs/flood-65535.png"):
        shutil.copy(CORPUS / name, source)
    places = {name: f"{tmp_path}/{name}" for name in ("source", "avatars", "rows")}
    return Job(**places, part="part-00000", recipe=Recipe((64, 128)), patience=0.3)


def do(job: Job, *keys: str, crop: str | None = None) -> list[dict]:
    batch = pa.table({"key": keys, "crop": [crop] * len(keys)}, manifest.SCHEMA)
    return Worker(job)(batch).to_pylist()


def test_an_avatar_has_its_sizes_in_both_formats_and_is_named_by_its_content(job: Job) -> None:
    [row] = do(job, "photo.jpg")
    assert (row["status"], row["kind"], row["http_status"]) == ("done", None, 200)
    names = [f"{row['hash']}/{name}" for name in ("128.webp", "64.webp", "128.jpg", "64.jpg")]
    assert row["outputs"] == names
    upload = (CORPUS / "valid/photo.jpg").read_bytes()
    [_, small] = bombproof.thumbnails(
        upload, bombproof.Request.cover(128, 128, sizes=[(64, 64)], enlarge=True)
    )
    stored = [Path(job.avatars, name).read_bytes() for name in names]
    assert stored[3] == small.data
    assert row["output_sha256"] == [hashlib.sha256(data).hexdigest() for data in stored]
    assert row["output_bytes"] == sum(map(len, stored))
    assert row["input_bytes"] == len(upload)
    assert row["work"] > 0
    assert row["milliseconds"] > 0
    assert 0 < row["quoted_bytes"] < 5_000_000
    assert row["measured_bytes"] > 0
    assert row["worker_bytes"] > 20_000_000


def test_a_refusal_is_a_row_with_numbers(job: Job) -> None:
    [bomb, missing, outside, long] = do(job, "flood-65535.png", "nobody", "../secret", 300 * "x")
    assert bomb["status"] == "refused"
    assert (bomb["kind"], bomb["limit"], bomb["http_status"]) == ("over_limit", "max_pixels", 413)
    assert (bomb["found"], bomb["allowed"]) == (65_535**2, Limits().max_pixels)
    assert bomb["outputs"] is None
    for row in (missing, outside, long):
        assert (row["status"], row["kind"], row["http_status"]) == ("failed", "no_object", 404)


def test_a_crop_is_that_of_the_manifest(job: Job) -> None:
    [whole] = do(job, "photo.jpg")
    [part] = do(job, "photo.jpg", "photo.png", crop="10,20,100,100")[:1]
    assert part["status"] == "done"
    assert part["hash"] != whole["hash"]
    for crop in ("1,2,3", "a,b,c,d", "1,2,3,99999999", "-1,0,5,5"):
        rows_of = do(job, "photo.png", "photo.jpg", "flood-65535.png", crop=crop)
        assert {row["kind"] for row in rows_of[:2]} == {"bad_request"}, crop


def test_an_upload_is_read_no_further_than_the_limit(job: Job) -> None:
    limits = Limits(max_input_bytes=1000)
    [row] = do(Job(**{**vars(job), "limits": limits}), "photo.jpg")
    assert (row["status"], row["limit"], row["allowed"]) == ("refused", "max_input_bytes", 1000)


def test_threads_share_the_memory_of_the_worker(job: Job) -> None:
    [row] = do(job, "photo.png")
    length = (CORPUS / "valid/photo.jpg").stat().st_size
    small = Limits(max_input_bytes=length + 1, max_memory_bytes=row["quoted_bytes"] + 1)
    shared = Job(**{**vars(job), "limits": small, "threads": 8, "part": "another"})
    for index in range(16):
        shutil.copy(CORPUS / "valid/photo.png", Path(job.source, f"copy-{index}"))
    made = do(shared, *(f"copy-{index}" for index in range(16)))
    assert {row["hash"] for row in made} == {row["hash"]}


def test_a_worker_reserves_a_constant() -> None:
    """The numbers of the README."""
    assert worker_bytes(Limits()) == 320 << 20
    assert worker_bytes(Limits(), shares=5) == 704 << 20


def test_a_batch_that_is_done_is_not_done_again(job: Job) -> None:
    first = do(job, "photo.jpg", "photo.png")
    shutil.rmtree(job.source)
    assert do(job, "photo.jpg", "photo.png") == first


def test_only_a_store_that_is_away_is_raised(job: Job) -> None:
    Path(job.avatars).touch()  # no folder: every PUT fails
    with pytest.raises(UnavailableError):
        do(job, "photo.jpg")
    assert list(rows.read_all(open_store(job.rows))) == []


def test_a_file_is_complete_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Folder(tmp_path, 0)
    store.put("a/b", b"old")

    def power_failure(_: int) -> None:
        raise OSError

    monkeypatch.setattr("os.fsync", power_failure)
    with pytest.raises(UnavailableError):
        store.put("a/b", b"new")
    assert store.get("a/b", lambda _, file: file.read()) == b"old"
    assert [name for name, _ in store.names()] == ["a/b"]
    with pytest.raises(NoObjectError):
        store.get("../x", lambda _, file: file.read())


def test_a_manifest_is_cut_in_parts_and_has_each_key_once(job: Job, tmp_path: Path) -> None:
    parts = open_store(f"{tmp_path}/manifest")
    keys = manifest.keys_of_listing(open_store(job.source))
    assert manifest.write(parts, keys, part_keys=2) == 2
    assert manifest.parts(f"{tmp_path}/manifest")[1] == ["part-00000", "part-00001"]
    twice = pa.table({"key": ["photo.jpg", "photo.png", "photo.jpg"]})
    pa.parquet.write_table(twice, tmp_path / "manifest/part-00001.parquet")
    read = manifest.read(parts, "part-00001", str(job.recipe))
    assert read["key"].to_pylist() == ["photo.jpg", "photo.png"]


def test_a_manifest_can_be_one_file_and_is_for_one_recipe(job: Job, tmp_path: Path) -> None:
    recipe = Recipe((128, 64), 70, 60)
    assert str(recipe).endswith("; [64, 128]; jpeg 70, webp 60")
    schema = manifest.SCHEMA.with_metadata({"recipe": str(recipe)})
    keys = pa.table({"key": ["photo.jpg"], "crop": ["10,20,100,100"]}, schema)
    pa.parquet.write_table(keys, tmp_path / "stale.parquet")
    url = f"{tmp_path}/stale.parquet"
    store, names = manifest.parts(url)
    assert names == ["stale"]
    assert manifest.read(store, "stale", str(recipe)).to_pylist() == keys.to_pylist()

    for other in (Recipe((128, 64), 71, 60), Recipe((64,), 70, 60), Recipe((128, 64), 70, 61)):
        with pytest.raises(manifest.RecipeError, match="jpeg 70, webp 60"):
            run(Job(**{**vars(job), "recipe": other}), url, 10, in_this_process)
    assert list(rows.read_all(open_store(job.rows))) == []
    run(Job(**{**vars(job), "recipe": recipe}), url, 10, in_this_process)
    [table] = rows.read_all(open_store(job.rows))
    assert table["recipe"].to_pylist() == [str(recipe)]


def test_limits_are_those_of_the_service(tmp_path: Path) -> None:
    file = tmp_path / "limits.json"
    formats = {"jpeg": True, "png": False, "webp": True}
    # As GET /limits answers.
    answer = {"max_pixels": 1000, "formats": formats, "sizes": [64], "browser_module": False}
    file.write_text(json.dumps(answer))
    assert read_limits(file) == Limits(max_pixels=1000, formats=("jpeg", "webp"))
    file.write_text('{"max_pixel": 1000}')
    with pytest.raises(TypeError, match="max_pixel"):
        read_limits(file)


def test_a_complete_part_has_one_row_a_key(job: Job) -> None:
    do(job, "photo.jpg", "photo.png")
    do(job, "photo.png", "flood-65535.png")  # as a worker that outlived its cluster
    store = open_store(job.rows)
    part = rows.Rows(store, job.part)
    keys = ["flood-65535.png", "photo.jpg", "photo.png"]
    with pytest.raises(RuntimeError, match="1 keys have no row, as 'nobody'"):
        part.complete([*keys, "nobody"])
    assert part.finished_keys() == set(keys)
    part.complete(keys)
    assert part.is_complete()
    # A late batch of a complete part is not counted.
    do(job, "photo.jpg")
    [table] = rows.read_all(store)
    assert sorted(table["key"].to_pylist()) == keys


def test_the_summary_counts_and_draws(job: Job, tmp_path: Path) -> None:
    manifest.write(open_store(f"{tmp_path}/manifest"), ["photo.jpg", "flood-65535.png", "nobody"])
    run(job, f"{tmp_path}/manifest", 2, in_this_process)
    sums = summary.read(open_store(job.rows))
    text = sums.markdown()
    for line in (
        "| done |  | 1 |",
        "| refused | over_limit max_pixels | 1 |",
        "| failed | no_object | 1 |",
        "| all | | 3 |",
    ):
        assert line in text
    assert "| bytes saved |" in text
    assert "over_limit max_pixels" in sums.svg()
