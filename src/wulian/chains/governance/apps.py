from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GovernanceConfig(AppConfig):
    name = "wulian.chains.governance"
    label = "governance"
    verbose_name = _("治理与规划")

    def ready(self) -> None:
        # Facts, metrics and importers are declared by importing the modules that declare them.
        from . import declarations  # noqa: F401  (imported for what it registers)
