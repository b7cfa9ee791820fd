import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def name_the_person(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Until now every grant was a person's, under the public identifier."""
    people = apps.get_model("idp", "User").objects.filter(pk=models.OuterRef("user_id"))
    grants = apps.get_model("idp", "Grant").objects.filter(subject="")
    grants.update(subject=models.Subquery(people.values("subject")[:1]))


class Migration(migrations.Migration):
    dependencies = [("idp", "0003_client_metadata")]

    operations = [
        migrations.AddField(
            model_name="accesstoken",
            name="audience",
            field=models.CharField(blank=True, max_length=512),
        ),
        migrations.AddField(
            model_name="grant",
            name="resource",
            field=models.CharField(blank=True, max_length=512),
        ),
        migrations.AddField(
            model_name="grant",
            name="subject",
            field=models.CharField(default="", max_length=255),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="grant",
            name="acr",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AlterField(
            model_name="grant",
            name="amr",
            field=models.JSONField(default=list),
        ),
        migrations.AlterField(
            model_name="grant",
            name="auth_time",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="grant",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="grants",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(name_the_person, migrations.RunPython.noop),
    ]
