from types import TracebackType
from typing import Any, Literal, Protocol, Self, final

from typing_extensions import Buffer

from ._geometry import Rect, Size
from ._limits import Limits
from ._request import Request
from ._thumbnail import Thumbnail

__all__ = [
    "BadRequest",
    "Bug",
    "Busy",
    "Error",
    "Header",
    "Interrupt",
    "Interrupted",
    "Io",
    "Malformed",
    "MemoryPool",
    "NotCredible",
    "OutOfMemory",
    "OverLimit",
    "Permit",
    "Plan",
    "Truncated",
    "Unsupported",
    "__version__",
    "_panic",
    "check_limits",
    "check_request",
    "default_limits",
    "probe",
    "read_upload",
    "thumbnail",
    "thumbnails",
]

__version__: str

class _Readable(Protocol):
    def read(self, size: int, /) -> bytes | None: ...

class Error(Exception):
    """Why a call returned no picture. Each kind has a class of its own.

    Every exception has the attributes kind, limit, found, allowed, message, user_message,
    http_status and retryable. vars(error) is a dictionary of them.
    """

    kind: str
    """The kind of error in snake case: ``"over_limit"``, ``"truncated"`` and so on."""
    limit: str | None
    """The name of the exceeded limit."""
    found: int | None
    """The value that was found, in the unit of the limit."""
    allowed: int | None
    """The allowed or available value, in the same unit."""
    message: str
    """What went wrong, with numbers, for the log."""
    user_message: str
    """A fixed sentence for the person who uploaded."""
    http_status: int
    """The HTTP status to answer with."""
    retryable: bool
    """True when the same call may succeed later."""

class Unsupported(Error):
    """The file is of a kind that is not decoded."""

class Malformed(Error):
    """The file breaks a rule of its own format."""

class Truncated(Error):
    """The file ends before the picture is complete."""

class OverLimit(Error):
    """The file or the request exceeds a limit. The attributes limit, found and allowed tell which."""

class NotCredible(Error):
    """The header declares more pixels than the data of the file can encode."""

class BadRequest(Error):
    """The request is invalid, for any file or for this one."""

class Interrupted(Error):
    """The time was up, or the job was cancelled."""

class Busy(Error):
    """The memory pool has too little free memory for this job now."""

class OutOfMemory(Error):
    """The machine has no memory that the limits allow."""

class Io(Error):
    """Reading the upload failed. __cause__ is the OSError of the file."""

class Bug(Error):
    """bombproof broke one of its promises. Please report it."""

@final
class Header:
    """What the header of a file declares. Only probe makes one; from_json and pickle carry it to other
    processes.
    """

    @property
    def format(self) -> Literal["jpeg", "png", "webp"]:
        """The format of the data, whatever the name of the file is."""
    @property
    def size(self) -> Size:
        """Width and height as stored, before the orientation is applied."""
    @property
    def upright_size(self) -> Size:
        """Width and height after the orientation is applied."""
    @property
    def bit_depth(self) -> int:
        """Bits per sample as stored: 1, 2, 4, 8 or 16."""
    @property
    def color(self) -> Literal["gray", "rgb", "ycbcr", "indexed", "cmyk", "ycck"]:
        """The colour model as stored."""
    @property
    def alpha(self) -> bool:
        """True if pixels may be transparent."""
    @property
    def orientation(self) -> int:
        """How the picture becomes upright: the value of the Exif tag, 1 to 8."""
    @property
    def progressive(self) -> bool:
        """True for a progressive JPEG or an interlaced PNG."""
    @property
    def animated(self) -> bool:
        """True if the file is an animation. Only its first frame is decoded."""
    @property
    def icc(self) -> Literal["gray", "rgb", "cmyk", "other", "compressed"] | None:
        """The colour space of the embedded ICC profile, if there is one."""
    @property
    def scans(self) -> int | None:
        """The number of scans of a JPEG."""
    @property
    def input_bytes(self) -> int:
        """The length of the upload in bytes."""
    @property
    def segments(self) -> int:
        """The number of segments or chunks that were read."""
    def to_json(self) -> str:
        """The header as text, for another process: also for one that is not written in Python."""
    @classmethod
    def from_json(cls, text: str) -> Self:
        """The header that to_json wrote, with the same version of bombproof.

        A Plan of a forged header runs on no upload: run() probes it again, and raises BadRequest.

        Raises ValueError for a text that is no header, or one that no file can have.
        """
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any) -> Self: ...

@final
class Plan:
    """How an upload becomes its outputs, and what that costs. It exists only after all limits were
    checked. str(plan) explains it in one line.

    Raises OverLimit for the first exceeded limit, NotCredible, Truncated, Unsupported for a format that
    the limits exclude, and BadRequest.
    """

    def __new__(cls, header: Header, request: Request, limits: Limits | None = None) -> Self: ...
    @property
    def memory_bytes(self) -> int:
        """The quote: the most bytes that the job needs, with its outputs, without the upload."""
    @property
    def work(self) -> int:
        """The most time that the job takes, in nanoseconds of one core of the measured machine."""
    @property
    def header(self) -> Header:
        """The header that the plan was made from."""
    @property
    def output_size(self) -> Size:
        """The size of the first output."""
    @property
    def output_sizes(self) -> tuple[Size, ...]:
        """The sizes of all outputs, in the order of the request."""
    @property
    def crop(self) -> Rect:
        """The part of the picture that the outputs need, in stored pixels."""
    @property
    def scale_divisor(self) -> int:
        """The divisor of the sides in the decoder itself: 1, 2, 4 or 8."""
    @property
    def box_size(self) -> Size:
        """The boxes that are averaged after decoding, in decoded pixels."""
    def run(
        self, data: Buffer, *, timeout: float | None = None, interrupt: Interrupt | None = None
    ) -> Thumbnail:
        """Makes the first output. data are the bytes that the plan was made from.

        timeout is in seconds from now; interrupt is for other threads. The first of them stops the job.

        Raises BadRequest for other bytes, Malformed, Truncated, Unsupported, OverLimit for an output
        that is longer than max_bytes, Interrupted, and OutOfMemory.
        """
    def run_all(
        self, data: Buffer, *, timeout: float | None = None, interrupt: Interrupt | None = None
    ) -> list[Thumbnail]:
        """Makes all outputs from one decode, in the order of the request. Otherwise like run()."""
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any) -> Self: ...

@final
class Interrupt:
    """Stops jobs: when timeout seconds have passed since it was made, or when a thread calls cancel().

    One Interrupt may be given to any number of jobs.
    """

    def __new__(cls, timeout: float | None = None) -> Self: ...
    def cancel(self) -> None:
        """Stops the jobs that have this Interrupt, now and later."""
    @property
    def cancelled(self) -> bool:
        """Whether cancel() was called."""

@final
class MemoryPool:
    """A fixed number of bytes that the jobs of a process share, so that the quotes of all that run never
    exceed it. Waiting is first in, first out. The bytes are only counted, not allocated.
    """

    def __new__(cls, capacity_bytes: int) -> Self: ...
    def reserve(self, plan: Plan, timeout: float = 0.0) -> Permit:
        """Reserves the quote of plan, and waits for at most timeout seconds until enough memory is free.
        The permit is a context manager, which returns the memory.

        Raises Busy when the time is up, and BadRequest for a quote over the capacity of the pool.
        """
    def reserve_bytes(self, bytes: int, timeout: float = 0.0) -> Permit:
        """Reserves bytes, for memory that is to be counted besides the plan's, such as the upload itself.
        Otherwise like reserve().
        """
    @property
    def in_use(self) -> int:
        """The currently reserved bytes."""
    @property
    def waiting(self) -> int:
        """The number of currently waiting jobs."""
    @property
    def capacity(self) -> int:
        """The capacity of the pool in bytes."""

@final
class Permit:
    """Reserved bytes of a MemoryPool, until release() or the end of its with statement."""

    @property
    def bytes(self) -> int:
        """The number of reserved bytes."""
    @property
    def released(self) -> bool:
        """Whether the bytes were returned to the pool."""
    def release(self) -> None:
        """Returns the bytes to the pool. A second call does nothing."""
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        exception_type: type[BaseException] | None = None,
        exception: BaseException | None = None,
        traceback: TracebackType | None = None,
        /,
    ) -> None: ...

def probe(data: Buffer, limits: Limits | None = None) -> Header:
    """Reads the header of an upload. Decodes no pixel.

    The limits are those of the length of the upload; a Plan checks all others.

    Raises Unsupported, Malformed, Truncated, and OverLimit for an upload that is too long.
    """

def thumbnail(
    data: Buffer,
    request: Request,
    limits: Limits | None = None,
    *,
    timeout: float | None = None,
    interrupt: Interrupt | None = None,
    pool: MemoryPool | None = None,
) -> Thumbnail:
    """Makes a thumbnail of an upload: the first size of the request.

    data is bytes, which are read in place, or any other buffer, which is copied. While the job runs,
    other threads of the interpreter do.

    timeout is in seconds from now, for the job and for waiting for memory of the pool. Without a
    timeout, a job is bounded by max_work of the limits, and does not wait for memory. interrupt is for
    other threads; it does not end the waiting.

    Raises Unsupported, Malformed, Truncated, OverLimit, NotCredible, BadRequest, Interrupted, Busy and
    OutOfMemory.
    """

def thumbnails(
    data: Buffer,
    request: Request,
    limits: Limits | None = None,
    *,
    timeout: float | None = None,
    interrupt: Interrupt | None = None,
    pool: MemoryPool | None = None,
) -> list[Thumbnail]:
    """Makes a thumbnail for each size of the request from one decode, in the order of the request.
    Otherwise like thumbnail().
    """

def read_upload(file: _Readable, limits: Limits | None = None) -> bytes:
    """Reads a file to its end, or to the first byte over limits.max_input_bytes. No byte after that one
    is read.

    file is anything with a method read(n) that returns at most n bytes: what open(path, "rb") returns,
    and the uploads of web frameworks.

    Raises OverLimit at the first byte too many, Io when the file raises an OSError, OutOfMemory when
    there is no room for what has arrived. Any other exception of the file is passed on.
    """

def check_limits(limits: Limits) -> None:
    """Refuses fields that are not limits."""

def check_request(request: Request) -> None:
    """Refuses fields that are not a request."""

def default_limits() -> dict[str, Any]:
    """The default of each limit, by its name."""

def _panic() -> None:
    """Panics in a call of the library, for the test that no panic gets out."""
