"""Every error that Touchstone raises on purpose, in one tree; it does not know who shows them.

A message is one sentence that a user can act on. Pages catch `TouchstoneError` and show it; the command line prints it
and exits with `exit_code`.

    TouchstoneError                     exit 2
    ├── RequestError                    the request was wrong
    │   ├── NotFound                    no such document, recipe, persona, page
    │   ├── AccessDenied                the principal lacks the right
    │   └── LimitReached                the principal asked for more than is allowed at a time
    ├── FileRefused                     a file that is not taken in; `path` says which
    │   ├── EmptyFile
    │   ├── FileTooLarge
    │   ├── UnsupportedType
    │   ├── TypeMismatch                the content is not what the name says
    │   ├── EncryptedFile
    │   ├── DamagedFile
    │   ├── NoText                      readable, but holds no words
    │   ├── ParserLimit                 time, memory, pages or decompressed size exceeded
    │   └── ReadingCancelled            the run was cancelled while the file was read
    ├── WorkspaceInUse                  exit 3: another process holds the workspace
    ├── WrongKey                        the encrypted workspace is asked without its key, or with another
    ├── DiskFull                        too little room is left to write safely
    ├── WorkspaceDamaged                what is on disk cannot be what we wrote
    ├── WeightsError
    │   ├── WeightsMissing              not fetched yet
    │   ├── ChecksumMismatch            fetched, and refused
    │   └── DownloadFailed
    ├── IndexFailure                    the vector store could not do what was asked
    │   └── IndexUnavailable            the server that holds it is away or slow
    ├── EmbeddingFailed                 an embedding server could not do what was asked
    ├── TrainingDiverged                the loss is no number any longer
    ├── GateFailed                      an adapter may not be released
    └── GenerationError
        ├── QueueFull                   too many requests wait already
        ├── DeadlineExceeded
        └── OutOfMemory
"""


class TouchstoneError(Exception):
    """Base of all errors raised on purpose; `str(error)` is one sentence for the user."""

    exit_code = 2


class RequestError(TouchstoneError):
    """The request cannot be carried out as it stands."""


class NotFound(RequestError):
    """What the request names does not exist."""


class AccessDenied(RequestError):
    """The principal has no right to do this."""


class LimitReached(RequestError):
    """The principal asked for more than one may at a time; the message says how much that is."""


class FileRefused(TouchstoneError):
    """A file was not taken in; nothing of it was stored."""


class EmptyFile(FileRefused):
    """The file has no bytes."""


class FileTooLarge(FileRefused):
    """The file exceeds the limit on bytes or on extracted text."""


class UnsupportedType(FileRefused):
    """The content is of no kind that Touchstone reads."""


class TypeMismatch(FileRefused):
    """The content is of another kind than the file's name says."""


class EncryptedFile(FileRefused):
    """The file needs a password."""


class DamagedFile(FileRefused):
    """The file is of a known kind but broken."""


class NoText(FileRefused):
    """The file could be read but holds no text."""


class ParserLimit(FileRefused):
    """Reading the file exceeded a limit on time, memory, pages or decompressed size."""


class ReadingCancelled(FileRefused):
    """The run was cancelled while the file was being read."""


class WorkspaceInUse(TouchstoneError):
    """Another process holds the workspace."""

    exit_code = 3


class WrongKey(TouchstoneError):
    """The workspace is encrypted, and the key is missing or another one; nothing was touched."""


class DiskFull(TouchstoneError):
    """Too little room is left on the disk to write safely; nothing was written."""


class WorkspaceDamaged(TouchstoneError):
    """The workspace on disk contradicts itself."""


class WeightsError(TouchstoneError):
    """Model weights are not usable."""


class WeightsMissing(WeightsError):
    """The weights were never fetched to this machine."""


class ChecksumMismatch(WeightsError):
    """A file's sha256 is not the pinned one; the file was refused."""


class DownloadFailed(WeightsError):
    """The package index could not be reached or does not hold the file."""


class IndexFailure(TouchstoneError):
    """The vector store could not do what was asked of it."""


class IndexUnavailable(IndexFailure):
    """The server that holds the index is away or slow."""


class EmbeddingFailed(TouchstoneError):
    """An embedding server could not be reached, refused, or answered with what is no vector."""


class GenerationError(TouchstoneError):
    """The model could not answer."""


class TrainingDiverged(TouchstoneError):
    """The loss of a training is no number any longer."""


class GateFailed(TouchstoneError):
    """An adapter does not meet a condition of its release."""

    exit_code = 1


class QueueFull(GenerationError):
    """Too many requests wait for the model already."""


class DeadlineExceeded(GenerationError):
    """The answer took longer than its deadline."""


class OutOfMemory(GenerationError):
    """The machine has too little memory for this request."""
