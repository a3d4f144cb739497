"""How much memory is left on this machine; it does not know what for."""

from pathlib import Path

_MACHINE = Path("/proc/meminfo")
_GROUP = Path("/sys/fs/cgroup")


def free_bytes(machine: Path = _MACHINE, group: Path = _GROUP) -> int | None:
    """Bytes that can be had without swapping, within the limit of a container; None where the system does not tell."""
    found = []
    try:
        lines = dict(line.split(":", 1) for line in machine.read_text().splitlines() if ":" in line)
        found.append(int(lines["MemAvailable"].split()[0]) * 1024)
    except (OSError, KeyError, ValueError):
        pass
    try:
        most, used = (int((group / name).read_text()) for name in ("memory.max", "memory.current"))
        found.append(max(0, most - used))
    except (OSError, ValueError):  # no limit is written "max"
        pass
    return min(found) if found else None
