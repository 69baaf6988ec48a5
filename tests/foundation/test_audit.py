"""The audit record is append-only on both databases and written only inside the act's transaction."""

import pytest
from django.db import DatabaseError, connection, transaction

from wulian.foundation import audit
from wulian.foundation.access import Actor
from wulian.foundation.models import AuditEvent, User


@pytest.fixture
def event(db: None, system: Actor) -> AuditEvent:
    user = User.objects.create(username="someone")
    with transaction.atomic():
        return audit.record(by=system, action="user.created", obj=user, after={"username": "someone"}, reason="试验")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE foundation_auditevent SET reason = 'other'",
        "DELETE FROM foundation_auditevent",
    ],
)
def test_raw_sql_cannot_change_or_delete_events(event: AuditEvent, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    event.refresh_from_db()
    assert event.reason == "试验"


@pytest.mark.django_db(transaction=True)  # inside a test's transaction TRUNCATE fails for waiting constraints instead
def test_truncate_is_refused_on_postgresql(event: AuditEvent) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE foundation_auditevent")
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_a_programming_error(system: Actor) -> None:
    user = User.objects.create(username="someone")
    with pytest.raises(RuntimeError, match="inside the transaction"):
        audit.record(by=system, action="user.created", obj=user)
    assert AuditEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_leaves_no_event(system: Actor) -> None:
    class Broken(Exception):
        pass

    def act() -> None:
        with transaction.atomic():
            user = User.objects.create(username="someone")
            audit.record(by=system, action="user.created", obj=user)
            raise Broken

    with pytest.raises(Broken):
        act()
    assert AuditEvent.objects.count() == 0
    assert User.objects.count() == 0
