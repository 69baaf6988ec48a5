"""What can go wrong with registers and their entries, as sentences."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from wulian.kernel.errors import N_, NotFound, WulianError
from wulian.kernel.problems import Problem


class UnknownRegister(NotFound):
    code = "unknown_register"
    message = N_("没有“%(register)s”这本台账：请从台账目录里打开。")


class EntryRefused(WulianError):
    """Values that cannot be saved or a step that cannot be taken; `problems` holds every reason, each with its field."""

    code = "entry_refused"
    message = N_("%(act)s没有做成，什么也没有改变：%(why)s。")
    status = 422

    def __init__(self, *, act: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(act=act, why="；".join(problem.text(_) for problem in problems))


class EntryChanged(WulianError):
    """Somebody else changed the entry first; its history says what."""

    code = "entry_changed"
    message = N_("%(who)s在 %(when)s 已改过“%(entry)s”，您的修改没有保存，也没有丢失：请核对新值后再提交。")
    status = 409


class EntryVoided(WulianError):
    code = "entry_voided"
    message = N_("“%(entry)s”已作废，不能再改：需要时请先恢复它。")
    status = 409


class AdoptionRefused(WulianError):
    """A definition that would orphan entries; `blocking` holds the sentences."""

    code = "adoption_refused"
    message = N_("台账定义没有采用，现有条目没有变化：%(why)s。")
    status = 409

    def __init__(self, blocking: Sequence[str]) -> None:
        self.blocking = list(blocking)
        super().__init__(why="；".join(blocking))


class DefinitionsClash(WulianError):
    code = "definitions_clash"
    message = N_("台账定义没有采用：%(why)s。")
    status = 422
