"""`manage.py readmit`: the way back for who administers and lost all ways in. R-9.4-9.

Whoever may run it has the machine. What was lost stops counting, every session ends, and a new
password, shown once, is enough to set up a passkey; nothing of it is a sign-in by itself.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.password_validation import password_changed
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from idp.authentication import one_time_code, passkey_registration, recovery_code
from idp.models import SecurityEvent, User


class Command(BaseCommand):
    help = "Give an administrator a new password, and take back their passkeys and codes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["username"], is_staff=True).first()
        if person is None or not person.is_active:
            message = "Nobody of that name administers."
            raise CommandError(message)
        password = secrets.token_urlsafe(18)
        person.set_password(password)
        person.save(update_fields=["password"])
        # With the password there: the last way in of somebody without one is never removed.
        for row in person.passkeys.all():
            passkey_registration.remove(user=person, passkey_id=row.pk)
        one_time_code.remove(person)
        recovery_code.remove(person)
        password_changed(password, person)
        SecurityEvent.record("administrator.readmitted", subject=person.subject, by="readmit")
        self.stdout.write(f"password: {password}")
        self.stderr.write("It cannot be shown again. Sign in, add a passkey, change the password.")
