"""Credit codes for organisations that do not exist.

Valid by GB 32100-2015 (both check characters), yet no real body can hold one: the organisation part begins with YY,
which no registering office issues.
"""

from __future__ import annotations

from wulian.kernel.uscc import ALPHABET, check_character, organisation_check_character

MARK = "YY"


def credit_code(body_class: str, office: str, serial: int) -> str:
    """The 18 characters: `body_class` (91 enterprise, 92 individual, 12 institution …), registering office, serial."""
    digits = ""
    for _ in range(6):
        serial, rest = divmod(serial, len(ALPHABET))
        digits = ALPHABET[rest] + digits
    body = MARK + digits
    first17 = body_class + office + body + organisation_check_character(body)
    return first17 + check_character(first17)
