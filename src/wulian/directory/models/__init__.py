"""Tables of the directory, by subject."""

from .changes import FieldTrust, SourceChange
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
    "FieldTrust",
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
    "SourceChange",
    "SourceRecord",
    "TitleGrant",
    "TitleKind",
    "Verdict",
]
