"""Rewrites an office file so that two builds are the same bytes: fixed dates, fixed order.

It does not know which office format it holds; all of them are zip archives.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</)")


def freeze(data: bytes) -> bytes:
    """The same archive with every date set to a fixed one."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _STAMP.sub(rb"\g<1>2026-01-05T08:00:00Z\g<2>", content)
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return out.getvalue()
