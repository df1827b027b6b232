"""The limits of the service."""

import json
from pathlib import Path

from bombproof import Limits


def read_limits(file: Path) -> Limits:
    """A file as the service reads it (``--limits``), or as it answers ``GET /limits``."""
    fields = json.loads(file.read_text(encoding="utf-8"))
    for other in ("sizes", "browser_module"):
        fields.pop(other, None)
    if "formats" in fields:
        accepted = fields["formats"].items()
        fields["formats"] = tuple(name for name, is_accepted in accepted if is_accepted)
    return Limits(**fields)
