"""The administration as a Django application, with a site that has no sign-in of its own."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class AdministrationConfig(AdminConfig):
    """Django's admin, in unfold's clothes, behind the provider's sign-in."""

    default_site = "idp.endpoints.administration.Administration"
