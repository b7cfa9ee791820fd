"""The assurance profile as versions that two people agree on. R-9.1-5."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("idp", "0010_claims_with_values"),
    ]

    operations = [
        migrations.CreateModel(
            name="AssuranceProfile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
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
                (
                    "accept_self_tested_pad",
                    models.BooleanField(
                        default=False,
                        help_text="Presentation attack detection that only this deployment has tested counts as if a laboratory had.",
                    ),
                ),
                (
                    "accept_browser_capture",
                    models.BooleanField(
                        default=False,
                        help_text="A camera in a browser, which cannot prove that it is one, counts when the challenge was answered.",
                    ),
                ),
                (
                    "reason",
                    models.TextField(help_text="Why, for whoever approves and for the record."),
                ),
                ("created_at", models.DateTimeField(editable=False)),
                ("created_by", models.CharField(editable=False, max_length=150)),
                ("approved_by", models.CharField(blank=True, editable=False, max_length=150)),
                ("confirmed_by", models.CharField(blank=True, editable=False, max_length=150)),
                ("activated_at", models.DateTimeField(editable=False, null=True)),
                ("activated_by", models.CharField(blank=True, editable=False, max_length=150)),
                ("signature", models.CharField(editable=False, max_length=100)),
                (
                    "restores",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="idp.assuranceprofile",
                    ),
                ),
            ],
            options={
                "ordering": ("-version",),
                "permissions": (("approve_assuranceprofile", "Can approve assurance profiles"),),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "active")),
                        fields=("state",),
                        name="one_active_profile",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", ""),
                            models.Q(("approved_by", models.F("created_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="author_does_not_approve_a_profile",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", ""),
                            models.Q(
                                models.Q(("approved_by", ""), _negated=True),
                                models.Q(("confirmed_by", models.F("created_by")), _negated=True),
                                models.Q(("confirmed_by", models.F("approved_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="second_approver_of_a_profile_is_a_third_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "withdrawn"]),
                            models.Q(("approved_by", ""), _negated=True),
                            ("version", 1),
                            _connector="OR",
                        ),
                        name="profile_in_force_is_approved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "withdrawn"]),
                            ("restores", None),
                            models.Q(("confirmed_by", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="restored_profile_has_two_approvers",
                    ),
                ],
            },
        ),
    ]
