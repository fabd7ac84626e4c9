from tests.visits.conftest import days

__all__ = ["days"]
