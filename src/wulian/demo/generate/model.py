"""What the generator returns: plain records, references by credit code."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True)
class Profile:
    """What drives a firm's story; never shown, never stored. Money in yuan."""

    technical: bool
    quality: float  # 0..1, standing among its peers: decides who gets titles and patents first
    staff: float  # at the start of its first year in the simulation
    growth: float  # mean yearly growth of staff
    productivity: float  # revenue per head
    rd_intensity: float  # R&D / revenue
    rd_staff_share: float
    manufacturing: bool


@dataclass(slots=True)
class Firm:
    """An organisation. `moves`: (date, from region, to region); `region` is where it is at the end of its story."""

    code: str
    name: str
    kind: str
    legal_form: str
    region: str
    industry: str
    established_on: date
    capital_fen: int | None
    address: str
    business_scope: str
    profile: Profile
    closed_on: date | None = None
    short_name: str = ""
    former_name: tuple[str, date] | None = None
    moves: list[tuple[date, str, str]] = field(default_factory=list)

    def region_on(self, day: date) -> str:
        for moved_on, came_from, _ in self.moves:
            if day < moved_on:
                return came_from
        return self.region

    def active_on(self, day: date) -> bool:
        return self.established_on <= day and (self.closed_on is None or day < self.closed_on)


@dataclass(frozen=True, slots=True)
class Title:
    code: str
    kind: str
    certificate: str
    granted_on: date
    valid_to: date | None
    revoked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Right:
    """An IP right; `holders` are credit codes, first holder first."""

    kind: str
    number: str
    title: str
    filed_on: date
    granted_on: date
    lapsed_on: date | None
    holders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A yearly fact in its smallest unit (fen, persons). `subject`: credit code or region code. None: unknown."""

    subject: str
    fact: str
    year: int
    value: int | None
    unknown_because: str = ""


@dataclass(slots=True)
class World:
    firms: list[Firm]
    titles: list[Title]
    rights: list[Right]
    figures: list[Figure]
    region_figures: list[Figure]
