"""The form of a client: everything that can be registered. RFC 7591 2; OpenID Registration 2.

It refuses what registration over the network refuses: the model asks the same rules, and keys
and the sector's document are judged here. OIDC.md A4.
"""

from __future__ import annotations

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
from idp.protocol.client_metadata import GRANT_TYPES
from idp.protocol.response_type import RESPONSE_TYPES


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
    grant_types = _Several(GRANT_TYPES)
    response_types = _Several(
        RESPONSE_TYPES, help_text="All but “code” bring tokens through the browser."
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
    jwks_uri = _web_address(label="JWKS URI", help_text="Where its public keys are.")
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
        widgets = {
            "scope": UnfoldAdminTextareaWidget(attrs={"rows": 2, "spellcheck": "false"}),
            "jwks": UnfoldAdminTextareaWidget(attrs={"rows": 6, "spellcheck": "false"}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the levels of this deployment, and what the client has."""
        super().__init__(*args, **options)
        levels = dict.fromkeys((*get_policy().acr_values, self.instance.minimum_acr))
        choices = [("", "none"), *((level, level) for level in levels if level)]
        self.fields["minimum_acr"].choices = choices  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """Judge what the client holds or points to, once it is sound by itself."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        metadata = client_metadata.read(self.instance.metadata())
        for member, why in client_material.problems(metadata):
            self.add_error(member, why)
