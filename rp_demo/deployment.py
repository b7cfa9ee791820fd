"""``settings.RP`` read once: which provider, which client, how requests are sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from rp_demo.provider import Provider
from rp_demo.registration import TRANSFER, Registration, Requirement
from rp_demo.transport import Transport


@dataclass(frozen=True, slots=True)
class Deployment:
    """This process: its registration, its provider, its resource server."""

    registration: Registration
    provider: Provider
    transport: Transport
    url: str
    resource_url: str
    transfer: Requirement

    def serves(self, uri: str) -> bool:
        """Whether `uri` is a page of ours: nobody is sent elsewhere on a stranger's word."""
        return uri.startswith(f"{self.url}/") and uri.isascii() and uri.isprintable()

    @property
    def account_at_provider(self) -> str:
        """Return the page on which a person enrols a face or adds a passkey."""
        return self.registration.issuer.rstrip("/") + "/account/"


@cache
def get_deployment() -> Deployment:
    """Return the deployment of this process."""
    given: dict[str, str] = settings.RP
    transport: Transport = import_string(given["transport"])
    url = given["url"].rstrip("/")
    return Deployment(
        registration=Registration(
            issuer=given["issuer"],
            client_id=given["client_id"],
            client_secret=given["client_secret"],
            redirect_uri=f"{url}/callback",
        ),
        provider=Provider(given["issuer"], transport),
        transport=transport,
        url=url,
        resource_url=given["resource_url"],
        transfer=_transfer(given.get("transfer_acr", "")),
    )


def _transfer(acr_values: str) -> Requirement:
    """Return what a transfer takes: by names that were agreed with the provider, if any were."""
    return replace(TRANSFER, acr_values=tuple(acr_values.split()) or TRANSFER.acr_values)
