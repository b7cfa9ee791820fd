"""R-6.1-1 (two databases, one command); issue 2, "The house" (the seeded deployment)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from idp.management.deployment import ROOT
from idp.models import Client, User
from idp.oauth.userinfo import person_claims
from idp.protocol.claims import SCOPE_CLAIMS
from tests.servers import RUNNING, database_url

BOTH = ["default", "biometric"]
pytestmark = pytest.mark.django_db(databases=BOTH)


@pytest.fixture
def accounts(tmp_path):
    return tmp_path / "accounts.json"


def seed(accounts, **options):
    call_command("seed_demo", accounts=accounts, stdout=StringIO(), **options)
    return json.loads(accounts.read_text())


def test_seeded_people_sign_in_with_the_passwords_of_the_file(accounts):
    secrets = seed(accounts)
    for username in ("admin", "alice", "bob"):
        person = User.objects.get(username=username)
        assert person.check_password(secrets[username]["password"])
        assert person.is_superuser == (username == "admin")


def test_seeding_twice_changes_nothing(accounts):
    before = seed(accounts), User.objects.get(username="alice").subject
    assert (seed(accounts), User.objects.get(username="alice").subject) == before
    assert Client.objects.count() == 2


def test_one_seeded_person_has_every_standard_claim(accounts):
    seed(accounts)
    claims = person_claims(User.objects.get(username="alice"))
    assert set().union(*SCOPE_CLAIMS.values()) <= claims.keys()


def test_the_relying_party_is_where_the_demo_put_it(accounts):
    seed(accounts, rp_url="http://localhost:18001/")
    assert Client.objects.get(client_id="demo-bank").redirect_uris == [
        "http://localhost:18001/callback"
    ]


def test_the_secrets_are_readable_by_their_owner_only(accounts):
    seed(accounts)
    assert accounts.stat().st_mode & 0o077 == 0


def tables(connection):
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {name for (name,) in found}


@pytest.mark.postgres
def test_one_postgresql_database_for_both_aliases_gets_all_tables(tmp_path):
    server = os.environ[RUNNING]
    name = f"one_for_both_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    url = database_url(server, name)
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "idp.config.settings",
        "COUNTERSIGN_STATE": str(tmp_path),
    }
    environment.pop("BIOMETRIC_DATABASE_URL", None)
    command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--no-input"]
    for _ in range(2):
        subprocess.run(command, env=environment, check=True, capture_output=True)
    with psycopg.connect(url) as connection:
        assert {"idp_user", "biometric_auth_biometricreference"} <= tables(connection)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}"')


def test_each_side_keeps_its_tables_to_itself():
    provider = connections["default"].introspection.table_names()
    biometric = connections["biometric"].introspection.table_names()
    assert not [table for table in provider if table.startswith("biometric_auth_")]
    assert not [table for table in biometric if table.startswith("idp_")]
    assert settings.DATABASES["default"] is not settings.DATABASES["biometric"]
