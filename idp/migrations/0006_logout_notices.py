import django.db.models.deletion
import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("idp", "0005_protected_resources")]

    operations = [
        migrations.CreateModel(
            name="LogoutNotice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sid", models.CharField(max_length=64)),
                ("subject", models.CharField(max_length=255)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("delivered", "Delivered"),
                            ("given_up", "Given Up"),
                        ],
                        default="pending",
                        max_length=12,
                    ),
                ),
                ("attempts", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(db_index=True)),
                ("next_attempt_at", models.DateTimeField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="logout_notices",
                        to="idp.client",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")),
                        fields=["next_attempt_at"],
                        name="due_logout_notices",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("client", "sid"), name="one_notice_per_ended_session"
                    )
                ],
            },
        ),
    ]
