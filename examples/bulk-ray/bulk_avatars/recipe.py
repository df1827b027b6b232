"""Which files an avatar has: those of examples/upload-service, with the same names."""

import hashlib
from dataclasses import dataclass, replace

from bombproof import Request


@dataclass(frozen=True)
class Recipe:
    sizes: tuple[int, ...] = (64, 128, 256, 512)
    jpeg_quality: int = 80
    webp_quality: int = 80

    def __str__(self) -> str:
        """As the service identifies it. It takes over only what its own recipe made."""
        qualities = f"jpeg {self.jpeg_quality}, webp {self.webp_quality}"
        return f"{RENDERER_VERSION}; {sorted(set(self.sizes))}; {qualities}"

    def requests(self, crop: tuple[int, int, int, int] | None) -> list[tuple[str, Request]]:
        """The request of each format. WebP needs more memory, and comes first."""
        first, *others = sorted(set(self.sizes), reverse=True)
        sizes = [(side, side) for side in others]
        request = Request.cover(first, first, sizes=sizes, enlarge=True, crop=crop)
        webp = replace(request, format="webp", quality=self.webp_quality)
        jpeg = replace(request, format="jpeg", quality=self.jpeg_quality, placeholder=True)
        return [("webp", webp), ("jpg", jpeg)]


def content_hash(files: list[tuple[int, str, bytes]]) -> str:
    """The name of an avatar: equal for equal files, so that making it twice changes nothing."""
    content = hashlib.sha256()
    for side, _, data in files:
        content.update(side.to_bytes(4, "big") + len(data).to_bytes(8, "big") + data)
    return content.hexdigest()


RENDERER_VERSION = "bombproof 0.1, outputs of 2026-11-30"
"""That of the service, in its src/state.rs."""
