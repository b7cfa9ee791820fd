"""A relying party and a browser, for tests of the protocol through Django's test client."""

from __future__ import annotations

import base64
import hashlib
import json
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.test import Client as HttpClient
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import KeySet

from idp.models import Consent, Session
from idp.oauth.jose import Pinned
from idp.protocol.algorithms import SIGNING
from tests.factories import CLIENT_SECRET, REDIRECT_URI, a_client, a_session, an_event
from tests.idp import client_jwt

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())[:43].decode()
SCOPE = "openid profile email offline_access"
ISSUER = "http://localhost:8000"
FORM = "application/x-www-form-urlencoded"


class Browser(HttpClient):
    """A browser that is signed in; `session_row` is its session at the provider."""

    session_row: Session


def signed_in_browser(person=None, *, evidence=None, method="password"):
    """Return a browser with a session of `person`, just opened by a password."""
    secret = f"secret of {id(object())} at {timezone.now()}"
    session = a_session(person, secret=secret)
    an_event(session, evidence=evidence, method=method)
    browser = Browser()
    browser.cookies["countersign_session"] = secret
    browser.session_row = session
    return browser


def basic(client_id, secret):
    """Return the header of client_secret_basic."""
    encoded = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return {"HTTP_AUTHORIZATION": f"Basic {encoded}"}


def answer(response):
    """Return the parameters of a redirect back to the relying party."""
    assert response.status_code == 303, (response.status_code, response.content[:300])
    return dict(parse_qsl(urlsplit(response["Location"]).query, keep_blank_values=True))


def form_post(path, form, *, http=None, **headers):
    """POST a form as a client's server does."""
    return (http or HttpClient()).post(path, urlencode(form), content_type=FORM, **headers)


class RelyingParty:
    """A registered client with consent of whoever signs in, unless the test says otherwise."""

    def __init__(self, row=None, *, secret=CLIENT_SECRET, redirect_uri=REDIRECT_URI, signing=""):
        self.row = row or a_client()
        self.secret = secret
        self.redirect_uri = redirect_uri
        self.signing = signing
        self.http = HttpClient()

    def request(self, **parameters):
        """Return a plain authorization request; a parameter that is None is left out."""
        request = {
            "client_id": self.row.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": SCOPE,
            "state": "the state",
            "nonce": "the nonce",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        } | parameters
        return {name: value for name, value in request.items() if value is not None}

    def has_consent(self, browser, scope=SCOPE):
        """Remember the person's consent."""
        Consent.objects.update_or_create(
            user=browser.session_row.user,
            client=self.row,
            defaults={"scope": scope, "granted_at": timezone.now()},
        )

    def authorize(self, browser, **parameters):
        """Send the browser to the authorization endpoint."""
        return browser.get("/authorize", self.request(**parameters))

    def code(self, browser, **parameters):
        """Return a code, with consent given before."""
        self.has_consent(browser)
        return answer(self.authorize(browser, **parameters))["code"]

    def post(self, path, form, **headers):
        """POST a form as the client, authenticated as it is registered."""
        form = dict(form)
        if self.row.token_endpoint_auth_method == "client_secret_basic":
            headers = basic(self.row.client_id, self.secret) | headers
        elif self.row.token_endpoint_auth_method == "client_secret_post":
            form = {"client_id": self.row.client_id, "client_secret": self.secret} | form
        elif self.signing:
            given = client_jwt.assertion(self.row.client_id, algorithm=self.signing)
            form |= client_jwt.assertion_form(given)
        else:
            form = {"client_id": self.row.client_id} | form
        return form_post(path, form, http=self.http, **headers)

    def redeem(self, code, /, **form):
        """Return the token endpoint's response to a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": VERIFIER,
        } | form
        return self.post("/token", {k: v for k, v in form.items() if v is not None})

    def refresh(self, token, /, **form):
        """Return the token endpoint's response to a refresh token."""
        return self.post("/token", {"grant_type": "refresh_token", "refresh_token": token} | form)

    def tokens(self, browser, **parameters):
        """Return the token response of a whole flow."""
        response = self.redeem(self.code(browser, **parameters))
        assert response.status_code == 200, response.content
        return response.json()

    def introspect(self, token):
        """Return what the introspection endpoint says of a token."""
        return self.post("/introspect", {"token": token}).json()

    def userinfo(self, token):
        """Return the userinfo endpoint's response."""
        return self.http.get("/userinfo", HTTP_AUTHORIZATION=f"Bearer {token}")

    def id_token(self, tokens):
        """Return header and claims of an ID token whose signature holds by the published keys."""
        jwks = KeySet.import_key_set(self.http.get("/jwks").json())
        decoded = jwt.decode(tokens["id_token"], jwks, registry=Pinned(*SIGNING))
        return decoded.header, decoded.claims


def claims_parameter(**parts):
    """Return a ``claims`` parameter."""
    return json.dumps(parts)
