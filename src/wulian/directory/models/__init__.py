"""Tables of the directory, by subject."""

from .facts import FactValue, RegionFactValue
from .identity import IdentityChange, IdentityUndo, MovedRow
from .ip import IPHolding, IPRight
from .linking import Doubt, Judgement, Verdict
from .organisations import (
    Organisation,
    OrganisationName,
    RegionMove,
    Source,
    SourceRecord,
)
from .people import Membership, Person
from .regions import Region
from .titles import TitleGrant, TitleKind

__all__ = [
    "Doubt",
    "FactValue",
    "IPHolding",
    "IPRight",
    "IdentityChange",
    "IdentityUndo",
    "Judgement",
    "Membership",
    "MovedRow",
    "Organisation",
    "OrganisationName",
    "Person",
    "Region",
    "RegionFactValue",
    "RegionMove",
    "Source",
    "SourceRecord",
    "TitleGrant",
    "TitleKind",
    "Verdict",
]
