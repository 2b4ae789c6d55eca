"""How one figure is measured: contenders in interleaved rounds, ratios of medians, by wall time and by CPU."""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

ROUNDS = 5
MOST_ROUNDS = 12  # repeated ones included
NOISE = 1.25  # our own path runs twice; a round in which the two differ by more says nothing and is repeated
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Contender:
    """One way to do it. `run` does it once and gives how many operations that were.

    `fresh` prepares a round, outside of the time. `servers` names processes whose CPU counts beside our own (a
    database's backend, a web server). `cpu` gives the last run's seconds of CPU where these are not the sum of all.
    """

    name: str
    run: Callable[[], int]
    fresh: Callable[[], object] = lambda: None
    servers: Callable[[], list[int]] = list
    cpu: Callable[[], float] | None = None


@dataclass(slots=True)
class Lap:
    """Seconds per operation of one contender in one round."""

    wall: float
    cpu: float


@dataclass(slots=True)
class Result:
    """A figure's outcome: what the rival takes divided by what ours takes, by wall time and by CPU."""

    id: str
    title: str
    gate: float
    stretch: float
    wall: float = 0.0
    cpu: float = 0.0
    per_second: float = 0.0
    at_most: bool = False
    note: str = ""
    laps: dict[str, list[Lap]] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """A figure fails only when it fails by both clocks: this machine has other things to do."""
        if self.at_most:
            return min(self.wall, self.cpu) <= self.gate
        return max(self.wall, self.cpu) >= self.gate

    def race(self, ours: Contender, *rivals: Contender, rounds: int = ROUNDS) -> "Result":
        """Fill in what a race of `ours` against the first of `rivals` gives; the others run beside them."""
        kept, agreed = run(ours, *rivals, rounds=rounds)
        self.judge(kept, ours.name, rivals[0].name)
        if agreed < rounds:
            self.note = f"{self.note}; noisy: ours agreed with itself in {agreed} of {MOST_ROUNDS} rounds, all kept"
        return self

    def judge(self, laps: dict[str, list[Lap]], ours: str, rival: str) -> None:
        """Fill in what laps of a race say of two contenders."""
        mine = laps[ours] + laps[f"{ours} again"]
        self.wall = median(laps[rival], "wall") / median(mine, "wall")
        self.cpu = median(laps[rival], "cpu") / (median(mine, "cpu") or median(mine, "wall"))
        self.per_second = 1 / median(mine, "wall")
        self.laps = laps


def run(ours: Contender, *rivals: Contender, rounds: int) -> tuple[dict[str, list[Lap]], int]:
    """(every lap kept, how many rounds agreed). Ours runs twice a round; the first round is dropped.

    A round agrees when our two laps do by one of the clocks. On a machine where too few rounds agree all are kept.
    """
    again = replace(ours, name=f"{ours.name} again")
    contenders = [ours, *rivals, again]
    every: list[dict[str, Lap]] = []
    agreed: list[dict[str, Lap]] = []
    for number in range(-1, MOST_ROUNDS):
        turn = number % len(contenders)
        laps = {c.name: _lap(c) for c in contenders[turn:] + contenders[:turn]}
        if number < 0:
            continue
        every.append(laps)
        if _agree(laps[ours.name], laps[again.name]):
            agreed.append(laps)
        if len(agreed) == rounds:
            break
    chosen = agreed if len(agreed) == rounds else every
    return {c.name: [laps[c.name] for laps in chosen] for c in contenders}, len(agreed)


def _agree(first: Lap, second: Lap) -> bool:
    pairs = [(first.wall, second.wall), (first.cpu, second.cpu)]
    return any(max(pair) <= NOISE * min(pair) for pair in pairs)


def median(laps: list[Lap], clock: str) -> float:
    return statistics.median(getattr(lap, clock) for lap in laps)


def _lap(contender: Contender) -> Lap:
    for attempt in range(3):
        try:
            return _run(contender)
        except FileNotFoundError:  # a pool let a connection go: nobody can say what that backend used
            if attempt == 2:
                raise
    raise AssertionError


def _run(contender: Contender) -> Lap:
    contender.fresh()
    servers = contender.servers()
    cpu, wall = _cpu(servers), time.perf_counter()
    operations = contender.run()
    wall, cpu = time.perf_counter() - wall, _cpu(servers) - cpu
    if contender.cpu:
        cpu = contender.cpu()
    return Lap(wall / operations, cpu / operations)


def _cpu(servers: list[int]) -> float:
    """Seconds of CPU that this process and `servers` have used so far."""
    return time.process_time() + sum(cpu_of(pid) for pid in servers)


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process has used so far."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
