from tests.chains.governance.conftest import unit, uploaded

__all__ = ["unit", "uploaded"]
