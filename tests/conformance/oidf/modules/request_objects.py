"""Request objects by value and by reference. OpenID Connect Core 6."""

from __future__ import annotations

from tests.conformance.oidf.client import Client, rsa_key, signed, unsigned
from tests.conformance.oidf.module import Result, module
from tests.conformance.oidf.run import Answer, Run

BESIDE = ("response_type", "client_id", "scope", "redirect_uri")
"""What OAuth 2.0 wants in the query even when a request object says it. Core 6.1."""


def takes_unsigned(run: Run) -> None:
    """Skip the module where unsigned request objects are not offered."""
    listed = run.provider.metadata.get("request_object_signing_alg_values_supported", ["none"])
    run.skip_unless("none" in listed, "request objects must be signed")


def by_reference(run: Run, client: Client, meant: dict[str, str], text: str) -> Answer:
    """Publish a request object and send the browser with its address."""
    uri = run.site.publish(f"{run.home}/request", text.encode(), "application/jose")
    beside = {name: meant[name] for name in BESIDE}
    return run.send(client, meant, beside | {"request_uri": uri})


def by_value(run: Run, client: Client, meant: dict[str, str], **beside: str) -> Answer:
    """Send the browser with an unsigned request object in the query."""
    around = {name: meant[name] for name in BESIDE} | beside
    return run.send(client, meant, around | {"request": unsigned(dict(meant))})


@module(
    "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
    expected=Result.SKIPPED,
)
def oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(run: Run) -> None:
    """An unsigned request object by reference: obeyed, or refused as not supported."""
    takes_unsigned(run)
    client = run.register(request_uris=[run.server_url("request")])
    meant = run.request(client)
    answer = by_reference(run, client, meant, unsigned(dict(meant)))
    unsupported = (answer.parameters or {}).get("error") == "request_uri_not_supported"
    run.skip_unless(not unsupported, "request_uri is not supported")
    told = run.provider.metadata.get("request_uri_parameter_supported", True)
    run.warn("discovery does not say that request_uri is supported", unless=told)
    run.complete(answer)


@module(
    "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
    expected=Result.SKIPPED,
)
def oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(run: Run) -> None:
    """An unsigned request object by value: obeyed, or refused as not supported."""
    takes_unsigned(run)
    client = run.register()
    obeyed_or_unsupported(run, by_value(run, client, run.request(client)))


@module("oidcc-ensure-request-object-with-redirect-uri", expected=Result.SKIPPED)
def oidcc_ensure_request_object_with_redirect_uri(run: Run) -> None:
    """The redirect URI of the request object counts, not the wrong one in the query."""
    takes_unsigned(run)
    client = run.register()
    meant = run.request(client)
    answer = by_value(run, client, meant, redirect_uri=f"{run.callback}_invalid")
    obeyed_or_unsupported(run, answer)


@module("oidcc-request-uri-unsigned", expected=Result.SKIPPED)
def oidcc_request_uri_unsigned(run: Run) -> None:
    """An unsigned request object by reference must be obeyed where `none` is offered."""
    takes_unsigned(run)
    client = run.register(request_uris=[run.server_url("request")])
    meant = run.request(client)
    run.complete(by_reference(run, client, meant, unsigned(dict(meant))))


@module("oidcc-request-uri-signed-rs256")
def oidcc_request_uri_signed_rs256(run: Run) -> None:
    """A request object signed with RS256, by reference."""
    assert run.provider.metadata.get("request_uri_parameter_supported", True)
    assert run.provider.supports("request_object_signing_alg_values_supported", "RS256")
    client = run.register(
        request_uris=[run.server_url("request")], request_object_signing_alg="RS256"
    )
    meant = run.request(client)
    claims = dict(meant) | {"iss": client.id, "aud": run.provider.issuer}
    run.complete(by_reference(run, client, meant, signed(claims, rsa_key())))
    assert run.site.read[f"{run.home}/request"], "the provider did not fetch the request object"


def obeyed_or_unsupported(run: Run, answer: Answer) -> None:
    """Check the two ways that Core 3.1.2.6 leaves open."""
    unsupported = (answer.parameters or {}).get("error") == "request_not_supported"
    run.skip_unless(not unsupported, "request objects are not supported")
    told = run.provider.metadata.get("request_parameter_supported")
    run.warn("discovery does not say that request is supported", unless=told)
    run.complete(answer)
