"""No index of a foreign key beside another one that begins with it. They go beside other work."""

import django.db.models.deletion
from django.db import migrations, models

INDEXES = {
    "feedback_answer_response_id_7a14ef5c": "feedback_answer (response_id)",
    "feedback_invitation_contact_id_c2305b7a": "feedback_invitation (contact_id)",
    "feedback_invitation_survey_id_399ba60b": "feedback_invitation (survey_id)",
    "feedback_question_survey_id_690e28ee": "feedback_question (survey_id)",
    "feedback_response_survey_id_822a3c11": "feedback_response (survey_id)",
}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("contacts", "0016_no_index_beside_another"),
        ("feedback", "0005_answers_gone_on_with"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"drop index concurrently if exists {name}",
                    f"create index concurrently if not exists {name} on {of}",
                )
                for name, of in INDEXES.items()
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="answer",
                    name="response",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="feedback.response",
                    ),
                ),
                migrations.AlterField(
                    model_name="invitation",
                    name="contact",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="survey_invitations",
                        to="contacts.contact",
                    ),
                ),
                migrations.AlterField(
                    model_name="invitation",
                    name="survey",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="feedback.survey",
                    ),
                ),
                migrations.AlterField(
                    model_name="question",
                    name="survey",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="feedback.survey",
                    ),
                ),
                migrations.AlterField(
                    model_name="response",
                    name="survey",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="responses",
                        to="feedback.survey",
                    ),
                ),
            ],
        ),
    ]
