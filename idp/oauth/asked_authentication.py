"""What a request asks of the person's authentication. OpenID Connect Core 3.1.2.1, 5.5.1.1.

`acr_values`, essential `acr`, `max_age`, `prompt`, `id_token_hint`; the client's defaults
where the request says nothing, its floor always.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta

from idp.models import Client, ScopeRequirement
from idp.oauth import subjects
from idp.oauth.id_token import read_hint
from idp.oauth.profile import Profile
from idp.protocol import acr
from idp.protocol.claims import ClaimsRequest
from idp.protocol.errors import ErrorCode, ProtocolError
from idp.protocol.interaction import Ask

INVALID = ErrorCode.INVALID_REQUEST
NOBODY = "-"
"""A subject that no person has."""
_SECONDS = re.compile(r"[0-9]{1,18}")
_LONGEST_AGE = 10**9


def acr_names(values: Mapping[str, str], client: Client, asked: ClaimsRequest) -> tuple[str, ...]:
    """Return the levels that are asked for, in the client's words and order. Core 5.5.1.1."""
    if asked.acr_essential:
        return asked.acr_values
    named = tuple(values.get("acr_values", "").split()) or asked.acr_values
    return named or tuple(client.default_acr_values)


def ask(
    values: Mapping[str, str],
    client: Client,
    scope: frozenset[str],
    asked: ClaimsRequest,
    profile: Profile,
    *,
    acr_values: tuple[str, ...],
) -> Ask:
    """Return what the request needs of authentication and consent.

    `acr_values`: what it asks for, in our own words.

    Raises:
        ProtocolError: `max_age`, `prompt` or `id_token_hint` cannot be understood.
    """
    return Ask(
        acr_values=acr_values,
        acr_essential=asked.acr_essential,
        floors=_floors(client, scope),
        max_age=_max_age(values, client),
        prompt=_prompt(values, profile),
        scope=scope,
        required_subject=_required_subject(values, client, asked),
        client_name=client.name,
        skip_consent=client.skip_consent,
    )


def _floors(client: Client, scope: Iterable[str]) -> tuple[str, ...]:
    """Return what client and scopes take at least.

    Of every scope that is asked for, also where the person then agrees to less, or the code is
    redeemed for less: what was asked decides, so that nobody gets around it in two steps.
    """
    minima = ScopeRequirement.objects.of(scope).values_list("minimum_acr", flat=True)
    return acr.strongest_first(name for name in (client.minimum_acr, *minima) if name)


def _max_age(values: Mapping[str, str], client: Client) -> timedelta | None:
    text = values.get("max_age")
    if text is None:
        default = client.default_max_age
        return None if default is None else timedelta(seconds=default)
    if not _SECONDS.fullmatch(text):
        raise ProtocolError(INVALID, "The max_age must be a number of seconds.")
    return timedelta(seconds=min(int(text), _LONGEST_AGE))


def _prompt(values: Mapping[str, str], profile: Profile) -> frozenset[str]:
    prompt = frozenset(values.get("prompt", "").split())
    if not prompt <= set(profile.prompts):
        raise ProtocolError(INVALID, "The prompt is not supported.")
    if "none" in prompt and len(prompt) > 1:
        raise ProtocolError(INVALID, "The prompt none stands alone.")
    return prompt


def _required_subject(values: Mapping[str, str], client: Client, asked: ClaimsRequest) -> str:
    """Return the only person that the client accepts, by a hint of ours or a `sub` claim."""
    if "id_token_hint" not in values:
        return _person(asked.subject, client) if asked.subject else ""
    hint = read_hint(values["id_token_hint"])
    if hint is None or hint["aud"] != client.client_id:
        raise ProtocolError(
            INVALID, "The id_token_hint is not an ID token of this provider for this client."
        )
    subject: str = hint["sub"]
    if asked.subject not in {"", subject}:
        raise ProtocolError(INVALID, "The id_token_hint and the claims name two people.")
    return _person(subject, client)


def _person(subject: str, client: Client) -> str:
    """Return who is meant. A name that is nobody's fits nobody who signs in."""
    return subjects.internal(subject, client) or NOBODY
