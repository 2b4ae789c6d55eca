"""What the search's URL may say."""

from django import forms
from django.utils.translation import gettext_lazy as _


class Search(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=80)
