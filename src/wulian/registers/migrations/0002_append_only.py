from django.db import migrations

from wulian.foundation.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("registers", "0001_initial")]
    operations = [
        AppendOnly("registers_entryevent", deletable=True),
        AppendOnly("registers_edition", deletable=True),
        AppendOnly("registers_registerversion", deletable=True),
    ]
