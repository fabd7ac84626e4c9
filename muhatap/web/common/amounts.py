"""An amount of money as people type it, in Turkish or in English: 1.249,90 and 1,249.90, 1250,9 and 1250.9."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_AROUND = re.compile(r"[\s₺€$£]")
_GROUPED = re.compile(r"([1-9]\d{0,2}(?:([.,])\d{3})(?:\2\d{3})*)(?:(?!\2)[.,](\d+))?", re.ASCII)
_PLAIN = re.compile(r"(-?\d+)(?:[.,](\d+))?", re.ASCII)


class AmountField(forms.DecimalField):
    """Never less than nothing, two digits after the sign. Three digits after a single sign are thousands: cents have two."""

    def __init__(self, **more: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        said = {
            "invalid": _("Write an amount such as 1,249.90."),
            "min_value": _("Write it without a minus sign."),
            "max_value": _("At most a billion can be written down."),
            "max_decimal_places": _("At most two digits stand after the point."),
        }
        super().__init__(
            min_value=0, decimal_places=2, widget=forms.TextInput(attrs=attrs), error_messages=said, **more
        )

    def to_python(self, value: Any) -> Any:
        return super().to_python(self._plain(value) if isinstance(value, str) else value)

    def _plain(self, text: str) -> str:
        text = _AROUND.sub("", text)
        if not text:
            return ""
        if found := _GROUPED.fullmatch(text):
            whole, cents = re.sub(r"[.,]", "", found[1]), found[3]
        elif found := _PLAIN.fullmatch(text):
            whole, cents = found[1], found[2]
        else:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return f"{whole}.{cents}" if cents else whole
