"""Two who look at once leave the process as they found it."""

from threadpoolctl import threadpool_info, threadpool_limits

from muhatap.reading.one_thread import OneThread


def blas_threads() -> set[int]:
    return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}


def test_who_leaves_first_takes_nothing_from_who_is_still_inside() -> None:
    with threadpool_limits(limits=2, user_api="blas"):
        first, second = OneThread(), OneThread()
        first.__enter__()
        second.__enter__()
        first.__exit__()
        assert blas_threads() == {1}
        second.__exit__()

        assert blas_threads() == {2}
