"""Child processes that never outlive the test that started them."""

import ctypes
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with(parent):
    """For the child: end when `parent` does, also if it is gone already."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def start(argv, **options):
    """subprocess.Popen for a server: the kernel kills it when its parent dies.

    It is the starting thread's death that counts, so start servers from the
    main thread or from one that lives as long.
    """
    options.setdefault("stdin", subprocess.DEVNULL)
    parent = os.getpid()
    return subprocess.Popen(argv, preexec_fn=lambda: _die_with(parent), **options)


def stop(process):
    """End a process by its id: politely, after two seconds by force."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


def wait_until(condition, seconds=10, interval=0.01, what="the server"):
    """Call `condition` until it returns something true, and return that."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds} s for {what}")
        time.sleep(interval)


def find_tool(name):
    """The path of a program on PATH or among the unpacked tools, or None."""
    unpacked = Path(__file__).resolve().parents[2] / "build/tools/usr/bin" / name
    return shutil.which(name) or (str(unpacked) if unpacked.exists() else None)
