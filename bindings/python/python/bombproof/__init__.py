"""bombproof turns an untrusted JPEG, PNG or WebP into an avatar, inside a memory budget that is known
before the first pixel is decoded.

    import bombproof

    request = bombproof.Request.cover(256, 256, quality=80)
    try:
        avatar = bombproof.thumbnail(upload, request)
    except bombproof.Error as refused:
        answer(refused.http_status, refused.user_message)
"""

from ._bombproof import (
    BadRequest,
    Bug,
    Busy,
    Error,
    Header,
    Interrupt,
    Interrupted,
    Io,
    Malformed,
    MemoryPool,
    NotCredible,
    OutOfMemory,
    OverLimit,
    Permit,
    Plan,
    Truncated,
    Unsupported,
    __version__,
    probe,
    read_upload,
    thumbnail,
    thumbnails,
)
from ._geometry import Rect, Size
from ._limits import Limits
from ._request import Request
from ._thumbnail import Placeholder, Thumbnail

__all__ = [
    "BadRequest",
    "Bug",
    "Busy",
    "Error",
    "Header",
    "Interrupt",
    "Interrupted",
    "Io",
    "Limits",
    "Malformed",
    "MemoryPool",
    "NotCredible",
    "OutOfMemory",
    "OverLimit",
    "Permit",
    "Placeholder",
    "Plan",
    "Rect",
    "Request",
    "Size",
    "Thumbnail",
    "Truncated",
    "Unsupported",
    "__version__",
    "probe",
    "read_upload",
    "thumbnail",
    "thumbnails",
]
