from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("idp", "0008_answered_questions")]

    operations = [
        migrations.AddField(
            model_name="refreshtoken",
            name="sealed_answer",
            field=models.BinaryField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="refreshtoken",
            index=models.Index(
                condition=models.Q(("sealed_answer__isnull", False)),
                fields=["used_at"],
                name="answers_to_forget",
            ),
        ),
    ]
