"""One thread for what numpy multiplies while anybody looks a second time: on a busy machine more of them wait for each other, a second a message."""

from threading import Lock

from threadpoolctl import ThreadpoolController

_libraries = ThreadpoolController()
_lock = Lock()
_n_inside = 0
_limit = _libraries.limit(limits=None)


class OneThread:
    """The limit is of the whole process: the first who enters sets it, and the last who leaves puts back what was there."""

    def __enter__(self) -> None:
        global _n_inside, _limit
        with _lock:
            if _n_inside == 0:
                _limit = _libraries.limit(limits=1, user_api="blas")
            _n_inside += 1

    def __exit__(self, *_error: object) -> None:
        global _n_inside
        with _lock:
            _n_inside -= 1
            if _n_inside == 0:
                _limit.restore_original_limits()
