"""A time limit for an answer, which no `except` in the answer can escape."""

import gc
import os
import random
import signal
import sys
import threading
import time
import types
from collections.abc import Callable
from typing import Any

SECONDS = float(os.environ.get("COURSE_SECONDS", "3"))
"""How long an answer may compute in one call. One that waits may take four times as long."""


class Endless(BaseException):
    """Not an Exception, so that an answer's `except Exception` lets it pass."""


def limited(function: Callable[..., Any], *args: Any) -> Any:
    """Call a function, and raise Endless in it when it takes too long.

    A bare `except` may catch that, so it is raised again and again until the function has been left. What can't be
    stopped is a loop inside a function of another language that never looks for signals, such as `sum(count())`.
    KeyboardInterrupt is raised only if the user has interrupted; one that the function raised becomes OwnInterrupt.
    Only the main thread hears signals, and in it cells are run: in any other, nothing is stopped.
    """
    if threading.current_thread() is not threading.main_thread():
        try:
            return function(*args)
        except KeyboardInterrupt as error:
            raise OwnInterrupt from error
    watch = _Watch()
    with watch:
        try:
            return function(*args)
        except KeyboardInterrupt as error:
            if watch.interrupted:
                raise
            raise OwnInterrupt from error


def leave_room(depth: int = 200) -> None:
    """Raise RecursionError if an answer has called itself so often that there is no room for the check's own calls.

    For functions of a check that an answer calls: the error should be the answer's, not that of a comparison.
    """
    if depth:
        leave_room(depth - 1)


class OwnInterrupt(Exception):
    """The function raised KeyboardInterrupt, the cause of this; the user has not interrupted anything."""


class _Watch:
    """Looks at the clock a hundred times a second, and interrupts when the time is up."""

    def __init__(self) -> None:
        self.interrupted = False
        self.overdue = False
        self.collecting: float | None = None
        self.over = False

    def __enter__(self) -> "_Watch":
        self.end = time.process_time() + SECONDS  # of this process, so that a busy machine takes nothing away
        self.latest = time.monotonic() + 4 * SECONDS
        self.ticked = time.process_time(), time.monotonic()
        self.before = {signal.SIGINT: signal.signal(signal.SIGINT, self._on_interrupt)}
        if hasattr(signal, "setitimer"):
            self.before[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._on_tick)
            signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
        else:  # on Windows
            self.done = threading.Event()
            self.lock = threading.Lock()
            self.clock = threading.Thread(target=self._interrupt_from_outside, daemon=True)
            self.clock.start()
        gc.callbacks.append(self._on_collection)
        self.hook = sys.unraisablehook
        sys.unraisablehook = self._on_unraisable
        return self

    def __exit__(self, *_: Any) -> None:
        # A last tick may still be waiting for its turn: wound up again, the clock would end the process.
        self.over = True
        sys.unraisablehook = self.hook
        gc.callbacks.remove(self._on_collection)
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        else:
            with self.lock:  # no interrupt comes after it: it would meet the handler that was there before
                self.done.set()
        for number, handler in self.before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def _time_is_up(self) -> bool:
        self.overdue = self.overdue or time.process_time() > self.end or time.monotonic() > self.latest
        return self.overdue

    def _on_interrupt(self, number: int, frame: types.FrameType | None) -> None:
        if not self.overdue:
            self.interrupted = True
            raise KeyboardInterrupt
        if not self.over and _in_the_answer(frame):
            raise Endless

    def _on_tick(self, number: int, frame: types.FrameType | None) -> None:
        if self.over:
            return
        before, self.ticked = self.ticked, (time.process_time(), time.monotonic())
        if _in_an_import(frame):  # it takes nothing away: PyTorch's first optimizer imports for seconds
            self.end += self.ticked[0] - before[0]
            self.latest += self.ticked[1] - before[1]
        if self.collecting is not None or not self._time_is_up():
            return
        # Soon again: loops may be nested, each with an `except` of its own. At no fixed distance, so
        # that it doesn't hit the same instruction every time.
        signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-6, 1e-4), 0.01)
        if _in_the_answer(frame):
            raise Endless

    def _on_collection(self, phase: str, info: object) -> None:
        """Give back the time in which Python looks for garbage: most of it was there before the answer."""
        if phase == "start":
            self.collecting = time.process_time()
        elif self.collecting is not None:
            self.end += time.process_time() - self.collecting
            self.collecting = None

    def _on_unraisable(self, unraisable: Any) -> None:
        """Say nothing of an Endless that was raised where Python can't pass it on, as in a finalizer."""
        if not self.overdue:
            self.hook(unraisable)

    def _interrupt_from_outside(self) -> None:
        import _thread

        pause = 0.01
        while not self.done.wait(pause):
            with self.lock:
                if self._time_is_up() and not self.done.is_set():
                    _thread.interrupt_main()
                    pause = random.uniform(1e-4, 1e-2)


def _in_the_answer(frame: types.FrameType | None) -> bool:
    """Return whether the interrupted code was called by `limited`, and is neither in this file nor a handler in it."""
    if frame is None or frame.f_code.co_filename == __file__ or _in_an_import(frame):
        return False  # an import must not be left half done
    while frame is not None and frame.f_code is not limited.__code__:
        frame = frame.f_back
    return frame is not None


def _in_an_import(frame: types.FrameType | None) -> bool:
    """Return whether an import is under way that the answer has begun."""
    while frame is not None and frame.f_code is not limited.__code__:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False
