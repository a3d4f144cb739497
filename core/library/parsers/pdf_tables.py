"""Finds the tables of a PDF page by their ruling lines and says into which cell a point falls.

It knows nothing of text but the words' boxes. Tables without any rules are not found.
"""

import ctypes
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2 as pdfium
from pypdfium2 import raw

from core.library.parsers.pdf_chars import Rect, Turn

_SNAP = 3.0
"""Points within which two edges count as one."""
_SHORTEST = 6.0
_MOST_SEGMENTS = 20_000
_MOST_EDGES = 700
"""More than this on a page is a drawing, not a table."""
_LEAST_RULE = 0.3
"""A rule along less than this share of a table is shading or a frame inside a cell."""
_RIVER = 5.0
"""Points of white between two columns without a rule."""
Edge = tuple[float, float, float]
"""Position, begin, end."""
Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Grid:
    """Columns between `xs`, rows between `ys`; `roots[r][c]` is the top left cell of the merged cell of (r, c)."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    roots: tuple[tuple[tuple[int, int], ...], ...]
    ruled: bool = True
    """False where the columns were found by the white between them."""

    @property
    def box(self) -> Rect:
        """The outline."""
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and column at a point, None outside."""
        if not (self.xs[0] <= x < self.xs[-1] and self.ys[0] <= y < self.ys[-1]):
            return None
        return self.roots[bisect_right(self.ys, y) - 1][bisect_right(self.xs, x) - 1]


def find_grids(page: pdfium.PdfPage, turn: Turn, find_words: Callable[[], Sequence[Rect]]) -> list[Grid]:
    """The tables of a page from top to bottom; none overlaps another."""
    across, down = _edges(page, turn)
    if len(across) < 2 or len(across) + len(down) > _MOST_EDGES:
        return []
    words = find_words()
    grids, loose = _ruled(across, down)
    grids = [grid for grid in (_with_columns(grid, words) for grid in grids) if grid]
    grids += _striped(loose, words)
    kept: list[Grid] = []
    for grid in sorted(grids, key=lambda g: -_area(g.box)):
        if _is_table(grid, words) and not any(_overlap(grid.box, other.box) for other in kept):
            kept.append(grid)
    return sorted(kept, key=lambda g: g.ys[0])


def _edges(page: pdfium.PdfPage, turn: Turn) -> tuple[list[Edge], list[Edge]]:
    """Horizontal and vertical straight lines of the page's paths, joined where they continue each other."""
    across, down = [], []
    for number, (a, b) in enumerate(_segments(page)):
        if number > _MOST_SEGMENTS:
            return [], []
        (x0, y0), (x1, y1) = turn.point(*a), turn.point(*b)
        if abs(y1 - y0) <= 1 and abs(x1 - x0) >= _SHORTEST:
            across.append(((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
        elif abs(x1 - x0) <= 1 and abs(y1 - y0) >= _SHORTEST:
            down.append(((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
    return _joined(across), _joined(down)


def _segments(page: pdfium.PdfPage) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Straight pieces of all paths in the file's coordinates, those inside form objects included."""
    identity = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    todo = [(raw.FPDFPage_GetObject(page.raw, i), identity, 0) for i in range(raw.FPDFPage_CountObjects(page.raw))]
    todo.reverse()
    while todo:
        handle, outer, depth = todo.pop()
        kind = raw.FPDFPageObj_GetType(handle)
        if kind == raw.FPDF_PAGEOBJ_FORM and depth < 8:
            inner = times(matrix_of(handle), outer)
            count = raw.FPDFFormObj_CountObjects(handle)
            todo += [(raw.FPDFFormObj_GetObject(handle, i), inner, depth + 1) for i in range(count)]
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            yield from _path(handle, times(matrix_of(handle), outer))


def _path(handle: object, matrix: Matrix) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    x, y = ctypes.c_float(), ctypes.c_float()
    a, b, c, d, e, f = matrix
    begin = last = (0.0, 0.0)
    for i in range(min(raw.FPDFPath_CountSegments(handle), _MOST_SEGMENTS)):
        segment = raw.FPDFPath_GetPathSegment(handle, i)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = (a * x.value + c * y.value + e, b * x.value + d * y.value + f)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            begin = point
        elif kind == raw.FPDF_SEGMENT_LINETO:
            yield last, point
        last = point
        if raw.FPDFPathSegment_GetClose(segment):
            yield last, begin


def matrix_of(handle: object) -> Matrix:
    """A page object's matrix."""
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(handle, matrix)
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def times(m: Matrix, n: Matrix) -> Matrix:
    """First m, then n."""
    return (
        m[0] * n[0] + m[1] * n[2], m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2], m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4], m[4] * n[1] + m[5] * n[3] + n[5],
    )  # fmt: skip


def _joined(edges: list[Edge]) -> list[Edge]:
    """Edges at nearly one position that touch become one."""
    edges.sort()
    lines: list[list[Edge]] = []
    for edge in edges:
        if lines and edge[0] - lines[-1][0][0] <= _SNAP:
            lines[-1].append(edge)
        else:
            lines.append([edge])
    out: list[Edge] = []
    for line in lines:
        position = sum(edge[0] for edge in line) / len(line)
        begin, end = 0.0, -1e9
        for _, low, high in sorted(line, key=lambda e: e[1]):
            if low > end + _SNAP:
                if end > begin:
                    out.append((position, begin, end))
                begin, end = low, high
            end = max(end, high)
        out.append((position, begin, end))
    return out


def _ruled(across: list[Edge], down: list[Edge]) -> tuple[list[Grid], list[Edge]]:
    """Grids of edges that cross each other, and the horizontal edges that cross nothing."""
    group = list(range(len(across) + len(down)))

    def find(i: int) -> int:
        while group[i] != i:
            group[i] = group[group[i]]
            i = group[i]
        return i

    for h, (y, x0, x1) in enumerate(across):
        for v, (x, y0, y1) in enumerate(down):
            if x0 - _SNAP <= x <= x1 + _SNAP and y0 - _SNAP <= y <= y1 + _SNAP:
                group[find(h)] = find(len(across) + v)
    members: dict[int, tuple[list[Edge], list[Edge]]] = {}
    for i in range(len(group)):
        part = members.setdefault(find(i), ([], []))
        part[i >= len(across)].append(across[i] if i < len(across) else down[i - len(across)])
    grids = [_grid(hs, vs) for hs, vs in members.values() if len(hs) >= 2 and len(vs) >= 2]
    loose = [hs[0] for hs, vs in members.values() if hs and not vs]
    return [grid for grid in grids if grid], loose


def _grid(across: list[Edge], down: list[Edge]) -> Grid | None:
    ys, xs = _positions(across), _positions(down)
    ys = [y for y in ys if y in (ys[0], ys[-1]) or _share(across, y, xs) >= _LEAST_RULE]
    xs = [x for x in xs if x in (xs[0], xs[-1]) or _share(down, x, ys) >= _LEAST_RULE]
    if len(ys) < 3 or len(xs) < 2:
        return None
    rows, columns = len(ys) - 1, len(xs) - 1
    root = [[(r, c) for c in range(columns)] for r in range(rows)]
    for r in range(rows):
        for c in range(columns):
            middle = (ys[r] + ys[r + 1]) / 2
            if c and not _covered(down, xs[c], middle):
                root[r][c] = root[r][c - 1]
            elif r and not _covered(across, ys[r], (xs[c] + xs[c + 1]) / 2):
                root[r][c] = root[r - 1][c]
    return Grid(tuple(xs), tuple(ys), tuple(map(tuple, root)))


def _share(edges: list[Edge], position: float, ticks: list[float]) -> float:
    """How much of the table's width or height the edges at a position go along."""
    lengths = [(b - a, _covered(edges, position, (a + b) / 2)) for a, b in pairwise(ticks)]
    return sum(length for length, covered in lengths if covered) / max(sum(length for length, _ in lengths), 1.0)


def _covered(edges: list[Edge], position: float, at: float) -> bool:
    return any(abs(edge[0] - position) <= _SNAP and edge[1] - 1 <= at <= edge[2] + 1 for edge in edges)


def _positions(edges: list[Edge]) -> list[float]:
    out: list[float] = []
    for position in sorted({edge[0] for edge in edges}):
        if not out or position - out[-1] > _SNAP:
            out.append(position)
    return out


def _with_columns(grid: Grid, words: Sequence[Rect]) -> Grid | None:
    """A grid of one column gets columns where white runs down through all its rows."""
    if len(grid.xs) > 2:
        return grid
    inside = _within(grid.box, words)
    cuts = _rivers(inside, grid.xs[0], grid.xs[-1])
    return _plain((grid.xs[0], *cuts, grid.xs[-1]), grid.ys) if cuts else None


def _striped(loose: list[Edge], words: Sequence[Rect]) -> list[Grid]:
    """Tables of rows between horizontal rules of one extent, for as many rows as share a river of white."""
    stacks: dict[tuple[int, int], list[Edge]] = {}
    for edge in loose:
        stacks.setdefault((round(edge[1] / 8), round(edge[2] / 8)), []).append(edge)
    grids = []
    for stack in stacks.values():
        begin, end = min(e[1] for e in stack), max(e[2] for e in stack)
        ys = _positions(stack)
        first = 0
        while first + 2 < len(ys):
            last, cuts = first, []
            while last + 1 < len(ys):
                more = _rivers(_within((begin, ys[first], end, ys[last + 1]), words), begin, end)
                if not more or not _within((begin, ys[last], end, ys[last + 1]), words):
                    break
                last, cuts = last + 1, more
            if last - first >= 2:
                grids.append(_plain((begin, *cuts, end), tuple(ys[first : last + 1])))
            first = max(last, first + 1)
    return grids


def _plain(xs: tuple[float, ...], ys: tuple[float, ...]) -> Grid:
    return Grid(xs, ys, tuple(tuple((r, c) for c in range(len(xs) - 1)) for r in range(len(ys) - 1)), False)


def _within(box: Rect, words: Sequence[Rect]) -> list[Rect]:
    return [w for w in words if box[0] <= (w[0] + w[2]) / 2 < box[2] and box[1] <= (w[1] + w[3]) / 2 < box[3]]


def _rivers(words: list[Rect], left: float, right: float) -> list[float]:
    """Middles of the gaps that no word crosses."""
    cuts, end = [], None
    for word in sorted(words):
        if end is not None and word[0] - end >= _RIVER:
            cuts.append((word[0] + end) / 2)
        end = word[2] if end is None else max(end, word[2])
    return [cut for cut in cuts if left < cut < right]


def _is_table(grid: Grid, words: Sequence[Rect]) -> bool:
    """Two rows with words in two cells each; where the columns are only white, most rows."""
    filled = {grid.cell((w[0] + w[2]) / 2, (w[1] + w[3]) / 2) for w in words}
    rows: dict[int, set[int]] = {}
    for place in filled:
        if place is not None:
            rows.setdefault(place[0], set()).add(place[1])
    wide = sum(len(columns) >= 2 for columns in rows.values())
    return wide >= 2 and (grid.ruled or wide >= 0.7 * len(rows))


def _area(box: Rect) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _overlap(a: Rect, b: Rect) -> bool:
    return min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 1
