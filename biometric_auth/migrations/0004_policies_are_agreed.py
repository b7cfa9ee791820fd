"""One active version by its state; nobody approves alone. R-9.1-5."""

from django.db import migrations, models
from django.db.models import F, Q

_NOT_YET = Q(state__in=["draft", "withdrawn"])


def _check(name: str, condition: Q) -> migrations.AddConstraint:
    return migrations.AddConstraint(
        model_name="enrolmentpolicy",
        constraint=models.CheckConstraint(condition=condition, name=name),
    )


class Migration(migrations.Migration):
    dependencies = [("biometric_auth", "0003_sign_earlier_policies")]

    operations = [
        migrations.RemoveConstraint(model_name="enrolmentpolicy", name="one_active_policy"),
        # On the way back no row is active until the migration before says so.
        migrations.AlterField(
            model_name="enrolmentpolicy",
            name="is_active",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.RemoveField(model_name="enrolmentpolicy", name="is_active"),
        migrations.AddConstraint(
            model_name="enrolmentpolicy",
            constraint=models.UniqueConstraint(
                fields=["state"], condition=Q(state="active"), name="one_active_policy"
            ),
        ),
        _check(
            "author_does_not_approve_a_policy",
            Q(approved_by="") | ~Q(approved_by=F("created_by")),
        ),
        _check(
            "second_approver_of_a_policy_is_a_third_person",
            Q(confirmed_by="")
            | (
                ~Q(approved_by="")
                & ~Q(confirmed_by=F("created_by"))
                & ~Q(confirmed_by=F("approved_by"))
            ),
        ),
        _check("policy_in_force_is_approved", _NOT_YET | ~Q(approved_by="") | Q(version=1)),
        _check(
            "restored_policy_has_two_approvers",
            _NOT_YET | Q(restores=None) | ~Q(confirmed_by=""),
        ),
    ]
