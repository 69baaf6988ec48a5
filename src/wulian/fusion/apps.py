from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FusionConfig(AppConfig):
    name = "wulian.fusion"
    label = "fusion"
    verbose_name = _("五链融合")
