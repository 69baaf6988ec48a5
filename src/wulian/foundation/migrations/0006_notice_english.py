from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('foundation', '0005_entry_rows'),
    ]

    operations = [
        migrations.AddField(
            model_name='notice',
            name='text_en',
            field=models.CharField(blank=True, max_length=300, verbose_name='内容（英文）'),
        ),
    ]
