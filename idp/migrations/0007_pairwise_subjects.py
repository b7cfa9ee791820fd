import django.db.models.deletion
import django.utils.timezone
import idp.models.client
import idp.models.user
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("idp", "0006_logout_notices")]

    operations = [
        migrations.CreateModel(
            name="PairwiseSubject",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sector_identifier", models.CharField(max_length=255)),
                (
                    "subject",
                    models.CharField(
                        default=idp.models.user.new_subject_identifier, max_length=64, unique=True
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pairwise_subjects",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "sector_identifier"), name="one_pairwise_subject_per_sector"
                    )
                ],
            },
        ),
    ]
