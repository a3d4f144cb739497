"""Runs one part of the benchmark of the guardrails.

python -m benchmarks.guardrails personal|injection|terms|overhead [options of the part]
"""

import importlib
import sys

PARTS = ("personal", "injection", "terms", "overhead")


def main() -> None:
    """Hand over to the part that is named; its own options follow its name."""
    if len(sys.argv) < 2 or sys.argv[1] not in PARTS:
        sys.exit(f"Name a part of the benchmark: python -m benchmarks.guardrails {' or '.join(PARTS)}.")
    part = sys.argv.pop(1)
    sys.argv[0] = f"python -m benchmarks.guardrails {part}"
    importlib.import_module(f"benchmarks.guardrails.{part}").main()


if __name__ == "__main__":
    main()
