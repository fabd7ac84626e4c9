"""What licensed sets say of our labels: a part of the tasks each, and never with the weight of our own messages."""

from collections.abc import Iterator

from training.texts import Text, lent

_GLAD, _SAD = {"joy", "trust"}, {"anger", "disgust", "sadness", "fear"}
_OF_BANKING = {
    "account": "passcode_forgotten edit_personal_details verify_my_identity why_verify_identity unable_to_verify_identity terminate_account lost_or_stolen_phone country_support age_limit verify_source_of_funds",
    "delivery": "card_arrival card_delivery_estimate",
    "price": "exchange_rate transfer_fee_charged card_payment_fee_charged cash_withdrawal_charge exchange_charge top_up_by_card_charge top_up_by_bank_transfer_charge atm_support_fee",
    "payment": "card_payment_not_recognised cash_withdrawal_not_recognised declined_card_payment declined_transfer failed_transfer pending_card_payment pending_transfer transfer_timing top_up_failed top_up_reverted transaction_charged_twice direct_debit_payment_not_recognised balance_not_updated_after_bank_transfer extra_charge_on_statement wrong_amount_of_cash_received declined_cash_withdrawal pending_cash_withdrawal pending_top_up beneficiary_not_allowed",
    "returns": "Refund_not_showing_up request_refund reverted_card_payment?",
}
_KIND_OF_BANKING = {
    "complaint": "card_not_working declined_card_payment declined_transfer failed_transfer transaction_charged_twice Refund_not_showing_up wrong_amount_of_cash_received declined_cash_withdrawal contactless_not_working virtual_card_not_working card_swallowed top_up_failed balance_not_updated_after_bank_transfer extra_charge_on_statement wrong_exchange_rate_for_cash_withdrawal card_payment_wrong_exchange_rate",
    "question": "country_support age_limit supported_cards_and_currencies fiat_currency_support exchange_rate top_up_limits disposable_card_limits card_acceptance atm_support card_delivery_estimate automatic_top_up why_verify_identity visa_or_mastercard",
    "request": "order_physical_card terminate_account request_refund edit_personal_details",
}
_OF_BITEXT = {
    "cancel_order": ("request", "order"), "change_order": ("request", "order"), "place_order": ("request", "order"), "track_order": ("question", "delivery"),
    "change_shipping_address": ("request", "delivery"), "set_up_shipping_address": ("request", "delivery"), "delivery_options": ("question", "delivery"),
    "delivery_period": ("question", "delivery"), "check_invoice": ("question", "invoice"), "get_invoice": ("request", "invoice"),
    "check_payment_methods": ("question", "payment"), "payment_issue": ("complaint", "payment"), "check_refund_policy": ("question", "returns"),
    "get_refund": ("request", "returns"), "track_refund": ("question", "returns"), "check_cancellation_fee": ("question", "price"),
    "create_account": ("", "account"), "delete_account": ("request", "account"), "edit_account": ("request", "account"),
    "recover_password": ("request", "account"), "registration_problems": ("complaint", "account"), "switch_account": ("request", "account"),
    "newsletter_subscription": ("request", "privacy"), "contact_customer_service": ("question", "service"), "contact_human_agent": ("request", "service"),
    "complaint": ("", "service"),
}  # fmt: skip
_NOT_OURS = {
    "greeting",
    "goodbye",
    "tell_joke",
    "fun_fact",
    "what_is_your_name",
    "are_you_a_bot",
    "meaning_of_life",
    "flip_coin",
    "roll_dice",
    "weather",
    "time",
    "date",
    "alarm",
    "timer",
    "calculator",
    "definition",
    "spelling",
    "translate",
    "what_song",
    "play_music",
    "how_old_are_you",
    "where_are_you_from",
    "do_you_have_pets",
    "who_made_you",
    "what_are_your_hobbies",
    "recipe",
    "ingredient_substitution",
    "nutrition_info",
    "oil_change_how",
    "change_ai_name",
    "user_name",
    "whisper_mode",
    "text",
    "next_holiday",
    "calendar",
    "todo_list",
    "reminder",
    "smart_home",
    "traffic",
    "directions",
    "yes",
    "no",
    "maybe",
}


def texts() -> list[Text]:
    return [*_reviews(), *_films("tr", 1_500), *_films("en", 1_200), *_banking(), *_bitext(), *_talk()]


def _reviews() -> Iterator[Text]:
    for n, (_, text) in enumerate(lent("tr_reviews_negative")[:2_500]):
        labels = {"sentiment": "negative", "kind": "complaint"}
        yield Text(f"review-{n}", text, "tr", labels, {"sentiment": 0.02, "kind": 0.005})


def _films(language: str, most: int) -> Iterator[Text]:
    for n, (label, text) in enumerate(lent(f"xed_emotion_{language}")[:most]):
        felt = set(label.split("|"))
        labels = {"kind": "other"}
        if felt <= _GLAD or felt <= _SAD:
            labels["sentiment"] = "positive" if felt <= _GLAD else "negative"
        yield Text(f"film-{language}-{n}", text, language, labels, {"kind": 0.005, "sentiment": 0.01})


def _banking() -> Iterator[Text]:
    topic = {intent: topic for topic, intents in _OF_BANKING.items() for intent in intents.split()}
    kind = {intent: kind for kind, intents in _KIND_OF_BANKING.items() for intent in intents.split()}
    for n, (label, text) in enumerate(lent("banking77_en")):
        labels = {task: known[label] for task, known in (("topic", topic), ("kind", kind)) if label in known}
        if labels:
            yield Text(f"bank-{n}", text, "en", labels, {"topic": 0.05, "kind": 0.015})


def _bitext() -> Iterator[Text]:
    for n, (label, text) in enumerate(lent("bitext_support_en")):
        if label in _OF_BITEXT:
            kind, topic = _OF_BITEXT[label]
            labels = {"topic": topic} | ({"kind": kind} if kind else {})
            yield Text(f"bitext-{n}", text, "en", labels, {"topic": 0.05, "kind": 0.015})


def _talk() -> Iterator[Text]:
    for n, (label, text) in enumerate(lent("clinc150_en")):
        if label in _NOT_OURS:
            yield Text(f"talk-{n}", text, "en", {"kind": "other", "topic": "other"}, {"kind": 0.03, "topic": 0.04})
