from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def with_values(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A claim asked for by name alone may have any value."""
    for grant in apps.get_model("idp", "Grant").objects.exclude(claims={}).iterator():
        parts = grant.claims.items()
        grant.claims = {part: {name: [] for name in names} for part, names in parts}
        grant.save(update_fields=["claims"])


def without_values(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    for grant in apps.get_model("idp", "Grant").objects.exclude(claims={}).iterator():
        grant.claims = {part: sorted(names) for part, names in grant.claims.items()}
        grant.save(update_fields=["claims"])


class Migration(migrations.Migration):
    dependencies = [("idp", "0009_answers_to_refresh_tokens")]

    operations = [migrations.RunPython(with_values, without_values)]
