"""ARCHITECTURE 8; OIDC.md L5: what is not safe to run is refused, each with reason and mend."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.checks import run_checks
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from idp.authentication import profiles
from idp.checks import administration, clients, levels, logs, policy, services, web
from idp.models import AssuranceProfile, AuthenticatorModel
from idp.protocol.assurance import STRICT
from tests.checks.conftest import HOST, database, said
from tests.checks.test_risk import a_record_in_force
from tests.idp.profiles import put_into_force

LOA1 = "urn:countersign:acr:loa1"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FRONT = ("code", "code token")
REMOTE = "rediss://:secret@redis.example.org:6379/0?ssl_cert_reqs=required"


@pytest.mark.django_db(databases=["default", "biometric"])
def test_a_safe_deployment_is_not_spoken_to(deployment):
    a_model(next_update=None)
    a_record_in_force()
    found = run_checks(include_deployment_checks=True, databases=["default", "biometric"])
    assert [message for message in found if not message.is_silenced()] == []


@pytest.mark.parametrize(
    ("check", "changes", "ids"),
    [
        (web.check_secrets, {"DEBUG": True}, ["idp.E004"]),
        (web.check_web, {"idp": {"issuer": f"http://{HOST}"}}, ["idp.E005"]),
        (clients.check_clients, {"idp": {"fetch_loopback": True}}, ["idp.E006"]),
        (clients.check_clients, {"idp": {"registration": "open"}}, ["idp.E007"]),
        (clients.check_clients, {"idp": {"registration_without_pkce": True}}, ["idp.E008"]),
        (clients.check_clients, {"idp": {"registration_response_types": FRONT}}, ["idp.W004"]),
        (web.check_secrets, {"SECRET_KEY": "short"}, ["idp.E009"]),
        (web.check_secrets, {"SECRET_KEY": "abc" * 20}, ["idp.E009"]),
        (
            web.check_secrets,
            {"SECRET_KEY": "django-insecure-0123456789abcdefghijklmnopqrstuvwxyz"},
            ["idp.E009"],
        ),
        (web.check_secrets, {"PASSWORD_HASHERS": ["a.MD5PasswordHasher"]}, ["idp.E010"]),
        (web.check_secrets, {"AUTH_PASSWORD_VALIDATORS": []}, ["idp.E010"]),
        (web.check_web, {"SECURE_HSTS_SECONDS": 3600}, ["idp.E011"]),
        (web.check_web, {"SESSION_COOKIE_SECURE": False}, ["idp.E012"]),
        (web.check_web, {"CSRF_COOKIE_SECURE": False}, ["idp.E012"]),
        (web.check_web, {"SESSION_COOKIE_HTTPONLY": False}, ["idp.E012"]),
        (web.check_web, {"SESSION_COOKIE_NAME": "sessionid"}, ["idp.E012"]),
        (web.check_web, {"ALLOWED_HOSTS": [HOST, "*"]}, ["idp.E013"]),
        (web.check_web, {"ALLOWED_HOSTS": [HOST, ".example.org"]}, ["idp.E013"]),
        (web.check_web, {"ALLOWED_HOSTS": ["localhost"]}, ["idp.E014"]),
        (web.check_web, {"idp": {"trusted_proxies": ()}}, ["idp.E015"]),
        (web.check_web, {"idp": {"trusted_proxies": ("0.0.0.0/0",)}}, ["idp.E015"]),
        (administration.check_administration, {"idp": {"administration_acr": LOA1}}, ["idp.E033"]),
        (administration.check_administration, {"idp": {"two_person_clients": False}}, ["idp.W008"]),
        (administration.check_administration, {"idp": {"step_up_acr": LOA1}}, ["idp.E033"]),
        (services.check_background_work, {"CELERY_TASK_ALWAYS_EAGER": True}, ["idp.E019"]),
        (services.check_background_work, {"CELERY_BEAT_SCHEDULE": {}}, ["idp.E020"]),
        (services.check_redis, {"CELERY_BROKER_URL": "memory://"}, ["idp.E018"]),
        (
            services.check_redis,
            {"CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}},
            ["idp.E018"],
        ),
        (services.check_redis, {"CELERY_BROKER_URL": "redis+socket:///none"}, ["idp.E023"]),
    ],
)
def test_l5_what_is_not_safe_is_refused(deployment, check, changes, ids):
    assert said(check) == []
    deployment(**changes)
    assert said(check) == ids


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(REMOTE.replace("rediss", "redis"), id="no-tls"),
        pytest.param(REMOTE.replace(":secret@", ""), id="no-password"),
        pytest.param(REMOTE.replace("required", "none"), id="any-certificate"),
        pytest.param(REMOTE.partition("?")[0], id="celery-would-not-speak-tls"),
    ],
)
def test_redis_over_the_network_needs_tls_and_a_password(deployment, url):
    deployment(CELERY_BROKER_URL=url)
    assert said(services.check_redis) == ["idp.E022"]


def test_the_embedded_redis_forgets(deployment):
    deployment(CELERY_BROKER_URL=f"redis+socket://{deployment.settings.STATE_DIR}/redis.sock")
    assert said(services.check_redis) == ["idp.E018"]


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        ({"ENGINE": "django.db.backends.sqlite3", "NAME": "x"}, ["idp.E016"]),
        (database("db.example.org", "x", sslmode="require"), ["idp.E017"]),
        ({**database("db.example.org", "x"), "OPTIONS": {}}, ["idp.E017"]),
        ({**database("localhost", "x"), "OPTIONS": {}}, []),
        ({**database("/run/postgresql", "x"), "OPTIONS": {}}, []),
    ],
)
def test_rows_stay_on_the_machine_or_travel_to_a_proven_server(deployment, given, ids):
    deployment(DATABASES=deployment.settings.DATABASES | {"biometric": given})
    assert said(services.check_databases) == ids


def test_anchors_beside_the_secret_key_are_refused(deployment):
    assert said(logs.check_anchors) == []
    for beside in (deployment.settings.STATE_DIR / "anchors.jsonl", ""):
        deployment(idp={"anchor_file": beside})
        assert said(logs.check_anchors) == ["idp.E030"]
    deployment(idp={"anchor_url": "https://log.example.org/"})
    assert said(logs.check_anchors) == []


@pytest.mark.django_db(databases=["default", "biometric"])
def test_tables_of_the_log_whose_rows_can_be_changed_are_refused(deployment):
    assert said(logs.check_append_only) == []
    on = {"sqlite": "_never_DELETE", "postgresql": "_never_emptied ON idp_securityevent"}
    with connections["default"].cursor() as cursor:
        cursor.execute(f"DROP TRIGGER idp_securityevent{on[connections['default'].vendor]}")
    assert said(logs.check_append_only) == ["idp.E031"]


def test_letters_that_stay_in_files_are_pointed_out(deployment):
    deployment(EMAIL_BACKEND="django.core.mail.backends.filebased.EmailBackend")
    assert said(services.check_mail) == ["idp.W005"]
    deployment(EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend")
    assert said(services.check_mail) == []


def test_a_secret_key_that_others_can_read_is_refused(deployment):
    path = deployment.settings.STATE_DIR / "secret_key"
    path.write_text("key")
    path.chmod(0o640)
    assert said(services.check_secret_key_file) == ["idp.E021"]
    path.chmod(0o600)
    assert said(services.check_secret_key_file) == []


@pytest.mark.django_db(databases=["default", "biometric"])
def test_a_database_without_the_newest_migration_is_refused(deployment):
    newest = MigrationLoader(None).graph.leaf_nodes("idp")[0]
    MigrationRecorder(connections["default"]).record_unapplied(*newest)
    assert said(levels.check_levels) == ["idp.E025"]


@pytest.mark.django_db(databases=["default", "biometric"])
def test_a_database_that_does_not_answer_is_reported(deployment, monkeypatch):
    here = connections["default"]
    nowhere = here.settings_dict | {"HOST": "/nowhere", "NAME": "/nowhere/x"}
    monkeypatch.setattr(levels, "connections", {"default": here.__class__(nowhere, "default")})
    deployment(DATABASES={"default": {}})
    assert said(levels.check_levels) == ["idp.E024"]


@pytest.mark.django_db(databases=["default", "biometric"])
def test_the_profile_in_force_is_judged_and_not_the_setting(deployment):
    deployment(idp={"profile": "self-assessed"})
    assert said(levels.check_levels) == ["idp.W001"], "version 1 comes from the settings"
    put_into_force(STRICT)
    profiles.forget()
    assert said(levels.check_levels) == []


@pytest.mark.django_db(databases=["default", "biometric"])
def test_a_profile_that_was_changed_in_the_database_is_reported(deployment):
    profiles.in_force()
    AssuranceProfile.objects.update(accept_browser_capture=True)
    profiles.forget()
    assert said(levels.check_levels) == ["idp.E026"]


@pytest.mark.django_db(databases=["default", "biometric"])
@pytest.mark.parametrize(("days", "ids"), [(-1, ["idp.W007"]), (1, [])])
def test_somebody_vouches_for_keys_and_says_the_news(deployment, days, ids):
    assert said(levels.check_authenticators) == ["idp.W006"]
    a_model(next_update=timezone.now().date() + timedelta(days=days))
    assert said(levels.check_authenticators) == ids


def a_model(**fields):
    """Return a model of authenticators whose attestation counts."""
    return AuthenticatorModel.objects.create(
        aaguid=uuid4(), source="fido", roots={}, in_hardware=True, loaded_at=NOON, **fields
    )


@pytest.mark.parametrize(
    "issuer",
    [
        "http://op.example",
        "ftp://op.example",
        "op.example",
        "https://",
        "https://op.example?x=1",
        "https://op.example#x",
        "http://localhost.evil.example",
    ],
)
def test_an_issuer_is_https(deployment, issuer):
    deployment(idp={"issuer": issuer})
    assert said(policy.check_policy) == ["idp.E001"]


@pytest.mark.parametrize(
    "issuer", ["https://op.example", "http://localhost:8000", "http://op.localhost", "http://[::1]"]
)
def test_loopback_is_for_development(deployment, issuer):
    deployment(idp={"issuer": issuer})
    assert said(policy.check_policy) == []


def test_words_without_a_meaning_are_refused(deployment):
    words = {
        "acr_values": ("urn:x",),
        "id_token_signing_algorithms": ("none",),
        "registration": "ajar",
        "registration_grant_types": ("password",),
        "registration_response_types": ("token",),
    }
    deployment(idp=words)
    assert said(policy.check_policy) == ["idp.E002"] * 5


@pytest.mark.parametrize(
    ("changes", "ids"),
    [
        ({"methods": ("idp.authentication.telepathy.Telepathy",)}, ["idp.E003"]),
        ({"trusted_proxies": ("10.0.0.0/8", "the proxy")}, ["idp.E027"]),
    ],
)
def test_a_name_that_leads_nowhere_is_refused(deployment, changes, ids):
    deployment(idp=changes)
    assert said(policy.check_policy) == ids


def test_a_closed_registration_has_nothing_to_be_warned_of(deployment):
    loose = {"registration_without_pkce": True, "registration_response_types": FRONT}
    deployment(idp={"registration": "closed", **loose})
    assert said(clients.check_clients) == []
