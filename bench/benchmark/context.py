"""What every group of rows works with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from . import docker
from .contenders import ByHand, Cluster, LocalSparkling, Peer, Ports, Sparkling
from .process import Failure
from .results import Results, Row


@dataclass
class Context:
    """One call of bench. work: a folder that ends with it. prefix: what its projects' names begin with.

    lines: of the log. pairs: of the long query, in all.
    """

    work: Path
    prefix: str
    results: Results
    repetitions: int
    lines: int
    pairs: int
    ports: Ports = field(default_factory=Ports)
    contenders: list[Cluster] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    # What could not be removed.
    problems: list[str] = field(default_factory=list)

    def sparkling(self, suffix: str, settings: Sequence[str] = ()) -> Sparkling:
        made = Sparkling(self.work, f"{self.prefix}-{suffix}", self.ports, settings)
        self.contenders.append(made)
        return made

    def peer(self, suffix: str) -> Peer:
        made = Peer(self.work, f"{self.prefix}-peer-{suffix}", self.ports)
        self.contenders.append(made)
        return made

    def local_sparkling(self) -> LocalSparkling:
        made = LocalSparkling(self.work, f"{self.prefix}-local", self.ports)
        self.contenders.append(made)
        return made

    def by_hand(self, spark: Mapping[str, str]) -> ByHand:
        """spark: where Java, Spark and Python are, as LocalSparkling.train returns it."""
        made = ByHand(self.work, f"{self.prefix}-hand", self.ports, spark)
        self.contenders.append(made)
        return made

    def wants(self, row: str) -> bool:
        """Whether a row is to be measured, and has not failed yet."""
        return row not in self.results.failures and any(wanted.name == row for wanted in self.results.rows)

    def remove_all(self) -> list[str]:
        """Removes every cluster and image of this call; returns what could not be removed, and why."""
        problems = []
        for contender in self.contenders:
            try:
                contender.remove()
            except Failure as failure:
                problems.append(f"{contender.project}: {failure}")
        for image in self.images:
            try:
                if docker.image_exists(image):
                    docker.remove_image(image)
            except Failure as failure:
                problems.append(f"{image}: {failure}")
        self.contenders.clear()
        self.images.clear()
        return problems


class Group(Protocol):
    """Rows that share their clusters."""

    @property
    def rows(self) -> Sequence[Row]: ...

    def prepare(self, context: Context) -> None:
        """Makes everything that no clock counts: images, archives, a first start."""

    def repeat(self, context: Context, index: int) -> None:
        """Measures every wanted row once."""
