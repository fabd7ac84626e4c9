from django.contrib.postgres.search import SearchVectorField
from django.db import models


class Document(models.Model):
    """What one message is found by. Partitioned by month, made of other rooms' rows and rebuilt from them at any time.

    `tsv` holds every word twice at the same position, stemmed and whole, folded. Weights say where it stood: A subject,
    B names of attachments, C the person outside who wrote or was written to, D the text. Lexemes that begin with a sign
    are no words: ~in, ~file, @<number of the colleague who wrote>.
    """

    message_id = models.BigIntegerField(
        primary_key=True
    )  # in the table (at, message_id): a partition's key holds its month
    conversation_id = models.BigIntegerField()
    inbox_id = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    at = models.DateTimeField()
    tsv = SearchVectorField()

    class Meta:
        db_table = "search_document"

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"


class Rebuild(models.Model):
    """The documents of all messages are made anew; one that was stopped goes on after `done_id`."""

    up_to_id = models.BigIntegerField()
    done_id = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ended_at"],
                condition=models.Q(ended_at=None),
                name="rebuild_one_at_a_time",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.done_id} / {self.up_to_id}"
