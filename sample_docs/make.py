"""Builds every sample paper into a folder: `python -m sample_docs.make [--out DIR]`.

It does not know what a paper says; the words are in `content/`, the sheets in `sheets`, the slides in `slides`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sample_docs.as_docx import render_docx
from sample_docs.as_html import render_html
from sample_docs.as_pdf import render_pdf
from sample_docs.blocks import Paper, load_paper
from sample_docs.sheets import price_list
from sample_docs.slides import quarterly_review

HERE = Path(__file__).parent
CONTENT = HERE / "content"

_PDF = (
    "dealer-prices-2026", "garantiebedingungen", "returns-policy", "security-policy", "travel-policy-2025",
    "travel-policy-2026", "wren-c2-manual",
)  # fmt: skip
_DOCX = (
    "hr-personnel-record",
    "incident-report",
    "leave-policy",
    "politica-proveedores",
    "remote-work-policy",
)
_HTML = ("expense-policy", "onboarding")
_AS_THEY_ARE = ("repair-bench-notes.md", "service-faq.md", "supplier-letter.html")


def _render(render: Callable[[Paper], bytes], name: str) -> bytes:
    """Read the source only when the paper is built."""
    return render(load_paper(CONTENT / f"{name}.md"))


BUILDERS: dict[str, Callable[[], bytes]] = {
    **{f"{name}.pdf": partial(_render, render_pdf, name) for name in _PDF},
    **{f"{name}.docx": partial(_render, render_docx, name) for name in _DOCX},
    **{f"{name}.html": partial(_render, render_html, name) for name in _HTML},
    **{name: (CONTENT / name).read_bytes for name in _AS_THEY_ARE},
    "price-list-2026.xlsx": price_list,
    "quarterly-review-2026-q3.pptx": quarterly_review,
}


def build(out: Path) -> list[Path]:
    """Write all papers into `out` and return their paths by name."""
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, builder in sorted(BUILDERS.items()):
        path = out / name
        path.write_bytes(builder())
        paths.append(path)
    return paths


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Build the sample papers of Quillow Works.")
    parser.add_argument("--out", type=Path, default=HERE / "files", help="the folder to write into")
    for path in build(parser.parse_args().out):
        print(f"{path.stat().st_size:>8}  {path}")


if __name__ == "__main__":
    main()
