"""The administrator's window, and the policies that two people agree on. R-9.1-5, R-9.4-3."""

from biometric_auth.admin import enrolment_policies, stops, windows

__all__ = ["enrolment_policies", "stops", "windows"]
