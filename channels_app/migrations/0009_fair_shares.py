from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("channels_app", "0008_outgoing")]

    operations = [
        migrations.RemoveIndex(model_name="conversation", name="mailboxes_due"),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                fields=["channel", "due_at"], condition=Q(due_at__isnull=False), name="mailboxes_due_by_channel"
            ),
        ),
        migrations.AddIndex(
            model_name="inboundevent",
            index=models.Index(
                fields=["channel", "id"],
                condition=Q(state="waiting", kind="message"),
                name="messages_to_be_received",
            ),
        ),
    ]
