"""The errors that a person may see.

Every error that reaches a person is a `WulianError`: a Chinese message template (which is also the gettext msgid), the
values that go into it, and a stable code. The edge (portal, api, cli) translates and fills the template, so this module
needs no Django and one sentence serves the page, the API and the command line.
"""

from __future__ import annotations

from typing import Any, ClassVar


def N_(message: str) -> str:
    """Mark a message for translation where gettext itself cannot be imported."""
    return message


class WulianError(Exception):
    """Base of all errors with a sentence for a person.

    Subclasses set `code` (stable, machine-readable), `message` (template with `%(name)s` places, saying what happened and
    what to do) and `status` (the HTTP status that fits).
    """

    code: ClassVar[str] = "error"
    message: ClassVar[str] = N_("没有做成：%(detail)s。")
    status: ClassVar[int] = 400

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(self.text())

    def text(self, translate: Any = None) -> str:
        """The sentence, in Chinese, or passed through `translate` (a gettext function) first."""
        template = translate(self.message) if translate else self.message
        return template % self.params if self.params else template


class NotFound(WulianError):
    code = "not_found"
    message = N_("找不到%(what)s。它可能已被合并或删除；请从列表里重新打开。")
    status = 404


class Denied(WulianError):
    """Refused by access rules; `reason` is a sentence fragment that names what is missing."""

    code = "denied"
    message = N_("您没有权限%(act)s：%(reason)s。需要时请联系本单位管理员。")
    status = 403


class Conflict(WulianError):
    """Someone else changed the same thing first."""

    code = "conflict"
    message = N_("%(who)s在 %(when)s 已改过%(what)s，您的修改没有保存，也没有丢失：请核对下面的新值后再提交。")
    status = 409


class Invalid(WulianError):
    code = "invalid"
    message = N_("%(field)s不对：%(why)s。")
    status = 422
