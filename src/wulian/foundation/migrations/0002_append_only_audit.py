from django.db import migrations

from wulian.foundation.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_initial")]
    operations = [AppendOnly("foundation_auditevent")]
