"""The form of a client: everything that can be registered. RFC 7591 2; OpenID Registration 2.

It refuses what registration over the network refuses: the model asks the same rules, and keys
and the sector's document are judged here. OIDC.md A4.
"""

from __future__ import annotations

import json
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminURLInputWidget,
)

from idp.models import Client
from idp.oauth import client_material
from idp.policy import get_policy
from idp.protocol import client_metadata
from idp.protocol.algorithms import DEFAULT_CONTENT_ENCRYPTION
from idp.protocol.client_metadata import AUTH_METHODS, GRANT_TYPES
from idp.protocol.client_rules import ANSWERS
from idp.protocol.response_type import RESPONSE_TYPES

LABELS = {
    "client_id": "Client ID",
    "is_active": "Active",
    "token_endpoint_auth_method": "Method",
    "token_endpoint_auth_signing_alg": "Algorithm of assertions",
    "request_object_signing_alg": "Request objects",
    "require_signed_request_object": "Signed ones only",
    "id_token_signed_response_alg": "ID tokens: signature",
    "id_token_encrypted_response_alg": "ID tokens: encryption",
    "id_token_encrypted_response_enc": "ID tokens: content",
    "userinfo_signed_response_alg": "Userinfo: signature",
    "userinfo_encrypted_response_alg": "Userinfo: encryption",
    "userinfo_encrypted_response_enc": "Userinfo: content",
    "introspection_signed_response_alg": "Introspection: signature",
    "introspection_encrypted_response_alg": "Introspection: encryption",
    "introspection_encrypted_response_enc": "Introspection: content",
    "default_max_age": "Default max age",
    "require_auth_time": "Always auth_time",
    "backchannel_logout_session_required": "Back-channel needs sid",
    "frontchannel_logout_session_required": "Front-channel needs sid",
    "software_id": "Software ID",
}
HELP = {
    "name": "What people read when they sign in.",
    "client_id": "Cannot be changed later.",
    "request_object_signing_alg": "“none” allows unsigned ones.",
    "require_signed_request_object": "Refuse requests that come without.",
    "require_auth_time": "In every ID token.",
    "subject_type": "Pairwise: its own identifier for each person.",
}
EMPTY = {
    "token_endpoint_auth_signing_alg": "any that suits the method",
    "request_object_signing_alg": "any signature of its keys",
    **{f"{answer}_signed_response_alg": "not signed" for answer in ("userinfo", "introspection")},
    **{f"{answer}_encrypted_response_alg": "not encrypted" for answer in ANSWERS},
    **{f"{answer}_encrypted_response_enc": DEFAULT_CONTENT_ENCRYPTION for answer in ANSWERS},
}
"""What an empty choice means."""


class Lines(forms.CharField):
    """A list of texts, one on each line."""

    def __init__(self, **options: Any) -> None:
        """Make a field that may stay empty; the rules say what is needed."""
        widget = UnfoldAdminTextareaWidget(attrs={"rows": 3, "spellcheck": "false"})
        super().__init__(required=False, widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        """Show a list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        """Read lines; empty ones do not count."""
        return [line.strip() for line in (value or "").splitlines() if line.strip()]


class _Several(forms.MultipleChoiceField):
    """Some of a fixed list, kept in the order of the list."""

    def __init__(self, names: tuple[str, ...], **options: Any) -> None:
        """Offer `names`."""
        super().__init__(
            required=False,
            choices=[(name, name) for name in names],
            widget=UnfoldAdminCheckboxSelectMultipleWidget(),
            **options,
        )


class _Keys(forms.JSONField):
    """A JWK set; an empty field for none."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 8, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        """Show JSON to read, and nothing for nothing."""
        if value is None or isinstance(value, str):
            return value
        return json.dumps(value, indent=2)


def _web_address(**options: Any) -> forms.URLField:
    return forms.URLField(
        required=False, assume_scheme="https", widget=UnfoldAdminURLInputWidget, **options
    )


class ClientForm(forms.ModelForm):  # type: ignore[type-arg]
    """A client, judged as a whole."""

    redirect_uris = Lines(
        label="Redirect URIs", help_text="One on each line. Compared character by character."
    )
    post_logout_redirect_uris = Lines(
        label="Post-logout redirect URIs", help_text="Where people may return to after a logout."
    )
    grant_types = _Several(GRANT_TYPES, initial=Client().grant_types)
    response_types = _Several(
        RESPONSE_TYPES,
        initial=Client().response_types,
        help_text="All but “code” bring tokens through the browser.",
    )
    request_uris = Lines(label="Request URIs", help_text="Request objects by reference.")
    default_acr_values = Lines(
        label="Default acr values",
        help_text="In order of preference; for requests that name none.",
    )
    minimum_acr = forms.ChoiceField(
        label="Minimum acr",
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="A floor that no request can lower.",
    )
    contacts = Lines(help_text="Who is responsible; not shown to people.")
    jwks_uri = _web_address(
        label="JWKS URI",
        help_text="Where its public keys are: they check its assertions and request objects, "
        "and encrypt to it.",
    )
    jwks = _Keys(label="JWKS", required=False, help_text="Or the public keys themselves.")
    sector_identifier_uri = _web_address(
        label="Sector identifier URI",
        help_text="For pairwise identifiers with redirect URIs of several hosts: "
        "a JSON list that names all of them.",
    )
    backchannel_logout_uri = _web_address(
        label="Back-channel logout URI", help_text="The provider itself calls it."
    )
    frontchannel_logout_uri = _web_address(
        label="Front-channel logout URI", help_text="Loaded in the person's browser."
    )
    initiate_login_uri = _web_address(
        label="Initiate login URI", help_text="Where a third party may begin a sign-in."
    )
    client_uri = _web_address(label="Home page")
    logo_uri = _web_address(label="Logo", help_text="Shown when people sign in.")
    policy_uri = _web_address(label="Privacy policy", help_text="Linked when people sign in.")
    tos_uri = _web_address(label="Terms of service", help_text="Linked when people sign in.")

    class Meta:
        model = Client
        fields = (
            "name",
            "client_id",
            "is_active",
            *(name for name in client_metadata.READERS if name != "client_name"),
            "require_pkce",
            "access_token_format",
            "minimum_acr",
            "skip_consent",
        )
        labels = LABELS
        help_texts = HELP
        widgets = {
            "scope": UnfoldAdminTextareaWidget(attrs={"rows": 2, "spellcheck": "false"}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the levels of this deployment, and what the client has."""
        super().__init__(*args, **options)
        levels = dict.fromkeys((*get_policy().acr_values, self.instance.minimum_acr))
        choices = [("", "none"), *((level, level) for level in levels if level)]
        fields: dict[str, Any] = self.fields
        fields["minimum_acr"].choices = choices
        # Who may only look has no fields of the model.
        if method := fields.get("token_endpoint_auth_method"):
            method.choices = [(name, name) for name in AUTH_METHODS]
        for name, nothing in EMPTY.items():
            if field := fields.get(name):
                field.choices = [("", nothing), *list(field.choices)[1:]]

    def _post_clean(self) -> None:
        """Judge what the client holds or points to, once it is sound by itself."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        metadata = client_metadata.read(self.instance.metadata())
        for member, why in client_material.problems(metadata):
            self.add_error(member, why)
