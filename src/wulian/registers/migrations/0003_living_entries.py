from django.db import migrations, models
from django.db.models import Q

# Living entries only, in the order of a column and then of the id; `voided_at` because SQLite looks at it all the same.
LIVE = Q(voided_at__isnull=True)
SLOTS = [f"{kind}_{place}" for kind, most in (("text", 14), ("number", 8), ("day", 8), ("reference", 6)) for place in range(1, most + 1)]
FILLED = {"entry_due": "due_on"} | {f"entry_{slot}": slot for slot in SLOTS}
WHOLE = {
    "entry_live": ["id", "voided_at"],
    "entry_state": ["state", "state_since", "id", "voided_at", "region"],
    "entry_region": ["region", "id", "voided_at"],
    "entry_since": ["state_since", "id", "voided_at"],
    "entry_updated": ["updated_at", "id", "voided_at"],
    "entry_title": ["title", "id", "voided_at"],
}
SPELLS = {
    "spell_state": ["register", "state", "entered_on", "taken_back", "entry"],
    "spell_entry": ["entry", "entered_on", "state", "taken_back", "register"],
}


def index(name: str, columns: list[str], condition: Q) -> migrations.AddIndex:
    return migrations.AddIndex("entry", models.Index(fields=["register", *columns], name=name, condition=condition))


class Migration(migrations.Migration):
    dependencies = [("registers", "0002_append_only")]
    operations = [
        *(migrations.RemoveIndex("entry", name) for name in ("entry_register", "entry_state", "entry_region", *FILLED)),
        index("entry_voided", ["-id"], Q(voided_at__isnull=False)),
        index("entry_synthetic", [], Q(is_synthetic=True)),
        index("entry_waiting", ["state", "region", "due_on", "voided_at"], LIVE & Q(due_on__isnull=False)),
        *(index(name, columns, LIVE) for name, columns in WHOLE.items()),
        *(index(name, [column, "id", "voided_at"], LIVE & Q(**{f"{column}__isnull": False})) for name, column in FILLED.items()),
        migrations.RemoveIndex("statespell", "spell_state"),
        *(migrations.AddIndex("statespell", models.Index(fields=columns, name=name)) for name, columns in SPELLS.items()),
    ]
