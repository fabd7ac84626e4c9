"""Which of the steps after an entry have nothing to do here, found out by one question: most firms use some of them, most entries few.

A step that is not idle looks for itself; being wrong on the side of looking costs a moment, on the other side a promise. So only
what does not exist at all makes a step idle: no policy and no deadline, no rule that is on, no endpoint that listens.
"""

from muhatap.conversations.models import Message, Scheduled
from muhatap.shared import prepared

STANDING = [Scheduled.State.WAITING.value, Scheduled.State.HELD.value]
STEPS = ("later", "deadlines", "rules", "telling", "closing_the_loop")
ASKED = """
select exists (select from conversations_scheduled where conversation_id = %(conversation)s and state = any(%(standing)s)),
       exists (select from service_slapolicy where archived_at is null)
         or exists (select from conversations_deadline where conversation_id = %(conversation)s),
       exists (select from automation_automationrule where is_on)
         or exists (select from automation_wayofgiving where way <> 'hand')
         or exists (select from automation_unplaced),
       exists (select from webhooks_webhookendpoint where is_on),
       exists (select from feedback_followup f join feedback_response r on r.id = f.response_id
               join conversations_conversation c on c.contact_id = r.contact_id
               where f.called_at is null and c.id = %(conversation)s)
"""


def idle(message: Message) -> set[str]:
    """The names of the steps (their modules') that an entry means nothing to."""
    exists = prepared.rows(ASKED, {"conversation": message.conversation_id, "standing": STANDING})[0]
    found = {name for name, is_there in zip(STEPS, exists, strict=True) if not is_there}
    if "other" in message.event_details or message.conversation.next_deadline_at:
        found.discard("deadlines")  # the entry tells of another conversation too; or a row to be put right
    if message.kind != Message.Kind.INBOUND and "other" not in message.event_details:
        found.add("understanding")
    return found if message.event == "resolved" else found | {"surveying"}
