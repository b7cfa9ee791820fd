"""Paths of the authentication agent, below /biometric/capture/."""

from __future__ import annotations

from django.urls import path

from biometric_auth.agent import views

urlpatterns = [path("<uuid:transaction_id>", views.capture, name="biometric-capture")]
