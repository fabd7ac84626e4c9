"""No index of a foreign key beside another one that begins with it. They go beside other work."""

import django.db.models.deletion
from django.db import migrations, models

INDEXES = {
    "conversations_bulkitem_bulk_id_7be27389": "conversations_bulkitem (bulk_id)",
    "conversations_conversation_contact_id_000135ab": "conversations_conversation (contact_id)",
    "conversations_conversation_inbox_id_c97f6da0": "conversations_conversation (inbox_id)",
    "conversations_conversation_team_id_c9f144f2": "conversations_conversation (team_id)",
    "conversations_conversationtag_conversation_id_f3a17d31": "conversations_conversationtag (conversation_id)",
    "conversations_deadline_conversation_id_464f6673": "conversations_deadline (conversation_id)",
    "conversations_draft_conversation_id_8be0ce8b": "conversations_draft (conversation_id)",
    "conversations_draftcopy_conversation_id_9135a22a": "conversations_draftcopy (conversation_id)",
    "conversations_follower_conversation_id_8e4ada09": "conversations_follower (conversation_id)",
    "conversations_mention_message_id_092f4b14": "conversations_mention (message_id)",
    "conversations_message_conversation_id_f1a2d5e9": "conversations_message (conversation_id)",
    "conversations_participant_conversation_id_69e50799": "conversations_participant (conversation_id)",
    "conversations_seen_conversation_id_f6bedc55": "conversations_seen (conversation_id)",
}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0005_api_keys"),
        ("channels", "0001_initial"),
        ("contacts", "0016_no_index_beside_another"),
        ("conversations", "0010_complaints_found"),
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
                    model_name="bulkitem",
                    name="bulk",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="conversations.bulkact",
                    ),
                ),
                migrations.AlterField(
                    model_name="conversation",
                    name="contact",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="conversations",
                        to="contacts.contact",
                    ),
                ),
                migrations.AlterField(
                    model_name="conversation",
                    name="inbox",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conversations",
                        to="channels.inbox",
                    ),
                ),
                migrations.AlterField(
                    model_name="conversation",
                    name="team",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="conversations",
                        to="accounts.team",
                    ),
                ),
                migrations.AlterField(
                    model_name="conversationtag",
                    name="conversation",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="taggings",
                        to="conversations.conversation",
                    ),
                ),
                migrations.AlterField(
                    model_name="deadline",
                    name="conversation",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deadlines",
                        to="conversations.conversation",
                    ),
                ),
                migrations.AlterField(
                    model_name="draft",
                    name="conversation",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to="conversations.conversation",
                    ),
                ),
                migrations.AlterField(
                    model_name="draftcopy",
                    name="conversation",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="draft_copies",
                        to="conversations.conversation",
                    ),
                ),
                migrations.AlterField(
                    model_name="follower",
                    name="conversation",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="followers",
                        to="conversations.conversation",
                    ),
                ),
                migrations.AlterField(
                    model_name="mention",
                    name="message",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mentions",
                        to="conversations.message",
                    ),
                ),
                migrations.AlterField(
                    model_name="message",
                    name="conversation",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="conversations.conversation",
                    ),
                ),
                migrations.AlterField(
                    model_name="participant",
                    name="conversation",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participants",
                        to="conversations.conversation",
                    ),
                ),
                migrations.AlterField(
                    model_name="seen",
                    name="conversation",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seen",
                        to="conversations.conversation",
                    ),
                ),
            ],
        ),
    ]
