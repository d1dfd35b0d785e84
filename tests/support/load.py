#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Load of a known size. Reads commands from stdin, answers each with "ok" when it is in effect:

  anon BYTES         touches that much anonymous memory and keeps it
  file PATH BYTES    writes a file; its pages stay dirty until the kernel or `sync` writes them
  sync PATH          writes a file back
  busy COUNT         starts processes that never sleep
  burn COUNT         starts threads that never sleep, of a process that does
  threads COUNT      starts threads that always sleep
  ping               nothing

Ends, with everything it started, at end of file.
"""

import os
import signal
import sys
import threading

held = []
children = []
PAGE = os.sysconf("SC_PAGE_SIZE")


def anon(size):
    area = bytearray(int(size))
    area[::PAGE] = b"x" * len(area[::PAGE])
    held.append(area)


def file(path, size):
    chunk = b"x" * (1 << 16)
    with open(path, "wb", buffering=0) as out:
        for _ in range(int(size) // len(chunk)):
            out.write(chunk)


def sync(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def busy(count):
    for _ in range(int(count)):
        pid = os.fork()
        if pid == 0:
            while True:
                pass
        children.append(pid)


def spin():
    while True:
        pass


def burn(count):
    for _ in range(int(count)):
        threading.Thread(target=spin, daemon=True).start()


def threads(count):
    threading.stack_size(1 << 15)
    never = threading.Lock()
    never.acquire()
    for _ in range(int(count)):
        threading.Thread(target=never.acquire, daemon=True).start()


def ping():
    pass


COMMANDS = {f.__name__: f for f in (anon, file, sync, busy, burn, threads, ping)}


def main():
    try:
        for line in sys.stdin:
            name, *arguments = line.split()
            COMMANDS[name](*arguments)
            print("ok", flush=True)
    finally:
        for pid in children:
            os.kill(pid, signal.SIGKILL)
        sys.stdout.flush()
        os._exit(0)  # do not wait for the sleeping threads


if __name__ == "__main__":
    main()
