"""Every shipped register walked through its whole life: each step from each state, ways back included, by those who may and by
those who may not, and with what it needs missing.

Values that its rules ask for come from the hand-written cases and the entries of the demonstration; the rest is filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.db import transaction

from wulian.demo.entries import FOLDER as DEMO
from wulian.demo.entries import UnknownReference, _counted, _created, _day, read_file
from wulian.engines.registers import FieldType, shipped_files
from wulian.engines.registers.conditions import is_missing
from wulian.engines.registers.schema import TransitionDefinition
from wulian.engines.registers.values import read
from wulian.foundation.access import Actor
from wulian.kernel.errors import Denied, NotFound
from wulian.registers.catalogue import Adopted, get_adopted
from wulian.registers.errors import EntryRefused
from wulian.registers.models import Entry, EntryBody, EntryEvent, EntryParty, StateSpell
from wulian.registers.services import steps, writing
from wulian.registers.services.entries import create_entry
from wulian.registers.services.shared import save_values, stored_values
from wulian.registers.services.steps import take_due_steps, take_step

from .making import CaseMaker
from .people import HOME, Somebody, everybody
from .test_cases import FOLDER as CASES

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
MOST_TRIED = 12  # sets of values that are tried for one step
# Values for steps that no file takes and whose rules ask for more than being filled.
HINTS: dict[tuple[str, str], dict[str, Any]] = {
    ("disruptive_projects", "resume"): {
        "reviews": [
            {"stage": stage, "reviewer": "@person:评审人", "reviewed_on": "2026-01-05", "opinion": "for"}
            for stage in ("screen", "admit", "pause", "resume")
        ]
    },
    ("institutes_rd", "restore"): {"grade": "good", "valid_until": "2029-12-31"},
}


@pytest.fixture(scope="module")
def people(adopted_once: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> dict[str, Somebody]:
    with django_db_blocker.unblock():
        return everybody()


@contextmanager
def undone(maker: CaseMaker) -> Iterator[None]:
    """What happens inside is taken back, and forgotten by the maker."""
    known = (maker.made, maker._organisations, maker._persons, maker._named)
    kept = [{key: list(value) if isinstance(value, list) else value for key, value in one.items()} for one in known]
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    for one, before in zip(known, kept, strict=True):
        one.clear()
        one.update(before)  # type: ignore[arg-type]


@dataclass
class Recipe:
    """An entry of a file that is known to be valid. `others`: entries of other registers that it names."""

    spec: Mapping[str, Any]
    others: Mapping[str, Any]


def recipes_of(code: str) -> list[Recipe]:
    found = []
    file = read_file(CASES / f"{code}.yaml") if (CASES / f"{code}.yaml").exists() else {}
    for case in file.get("cases", ()):
        found += [Recipe(spec, case.get("others", {})) for spec in case.get("entries", ())]
    for refusal in file.get("refusals", ()):
        found += [Recipe(spec, refusal.get("others", {})) for spec in [*refusal.get("entries", ()), refusal["entry"]]]
    demo = read_file(DEMO / f"{code}.yaml") if (DEMO / f"{code}.yaml").exists() else {}
    found += [Recipe(spec, {}) for spec in demo.get("entries", ())]
    return [Recipe(_counted(recipe.spec, 1), recipe.others) for recipe in found]


@dataclass
class Walk:
    """`done`: (state, step) that were taken; `tried`: why the others could not be."""

    adopted: Adopted
    maker: CaseMaker
    people: Mapping[str, Somebody]
    recipes: list[Recipe]
    done: set[tuple[str, str]] = field(default_factory=set)
    asked: set[frozenset[str]] = field(default_factory=set)  # those who may, of steps that all others were asked to take
    judged: set[str] = field(default_factory=set)  # steps that were judged for everybody who may
    tried: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def edges(self) -> list[tuple[str, TransitionDefinition]]:
        return [(state, step) for step in self.adopted.definition.lifecycle.transitions for state in step.from_]

    @property
    def left(self) -> set[tuple[str, str]]:
        return {(state, step.code) for state, step in self.edges} - self.done

    def whole(self) -> None:
        for recipe in [Recipe({}, {}), *self.recipes]:
            if not self.left:
                return
            if set(self._states(recipe)) & {state for state, _step in self.left}:
                with undone(self.maker):
                    self._along(recipe)

    def _states(self, recipe: Recipe) -> list[str]:
        """The states through which the recipe goes."""
        found = [self.adopted.definition.lifecycle.initial]
        for step in recipe.spec.get("path", ()):
            transition = self.adopted.definition.transition(step.get("do", ""))
            if transition is not None:
                found.append(transition.to)
        return found

    def _along(self, recipe: Recipe) -> None:
        """Make the entry of a recipe; at each state on its way go wherever nobody has been."""
        try:
            self.others(recipe)
            path = list(recipe.spec.get("path", ()))
            entry = self.maker.entry(self.adopted.code, {**self._known(recipe.spec), "path": []})
        except (EntryRefused, UnknownReference):
            return  # what a refusal tries may not exist
        self._adapt(entry)
        self._around(entry.pk)
        for step in path:
            if "do" in step and (self._state(entry.pk), step["do"]) not in self.done:
                with transaction.atomic():
                    self._edge(entry.pk, step["do"], [dict(step.get("set", {}))], on=_day(step["on"]), stay=True)
                if (self._state(entry.pk), step["do"]) in self.tried:
                    return
            else:
                try:
                    self.maker.step(self.adopted, Entry.objects.get(pk=entry.pk), {**step, "set": self._resolvable(step.get("set", {}))})
                except (EntryRefused, UnknownReference):
                    return
            self._around(entry.pk)

    def others(self, recipe: Recipe) -> None:
        """Make the entries of other registers that a recipe names."""
        for other, listed in recipe.others.items():
            self.maker.entries(other, [{**spec, "repeat": min(int(spec.get("repeat", 1)), 2)} for spec in listed])

    def _known(self, spec: Mapping[str, Any]) -> dict[str, Any]:
        """The spec with our subject, without what it names of entries that were not made, its region ours."""
        spec = {key: value for key, value in spec.items() if key not in {"repeat", "region"}}
        return {**spec, "created": _created(spec), "values": self._resolvable(spec.get("values", {}))}

    def _resolvable(self, given: Mapping[str, Any]) -> dict[str, Any]:
        found = {}
        for code, value in given.items():
            try:
                self.maker.value(self.adopted.field(code), value)
            except (UnknownReference, IndexError):
                continue
            found[code] = value
        return found

    def _adapt(self, entry: Entry) -> None:
        """Give the entry our subject, creator and place; a party besides is noted by `_party`."""
        subject = self.people["subject"]
        kind = self.adopted.definition.subject
        own = (
            {"subject": subject.organisation} if kind == "organisation" else {"subject_person": subject.person} if kind == "person" else {}
        )
        Entry.objects.filter(pk=entry.pk).update(created_by=self.people["creator"].actor.user_id, region=HOME, **own)

    def _party(self, entry_id: int) -> None:
        EntryParty.objects.get_or_create(entry_id=entry_id, field="party", organisation_id=self.people["party"].organisation)

    def _state(self, entry_id: int) -> str:
        return str(Entry.objects.values_list("state", flat=True).get(pk=entry_id))

    def _around(self, entry_id: int) -> None:
        """From where the entry stands take every step that was not taken from here, and walk on from there; then come back."""
        here = self._state(entry_id)
        for state, step in self.edges:
            if state != here or (state, step.code) in self.done:
                continue
            with undone(self.maker):
                self._edge(entry_id, step.code, [{}, *self._sets(step.code)], on=None)

    def _sets(self, step: str) -> list[dict[str, Any]]:
        """Values that files give with a step, then with all that the entry had by then."""
        hint = HINTS.get((self.adopted.code, step))
        narrow, wide = [hint] if hint else [], []
        for recipe in self.recipes:
            known = dict(recipe.spec.get("values", {}))
            for item in recipe.spec.get("path", ()):
                given = item.get("set", item.get("edit", {}))
                known |= given
                if item.get("do") == step:
                    narrow += [dict(given)] if given else []
                    wide.append(dict(known))
        wide += [dict(recipe.spec.get("values", {})) for recipe in self.recipes]
        unique: list[dict[str, Any]] = []
        for given in [*narrow, *wide]:
            if given not in unique:
                unique.append(given)
        return unique[:MOST_TRIED]

    def _edge(self, entry_id: int, code: str, candidates: list[dict[str, Any]], *, on: date | None, stay: bool = False) -> None:
        """One step from where the entry stands: refused to those who may not and without what it needs, taken by one who may."""
        step = self.adopted.definition.transition(code)
        assert step is not None
        here = self._state(entry_id)
        self._party(entry_id)
        if frozenset(step.who) not in self.asked:
            self.asked.add(frozenset(step.who))
            self._refused_to_others(entry_id, step)
        if (here, code) not in self.tried:
            self._refused_without(entry_id, here, step)
        why = ""
        for given in candidates:
            try:
                with transaction.atomic():
                    self._taken(entry_id, step, given, on)
            except (EntryRefused, UnknownReference) as error:
                why = why or str(error)
                continue
            self.done.add((here, code))
            self.tried.pop((here, code), None)
            if not stay:
                self._around(entry_id)
            return
        self.tried[here, code] = why

    # ------------------------------------------------------------------------------------------------------ the checks
    def may(self, step: TransitionDefinition) -> list[str]:
        return [name for name, somebody in self.people.items() if somebody.words & set(step.who) and self._exists(name)]

    def _exists(self, name: str) -> bool:
        return name != "subject" or self.adopted.definition.subject != "none"

    def print_of(self, entry_id: int) -> tuple[Any, ...]:
        entry = Entry.objects.filter(pk=entry_id).values().get()
        counted = tuple(model.objects.filter(entry=entry_id).count() for model in (StateSpell, EntryEvent))
        return (tuple(sorted((key, str(value)) for key, value in entry.items())), str(EntryBody.objects.get(pk=entry_id).values), counted)

    def _refused_to_others(self, entry_id: int, step: TransitionDefinition) -> None:
        before = self.print_of(entry_id)
        allowed = self.may(step)
        for name, somebody in self.people.items():
            if name in allowed or not self._exists(name):
                continue
            with pytest.raises((Denied, NotFound, EntryRefused)) as caught:
                self._take(somebody.actor, entry_id, step.code, reason="理由")
            if isinstance(caught.value, EntryRefused):
                told = {problem.code for problem in caught.value.problems}
                assert "not_permitted" in told, f"{step.code} refused to {name}, though not for who it is: {told}"
        assert self.print_of(entry_id) == before

    def _refused_without(self, entry_id: int, here: str, step: TransitionDefinition) -> None:
        """Without what it needs the step is refused, every missing thing named."""
        values = EntryBody.objects.get(pk=entry_id).values
        codes = [item.code for item in self.adopted.definition.fields]
        needs = {code for code in codes if code in step.needs or step.to in self.adopted.required.get(code, ())}
        wanted = {("missing_field", code) for code in needs if is_missing(values.get(code))}
        wanted |= {("missing_evidence", code) for code in step.evidence if is_missing(values.get(code))}
        if step.back or step.reason:
            wanted.add(("missing_reason", "reason"))
        if not wanted:
            return
        before = self.print_of(entry_id)
        for name in self.may(step)[:1]:
            with pytest.raises(EntryRefused) as caught:
                self._take(self.people[name].actor, entry_id, step.code, reason="")
            found = {(problem.code, problem.field) for problem in caught.value.problems}
            # What is both needed and shown as evidence is told once.
            told = {field for _code, field in found}
            assert {field for _code, field in wanted} <= told, (step.code, wanted - found)
            for _code, code in wanted - {("missing_reason", "reason")}:
                assert self.adopted.field(code).label.zh in caught.value.text(), (step.code, code)
        assert self.print_of(entry_id) == before

    def _taken(self, entry_id: int, step: TransitionDefinition, given: Mapping[str, Any], on: date | None) -> None:
        entry = Entry.objects.get(pk=entry_id)
        values = stored_values(self.adopted, entry)
        raw = self.maker.values(self.adopted, self._resolvable(given))
        known = {**values, **raw}
        raw |= {
            code: value
            for code, value in self.maker.filled(self.adopted, known, state=step.to, also=(*step.needs, *step.evidence)).items()
            if code not in known
        }
        given_read = {
            code: read(self.adopted.field(code), value) for code, value in raw.items() if self.adopted.field(code).compute is None
        }
        on = max(on or entry.state_since, entry.state_since)
        if step.after:
            over = date.fromisoformat(given_read.setdefault(step.after, values.get(step.after) or on.isoformat()))
            on = max(on, over + timedelta(days=1))
        whole = writing.merged(self.adopted, values, given_read)
        if whole != values:
            save_values(self.adopted, entry, whole, AT)
            self._party(entry_id)
        if step.after and (entry.state, step.code) not in self.tried:
            self._by_the_calendar(entry_id, step, on)
        allowed = self.may(step)
        assert allowed, f"nobody may {step.code}"
        for name in allowed[1:] if step.code not in self.judged else ():
            judged = steps.judge_step(
                self.people[name].actor, self.adopted, self._read(entry_id), whole, step=step.code, on=on, reason="理由"
            )
            assert not judged.problems or self._rules_only(judged.problems), (step.code, name, [p.text() for p in judged.problems])
        self.judged.add(step.code)
        self._take(self.people[allowed[0]].actor, entry_id, step.code, reason="理由", on=on)
        assert self._state(entry_id) == step.to

    def _rules_only(self, problems: list[Any]) -> bool:
        return not {problem.code for problem in problems} & {"not_permitted", "unknown_field", "wrong_state"}

    def _by_the_calendar(self, entry_id: int, step: TransitionDefinition, on: date) -> None:
        """On the date itself nothing happens; the day after the system takes the step."""
        system = self.maker.by
        with undone(self.maker):
            over = getattr(self._read(entry_id), self.adopted.columns[step.after])
            take_due_steps(by=system, at=AT, on=over)
            assert not EntryEvent.objects.filter(entry=entry_id, step=step.code, on=over, user__isnull=True).exists()
            take_due_steps(by=system, at=AT, on=on)
            moved = EntryEvent.objects.filter(entry=entry_id).order_by("-pk")[0]
            if moved.step != step.code:
                raise EntryRefused(act=step.code, problems=[])
            assert moved.user_id is None

    def _read(self, entry_id: int) -> Entry:
        return Entry.objects.select_related("subject_person").get(pk=entry_id)

    def _take(self, by: Actor, entry_id: int, step: str, *, reason: str, on: date | None = None) -> Entry:
        on = on or Entry.objects.values_list("state_since", flat=True).get(pk=entry_id)
        return take_step(by=by, at=AT, on=on, entry_id=entry_id, step=step, reason=reason, quiet=True)


@pytest.mark.parametrize("path", shipped_files(), ids=lambda path: path.stem)
def test_the_whole_life(path: Path, adopted_all: None, people: dict[str, Somebody], system: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    adopted = get_adopted(path.stem)
    monkeypatch.setattr(steps, "adopted_registers", lambda: {adopted.code: adopted})
    walk = Walk(adopted, CaseMaker(by=system), people, recipes_of(adopted.code))
    walk.whole()
    assert not walk.left, {edge: walk.tried.get(edge, "never came there") for edge in walk.left}


@pytest.mark.parametrize("path", shipped_files(), ids=lambda path: path.stem)
def test_who_may_add_an_entry(path: Path, adopted_all: None, people: dict[str, Somebody], system: Actor) -> None:
    """Those whom the definition names add an entry with what its first state asks for; the others add nothing."""
    adopted = get_adopted(path.stem)
    definition = adopted.definition
    maker = CaseMaker(by=system)
    walk = Walk(adopted, maker, people, recipes_of(adopted.code))
    for name, somebody in people.items():
        own = somebody.organisation or people["subject"].organisation
        subject = {"organisation": own, "person": people["subject"].person, "none": None}[definition.subject]

        def attempt(recipe: Recipe, somebody: Somebody = somebody, subject: int | None = subject, own: int | None = own) -> str:
            walk.others(recipe)
            values = maker.values(adopted, walk._resolvable(recipe.spec.get("values", {})))
            values = maker.filled(adopted, values, state=definition.lifecycle.initial)
            for code in values:
                if adopted.field(code).type is FieldType.FILE:
                    values[code] = CaseMaker(by=somebody.actor).plain(adopted.field(code))
            # Entries of other registers that it names are of the same firm, who sees them.
            Entry.objects.exclude(register=adopted.id).filter(subject__isnull=False).update(subject=own)
            entry = create_entry(
                by=somebody.actor, at=AT, on=date(2026, 3, 2), register=adopted.code, values=values, subject_id=subject, region=HOME
            )  # fmt: skip
            return entry.state

        if somebody.words & set(definition.create):
            why = []
            for recipe in [Recipe({}, {}), *walk.recipes[:MOST_TRIED]]:
                with undone(maker):
                    try:
                        assert attempt(recipe) == definition.lifecycle.initial
                        break
                    except (EntryRefused, UnknownReference) as error:
                        why.append(str(error))
            else:
                pytest.fail(f"{name}: {why[:3]}")
            continue
        with undone(maker):
            before = Entry.objects.filter(register=adopted.id).count()
            with pytest.raises((Denied, EntryRefused)) as caught:
                create_entry(
                    by=somebody.actor, at=AT, on=date(2026, 3, 2), register=adopted.code, values={}, subject_id=subject, region=HOME
                )
            if isinstance(caught.value, EntryRefused):  # somebody of another region
                assert "region" in {problem.code for problem in caught.value.problems}, (name, caught.value.text())
            assert Entry.objects.filter(register=adopted.id).count() == before
