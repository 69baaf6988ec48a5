"""People, memberships and units."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from wulian.directory.selectors.people import UNIT_KINDS, get_person, list_people, list_units, match_units
from wulian.directory.selectors.regions import list_regions
from wulian.directory.services.people import (
    add_account,
    add_membership,
    end_membership,
    reset_password,
    revoke_membership,
    set_account_active,
)
from wulian.directory.services.units import add_unit
from wulian.foundation.access import Role
from wulian.kernel.errors import Invalid, NotFound
from wulian.portal.requests import PageRequest

from .forms import ActiveForm, EndForm, MembershipForm, PersonForm, UnitForm


def regions_of(request: PageRequest, *roles: Role) -> list:
    """Regions that the reader covers in any of `roles`."""
    covered = request.actor.regions_as(*roles)
    return [region for region in list_regions() if region.code in covered]


def people(request: PageRequest) -> HttpResponse:
    text, role, state = (request.GET.get(name, "").strip() for name in ("q", "role", "state"))
    today = timezone.localdate()

    def count(**filters: str) -> int:
        return list_people(viewer=request.actor, on=today, **{"text": text, "role": role, "state": state, **filters}).count()

    found = list_people(viewer=request.actor, on=today, text=text, role=role if role in Role.values else "", state=state)
    context = {
        "page": Paginator(found, 30).get_page(request.GET.get("page")),
        "total": count(role="", state=""),
        "roles": [("", _("全部"), count(role="")), *((value, label, count(role=value)) for value, label in Role.choices)],
        "states": [
            ("", _("全部"), count(state="")),
            ("current", _("在任"), count(state="current")),
            ("none", _("无任职"), count(state="none")),
            ("closed", _("已停用"), count(state="closed")),
        ],
        "text": text,
        "today": today,
    }
    return render(request, "admin_pages/people.html", context)


@never_cache
def add_person(request: PageRequest) -> HttpResponse:
    """Adds a person and shows the one-time password once, on the page that answers; it is kept nowhere."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person, password = add_account(by=request.actor, at=timezone.now(), **form.cleaned_data)
        return render(request, "admin_pages/handover.html", {"person": person, "password": password, "fresh": True})
    return render(request, "admin_pages/person_add.html", {"form": form}, status=422 if form.errors else 200)


def shown_person(request: PageRequest, person_id: int, *, form: MembershipForm | None = None, status: int = 200) -> HttpResponse:
    found = get_person(viewer=request.actor, person_id=person_id)
    if found is None:
        raise NotFound(what=_("这个人"))
    today = timezone.localdate()
    form = form or MembershipForm(regions=regions_of(request, Role.ADMINISTRATOR), today=today)
    context = {"person": found, "form": form, "today": today, "end_form": EndForm(initial={"valid_to": today})}
    return render(request, "admin_pages/person.html", context, status=status)


def person(request: PageRequest, person_id: int) -> HttpResponse:
    return shown_person(request, person_id)


@require_POST
def give_membership(request: PageRequest, person_id: int) -> HttpResponse:
    form = MembershipForm(request.POST, regions=regions_of(request, Role.ADMINISTRATOR), today=timezone.localdate())
    if not form.is_valid():
        return shown_person(request, person_id, form=form, status=422)
    found = match_units(viewer=request.actor, text=form.cleaned_data["unit"])
    exact = [unit for unit in found if unit.name == form.cleaned_data["unit"].strip()] or found
    if len(exact) != 1:
        form.add_error(
            "unit",
            _("没有这个单位：请从列表里选，或先到“单位”里添加。")
            if not exact
            else _("有 %(number)s 个单位相像：请写全名。") % {"number": len(exact)},
        )
        return shown_person(request, person_id, form=form, status=422)
    values = form.cleaned_data
    try:
        add_membership(
            by=request.actor, at=timezone.now(), person_id=person_id, organisation_id=exact[0].pk, role=values["role"],
            region_code=values["region"] or None, valid_from=values["valid_from"], valid_to=values["valid_to"],
        )  # fmt: skip
    except Invalid as error:  # keeps what was typed
        form.add_error(None, error.text(_))
        return shown_person(request, person_id, form=form, status=error.status)
    messages.success(request, _("已加上这项任职。"))
    return redirect("person", person_id)


@require_POST
def end(request: PageRequest, membership_id: int) -> HttpResponse:
    form = EndForm(request.POST)
    if not form.is_valid():
        raise Invalid(field=_("结束任职"), why=_("止期和理由都要填"))
    membership = end_membership(by=request.actor, at=timezone.now(), membership_id=membership_id, **form.cleaned_data)
    messages.success(request, _("这项任职到 %(end)s 为止。记录仍在。") % {"end": membership.valid_to})
    return redirect("person", membership.person_id)


@require_POST
def revoke(request: PageRequest, membership_id: int) -> HttpResponse:
    membership = revoke_membership(
        by=request.actor, at=timezone.now(), membership_id=membership_id, reason=request.POST.get("reason", "")[:300]
    )
    messages.success(request, _("已撤销，马上生效。记录仍在。"))
    return redirect("person", membership.person_id)


@require_POST
@never_cache
def new_password(request: PageRequest, person_id: int) -> HttpResponse:
    password = reset_password(by=request.actor, at=timezone.now(), person_id=person_id)
    found = get_person(viewer=request.actor, person_id=person_id)
    return render(request, "admin_pages/handover.html", {"person": found, "password": password, "fresh": False})


@require_POST
def set_active(request: PageRequest, person_id: int) -> HttpResponse:
    form = ActiveForm(request.POST)
    if not form.is_valid():
        raise Invalid(field=_("理由"), why=_("要写清楚，审计时看得到"))
    set_account_active(by=request.actor, at=timezone.now(), person_id=person_id, **form.cleaned_data)
    messages.success(request, _("账号已启用。") if form.cleaned_data["active"] else _("账号已停用，他做过的事都还在记录里。"))
    return redirect("person", person_id)


def units(request: PageRequest) -> HttpResponse:
    regions = regions_of(request, Role.ADMINISTRATOR, Role.OFFICER)
    form = UnitForm(request.POST or None, regions=regions, initial={"region": regions[0].code if regions else ""})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            unit = add_unit(by=request.actor, at=timezone.now(), name=values["name"], kind=values["kind"], region_code=values["region"])
        except Invalid as error:
            form.add_error("name", error.text(_))
        else:
            messages.success(request, _("已添加单位“%(name)s”。") % {"name": unit.name})
            return redirect("units")
    text, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    found = list_units(viewer=request.actor, text=text, kind=kind)
    counts = [("", _("全部"), list_units(viewer=request.actor, text=text).count())]
    counts += [(one.value, str(one.label), list_units(viewer=request.actor, text=text, kind=one.value).count()) for one in UNIT_KINDS]
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    return render(
        request, "admin_pages/units.html", {"page": page, "form": form, "kinds": counts, "text": text}, status=422 if form.errors else 200
    )


def unit_options(request: PageRequest) -> HttpResponse:
    """Options for a box that completes a unit's name (htmx)."""
    found = match_units(viewer=request.actor, text=request.GET.get("unit", ""))
    return render(request, "admin_pages/_unit_options.html", {"units": found})
