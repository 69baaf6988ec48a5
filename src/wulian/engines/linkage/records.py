"""A record to be linked, as any register prints it: every value is text and may be empty."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """One row of one register.

    `key`: unique over all registers and never reused (e.g. "registry:R00001"); identities are named after the smallest key, so
    it should sort the way that records are trusted. `source`: which register. `name`: as printed, also several applicants in
    one cell (the first one counts). `codes`: credit codes and old registration numbers, valid or not, in any order.
    `former_names`: names that the register says it had before. `district`: as printed in a column of its own, or empty.
    `founded`: YYYY-MM-DD or empty.
    """

    key: str
    source: str
    name: str
    codes: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    address: str = ""
    district: str = ""
    founded: str = ""
