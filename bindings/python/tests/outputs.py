"""The requests of corpus/OUTPUTS.txt, and the description of what they give for a file."""

from pathlib import Path

import bombproof
from bombproof import Request

Named = list[tuple[str, Request]]


def split(record: str) -> tuple[str, list[str]]:
    """The head of the record, which names the requests, and the lines of the results."""
    head, results = record.split("\n\n", 1)
    return head, results.splitlines()


def requests(head: str) -> Named:
    """The requests of the head, with their names."""
    lines = [line.removeprefix("@ ") for line in head.splitlines() if line.startswith("@ ")]
    named = [line.split(": ", 1) for line in lines]
    return [(name, request([call.split() for call in calls.split(", ")])) for name, calls in named]


def request(calls: list[list[str]]) -> Request:
    """The calls that build a request in Rust, as one of Python."""
    (fit, *arguments), *others = calls
    numbers = [int(argument) for argument in arguments]
    options: dict[str, object] = {}
    sizes: list[list[int]] = []
    for name, *values in others:
        if name == "focus":
            options["focus"] = [float(value) for value in values]
        elif name == "and_size":
            sizes.append([int(value) for value in values])
        else:
            options |= option(name, [int(value) for value in values])
    options["sizes"] = sizes
    if fit == "pad":
        width, height, *canvas = numbers
        return Request.pad(width, height, canvas, **options)
    return {"cover": Request.cover, "contain": Request.contain, "full_size": Request.full_size}[
        fit
    ](*numbers, **options)


def option(name: str, values: list[int]) -> dict[str, object]:
    match name, values:
        case "jpeg" | "webp", [quality]:
            return {"format": name, "quality": quality}
        case "png" | "webp_lossless" | "pixels", []:
            return {"format": name}
        case "crop" | "background", [*_]:
            return {name: values}
        case "max_bytes" | "accept_truncated", [number]:
            return {name: number}
        case "jpeg_detail_fastest" | "jpeg_detail_best" | "jpeg_effort_smallest", []:
            name, value = name.rsplit("_", 1)
            return {name: value}
        case _, []:
            return {name: True}
    raise ValueError(f"{name} {values}")


def describe(path: str, data: bytes, named: Named) -> list[str]:
    """The path of a file, and a line for each request, or one for all that are refused alike."""
    results = [result(data, request) for _, request in named]
    if results[0].startswith("refused") and len(set(results)) == 1:
        return [path, f"  *: {results[0]}"]
    return [
        path,
        *(f"  {name}: {result}" for (name, _), result in zip(named, results, strict=True)),
    ]


def result(data: bytes, request: Request) -> str:
    """The quotes, the size and checksum of each output, or the refusal."""
    try:
        plan = bombproof.Plan(bombproof.probe(data), request)
    except bombproof.Error as error:
        return refusal(error)
    quotes = f"{plan.memory_bytes} bytes, {plan.work} ns"
    try:
        outputs = plan.run_all(data)
    except bombproof.Error as error:
        return f"{quotes}, {refusal(error)}"
    return ", ".join([quotes, *(output_of(output) for output in outputs)])


def output_of(output: bombproof.Thumbnail) -> str:
    text = f"{output.width}x{output.height} {fnv1a64(output.data):016x}"
    if output.placeholder is None:
        return text
    return f"{text} {output.placeholder.thumb_hash_base64} {output.placeholder.css_color}"


def refusal(error: bombproof.Error) -> str:
    if isinstance(error, bombproof.OverLimit):
        return f"refused: {error.kind} {error.limit} {error.found} {error.allowed}"
    return f"refused: {error.kind}"


def fnv1a64(data: bytes) -> int:
    """The checksum of the record: FNV-1a with 64 bits."""
    checksum = 0xCBF2_9CE4_8422_2325
    for byte in data:
        checksum = ((checksum ^ byte) * 0x100_0000_01B3) & 0xFFFF_FFFF_FFFF_FFFF
    return checksum


def files(corpus: Path) -> list[str]:
    """The paths of all pictures of the corpus, in the order of the record."""
    folders = ("bombs", "invalid", "valid")
    paths = (path for folder in folders for path in (corpus / folder).iterdir())
    return sorted(path.relative_to(corpus).as_posix() for path in paths)
