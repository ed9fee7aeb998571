"""What processes cost, as Linux keeps it: CPU time, and resident memory."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

TICK = 1 / os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Memory:
    """In MB, as `top` has them: resident, and the share of it that is its own (pages that several have are divided)."""

    rss: float
    pss: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """CPU seconds that others took while something was measured for `wall` seconds."""

    elsewhere: float
    wall: float


def share_of_others(noise: Iterable[Noise]) -> float:
    """How much of the machine others had while something was measured."""
    stretches = list(noise)
    wall = sum(each.wall for each in stretches)
    return sum(each.elsewhere for each in stretches) / wall / (os.cpu_count() or 1) if wall else 0.0


def most_per_second(milliseconds: float) -> float:
    """How many a second the machine could do of what costs this much CPU, if it did nothing else."""
    return 1000 * (os.cpu_count() or 1) / milliseconds if milliseconds else 0.0


def tree(pid: int) -> list[int]:
    """`pid` and all that descend from it."""
    pids = [pid]
    for parent in pids:
        for task in _listed(PROC / str(parent) / "task"):
            pids += [int(child) for child in _read(task / "children").split()]
    return pids


def memory(pid: int) -> Memory:
    lines = [line.split() for line in _read(PROC / str(pid) / "smaps_rollup").splitlines()[1:]]
    kilobytes = {line[0].rstrip(":"): int(line[1]) for line in lines}
    return Memory(kilobytes["Rss"] / 1024, kilobytes["Pss"] / 1024)


def seconds(pid: int) -> float:
    """CPU that the process has taken since it began; of one that has ended, none."""
    fields = _read(PROC / str(pid) / "stat").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK if fields else 0.0


def machine() -> float:
    """CPU that all processes of this machine have taken, in seconds, without what was idle or waited."""
    fields = [int(field) for field in _read(PROC / "stat").splitlines()[0].split()[1:]]
    user, nice, system, _idle, _waiting, hard, soft, stolen = fields[:8]
    return (user + nice + system + hard + soft + stolen) * TICK


class Meter:
    """CPU by group of processes, from `start` on. Who joins a group meanwhile is counted from its own beginning."""

    def __init__(self, groups: dict[str, "Group"]) -> None:
        self.groups = groups
        self.start()

    def start(self) -> None:
        self._before = {name: {pid: seconds(pid) for pid in group()} for name, group in self.groups.items()}
        self._machine, self._moment = machine(), monotonic()

    def read(self) -> dict[str, float]:
        """Seconds by group; `elsewhere` is what all other processes took, `wall` what the clock says."""
        spent = {
            name: sum(seconds(pid) - self._before[name].get(pid, 0.0) for pid in group())
            for name, group in self.groups.items()
        }
        wall = monotonic() - self._moment
        return spent | {"elsewhere": max(0.0, machine() - self._machine - sum(spent.values())), "wall": wall}


class Group:
    """Processes that are asked for anew each time: the trees of `pids`, as they are then."""

    def __init__(self, pids: Iterable[int]) -> None:
        self._pids = list(pids)

    def __call__(self) -> list[int]:
        return [pid for root in self._pids for pid in tree(root)]


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, ProcessLookupError):
        return []
