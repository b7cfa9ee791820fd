"""Per-subject data keys, wrapped by the key ring. R-9.4-1, R-9.4-6."""

from __future__ import annotations

import uuid

from django.db import models


class SubjectKey(models.Model):
    """One data key of one subject; each enrolment draws a new one.

    It seals the samples of the enrolment under way and then the reference that comes out of
    it. Deleting the row is the crypto-erasure of exactly that reference. `epoch` names the
    key-encryption key of the ring.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.CharField(max_length=64, db_index=True)
    wrapped_key = models.BinaryField()
    epoch = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)
