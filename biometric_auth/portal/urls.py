"""Paths of the data subject's portal, below /biometric/portal/."""

from __future__ import annotations

from django.urls import path

from biometric_auth.portal import views

urlpatterns = [
    path("", views.overview, name="biometric-portal"),
    path("enrol", views.enrol, name="biometric-portal-enrol"),
    path(
        "devices/<uuid:device_id>/remove",
        views.remove_device,
        name="biometric-portal-remove-device",
    ),
    path("withdraw", views.ask_to_withdraw, name="biometric-portal-ask-to-withdraw"),
    path("withdraw/confirm", views.withdraw, name="biometric-portal-withdraw"),
    path("export", views.export, name="biometric-portal-export"),
    path("receipts/<uuid:receipt_id>", views.receipt, name="biometric-portal-receipt"),
]
