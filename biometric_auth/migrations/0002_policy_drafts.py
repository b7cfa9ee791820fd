"""Columns of a policy's way from draft into force. R-9.1-5."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("biometric_auth", "0001_initial")]

    operations = [
        migrations.AlterModelOptions(
            name="enrolmentpolicy",
            options={
                "ordering": ("-version",),
                "permissions": (("approve_enrolmentpolicy", "Can approve enrolment policies"),),
                "verbose_name_plural": "enrolment policies",
            },
        ),
        migrations.AddField(
            model_name="enrolmentpolicy",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("approved", "Approved"),
                    ("active", "Active"),
                    ("superseded", "Superseded"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="draft",
                editable=False,
                max_length=10,
            ),
        ),
        *(
            migrations.AddField(
                model_name="enrolmentpolicy",
                name=name,
                field=models.CharField(blank=True, default="", editable=False, max_length=150),
                preserve_default=False,
            )
            for name in ("approved_by", "confirmed_by", "activated_by")
        ),
        migrations.AddField(
            model_name="enrolmentpolicy",
            name="activated_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="enrolmentpolicy",
            name="restores",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="biometric_auth.enrolmentpolicy",
            ),
        ),
        migrations.AddField(
            model_name="enrolmentpolicy",
            name="signature",
            field=models.TextField(default="", editable=False),
            preserve_default=False,
        ),
    ]
