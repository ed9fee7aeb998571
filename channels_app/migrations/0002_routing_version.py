"""Whatever changes what webhooks are routed and judged by also changes one number, which every process watches."""

from django.db import migrations

WATCHED = {
    "channels_app_provider": ("waba_id", "app_secret", "former_app_secret", "app_secret_changed_at", "deleted_at"),
    "channels_app_channel": ("phone_number_id", "provider_id", "is_active", "deleted_at"),
}
BUMP = (
    "INSERT INTO channels_app_routingversion (id, version) VALUES (1, 1) "
    "ON CONFLICT (id) DO UPDATE SET version = channels_app_routingversion.version + 1"
)


def add(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION channels_app_bump_routing() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {BUMP}; RETURN NULL; END $$"
        )
    for table, columns in WATCHED.items():
        for name, event in _events(columns):
            if vendor == "postgresql":
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_routing_{name} AFTER {event} ON {table} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION channels_app_bump_routing()"
                )
            else:
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_routing_{name} AFTER {event} ON {table} BEGIN {BUMP}; END"
                )


def remove(apps, schema_editor):
    for table, columns in WATCHED.items():
        for name, _event in _events(columns):
            target = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER {table}_routing_{name}{target}")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION channels_app_bump_routing()")
    apps.get_model("channels_app", "RoutingVersion").objects.all().delete()


def _events(columns):
    return [("insert", "INSERT"), ("delete", "DELETE"), ("update", f"UPDATE OF {', '.join(columns)}")]


class Migration(migrations.Migration):
    dependencies = [("channels_app", "0001_rows")]
    operations = [migrations.RunPython(add, remove)]
