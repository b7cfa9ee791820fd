"""The product's main job, in a real browser: OpenID Connect Core 3.1.2.1, RFC 9470, R-A-1.

Real processes, PostgreSQL, worker, face engine and Chromium; only the person is a film.
"""

from __future__ import annotations

import psycopg
import pytest

from tests.journeys.browser import PHONE, Person, browsing

LOA1 = "urn:countersign:acr:loa1"
LOA3 = "urn:countersign:acr:loa3"
LOA3_FACE = "urn:countersign:acr:loa3:rb"


@pytest.fixture(scope="module")
def deployment(running):
    """A deployment of its own: Alice has one telephone here, and Bob none."""
    with running("postgresql") as (place, _processes):
        yield place


@pytest.fixture(scope="module")
def portraits(deployment):
    return deployment.models / "portraits"


@pytest.fixture(scope="module")
def browser(chromium, tmp_path_factory):
    with browsing(chromium, tmp_path_factory.mktemp("browser")) as pair:
        yield pair


@pytest.fixture(scope="module")
def alice(browser, deployment, portraits):
    """Alice, signed in with her password, her face enrolled from this browser."""
    person = Person(browser, deployment)
    person.sign_in()
    assert person.enrol(portraits / "obama.jpg") == "enrolled"
    return person


@pytest.fixture
def asked(alice):
    """Alice at the capture page of a transfer that needs her face anew."""
    alice.context.clear_cookies(name="northwind_session")
    _forget_faces(alice.place)
    alice.sign_in()
    alice.order_transfer()
    alice.reaches("ready")
    return alice


def _database(place, variable="DATABASE_URL"):
    return psycopg.connect(place.variables[variable], autocommit=True)


def _forget_faces(place):
    """Age the face events of all sessions, so that the next transfer asks for a face again."""
    with _database(place) as connection:
        connection.execute(
            "UPDATE idp_authenticationevent SET at = at - interval '9 hours' WHERE method = 'face'"
        )


def _expire_captures(place):
    with _database(place, "BIOMETRIC_DATABASE_URL") as connection:
        connection.execute("UPDATE biometric_auth_transaction SET expires_at = now()")


def _issued(place):
    with _database(place) as connection:
        return connection.execute("SELECT count(*) FROM idp_accesstoken").fetchone()[0]


def test_a_face_raises_the_level_and_the_token_is_spent(asked, portraits, artifacts):
    """R-A-1, RFC 9470 4: acr, amr and auth_time change, and the transfer happens."""
    asked.approve()
    assert asked.follow(portraits / "obama3.jpg") == "matched"
    asked.page.wait_for_selector("#transfer-result")
    before, after = asked.claims("before"), asked.claims("after")
    assert (before["acr"], after["acr"]) == (LOA1, LOA3_FACE)
    assert "face" not in before["amr"]
    assert {"face", "mfa", "pop", "pwd", "swk", "user"} <= set(after["amr"].split())
    assert before["auth_time"] != after["auth_time"]
    asked.photograph(artifacts / "transfer-done.png")


def test_another_face_is_refused(asked, portraits):
    """R-5.2-1, T-8.1: no token, and no word on what was wrong."""
    issued = _issued(asked.place)
    asked.approve()
    assert asked.face(portraits / "biden.jpg") in {"try_again", "refused"}
    assert _issued(asked.place) == issued


def test_a_still_photograph_is_refused(asked, portraits):
    """R-9.2-6: her own picture, held up, does not turn its head."""
    issued = _issued(asked.place)
    asked.approve()
    assert asked.face(portraits / "obama.jpg", still=True) in {"try_again", "refused"}
    assert _issued(asked.place) == issued


def test_a_denial_ends_in_a_clear_page_and_no_token(asked):
    """AGENT-PROTOCOL: "not me" ends the transaction."""
    issued = _issued(asked.place)
    asked.page.click("#agent-deny")
    asked.reaches("denied")
    assert "Nothing was approved" in asked.page.locator("[data-view=denied]").inner_text()
    asked.page.click("#agent-done")
    asked.page.wait_for_selector("body[data-page=choose]")
    assert _issued(asked.place) == issued


def test_an_expired_request_ends_in_a_clear_page(asked):
    """R-9.5-4: late is never."""
    issued = _issued(asked.place)
    _expire_captures(asked.place)
    asked.page.click("#agent-approve")
    asked.reaches("expired")
    assert "This request is over" in asked.page.locator("[data-view=expired]").inner_text()
    asked.page.reload()
    assert asked.page.locator("body").get_attribute("data-page") == "error"
    assert _issued(asked.place) == issued


def test_another_browser_cannot_use_the_capture_link(asked, browser):
    """OIDC.md A19, ARCHITECTURE 4: a link that was sent on does not start a capture."""
    other = Person(browser, asked.place)
    answer = other.page.goto(asked.page.url)
    assert answer.status == 404
    assert "does not belong to this browser" in other.page.locator("main").inner_text()
    other.context.close()


def test_a_passkey_reaches_the_level_without_a_camera(browser, deployment, artifacts):
    """R-5.2-3, WebAuthn 7: the same service by a passkey; no face, no second form."""
    bob = Person(browser, deployment, viewport=PHONE)
    bob.give_a_passkey_store()
    bob.sign_in("bob")
    bob.order_transfer()
    bob.page.wait_for_selector("body[data-page=insufficient]")
    bob.photograph(artifacts / "insufficient-phone.png")
    bob.add_a_passkey("Bob's telephone")
    bob.order_transfer()
    bob.page.click("#passkey-use")
    bob.page.wait_for_selector("#transfer-result")
    said = bob.claims()
    assert said["acr"] == LOA3
    assert {"mfa", "pop", "swk", "user"} <= set(said["amr"].split())
    assert "face" not in said["amr"].split()
    bob.context.close()


def test_whoever_declines_the_camera_is_offered_what_is_left(asked):
    """R-5.2-3: the way beside the camera leads to a page with every other way, or back."""
    asked.page.click("#agent-other-way")
    asked.page.wait_for_selector("body[data-page=choose]")
    asked.page.click("#choose-skip")
    asked.page.wait_for_selector("body[data-page=insufficient]")
    assert asked.page.locator("[data-got]").get_attribute("data-got") == LOA1


def test_nothing_works_a_second_time(asked, portraits):
    """OIDC.md A19, B2: receipt, interaction, authorization response and capture page."""
    capture = asked.page.url
    asked.visited.clear()
    asked.approve()
    assert asked.follow(portraits / "obama.jpg") == "matched"
    asked.page.wait_for_selector("#transfer-result")
    issued = _issued(asked.place)
    used = [url for url in asked.visited if "receipt=" in url or "code=" in url]
    assert len(used) == 2
    for url in [capture, *used]:
        answer = asked.page.goto(url)
        assert 400 <= answer.status < 500, url
        assert asked.page.locator("body").get_attribute("data-page") == "error"
    assert _issued(asked.place) == issued
