"""Unified social credit codes 统一社会信用代码 (GB 32100-2015), with the organisation code inside them (GB 11714).

18 characters: registering authority, body class, administrative code of the registering office (3–8), organisation code
(9–17) and a check character. Trap: digits 3–8 name the office that issued the code when it was issued, including counties
and zones that no longer exist; they are not the district of the organisation today, so this module offers no district.
"""

from __future__ import annotations

from .errors import N_
from .problems import Problem

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUE = {character: index for index, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# What a register prints when it has no code.
BLANKS = frozenset({"", "无", "-", "—", "N/A", "NA", "NULL", "暂无", "不详", "/"})

LENGTH = N_("统一社会信用代码“%(code)s”是 %(length)s 位，应为 18 位：请核对营业执照")
CHARACTER = N_("统一社会信用代码“%(code)s”第 %(place)s 位是“%(character)s”，代码里不用这个字符（不用 I、O、S、V、Z）")
ORGANISATION = N_("统一社会信用代码“%(code)s”中的组织机构代码校验不符：第 17 位是“%(printed)s”，应为“%(right)s”")
CHECK = N_("统一社会信用代码“%(code)s”校验不符：末位是“%(printed)s”，按前 17 位应为“%(right)s”，多半有一位抄错")


def normalise(text: str) -> str:
    """Upper case, half width, without spaces; what is printed for "no code" becomes the empty string."""
    code = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text).replace(" ", "").replace("\u3000", "").strip().upper()
    return "" if code in BLANKS else code


def check_character(first17: str) -> str:
    """The 18th character for the first 17 (GB 32100-2015, 5.5)."""
    total = sum(_VALUE[character] * weight for character, weight in zip(first17, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def organisation_check_character(first8: str) -> str:
    """The check character of an organisation code for its first 8 characters (GB 11714)."""
    total = sum(int(character, 36) * weight for character, weight in zip(first8, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def problem(code: str) -> Problem | None:
    """What is wrong with a normalised code, or None when it is right."""
    if len(code) != 18:
        return Problem("uscc_length", LENGTH, {"code": code[:40], "length": len(code)})
    for place, character in enumerate(code, start=1):
        if character not in _VALUE:
            return Problem("uscc_character", CHARACTER, {"code": code, "place": place, "character": character})
    if (right := check_character(code[:17])) != code[17]:
        return Problem("uscc_check", CHECK, {"code": code, "printed": code[17], "right": right})
    if (right := organisation_check_character(code[8:16])) != code[16]:
        return Problem("uscc_organisation", ORGANISATION, {"code": code, "printed": code[16], "right": right})
    return None


def is_valid(code: str) -> bool:
    return problem(code) is None


def organisation_part(code: str) -> str:
    """The organisation code (positions 9–17): it stays when a body is registered anew and gets another credit code."""
    return code[8:17]


# First two characters -> body class, as far as the register data and the standard's table confirm it.
BODY_CLASS = {
    "11": "government", "12": "institution", "13": "social", "19": "government",
    "51": "social", "52": "social", "53": "social", "59": "social",
    "91": "enterprise", "92": "individual", "93": "cooperative",
}  # fmt: skip


def body_class(code: str) -> str:
    """enterprise, individual, cooperative, government, institution, social, or "" when the first two characters do not say."""
    return BODY_CLASS.get(code[:2], "")
