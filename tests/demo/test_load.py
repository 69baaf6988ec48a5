"""The demonstration in the database: loaded once for all tests here, each of which is rolled back."""

from __future__ import annotations

import stat
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.contrib.auth import authenticate
from django.test import TestCase

from wulian.chains.governance.judging import judge_indicator
from wulian.chains.governance.models import Indicator, Observation, PeerIdea, Plan, Problem, ReportingRound, RoundReport, Target, TaskUnit
from wulian.cli.demo import load_if_absent
from wulian.demo.accounts import SAMPLES, accounts_file, ensure_accounts
from wulian.demo.removal import remove_demo
from wulian.demo.selectors import demo_is_loaded
from wulian.demo.services import load_demo
from wulian.directory.access import actor_of
from wulian.directory.models import FactValue, IPRight, Organisation, Region, RegionFactValue, Source, TitleGrant
from wulian.directory.services.regions import load_regions
from wulian.foundation.access import ANONYMOUS, Actor, Role, system
from wulian.foundation.catalogue import metrics
from wulian.foundation.catalogue.metrics import scope_of
from wulian.foundation.models import AuditEvent, MetricSnapshot, User
from wulian.kernel.errors import Denied, Invalid

ON = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
BY = system("演示测试")


def counts() -> dict[str, int]:
    return {
        model._meta.label: model._default_manager.count()
        for app in ("foundation", "directory", "governance")
        for model in apps.get_app_config(app).get_models()
    }


class LoadedDemo(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        load_regions(by=BY)
        cls.loaded = load_demo(by=BY, at=AT, on=ON)

    def plan(self, region: str, first_year: int) -> Plan:
        return Plan.objects.get(region=region, first_year=first_year)

    def statuses(self, plan: Plan, on: date) -> Counter[str]:
        found: Counter[str] = Counter()
        for indicator in plan.indicators.filter(components__isnull=True):
            found[judge_indicator(indicator, plan, indicator.targets.all(), indicator.observations.all(), on).code.value] += 1
        return found

    def test_rows_are_there_and_marked(self) -> None:
        made_up = Organisation.objects.filter(is_synthetic=True)
        assert 2_800 <= made_up.count() <= 3_400
        assert not Organisation.objects.filter(is_synthetic=False).exclude(kind=Organisation.Kind.GOVERNMENT).exists()
        assert not Organisation.objects.filter(is_synthetic=False).exclude(uscc="").exists()
        assert set(FactValue.objects.values_list("year", flat=True).distinct()) == {2021, 2022, 2023, 2024, 2025}
        assert TitleGrant.objects.filter(granted_on__year__lte=2019).exists()
        assert not Source.objects.filter(records__organisation__is_synthetic=True, is_synthetic=False).exists()
        assert not FactValue.objects.filter(source__is_synthetic=False).exists()
        assert all(Plan.objects.values_list("is_synthetic", flat=True))
        assert set(User.objects.values_list("is_demo", flat=True)) == {True}

    def test_loading_again_changes_nothing(self) -> None:
        before = counts()
        again = load_demo(by=BY, at=AT, on=ON)
        assert counts() == before
        assert (again.written.organisations, again.written.touched) == (0, ())

    def test_loading_later_adds_what_happened_since(self) -> None:
        before = counts()
        closed = Organisation.objects.filter(closed_on__isnull=False).count()
        load_demo(by=BY, at=datetime(2026, 12, 1, tzinfo=UTC), on=date(2026, 12, 1))
        after = counts()
        assert after["directory.Organisation"] > before["directory.Organisation"]
        assert after["directory.TitleGrant"] > before["directory.TitleGrant"]
        assert after["governance.Plan"] == before["governance.Plan"]
        assert Organisation.objects.filter(closed_on__isnull=False).count() > closed
        assert not Organisation.objects.filter(closed_on__isnull=False, status=Organisation.Status.ACTIVE).exists()
        ended = TitleGrant.objects.filter(organisation__closed_on__isnull=False, valid_to__gt=date(2026, 12, 1), revoked_on__isnull=True)
        assert not ended.exists()

    def test_the_five_plans_are_published_and_linked(self) -> None:
        assert Plan.objects.filter(state=Plan.State.PUBLISHED).count() == 5
        new = self.plan("120106", 2026)
        assert (new.parent, new.predecessor) == (self.plan("120000", 2025), self.plan("120106", 2020))
        chain = Indicator.objects.get(plan=new, name="国家高新技术企业").chain
        assert chain is not None
        assert {one.plan.region_id for one in chain.indicators.all()} == {"120000", "120106", "120116-BHHT"}

    def test_units_as_printed_are_matched_and_slips_kept(self) -> None:
        task = self.plan("120106", 2020).tasks.get(number="（一）", section="重点任务")
        printed = {unit.name_printed: unit for unit in task.units.all()}
        assert printed["区区商务局"].organisation == Organisation.objects.get(name="天津市红桥区商务局")
        assert printed["区科技局"].role == TaskUnit.Role.LEAD
        classes = TaskUnit.objects.filter(name_printed="各区人民政府")
        assert set(classes.values_list("unit_class", "organisation")) == {("all_districts", None)}
        assert not TaskUnit.objects.filter(unit_class="", organisation__isnull=True).exists()

    def test_statuses_are_mixed(self) -> None:
        hongqiao = self.statuses(self.plan("120106", 2020), ON) + self.statuses(self.plan("120106", 2026), ON)
        assert {"met", "slow", "behind", "no_data", "not_set", "qualitative"} <= set(hongqiao)
        city = self.statuses(self.plan("120000", 2025), ON)
        assert {"met", "not_set"} <= set(city)
        assert set(city) & {"slow", "behind"}
        assert {"met", "slow", "no_data", "not_set"} <= set(self.statuses(self.plan("120116-BHHT", 2021), ON))

    def test_the_eight_indicators_have_a_history_that_opens(self) -> None:
        plan = self.plan("120106", 2020)
        for indicator in plan.indicators.exclude(metric=""):
            computed = indicator.observations.filter(origin=Observation.Origin.COMPUTED, superseded_by__isnull=True)
            assert [row.as_of.year for row in computed.order_by("as_of")] == [2019, 2020, 2021, 2022]
            assert all(row.snapshot_id and row.value is not None for row in computed)
        final = Observation.objects.get(
            indicator=plan.indicators.get(metric="hnte_valid"), as_of=date(2022, 12, 31), origin=Observation.Origin.COMPUTED
        )
        value = metrics.get("hnte_valid").compute(scope_of("120106", date(2022, 12, 31))).value
        assert final.value == value
        assert value is not None
        assert 80 <= value <= 120

    def test_some_reports_differ_from_what_is_computed(self) -> None:
        pairs = []
        for row in Observation.objects.filter(origin=Observation.Origin.REPORTED, superseded_by__isnull=True).exclude(indicator__metric=""):
            twin = row.indicator.observations.filter(as_of=row.as_of, origin=Observation.Origin.COMPUTED).first()
            if twin and row.value is not None and twin.value:
                pairs.append(abs(row.value - twin.value) / twin.value)
        assert len(pairs) > 20
        assert any(difference == 0 for difference in pairs)
        assert any(difference > 0 for difference in pairs)

    def test_printed_values_are_observations(self) -> None:
        row = Observation.objects.get(indicator__name="国家科技型中小企业数量", as_of=date(2025, 12, 31), origin=Observation.Origin.PRINTED)
        assert row.value == 267
        masked = Target.objects.get(indicator__name="国家高新技术企业", role=Target.Role.BASELINE)
        assert (masked.value, masked.number_state) == (None, Target.NumberState.MASKED)

    def test_rounds_are_late_running_and_finished(self) -> None:
        assert set(ReportingRound.objects.values_list("state", flat=True)) == {"open", "closed"}
        overdue = ReportingRound.objects.filter(state="open", due_on__lt=ON)
        assert RoundReport.objects.filter(round__in=overdue, state=RoundReport.State.DUE).exists()
        assert ReportingRound.objects.filter(state="open", due_on__gte=ON).exists()
        late = [
            r
            for r in RoundReport.objects.select_related("round").exclude(filed_at=None)
            if r.filed_at and r.filed_at.date() > r.round.due_on
        ]
        assert late
        assert Problem.objects.filter(state=Problem.State.CLOSED).exists()

    def test_no_figure_is_later_than_today(self) -> None:
        assert not Observation.objects.filter(as_of__gt=ON).exists()
        assert not Observation.objects.filter(recorded_at__gt=AT).exists()
        assert not AuditEvent.objects.filter(at__gt=AT, action__startswith="report").exists()
        assert not MetricSnapshot.objects.filter(as_of__gt=ON).exists()

    def test_sign_ins_work_and_passwords_are_kept_for_the_owner_only(self) -> None:
        with self.captureOnCommitCallbacks(execute=True):
            sign_ins = ensure_accounts(by=BY, at=AT, new_passwords=True)
        try:
            assert stat.S_IMODE(accounts_file().stat().st_mode) == 0o600
            text = accounts_file().read_text(encoding="utf-8")
            assert [one.username for one in sign_ins] == [sample.username for sample in SAMPLES]
            for one in sign_ins:
                assert f"{one.username}\t{one.password}" in text
                user = User.objects.get(username=one.username)
                assert user.check_password(one.password)
                assert authenticate(username=one.username, password=one.password) == user
                assert one.role in actor_of(user, on=ON).roles
            assert len({one.password for one in sign_ins}) == len(sign_ins)
            known = ensure_accounts(by=BY, at=AT)
            assert [one.password for one in known] == [one.password for one in sign_ins]
        finally:
            accounts_file().unlink()
        assert {one.password for one in ensure_accounts(by=BY, at=AT)} == {""}

    def test_somebodys_own_account_is_not_touched(self) -> None:
        user = User.objects.get(username="auditor")
        user.is_demo = False
        user.save()
        password = user.password
        ensure_accounts(by=BY, at=AT, new_passwords=True)
        user.refresh_from_db()
        assert user.password == password

    def test_officers_cover_their_regions(self) -> None:
        officer = actor_of(User.objects.get(username="officer"), on=ON)
        assert officer.has(Role.OFFICER, region="120106")
        assert not officer.has(Role.OFFICER, region="120116-BHHT")
        assert actor_of(User.objects.get(username="city-officer"), on=ON).has(Role.OFFICER, region="120116-BHHT")
        firm = actor_of(User.objects.get(username="enterprise"), on=ON)
        held = Organisation.objects.get(pk__in=firm.organisations_as(Role.ENTERPRISE))
        assert (held.is_synthetic, held.region_id) == (True, "120106")

    def test_loading_is_skipped_when_it_has_been_done(self) -> None:
        before = counts()
        assert demo_is_loaded()
        with CliRunner().isolation() as streams:
            load_if_absent()
        assert streams[0].getvalue() == b""
        assert counts() == before

    def test_removing_leaves_only_regions_and_what_the_audit_names(self) -> None:
        removed = remove_demo(by=BY, at=AT)
        left = {label for label, count in counts().items() if count}
        # What waits for the search index is a note to take the organisations out of it.
        assert left == {"directory.Region", "directory.Person", "foundation.User", "foundation.AuditEvent", "foundation.SearchOutbox"}
        assert not User.objects.filter(is_active=True).exists()
        assert removed.deleted["规划"] == 5
        assert sum(removed.kept.values()) > 0

    def test_removing_keeps_what_something_real_depends_on(self) -> None:
        firm = Organisation.objects.filter(is_synthetic=True, kind=Organisation.Kind.ENTERPRISE).order_by("pk")[0]
        real = Source.objects.create(code="a-real-source", name="真实数据源")
        TitleGrant.objects.create(organisation=firm, kind="hnte", granted_on=ON, valid_from=ON, source=real)
        unit = Organisation.objects.get(name="天津市红桥区科学技术局")
        own = Plan.objects.create(
            title="本区自己的规划", short_title="自己的", region=Region.objects.get(pk="120106"), first_year=2026, last_year=2027,
            parent=self.plan("120106", 2020), created_at=AT,
        )  # fmt: skip
        Indicator.objects.create(plan=own, name="自己的指标", position=1, owner=unit)
        removed = remove_demo(by=BY, at=AT)
        assert set(Plan.objects.values_list("short_title", flat=True)) == {
            "自己的", "红桥科创三年行动（2020—2022）", "天津科技创新“十四五”规划（2021—2025）",
        }  # fmt: skip
        assert Organisation.objects.filter(pk__in=[firm.pk, unit.pk]).count() == 2
        assert TitleGrant.objects.count() == 1
        assert not IPRight.objects.exists()
        assert removed.kept["合成主体（真实记录引用了它）"] >= 1
        assert removed.kept["规划（真实规划以它为上级或上一期）"] == 2

    def test_practices_of_elsewhere_are_put_to_tasks(self) -> None:
        ideas = PeerIdea.objects.order_by("pk")
        assert [idea.state for idea in ideas] == ["taken_up", "unsuitable", "noted"]
        assert {idea.task.plan for idea in ideas} == {self.plan("120106", 2026)}
        assert all(idea.chain is not None and idea.chain.peers.exists() for idea in ideas)

    def test_units_are_appraised_and_a_changed_version_leaves_earlier_scores(self) -> None:
        past, running = self.plan("120106", 2020), self.plan("120106", 2026)
        assert list(past.appraisals.order_by("version").values_list("version", flat=True)) == [1, 2]
        first, second = (scheme.results.get() for scheme in past.appraisals.order_by("version"))
        assert first.as_of == second.as_of == date(2022, 12, 31)
        for score in [*first.scores.all(), *second.scores.all()]:
            parts = [Decimal(one["contribution"]) for one in score.inputs if one["contribution"] is not None]
            assert score.value is None or sum(parts) == score.value
        assert running.appraisals.get().year == ON.year

    def test_evaluations_are_reviewed_by_a_third_party(self) -> None:
        past, running = self.plan("120106", 2020).evaluations.get(), self.plan("120106", 2026).evaluations.get()
        assert (past.is_public, running.is_public) == (True, False)
        assert [one.answered_at is not None for one in past.comments.order_by("id")] == [True, True, True]
        assert running.comments.filter(answered_at__isnull=True).count() == 2
        assert past.comments.filter(is_public=True).count() == 2
        assert all(one.about for one in running.comments.filter(answered_at__isnull=True))

    def test_it_can_be_loaded_again_after_removal(self) -> None:
        remove_demo(by=BY, at=AT)
        again = load_demo(by=BY, at=AT, on=ON)
        assert again.written.organisations == self.loaded.written.organisations
        assert all(one.password for one in again.sign_ins)
        assert User.objects.filter(is_active=True).count() == len(SAMPLES)


@pytest.mark.django_db
@pytest.mark.parametrize("actor", [ANONYMOUS, Actor(user_id=None, name="officer")])
def test_only_administrators_load_or_remove(actor: Actor) -> None:
    with pytest.raises(Denied):
        load_demo(by=actor, at=AT, on=ON)
    with pytest.raises(Denied):
        remove_demo(by=actor, at=AT)
    with pytest.raises(Denied):
        ensure_accounts(by=actor, at=AT)


@pytest.mark.django_db
def test_there_is_no_demonstration_before_2026() -> None:
    with pytest.raises(Invalid, match="2026-01-01"):
        load_demo(by=BY, at=AT, on=date(2025, 12, 31))


@pytest.mark.django_db
def test_removing_nothing_deletes_nothing() -> None:
    assert remove_demo(by=BY, at=AT).deleted == {}
    assert RegionFactValue.objects.count() == 0
