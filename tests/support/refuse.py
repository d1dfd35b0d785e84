#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""refuse.py ERRNO SYSCALL[,SYSCALL...] COMMAND [ARG...]: runs COMMAND under a seccomp filter that
answers these system calls with that error (EPERM, ENOSYS), as a container engine's profile does."""

import ctypes
import errno
import os
import platform
import struct
import sys

# By name: (x86_64, aarch64).
NUMBERS = {"openat2": (437, 437), "statx": (332, 291), "clone": (56, 220), "clone3": (435, 435),
           "vfork": (58, None), "fork": (57, None), "prlimit64": (302, 261)}
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
RETURN_ALLOW, RETURN_ERRNO = 0x7FFF0000, 0x00050000
LOAD_WORD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06  # BPF instructions
OFFSET_OF_NUMBER = 0  # in struct seccomp_data


def filter_program(error, names):
    column = {"x86_64": 0, "aarch64": 1}[platform.machine()]
    numbers = [NUMBERS[name][column] for name in names if NUMBERS[name][column] is not None]
    code = [(LOAD_WORD, 0, 0, OFFSET_OF_NUMBER)]
    for number in numbers:  # else go past the return
        code += [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, RETURN_ERRNO | error)]
    code.append((RETURN, 0, 0, RETURN_ALLOW))
    return b"".join(struct.pack("HBBI", *instruction) for instruction in code), len(code)


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]


def install(error, names):
    code, length = filter_program(error, names)
    libc = ctypes.CDLL(None, use_errno=True)
    program = Program(length, code)
    for words in ((PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
                  (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)):
        if libc.prctl(*words) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def main():
    error, names, *command = sys.argv[1:]
    install(getattr(errno, error), names.split(","))
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
