"""One module at work: its client, its browser, its requests, and what it found.

The steps are those that the suite's server tests have in common; a module states what it does
otherwise.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.conformance.oidf import checks
from tests.conformance.oidf.browser import Browser, Person, Visit
from tests.conformance.oidf.checks import IdToken
from tests.conformance.oidf.client import Client, public_jwks, rsa_key
from tests.conformance.oidf.module import Module, Result, SkippedModuleError
from tests.conformance.oidf.plans import Variant
from tests.conformance.oidf.provider import Provider
from tests.conformance.oidf.site import Site
from tests.conformance.oidf.wire import FORM, Wire, bearer

_numbers = itertools.count(1)


@dataclass(slots=True)
class World:
    """What all modules of a run share.

    `signed_in` is a browser after a sign-in, `known` the same after a logout. Modules get
    copies: a provider slows down sign-ins from browsers that it has never seen (OIDC.md G10).
    """

    wire: Wire
    provider: Provider
    site: Site
    person: Person
    rotate_keys: Callable[[], None]
    signed_in: Browser | None = None
    known: Browser | None = None

    def browser(self, *, signed_in: bool) -> Browser:
        """Return this person's browser, with or without a session at the provider."""
        ready = self.signed_in if signed_in else self.known
        return ready.twin() if ready else Browser(self.wire, self.person)


@dataclass(slots=True)
class Answer:
    """Where an authorization request led. `parameters` is None when nothing came back."""

    client: Client
    request: dict[str, str]
    visit: Visit
    parameters: dict[str, str] | None

    @property
    def page(self) -> Any:
        """The page at which the browser stands."""
        return self.visit.page


@dataclass(slots=True)
class SignIn:
    """A completed authorization: everything that was issued."""

    answer: Answer
    front: IdToken | None = None
    back: IdToken | None = None
    tokens: dict[str, Any] = field(default_factory=dict)
    access_token: str = ""

    @property
    def id_token(self) -> IdToken:
        """The latest ID token."""
        found = self.back or self.front
        assert found, "no ID token was issued"
        return found

    @property
    def subjects(self) -> list[str]:
        """The subject of every ID token."""
        return [token.claims["sub"] for token in (self.front, self.back) if token]


class Run:
    """One module, with one variant."""

    def __init__(self, world: World, module: Module, variant: Variant) -> None:
        self.world, self.module, self.variant = world, module, variant
        self.provider, self.site = world.provider, world.site
        self.browser = world.browser(signed_in=module.signed_in)
        self.home = f"/test/{next(_numbers)}-{secrets.token_hex(4)}"
        self.warnings: list[str] = []
        self.reviews: list[str] = []
        self.clients: list[Client] = []

    # What it found

    @property
    def result(self) -> Result:
        """The result, in the suite's words."""
        if self.warnings:
            return Result.WARNING
        return Result.REVIEW if self.reviews else Result.PASSED

    def warn(self, text: str, *, unless: object = False) -> None:
        """Note what the suite warns of."""
        if not unless:
            self.warnings.append(text)

    def review(self, text: str) -> None:
        """Note a page that the suite would have a person look at, and that was looked at here."""
        self.reviews.append(text)

    def skip_unless(self, offered: object, reason: str) -> None:
        """End the module as skipped where the provider does not offer the thing."""
        if not offered:
            raise SkippedModuleError(reason)

    # Registration

    @property
    def callback(self) -> str:
        """The client's redirect URI."""
        return f"{self.site.origin}{self.home}/callback"

    def url(self, name: str) -> str:
        """Return another URL of the client, for the browser."""
        return f"{self.site.origin}{self.home}/{name}"

    def server_url(self, name: str) -> str:
        """Return a URL of the client, for the provider to call."""
        return f"{self.site.server}{self.home}/{name}"

    def registration(self, **changes: Any) -> dict[str, Any]:
        """Return a registration request; a member that is None is left out."""
        grants = ["authorization_code"] if self.variant.has("code") else []
        if self.variant.has("token") or self.variant.has("id_token"):
            grants.append("implicit")
        request = {
            "client_name": f"{self.module.id} {self.home[6:]}",
            "grant_types": grants,
            "response_types": [self.variant.response_type],
            "redirect_uris": [self.callback],
            "token_endpoint_auth_method": self.variant.client_auth,
            "jwks": public_jwks(rsa_key()),
            "contacts": ["certification@example.org"],
        } | changes
        return {name: value for name, value in request.items() if value is not None}

    def register(self, *, refresh: bool = False, kid: bool = False, **changes: Any) -> Client:
        """Register a client. Registration 3.2; RFC 7591 3.2.1."""
        request = self.registration(**changes)
        if refresh:
            request["grant_types"].append("refresh_token")
        response = self.provider.register(request)
        assert response.status == 201, (response.status, response.text)
        found = response.json()
        assert "error" not in found, found
        assert found.get("client_id"), found
        if request["token_endpoint_auth_method"].startswith("client_secret"):
            assert found.get("client_secret"), found
            assert "client_secret_expires_at" in found, found
        managed = {"registration_client_uri", "registration_access_token"} & set(found)
        assert len(managed) != 1, managed
        assert found.get("registration_client_uri", "https:").startswith("https:"), found
        client = Client(
            found, rsa_key(), kid, token_endpoint=self.provider.endpoint("token_endpoint")
        )
        self.clients.append(client)
        return client

    def unregister(self) -> None:
        """Leave nothing behind. RFC 7592 2.3."""
        for client in self.clients:
            if uri := client.metadata.get("registration_client_uri"):
                token = bearer(client.metadata["registration_access_token"])
                status = self.world.wire.send("DELETE", uri, headers=token).status
                self.warn(f"unregistering answered {status}", unless=status == 204)
        self.clients.clear()

    # Authorization

    def request(self, client: Client, **changes: str | None) -> dict[str, str]:
        """Return an authorization request; a parameter that is None is left out."""
        request: dict[str, str | None] = {
            "client_id": client.id,
            "redirect_uri": client.redirect_uri,
            "scope": "openid",
            "state": secrets.token_urlsafe(8),
            "nonce": secrets.token_urlsafe(8),
            "response_type": self.variant.response_type,
            "response_mode": "form_post" if self.variant.response_mode == "form_post" else None,
        } | changes
        return {name: value for name, value in request.items() if value is not None}

    def ask(self, client: Client, *, post: bool = False, **changes: str | None) -> Answer:
        """Send the browser with a request, and see what comes back."""
        request = self.request(client, **changes)
        return self.send(client, request, request, post=post)

    def send(
        self,
        client: Client,
        meant: dict[str, str],
        sent: dict[str, str],
        *,
        post: bool = False,
        until: tuple[str, ...] = (),
    ) -> Answer:
        """Send the browser with `sent`, which means `meant`: a request object may be between."""
        if post:
            endpoint = self.provider.endpoint("authorization_endpoint")
            visit = self.browser.visit(endpoint, sent, until=until)
        else:
            visit = self.browser.visit(self.provider.authorization_url(sent), until=until)
        return Answer(client, meant, visit, self._came_back(visit, meant))

    def _came_back(self, visit: Visit, meant: dict[str, str]) -> dict[str, str] | None:
        """Return the response from where its mode puts it. OAuth 2.0 Multiple Response Types 5."""
        url = visit.page.url
        if not url.startswith(self.site.origin):
            return None
        received = self.site.take(urlsplit(url).path)
        assert received, f"the browser stands at {url}, which nobody called"
        if meant.get("response_mode") == "form_post":
            assert received.method == "POST", "form_post was asked for"
            assert received.media_type == FORM, received.media_type
            assert not {"code", "error"} & set(received.query), received.query
            return received.form
        assert received.method == "GET", received.method
        if meant.get("response_type", "code") == "code":
            return received.query
        assert not {"code", "error"} & set(received.query), received.query
        return dict(parse_qsl(urlsplit(url).fragment, keep_blank_values=True))

    # From the response to the tokens

    def succeeded(self, answer: Answer) -> dict[str, str]:
        """Check that the response is a success, and this request's. RFC 6749 4.1.2; RFC 9207."""
        found = answer.parameters
        where = f"{answer.page.name!r} at {answer.page.url}: {answer.page.words[-300:]}"
        assert found is not None, f"nothing came back; the browser stands at {where}"
        assert "error" not in found, found
        assert found.get("state") == answer.request.get("state"), "another state than the request's"
        if self.provider.metadata.get("authorization_response_iss_parameter_supported"):
            assert found.get("iss") == self.provider.issuer, found
        words = answer.request["response_type"].split()
        issued = {"code": "code", "id_token": "id_token", "token": "access_token"}
        for word, name in issued.items():
            assert bool(found.get(name)) == (word in words), f"{name} for {' '.join(words)}"
        return found

    def complete(self, answer: Answer) -> SignIn:
        """Check everything that was issued at the front, and get what comes from the back."""
        found = self.succeeded(answer)
        done = SignIn(answer)
        if "id_token" in found:
            done.front = self.id_token(answer, found["id_token"])
        if "access_token" in found:
            assert found.get("token_type", "").lower() == "bearer", found
            done.access_token = found["access_token"]
            self.open_userinfo(done)
        if "code" in found:
            self.redeem(done)
            self.open_userinfo(done)
        return done

    def id_token(self, answer: Answer, text: str) -> IdToken:
        """Check an ID token."""
        algorithm = answer.client.metadata.get("id_token_signed_response_alg", "RS256")
        nonce = answer.request.get("nonce")
        return checks.id_token(self.provider, answer.client, text, nonce=nonce, algorithm=algorithm)

    def code_form(self, answer: Answer, **more: str) -> dict[str, str]:
        """Return the token request for the code that came back."""
        assert answer.parameters
        return {
            "grant_type": "authorization_code",
            "code": answer.parameters["code"],
            "redirect_uri": answer.request["redirect_uri"],
        } | more

    def redeem(self, done: SignIn, **more: str) -> None:
        """Redeem the code. Core 3.1.3."""
        answer = done.answer
        response = self.provider.token(answer.client, self.code_form(answer, **more))
        done.tokens = checks.token_response(response)
        done.access_token = done.tokens["access_token"]
        assert "id_token" in done.tokens, "no ID token at the token endpoint"
        done.back = self.id_token(answer, done.tokens["id_token"])
        assert len(set(done.subjects)) == 1, "the two ID tokens are about two people"

    def open_userinfo(self, done: SignIn) -> dict[str, Any]:
        """Return what the access token opens. Core 5.3."""
        return checks.userinfo(self.provider.userinfo(done.access_token), subjects=done.subjects)

    def sign_in(self, client: Client | None = None, **changes: str | None) -> SignIn:
        """Register, unless there is a client already; then sign in and check everything."""
        return self.complete(self.ask(client or self.register(), **changes))
