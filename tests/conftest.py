"""Fixtures that every test may use."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import hypothesis
import pytest
import pytest_django
from django.conf import settings
from django.test import Client

from wulian.foundation.access import ANONYMOUS, Actor, Role
from wulian.foundation.access import system as system_actor

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile("wulian", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("wulian")


def pytest_configure() -> None:
    from hypothesis import settings as hypothesis_settings

    from wulian.foundation.translations import compile_translations

    compile_translations()
    # The same examples every time, and no clock: a busy machine fails nothing.
    hypothesis_settings.register_profile("suite", deadline=None, derandomize=True)
    hypothesis_settings.load_profile("suite")


@pytest.fixture(scope="session", autouse=True)
def flush_append_only_tables() -> None:
    """Between transactional tests Django empties all tables, which append-only triggers rightly refuse; so the flush
    itself (and nothing else) sets the triggers aside."""
    from django.db import connection
    from django.db.backends.base.operations import BaseDatabaseOperations

    original = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_no_%'")
                triggers = cursor.fetchall()
                for name, _ in triggers:
                    cursor.execute(f"DROP TRIGGER {name}")
                original(self, sql_list)
                for _, sql in triggers:
                    cursor.execute(sql)
            else:
                cursor.execute("SET session_replication_role = replica")
                original(self, sql_list)
                cursor.execute("SET session_replication_role = DEFAULT")

    BaseDatabaseOperations.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign]


def pytest_unconfigure() -> None:
    shutil.rmtree(settings.HOME, ignore_errors=True)


@pytest.fixture(autouse=True)
def no_definitions_remembered() -> None:
    """The registers of a rolled-back test are forgotten."""
    from wulian.registers import catalogue

    catalogue.forget()


@pytest.fixture(autouse=True)
def speak_chinese() -> Iterator[None]:
    """A request leaves its language active in the thread; no test hands it on to the next."""
    from django.utils import translation

    translation.activate("zh-hans")
    yield
    translation.activate("zh-hans")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real input and labelled sets beside the checkout; tests that need it are skipped without it."""
    folder = ROOT.parent / "shared"
    if not (folder / "DESIGN.md").exists():
        pytest.skip("needs ../shared (real input and labelled sets), which is not beside this checkout")
    return folder


@pytest.fixture(autouse=True)
def search_folder(settings: pytest_django.fixtures.SettingsWrapper, tmp_path: Path) -> Path:
    """Every test has a search index of its own: it lies outside the database and would outlive the test's rows."""
    settings.SEARCH_INDEX = tmp_path / "search"
    return settings.SEARCH_INDEX


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def today() -> date:
    return date(2026, 3, 2)


@pytest.fixture
def system() -> Actor:
    return system_actor("测试")


@pytest.fixture
def anonymous() -> Actor:
    return ANONYMOUS


@pytest.fixture
def tianjin(db: None, system: Actor) -> None:
    """The regions of Tianjin are loaded."""
    from wulian.directory.services.regions import load_regions

    load_regions(by=system)


@pytest.fixture
def account(tianjin: None) -> Callable[..., Actor]:
    """Makes an account with one membership and returns its actor: account(Role.OFFICER, region="120106", unit="红桥区科技局")."""
    from wulian.directory.access import actor_of
    from wulian.directory.models import Membership, Organisation, Person
    from wulian.foundation.models import User

    def make(role: Role, *, region: str | None = "120106", unit: str = "红桥区科技局", username: str | None = None) -> Actor:
        organisation, _ = Organisation.objects.get_or_create(
            name=unit, defaults={"name_key": unit, "kind": "government", "region_id": region, "created_at": NOW, "updated_at": NOW}
        )
        user = User.objects.create_user(
            username=username or f"{role.value}-{User.objects.count()}", password="a long enough password", display_name=f"{unit}的人"
        )
        person = Person.objects.create(name=str(user), user=user)
        Membership.objects.create(person=person, organisation=organisation, role=role, region_id=region, valid_from=date(2020, 1, 1))
        return actor_of(user, on=date(2026, 3, 2))

    return make


@pytest.fixture
def officer(account: Callable[..., Actor]) -> Actor:
    return account(Role.OFFICER)


@pytest.fixture
def city_officer(account: Callable[..., Actor]) -> Actor:
    return account(Role.OFFICER, region="120000", unit="天津市科技局")


@pytest.fixture
def reporter(account: Callable[..., Actor]) -> Actor:
    return account(Role.REPORTER, unit="红桥区商务局")


@pytest.fixture
def enterprise_user(account: Callable[..., Actor]) -> Actor:
    return account(Role.ENTERPRISE, unit="天津试验科技有限公司")


@pytest.fixture
def auditor(account: Callable[..., Actor]) -> Actor:
    return account(Role.AUDITOR, unit="红桥区审计局")


@pytest.fixture
def administrator(account: Callable[..., Actor]) -> Actor:
    return account(Role.ADMINISTRATOR, region="120000", unit="平台管理")


@pytest.fixture
def client_of() -> Callable[[Actor], Client]:
    """A browser-like client signed in as an actor: client_of(officer)."""
    from django.contrib.auth import get_user_model

    def make(actor: Actor) -> Client:
        client = Client()
        if actor.user_id is not None:
            client.force_login(get_user_model().objects.get(pk=actor.user_id), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make
