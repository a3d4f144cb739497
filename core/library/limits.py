"""How much reading one file may cost; it does not know who enforces it."""

from dataclasses import asdict, dataclass

from core.errors import RequestError


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost before it is refused."""

    seconds: float = 120
    """Wall-clock time from the request to the parsed text."""
    memory_mb: int = 3072
    """Address space of the child process that reads."""
    pages: int = 3000
    """Pages of a PDF, slides of a presentation, or sheets of a workbook."""
    decompressed_mb: int = 512
    """All parts of a zip-based file (DOCX, PPTX, XLSX) once inflated."""
    file_mb: int = 200
    """Size of the file itself."""
    text_chars: int = 20_000_000
    """Characters of the text that comes out."""

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if value <= 0:
                raise RequestError(f"The limit '{name}' is {value}; it must be above 0.")
