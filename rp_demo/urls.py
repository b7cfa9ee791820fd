"""All URLs of the relying party."""

from __future__ import annotations

from django.urls import path

from rp_demo import pages, resource, resource_metadata, sign_in, sign_out, transferring, views

urlpatterns = [
    path("", views.home, name="home"),
    path("account", views.account, name="account"),
    path("transfer", views.transfer, name="transfer"),
    path("transfer/needed", transferring.needed, name="needed"),
    path("transfer/done", views.done, name="done"),
    path("login", sign_in.login, name="login"),
    path("callback", sign_in.callback, name="callback"),
    path("initiate", sign_in.initiate, name="initiate"),
    path("logout", sign_out.logout, name="logout"),
    path("logout/back-channel", sign_out.back_channel, name="back-channel"),
    path("logout/front-channel", sign_out.front_channel, name="front-channel"),
    path("logged-out", sign_out.logged_out, name="logged-out"),
    path("api/transfer", resource.transfer, name="resource"),
    path(
        ".well-known/oauth-protected-resource/api/transfer",
        resource_metadata.resource_metadata,
        name="resource-metadata",
    ),
]
handler404 = pages.not_found
handler500 = pages.broken
