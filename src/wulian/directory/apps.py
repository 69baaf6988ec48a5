from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    name = "wulian.directory"
    label = "directory"
    verbose_name = _("主体目录")

    def ready(self) -> None:
        # Facts, metrics and importers are declared by importing the modules that declare them.
        from . import declarations  # noqa: F401  (imported for what it registers)
