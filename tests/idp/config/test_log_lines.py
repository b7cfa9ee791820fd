"""R-9.1-7: lines of one request, its events and its tasks have the same identifiers; no secrets."""

from __future__ import annotations

import json
import logging
import uuid

import pytest
from celery.signals import before_task_publish, task_prerun
from django.test import Client as HttpClient
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

from idp import tasks
from idp.config.celery import app
from idp.config.log_lines import log_configuration
from idp.models import SecurityEvent
from tests.factories import a_client


@pytest.fixture(autouse=True)
def _nothing_named():
    clear_contextvars()
    yield
    clear_contextvars()


@pytest.fixture
def lines():
    """Return what has been logged as JSON, and set up nothing that stays."""
    form = log_configuration("json", "INFO")["formatters"]["line"]
    formatter = form.pop("()")(**form)
    written = []

    class Kept(logging.Handler):
        def emit(self, record):
            written.append(json.loads(formatter.format(record)))

    kept = Kept()
    logging.getLogger().addHandler(kept)
    yield written
    logging.getLogger().removeHandler(kept)


@pytest.mark.django_db(databases=["default", "biometric"])
def test_a_line_of_a_request_has_its_name_and_not_its_query(lines):
    answer = HttpClient().get("/nowhere?code=secret", headers={"X-Request-ID": "of-somebody"})
    (line,) = [one for one in lines if one["logger"] == "django.request"]
    assert line["request_id"] == answer["X-Request-ID"] != "of-somebody"
    assert (line["event"], line["level"], line["status_code"]) == (
        "Not Found: /nowhere",
        "warning",
        404,
    )
    assert "secret" not in json.dumps(lines)


@pytest.mark.django_db(databases=["default", "biometric"])
def test_two_requests_have_two_names():
    names = {HttpClient().get("/nowhere")["X-Request-ID"] for _ in range(2)}
    assert len(names) == 2


@pytest.mark.django_db(databases=["default", "biometric"], transaction=True)
def test_a_security_event_and_its_request_find_each_other(lines):
    client = a_client()
    wrong = {"token": "x", "client_id": client.client_id}
    answer = HttpClient().post("/revoke", wrong)
    row = SecurityEvent.record("client.registered", client=client.client_id, name="Zoë")
    line = lines[-1]
    assert line["event"] == "security event client.registered"
    assert line["security_event"] == str(row.uuid)
    assert (line["kind"], line["client"]) == ("client.registered", client.client_id)
    assert line["request_id"] == answer["X-Request-ID"]
    assert "Zoë" not in str(line)


def test_a_traceback_shows_no_values(lines):
    password = "of Zoë"
    try:
        int(password[:0])
    except ValueError:
        logging.getLogger("idp").exception("it failed", extra={"request": password})
    assert "Traceback" in lines[0]["exception"]
    assert "of Zo" not in json.dumps(lines[0])


def test_people_read_text():
    form = log_configuration("text", "INFO")["formatters"]["line"]
    text = form.pop("()")(**form).format(
        logging.makeLogRecord({"msg": "w@host ready.", "name": "w"})
    )
    assert " ready." in text
    assert "\x1b" not in text
    with pytest.raises(ValueError, match="json or text"):
        log_configuration("xml", "INFO")


def test_a_task_is_logged_under_the_name_of_the_request_that_queued_it():
    headers, task_id = {}, str(uuid.uuid4())
    bind_contextvars(request_id="r-1")
    before_task_publish.send(sender="x", headers=headers, body=())
    clear_contextvars()
    task = tasks.purge_expired
    task.push_request(**headers)
    try:
        task_prerun.send(sender=task, task_id=task_id, task=task)
        assert get_contextvars() == {"request_id": "r-1", "task_id": task_id}
    finally:
        task.pop_request()


def test_a_task_that_beat_began_is_its_own_request():
    headers = {}
    before_task_publish.send(sender="x", headers=headers, body=())
    assert headers == {}
    task = app.tasks[tasks.purge_expired.name]
    task_prerun.send(sender=task, task_id="t-1", task=task)
    assert get_contextvars() == {"request_id": "t-1", "task_id": "t-1"}
