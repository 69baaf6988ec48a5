"""Views that a person saves: the filters and sorting of a list under a name."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from wulian.foundation.access import Actor, Role, require
from wulian.kernel.errors import Invalid, NotFound

from ..catalogue import Adopted, get_adopted
from ..models import SavedView

MOST = 30


def list_views(*, viewer: Actor, adopted: Adopted) -> QuerySet[SavedView]:
    """The viewer's own views and those that officers shared, by name."""
    if viewer.user_id is None:
        return SavedView.objects.none()
    return SavedView.objects.filter(Q(user=viewer.user_id) | Q(is_shared=True), register=adopted.id).order_by("name", "pk")


@transaction.atomic
def save_view(*, by: Actor, register: str, name: str, query: str, shared: bool = False) -> SavedView:
    """Keep `query` (the address of a question) under `name`; the same name again replaces it. Only officers share.

    Raises: Denied, Invalid.
    """
    require(by.user_id is not None, act=_("保存视图"), reason=_("需要先登录"))
    if shared:
        require(by.has(Role.OFFICER, Role.ADMINISTRATOR), act=_("共享视图"), reason=_("需要科技部门工作人员身份"))
    assert by.user_id is not None
    adopted = get_adopted(register)
    name = name.strip()
    if not name or len(name) > 60:
        raise Invalid(field=_("名称"), why=_("要有 1 到 60 个字"))
    if len(query) > 2000:
        raise Invalid(field=_("条件"), why=_("太多了，请减少筛选"))
    mine = SavedView.objects.filter(register=adopted.id, user=by.user_id)
    if not mine.filter(name=name).exists() and mine.count() >= MOST:
        raise Invalid(field=_("视图"), why=_("最多保存 %(most)s 个，请先删去不用的") % {"most": MOST})
    view, _created = SavedView.objects.update_or_create(
        register_id=adopted.id, user_id=by.user_id, name=name, defaults={"query": query, "is_shared": shared}
    )
    return view


def delete_view(*, by: Actor, view_id: int) -> None:
    """Delete one's own view. Raises NotFound."""
    deleted, _rows = SavedView.objects.filter(pk=view_id, user=by.user_id).delete() if by.user_id is not None else (0, {})
    if not deleted:
        raise NotFound(what=_("这个视图"))
