"""The person's own pages: OIDC.md G6 (open redirect), J8 (no self-upgrade); R-9.4-8."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from idp.authentication.session import read_signed_in
from idp.contract import Evidence, SignedIn
from idp.endpoints.account import safe_path
from idp.models import AuthenticationEvent, Passkey
from tests.factories import a_person
from tests.idp.authentication.authenticator import SoftwareAuthenticator
from tests.idp.authentication.test_passkey import register
from tests.idp.endpoints.stub_face import StubFace

pytestmark = pytest.mark.django_db
HOME = "/account/"


@pytest.fixture
def signed_in(visitor, alice):
    visitor.sign_in(visitor.browser.get("/account/sign-in"))
    return visitor


def test_the_account_page_needs_a_session(visitor, alice):
    response = visitor.follow(visitor.browser.get(HOME))
    assert 'data-page="login"' in response.content.decode()


def test_the_account_page_says_who_and_how_strongly(signed_in):
    page = signed_in.browser.get(HOME).content.decode()
    assert "Alice Archer" in page
    assert "Level 1" in page
    assert "Self-assessed profile: mapped, not assessed" in page


@pytest.mark.parametrize(
    "given",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/account\r\nSet-Cookie: a=b",
        "/\tevil",
        " /account/",
        "account/",
        "",
    ],
)
def test_g6_next_never_leaves_the_origin(given):
    assert safe_path(given) == HOME


def test_next_is_followed_inside_the_origin(visitor, alice):
    response = visitor.browser.get("/account/sign-in?next=/elsewhere")
    assert visitor.sign_in(response).content == b"elsewhere"


def test_a_level_that_is_already_there_asks_for_nothing(signed_in):
    response = signed_in.browser.get("/account/sign-in?next=/elsewhere&level=1")
    assert response["Location"] == "/elsewhere"


def test_a_higher_level_asks_for_what_is_missing(signed_in, alice):
    StubFace.enrolled.add(alice.subject)
    response = signed_in.browser.get("/account/sign-in?next=/elsewhere&level=3")
    assert response["Location"].startswith("/biometric/capture/")


def test_a_level_out_of_reach_is_a_clear_page(signed_in):
    response = signed_in.browser.get("/account/sign-in?next=/elsewhere&level=3")
    assert response.status_code == 403
    assert "A stronger sign-in is needed" in response.content.decode()


@pytest.mark.parametrize("level", ["0", "5", "x", "-1", ""])
def test_an_unknown_level_counts_as_the_first(visitor, alice, level):
    response = visitor.browser.get("/account/sign-in", {"next": HOME, "level": level})
    assert response["Location"].endswith("/login")


def test_signing_out_ends_the_session(signed_in):
    secret = signed_in.browser.cookies["countersign_session"].value
    signed_in.browser.post("/account/sign-out")
    signed_in.browser.cookies["countersign_session"] = secret
    assert signed_in.browser.get(HOME).status_code == 303


def test_signing_out_is_no_link(signed_in):
    assert signed_in.browser.get("/account/sign-out").status_code == 405


def test_a_sibling_application_learns_who_is_signed_in(signed_in, alice):
    request = RequestFactory().get("/")
    request.COOKIES = {name: m.value for name, m in signed_in.browser.cookies.items()}
    found = read_signed_in(request)
    assert isinstance(found, SignedIn)
    assert found.subject == alice.as_subject()
    assert found.level == 1
    assert len(found.browser) == 64


def test_a_sibling_application_learns_nothing_without_a_session(alice):
    assert read_signed_in(RequestFactory().get("/")) is None
    assert read_signed_in(object()) is None


class TestPasskeys:
    PAGE = "/account/passkeys/"

    def add(self, visitor):
        options = visitor.browser.post(f"{self.PAGE}options")
        if options.status_code != 200:
            return options
        credential = SoftwareAuthenticator().create(options.content)
        return visitor.browser.post(
            f"{self.PAGE}add", {"credential": credential, "name": "My phone"}
        )

    def test_the_page_needs_a_session(self, visitor, alice):
        assert visitor.browser.get(self.PAGE).status_code == 303
        assert self.add(visitor).status_code == 303
        assert not Passkey.objects.exists()

    def test_the_first_passkey_is_added_in_a_fresh_session(self, signed_in, alice):
        assert self.add(signed_in)["Location"] == self.PAGE
        row = Passkey.objects.get()
        assert (row.user, row.name, row.enrolment) == (alice, "My phone", 1)

    def test_an_old_session_must_sign_in_again(self, signed_in, alice):
        AuthenticationEvent.objects.update(at=timezone.now() - timedelta(minutes=16))
        response = self.add(signed_in)
        assert "recent=1" in response["Location"]
        response = signed_in.browser.get(response["Location"])
        assert response["Location"].endswith("/login")
        signed_in.sign_in(response)
        assert self.add(signed_in)["Location"] == self.PAGE

    def test_a_stolen_password_adds_no_factor_beside_the_one_that_is_there(self, signed_in, alice):
        register(alice)
        response = self.add(signed_in)
        assert "level=3" in response["Location"]
        assert Passkey.objects.count() == 1

    def test_a_stolen_password_removes_no_factor(self, signed_in, alice):
        _, row = register(alice)
        assert signed_in.browser.post(f"{self.PAGE}{row.pk}/remove").status_code == 303
        assert Passkey.objects.filter(pk=row.pk).exists()
        assert "passkey-confirm" in signed_in.browser.get(self.PAGE).content.decode()

    def test_a_passkey_says_where_it_is_and_gets_another_name(self, signed_in, alice):
        self.add(signed_in)
        row = Passkey.objects.get()
        page = signed_in.browser.get(self.PAGE).content.decode()
        assert "Synced to your other devices" in page
        self.change(signed_in, row, "name", name="My <old> phone")
        Passkey.objects.update(backup_eligible=False, backed_up=False)
        page = signed_in.browser.get(self.PAGE).content.decode()
        assert "My &lt;old&gt; phone" in page
        assert "On this device only" in page

    def test_nobody_names_another_person_s_passkey(self, signed_in, alice):
        _, row = register(a_person())
        self.change(signed_in, row, "name", name="Mine")
        assert Passkey.objects.get().name == "Phone"

    def test_the_last_way_to_sign_in_stays(self, signed_in, alice):
        self.add(signed_in)
        alice.set_unusable_password()
        alice.save(update_fields=["password"])
        first = Passkey.objects.get()
        removed = self.change(signed_in, first, "remove")
        assert removed["Location"] == f"{self.PAGE}?last=1"
        assert "only way to sign in" in signed_in.browser.get(removed["Location"]).content.decode()
        _, second = register(alice, handle="second")
        self.change(signed_in, first, "remove")
        assert list(Passkey.objects.all()) == [second]

    def change(self, visitor, row, what, **fields):
        AuthenticationEvent.objects.update(
            evidence=dataclasses.asdict(Evidence(possession=2, channel=2, knowledge=1, enrolment=2))
        )
        return visitor.browser.post(f"{self.PAGE}{row.pk}/{what}", fields)

    def test_a_registration_challenge_belongs_to_the_session(self, signed_in, alice):
        credential = SoftwareAuthenticator().create(
            signed_in.browser.post(f"{self.PAGE}options").content
        )
        signed_in.browser.post("/account/sign-out")
        signed_in.sign_in(signed_in.browser.get("/account/sign-in"))
        signed_in.browser.post(f"{self.PAGE}add", {"credential": credential, "name": "x"})
        assert not Passkey.objects.exists()
