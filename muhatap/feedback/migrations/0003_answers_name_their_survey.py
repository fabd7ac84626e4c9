"""What was answered before: to which survey, asked which way, in which language."""

from django.db import migrations

SQL = """
update feedback_invitation i set way = case b.kind when 'email' then 'mail' else 'chat' end
from feedback_survey s join channels_inbox b on b.id = s.inbox_id where s.id = i.survey_id and i.way = '';
update feedback_response r set survey_id = i.survey_id, way = i.way, language = i.language
from feedback_invitation i where i.id = r.invitation_id and r.survey_id is null;
"""


class Migration(migrations.Migration):
    dependencies = [("feedback", "0002_surveys_of_every_kind")]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
