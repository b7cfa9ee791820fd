"""The WSGI application of a Django relying party; it makes its own tables first."""

from __future__ import annotations

import django
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

django.setup()
call_command("migrate", verbosity=0)
application = get_wsgi_application()
