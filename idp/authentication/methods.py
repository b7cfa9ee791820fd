"""The authentication methods of this deployment, in order of preference. ARCHITECTURE 4."""

from __future__ import annotations

from functools import cache

from django.utils.module_loading import import_string

from idp.contract import AuthenticationMethod
from idp.policy import get_policy


@cache
def load_methods() -> dict[str, AuthenticationMethod]:
    """Return the methods that the policy names, by name, local before remote (R-5.3-2)."""
    methods: list[AuthenticationMethod] = [import_string(path)() for path in get_policy().methods]
    return {method.name: method for method in methods}
