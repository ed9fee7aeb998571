import django.db.models.deletion
from django.db import migrations, models

import channels_app.clock
import channels_app.fields


class Migration(migrations.Migration):
    dependencies = [
        ("channels_app", "0005_simulator_faults"),
    ]

    operations = [
        migrations.CreateModel(
            name="AiProvider",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=channels_app.clock.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("base_url", models.CharField(max_length=500, verbose_name="Base URL")),
                ("api_key", channels_app.fields.EncryptedTextField(blank=True, default="", verbose_name="API key")),
                ("created_at", models.DateTimeField(default=channels_app.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("deleted_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "AI provider",
                "ordering": ["name"],
            },
        ),
        migrations.AddField(
            model_name="bot",
            name="secret",
            field=channels_app.fields.EncryptedTextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="channel",
            name="when_interrupted",
            field=models.CharField(
                choices=[
                    ("answer_both", "answer both, one after the other"),
                    ("start_over", "start over, with both as one"),
                ],
                default="answer_both",
                help_text="When the person writes again while the bot thinks.",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="conversation",
            name="waiting_since",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="conversation",
            name="waiting_why",
            field=models.TextField(blank=True, default="", editable=False),
        ),
        migrations.AddField(
            model_name="message",
            name="usage",
            field=models.JSONField(null=True),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("waiting_since__isnull", False)),
                fields=["team", "waiting_since"],
                name="conversations_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.CheckConstraint(
                condition=models.Q(("when_interrupted__in", ["answer_both", "start_over"])),
                name="channel_when_interrupted_is_known",
            ),
        ),
        migrations.AddField(
            model_name="aiprovider",
            name="team",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="ai_providers", to="channels_app.team"
            ),
        ),
        migrations.AddField(
            model_name="bot",
            name="ai_provider",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bots",
                to="channels_app.aiprovider",
            ),
        ),
    ]
