"""Pages of the admin, by model."""

from __future__ import annotations

import re

from django.urls import reverse


def url(model, page, *args):
    """Return the address of a page."""
    return reverse(f"admin:idp_{model._meta.model_name}_{page}", args=args)


def act(administrator, model, action, *rows):
    """Run an action of the list on `rows`."""
    form = {"action": action, "_selected_action": [row.pk for row in rows]}
    return administrator.post(url(model, "changelist"), form)


def shown_once(response):
    """Return the value on a page that shows one, which no cache keeps."""
    assert response["Cache-Control"].startswith("no-store")
    return re.search(r"<code[^>]*>(.+?)</code>", response.content.decode())[1]
