from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "wulian.registers"
    label = "registers"
    verbose_name = "台账"

    def ready(self) -> None:
        from . import declarations  # noqa: F401
