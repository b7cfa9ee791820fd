"""OIDC.md, checklist G: the pages, line by line (G6 and G8 with the redirects and the logout).

The rules behind a line have more tests where they live: test_login.py, test_password.py,
test_middleware.py, test_create.py. Here each line is held on every page that a person sees.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html import escape
from html.parser import HTMLParser
from uuid import UUID

import pytest
from django.test import Client as HttpClient
from django.urls import URLPattern, URLResolver

from idp import urls
from idp.authentication.methods import load_methods
from idp.models import Client, User
from idp.policy import get_policy
from tests.factories import PASSWORD, a_client, a_person
from tests.idp.relying_party import RelyingParty, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
INTERACTION = UUID(int=0)
FOR_CLIENTS = {
    "authorize", "token", "introspect", "revoke", "userinfo", "register", "registration",
    "end_session",
}  # fmt: skip
"""What programs and other sites may POST to; everything else belongs to our own forms."""
HOSTILE = [
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "</title><svg onload=alert(1)>",
    '" autofocus onfocus=alert(1) x="',
    "</form><form action=//evil.example><input name=password>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<base href=//evil.example>",
    "javascript:alert(1)",
    "{{ settings.SECRET_KEY }}{% debug %}",
    "&#x3C;script&#x3E;alert(1)&#x3C;/script&#x3E;",
    "<ScRiPt/src=//evil.example>",
]


@pytest.fixture
def _joinable(settings):
    settings.IDP = settings.IDP | {"self_registration": True}
    get_policy.cache_clear()
    yield
    get_policy.cache_clear()


def pages(rp, **asked):
    """Return every page that a person may see, by name, each as its answer."""
    stranger, alice = HttpClient(), signed_in_browser()
    found = {}

    def interaction(browser, **parameters):
        return rp.authorize(browser, **asked | parameters)["Location"]

    login = interaction(stranger)
    found["login"] = stranger.get(login)
    found["login-failed"] = stranger.post(login, {"username": "alice", "password": "wrong"})
    found["create"] = stranger.get(login.replace("/login", "/create"))
    found["create-failed"] = stranger.post(login.replace("/login", "/create"), {"username": ""})
    found["consent"] = alice.get(interaction(alice))
    rp.has_consent(alice)
    found["select"] = alice.get(interaction(alice, prompt="select_account"))
    again = interaction(alice, prompt="login")
    found["login-again"] = alice.get(again)
    found["choose"] = alice.get(again.replace("/login", "/choose"))
    found["passkey"] = alice.get(again.replace("/login", "/passkey"))
    found["form-post"] = rp.authorize(alice, **asked | {"response_mode": "form_post"})
    found["error"] = stranger.get("/authorize", {"client_id": "unknown"})
    for name in ("", "passkeys/", "applications/"):
        found[f"account/{name}"] = alice.get(f"/account/{name}")
    found["logout"] = alice.get("/logout", {"client_id": rp.row.client_id})
    found["signed-out"] = alice.post("/account/sign-out")
    return found


@pytest.fixture
def shown(rp, _joinable):
    return pages(rp)


class Dangers(HTMLParser):
    """What in a page could run, load or send where we did not say so."""

    def __init__(self, nonces):
        super().__init__()
        self.nonces, self.found = nonces, []

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        ours = (named.get("src") or "").startswith("/static/idp/")
        if tag in {"iframe", "object", "embed", "base", "svg", "math", "style", "template"}:
            self.found.append(tag)
        if tag == "script" and not ours and named.get("nonce") not in self.nonces:
            self.found.append("script")
        for name, value in attributes:
            if name.startswith("on") or name in {"style", "srcdoc", "http-equiv"}:
                self.found.append(f"{tag} {name}")
            if name in {"href", "src", "action", "formaction"} and not re.match(
                r"/(?!/)|https://", value or ""
            ):
                self.found.append(f"{tag} {name}={value}")


def dangers(response):
    nonces = re.findall(r"'nonce-([\w-]+)'", response["Content-Security-Policy"])
    parser = Dangers(nonces)
    parser.feed(response.content.decode())
    return parser.found


def named_views(patterns=urls.urlpatterns):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from named_views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield pattern.name, pattern.callback


def test_every_page_was_looked_at(shown):
    wrong = {name: page.status_code for name, page in shown.items() if page.status_code >= 500}
    assert wrong == {}
    assert all("data-page=" in page.content.decode() for page in shown.values())


def test_g1_only_what_clients_call_is_without_a_token():
    exempt = {name for name, view in named_views() if getattr(view, "csrf_exempt", False)}
    assert exempt == FOR_CLIENTS


@pytest.mark.parametrize(
    "path",
    [
        f"/interaction/{INTERACTION}/login",
        f"/interaction/{INTERACTION}/create",
        f"/interaction/{INTERACTION}/select",
        f"/interaction/{INTERACTION}/choose",
        f"/interaction/{INTERACTION}/consent",
        f"/interaction/{INTERACTION}/passkey",
        f"/interaction/{INTERACTION}/passkey/options",
        "/account/sign-out",
        "/account/passkeys/add",
        "/account/applications/1/take-back",
        "/logout/confirm",
    ],
)
def test_g1_a_form_without_its_token_is_refused(path):
    response = HttpClient(enforce_csrf_checks=True).post(path, {"answer": "approve"})
    assert response.status_code == 403
    assert 'data-page="error"' in response.content.decode()


def test_g1_the_token_of_before_does_not_serve_after_the_sign_in(rp):
    person, browser = a_person(), HttpClient(enforce_csrf_checks=True)
    login = rp.authorize(browser)["Location"]
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', browser.get(login).content.decode())[1]
    form = {"username": person.username, "password": PASSWORD, "csrfmiddlewaretoken": token}
    consent = browser.get(browser.post(login, form)["Location"])["Location"]
    stale = {"answer": "approve", "csrfmiddlewaretoken": token}
    assert browser.post(consent, stale).status_code == 403


def test_g1_an_attacker_s_interaction_does_not_become_the_victim_s_session(rp):
    """A planted browser cookie binds the interaction to both; the session stays with one."""
    victim, attacker, person = HttpClient(), HttpClient(), a_person()
    login = rp.authorize(attacker)["Location"]
    victim.cookies["countersign_browser"] = attacker.cookies["countersign_browser"].value
    done = victim.post(login, {"username": person.username, "password": PASSWORD})
    followed = attacker.get(done["Location"])
    assert followed.status_code == 400
    assert "countersign_session" not in attacker.cookies


def test_g2_no_page_stands_in_a_frame(shown):
    for name, page in shown.items():
        assert page["X-Frame-Options"] == "DENY", name
        assert "frame-ancestors 'none'" in page["Content-Security-Policy"], name


def test_g3_no_page_runs_or_loads_what_we_did_not_write(shown):
    for name, page in shown.items():
        policy = page["Content-Security-Policy"]
        assert "unsafe" not in policy, name
        assert re.match(r"default-src '(self|none)'; script-src ('self' )?'nonce-", policy), name
        assert "base-uri 'none'" in policy, name
        assert dangers(page) == [], name


def test_g3_a_form_may_end_at_the_client(shown):
    """Browsers hold form-action against every redirect after a POST, those of clients too."""
    assert not any("form-action" in page["Content-Security-Policy"] for page in shown.values())


def test_g4_no_page_tells_another_site_its_address(shown):
    for name, page in shown.items():
        assert page["Referrer-Policy"] == "same-origin", name
        for link in re.findall(r'<a [^>]*href="https?:[^>]*>', page.content.decode()):
            assert "noreferrer" in link, name


def test_g4_an_answer_to_a_form_is_followed_by_a_get(rp):
    person, browser = a_person(), HttpClient()
    login = rp.authorize(browser)["Location"]
    form = {"username": person.username, "password": PASSWORD}
    done = browser.post(login, form)
    consent = browser.get(done["Location"])["Location"]
    approved = browser.post(consent, {"answer": "approve"})
    back = browser.get(approved["Location"])
    assert [answer.status_code for answer in (done, approved, back)] == [303, 303, 303]
    assert back["Location"].startswith(rp.redirect_uri)


@pytest.fixture
def _over_https(settings):
    settings.IDP = settings.IDP | {"issuer": "https://op.example"}
    get_policy.cache_clear()
    load_methods.cache_clear()
    yield
    get_policy.cache_clear()
    load_methods.cache_clear()


@pytest.mark.usefixtures("_over_https")
def test_g5_cookies_over_https_are_for_one_host(rp):
    person, browser = a_person(), HttpClient()
    login = rp.authorize(browser)["Location"]
    browser.post(login, {"username": person.username, "password": PASSWORD})
    for name in ("__Host-countersign_session", "__Host-countersign_browser"):
        cookie = browser.cookies[name]
        assert cookie["secure"]
        assert cookie["httponly"]
        assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")


def test_g5_the_cookies_of_the_settings_follow_the_issuer(tmp_path):
    words = "CSRF_COOKIE_NAME CSRF_COOKIE_SECURE CSRF_COOKIE_HTTPONLY SESSION_COOKIE_NAME"
    code = f"from idp.config import settings as s\nprint(*[getattr(s, n) for n in {words.split()}])"
    environment = os.environ | {
        "COUNTERSIGN_ISSUER": "https://op.example",
        "COUNTERSIGN_STATE": str(tmp_path),
    }
    said = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    expected = ["__Host-countersign_csrf", "True", "True", "__Host-countersign_admin"]
    assert said.stdout.split() == expected


@pytest.mark.usefixtures("_joinable")
@pytest.mark.parametrize("hostile", HOSTILE)
def test_g7_what_a_client_or_a_person_is_called_is_never_markup(hostile):
    rp = RelyingParty(a_client(name=hostile))
    Client.objects.filter(pk=rp.row.pk).update(
        logo_uri=hostile, policy_uri=hostile, tos_uri=hostile, client_uri=hostile
    )
    shown = pages(rp)
    User.objects.update(first_name=hostile[:150], last_name="", email=hostile)
    shown |= {f"{name} (person)": page for name, page in pages(rp).items()}
    assert {name: dangers(page) for name, page in shown.items() if dangers(page)} == {}
    assert escape(hostile) in shown["login"].content.decode()
    assert escape(hostile) in shown["consent"].content.decode()


@pytest.mark.usefixtures("_joinable")
@pytest.mark.parametrize("hostile", HOSTILE)
def test_g7_what_a_request_says_is_never_markup(rp, hostile):
    names = ("login_hint", "ui_locales", "display", "state", "nonce", "acr_values")
    shown = pages(rp, **dict.fromkeys(names, hostile))
    assert {name: dangers(page) for name, page in shown.items() if dangers(page)} == {}
    assert escape(hostile) in shown["login"].content.decode()
    assert escape(hostile) in shown["form-post"].content.decode()


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize(
    "name", ["client_id", "redirect_uri", "response_type", "response_mode", "scope", "prompt"]
)
def test_g7_what_is_wrong_with_a_request_is_never_markup(rp, name, hostile):
    browser = signed_in_browser()
    for parameters in ({name: hostile}, {name: hostile, "response_mode": "form_post"}):
        response = rp.authorize(browser, **parameters)
        assert response.status_code < 500
        assert "Content-Security-Policy" in response
        assert dangers(response) == []


def test_g7_the_list_would_be_noticed_where_it_is_not_escaped():
    class Page(dict):
        def __init__(self, text):
            super().__init__({"Content-Security-Policy": ""})
            self.content = text.encode()

    harmless = {"javascript:alert(1)", "{{ settings.SECRET_KEY }}{% debug %}", HOSTILE[9]}
    for text in set(HOSTILE) - harmless:
        assert dangers(Page(f'<input value="{text}"><p>{text}</p>')), text
    assert dangers(Page('<a href="javascript:alert(1)">'))


def test_g9_the_login_page_answers_alike_whoever_is_asked_for(rp):
    a_person(username="alice")
    a_person(username="closed", is_active=False)
    answers = set()
    for username in ("alice", "closed", "nobody", "", "nul\0", "x" * 200):
        browser = HttpClient()
        login = rp.authorize(browser)["Location"]
        response = browser.post(login, {"username": username, "password": "wrong"})
        page = response.content.decode()
        page = re.sub(r'[0-9a-f-]{36}|value="[^"]*"| autofocus', "", page)
        answers.add((response.status_code, page))
    assert len(answers) == 1


def test_g10_a_spent_budget_reads_like_a_wrong_password(rp):
    a_person(username="alice")
    browser, pages_seen = HttpClient(), set()
    login = rp.authorize(browser)["Location"]
    for password in [*["wrong"] * 9, PASSWORD]:
        response = browser.post(login, {"username": "alice", "password": password})
        page = re.sub(r'value="\w{64}"|nonce="[^"]*"', "", response.content.decode())
        pages_seen.add((response.status_code, page))
    assert len(pages_seen) == 1
