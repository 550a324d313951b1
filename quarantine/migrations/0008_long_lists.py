from django.db import migrations, models

from quarantine import search


class Migration(migrations.Migration):

    dependencies = [
        ('quarantine', '0007_audit_by_time'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='auditrecord', name='q_audit_actor'),
        migrations.RemoveIndex(model_name='auditrecord', name='q_audit_action'),
        migrations.AddIndex(
            model_name='auditrecord',
            index=models.Index(fields=['actor', 'at'], name='q_audit_by'),
        ),
        migrations.AddIndex(
            model_name='auditrecord',
            index=models.Index(fields=['action', 'at'], name='q_audit_what'),
        ),
        migrations.AddIndex(
            model_name='auditrecord',
            index=models.Index(fields=['actor', 'action', 'at'], name='q_audit_by_what'),
        ),
        migrations.AddIndex(
            model_name='outboxentry',
            index=models.Index(fields=['state', 'next_at'], name='q_state'),
        ),
        migrations.AddIndex(
            model_name='quarantinedmessage',
            index=models.Index(fields=['status', 'size'], name='q_sizes'),
        ),
        migrations.RunPython(search.state_all, migrations.RunPython.noop),
    ]
