"""R-9.1-7: whatever is changed, added or taken away in a log of security events is found."""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connections, transaction
from django.utils import timezone

from biometric_auth.models import EventLink as BiometricLink
from biometric_auth.models import SecurityEvent as BiometricEvent
from biometric_auth.services import event_log as biometric_log
from biometric_auth.services import security_events
from idp import event_log, tasks
from idp.models import EventLink, SecurityEvent
from tests.append_only import lifted

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


class TheProvider:
    log, events, links, alias = event_log, SecurityEvent, EventLink, "default"

    @staticmethod
    def record(number):
        SecurityEvent.record("sign_in.failed", subject=f"s-{number}", client="bank", by="Zoë")


class TheAuthenticationServer:
    log, events, links, alias = biometric_log, BiometricEvent, BiometricLink, "biometric"

    @staticmethod
    def record(number):
        security_events.record(
            kind="denied", subject=f"s-{number}", transaction=uuid.uuid4(), reason="other"
        )


@pytest.fixture(params=[TheProvider, TheAuthenticationServer], ids=lambda side: side.__name__)
def side(request):
    return request.param


@pytest.fixture
def chained(side):
    """Five events in the chain and one that waits."""
    for number in range(1, 6):
        side.record(number)
    assert side.log.extend() == 5
    side.record(6)
    with lifted(side.alias):
        yield side


def sql(side, statement, *values):
    """Do what only somebody at the database can do."""
    with connections[side.alias].cursor() as cursor:
        cursor.execute(statement, values)


def change(side, model, column, value, pk):
    name = connections[side.alias].ops.quote_name(column)
    key = model._meta.pk.column
    sql(side, f"UPDATE {table(model)} SET {name} = %s WHERE {key} = %s", value, pk)


def faults(side, anchors=None):
    return list(side.log.faults(anchors or {}))


def table(model):
    return model._meta.db_table


def row(side, number):
    """Return the event of a link."""
    return side.events.objects.get(link__number=number)


def test_a_log_that_nobody_touched_holds(chained):
    assert faults(chained) == []
    assert (chained.log.head()[0], chained.log.waiting()) == (5, 1)


def test_the_command_is_content_with_logs_that_hold(side, capsys):
    side.record(1)
    side.log.extend()
    call_command("verify_log")
    assert "1 events chained, 0 waiting, nothing anchored" in capsys.readouterr().out


def test_chaining_twice_adds_nothing(chained):
    assert chained.log.extend() == 1
    assert chained.log.extend() == 0
    assert list(chained.links.objects.order_by("number").values_list("number", flat=True)) == [
        1, 2, 3, 4, 5, 6,
    ]  # fmt: skip
    assert faults(chained) == []


OTHER = {
    "uuid": uuid.uuid4().hex,
    "at": "2026-01-01 00:00:00+00:00",
    "kind": "nothing",
    "subject": "somebody else",
    "client_id": "evil",
    "transaction": uuid.uuid4().hex,
    "details": '{"by": "nobody"}',
    "mac": "0" * 64,
}
OF_ONE_SIDE = {"client_id", "transaction"}


@pytest.mark.parametrize("column", [*OTHER, "id"])
def test_any_changed_column_of_a_chained_event_is_found(chained, column):
    if column not in {field.column for field in chained.events._meta.fields}:
        assert column in OF_ONE_SIDE
        return
    changed = row(chained, 3)
    value = OTHER.get(column, 1_000)
    change(chained, chained.events, column, value, changed.pk)
    assert faults(chained)[0].startswith("Link 3")
    if column == "id":  # the link hangs in the air: undo, before the database says so
        change(chained, chained.events, "id", changed.pk, 1_000)


@pytest.mark.parametrize("column", [column for column in OTHER if column != "mac"])
def test_any_changed_column_of_a_waiting_event_is_found(chained, column):
    if column not in {field.column for field in chained.events._meta.fields}:
        assert column in OF_ONE_SIDE
        return
    waits = chained.events.objects.get(link=None)
    change(chained, chained.events, column, OTHER[column], waits.pk)
    assert "not chained: it was changed, or never recorded" in faults(chained)[0]
    chained.log.extend()
    assert ": it was changed" in faults(chained)[0] or "was changed." in faults(chained)[0]


@pytest.mark.parametrize(
    ("column", "value"),
    [("at", "2026-01-01 00:00:00+00:00"), ("mac", "0" * 64), ("number", 33)],
)
def test_any_changed_column_of_a_link_is_found(chained, column, value):
    change(chained, chained.links, column, value, 3)
    assert any(sentence in faults(chained)[0] for sentence in ("Link 3", "Between links 2 and 4"))


def test_a_link_that_names_another_event_is_found(chained):
    waits = chained.events.objects.get(link=None)
    change(chained, chained.links, "event_id", waits.pk, 3)
    assert faults(chained)[0].startswith("Link 3")


def test_two_links_that_changed_places_are_found(chained):
    for number, before in ((30, 2), (2, 3), (3, 30)):
        change(chained, chained.links, "number", number, before)
    assert faults(chained)[0].startswith("Link 2")


def test_two_events_that_changed_places_are_found(chained):
    one, two = row(chained, 2), row(chained, 3)
    for event, subject in ((one, two.subject), (two, one.subject)):
        change(chained, chained.events, "subject", subject, event.pk)
    assert [fault[:6] for fault in faults(chained)] == ["Link 2", "Link 3"]


def test_a_deleted_event_is_found_by_its_link(chained):
    gone = row(chained, 3)
    with transaction.atomic(using=chained.alias):
        sql(chained, f"DELETE FROM {table(chained.events)} WHERE id = %s", gone.pk)
        assert faults(chained) == ["Link 3: its event is gone."]
        transaction.set_rollback(True, using=chained.alias)


@pytest.mark.parametrize("number", [1, 3])
def test_a_deleted_link_is_found(chained, number):
    gone = row(chained, number)
    sql(chained, f"DELETE FROM {table(chained.links)} WHERE number = %s", number)
    sql(chained, f"DELETE FROM {table(chained.events)} WHERE id = %s", gone.pk)
    assert faults(chained)[0].startswith(f"Between links {number - 1} and {number + 1}")


def test_an_inserted_event_is_found(chained):
    chained.events.objects.create(kind="account.created", subject="evil", mac="0" * 64)
    assert "never recorded" in faults(chained)[0]
    chained.log.extend()
    assert "was changed" in faults(chained)[0]


def test_an_inserted_link_is_found(chained):
    waits = chained.events.objects.get(link=None)
    chained.links.objects.create(number=6, event=waits, at=timezone.now(), mac="0" * 64)
    assert faults(chained) == ["Link 6 does not follow from the one before and its event."]


def test_rows_that_are_gone_from_the_end_are_found_by_an_anchor(chained):
    anchored = dict([chained.log.head()])
    gone = row(chained, 5)
    sql(chained, f"DELETE FROM {table(chained.links)} WHERE number = 5")
    sql(chained, f"DELETE FROM {table(chained.events)} WHERE id = %s", gone.pk)
    assert faults(chained) == []
    assert faults(chained, anchored) == ["The chain ends at link 4, and link 5 was anchored."]


def test_an_event_that_is_never_chained_is_found(side, monkeypatch):
    past = timezone.now() - timedelta(minutes=11)
    monkeypatch.setattr(timezone, "now", lambda: past)
    side.record(1)
    monkeypatch.undo()
    assert "never chained" in faults(side)[0]


def test_an_event_that_was_committed_late_is_chained_late(side, monkeypatch):
    past = timezone.now() - timedelta(minutes=50)
    side.record(1)
    side.log.extend()
    monkeypatch.setattr(timezone, "now", lambda: past)
    side.record(2)
    monkeypatch.undo()
    assert side.log.extend() == 1
    assert faults(side) == []


def test_the_command_names_the_row_and_fails(chained, capsys):
    change(chained, chained.events, "subject", "x", row(chained, 2).pk)
    with pytest.raises(CommandError, match="Not what was recorded"):
        call_command("verify_log")
    assert "Link 2: Event" in capsys.readouterr().out


def test_what_an_earlier_secret_key_recorded_holds(settings):
    SecurityEvent.record("sign_in.failed")
    event_log.extend()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10
    SecurityEvent.record("sign_in.failed")
    assert tasks.chain_security_events() == 1
    assert list(event_log.faults({})) == []
    settings.SECRET_KEY_FALLBACKS = []
    assert list(event_log.faults({})) != []


@pytest.mark.postgres
@pytest.mark.parametrize("killed", [False, True], ids=["commits", "is killed"])
@pytest.mark.django_db(databases=["default", "biometric"], transaction=True)
def test_where_two_chain_one_wins_and_one_that_is_killed_leaves_nothing(side, killed):
    side.record(1)
    written, waits = threading.Event(), threading.Event()

    def first():
        with contextlib.suppress(OperationalError), transaction.atomic(using=side.alias):
            assert side.log._extend_by_a_batch() == 1
            written.set()
            waits.wait()
            time.sleep(0.3)  # the second process is at the same link by now
            if killed:
                sql(side, "SELECT pg_terminate_backend(pg_backend_pid())")
        connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    written.wait()
    waits.set()
    assert side.log.extend() == (1 if killed else 0)
    thread.join()
    assert (faults(side), side.links.objects.count()) == ([], 1)


@pytest.mark.postgres
@pytest.mark.django_db(databases=["default", "biometric"], transaction=True)
def test_twenty_threads_record_while_two_chain(side):
    done = threading.Event()

    def recording(number):
        for turn in range(20):
            with contextlib.suppress(IntegrityError), transaction.atomic(using=side.alias):
                side.record(number * 100 + turn)
                if turn % 5 == 4:
                    raise IntegrityError
        connections.close_all()

    def chaining():
        while not done.is_set():
            side.log.extend()
        connections.close_all()

    writers = [threading.Thread(target=recording, args=(number,)) for number in range(20)]
    chainers = [threading.Thread(target=chaining) for _ in range(2)]
    for thread in [*writers, *chainers]:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in chainers:
        thread.join()
    side.log.extend()
    assert side.log.head()[0] == side.events.objects.count() == 20 * 16
    assert faults(side) == []
