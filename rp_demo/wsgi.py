"""WSGI entry point: ``granian --interface wsgi --blocking-threads 4 rp_demo.wsgi:application``.

More than one thread: the pages call the resource server, which is the same process here.
"""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rp_demo.settings")
application = get_wsgi_application()
