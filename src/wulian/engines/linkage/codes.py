"""Certificate numbers as registers print them: credit codes, old registration numbers, one in the place of the other."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from wulian.kernel import uscc

# Letters that the standard leaves out, for what they are taken for (GB 32100-2015, 4: no I, O, S, V, Z).
_READ_AS = str.maketrans("IOSZ", "1052")
OLD_NUMBER, CREDIT_CODE, ORGANISATION_CODE = 15, 18, 9


@dataclass(frozen=True, slots=True)
class Codes:
    """`credit`: the valid credit code. `organisation`: its characters 9-17, which stay when a body is registered anew. `old`: the
    registration number of 15 digits. `broken`: what was printed and is none of these, cleaned. Unknown parts are ""."""

    credit: str = ""
    organisation: str = ""
    old: str = ""
    broken: str = ""

    def __bool__(self) -> bool:
        return bool(self.credit or self.old or self.broken)


NONE = Codes()


def clean_code(printed: str) -> str:
    """Upper case, half width, letters and digits only; what stands for "no code" becomes ""."""
    text = unicodedata.normalize("NFKC", printed).strip().upper()
    if uscc.normalise(text) == "":
        return ""
    return "".join(c for c in text if c.isascii() and c.isalnum())


def parse_codes(printed: Iterable[str]) -> Codes:
    """Sort what a register printed into the kinds of code. Of several of one kind the first valid one counts."""
    credit = organisation = old = broken = ""
    for text in printed:
        if not text or not (code := clean_code(text)):
            continue
        read = code.translate(_READ_AS)
        if len(read) == CREDIT_CODE and uscc.is_valid(read):
            credit = credit or read
            organisation = organisation or uscc.organisation_part(read)
        elif len(read) == OLD_NUMBER and read.isdigit():
            old = old or read
        elif len(read) == ORGANISATION_CODE and read[:8].isalnum() and uscc.organisation_check_character(read[:8]) == read[8]:
            organisation = organisation or read
        elif len(read) >= 6:
            broken = broken or read[:24]
    return Codes(credit, organisation, old, broken) if credit or organisation or old or broken else NONE
