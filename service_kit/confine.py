"""Takes from this process whatever a statement does not need: files, network, other processes, privileges.

DuckDB has no boundary inside the engine between what a statement may do and what the process may do, so the kernel
draws it. Linux only, without packages: Landlock (https://docs.kernel.org/userspace-api/landlock.html) refuses files and
TCP, a seccomp filter (https://docs.kernel.org/userspace-api/seccomp_filter.html) refuses system calls. Both hold for
every thread that is started afterwards and cannot be undone. `warehouse.lab.probe` shows whether they work here.
"""

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from dataclasses import dataclass
from pathlib import Path


class CannotConfine(Exception):
    """This machine's kernel lacks something that confines a process. The message says what."""


@dataclass(frozen=True)
class Bounds:
    """What a process may use: bytes of address space, and seconds of processor time over all threads."""

    memory_bytes: int
    processor_seconds: int


PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP = 1, 38, 22
SECCOMP_MODE_FILTER = 2
# Landlock's system calls have the same numbers on all machines.
LANDLOCK_CREATE_RULESET, LANDLOCK_RESTRICT_SELF = 444, 446
LANDLOCK_VERSION_FLAG = 1
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # how many rights each version of Landlock knows; later ones like 5
TCP_SINCE, SCOPES_SINCE = 4, 6
BOTH_BITS = 0b11  # of TCP: bind and connect; of scopes: abstract sockets and signals

ALLOW, ERRNO, KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
EPERM, ENOSYS = 1, 38
CLONE_THREAD = 0x00010000
FIRST_OF_X32 = 0x40000000  # on x86-64 the same calls exist a second time from this number on

PRLIMIT = {"x86_64": 302, "aarch64": 261}  # its first argument is a process; 0 is the caller

# What a statement never needs. Landlock covers opening, creating and removing files, but not these.
REFUSED = {
    "x86_64": {
        "sockets": (41, 42, 43, 44, 45, 46, 47, 49, 50, 53, 288, 299, 307),
        "programs": (57, 58, 59, 322),
        "other processes": (62, 101, 200, 234, 129, 297, 310, 311, 312, 424, 434, 438, 440, 448),
        "priorities": (141, 142, 144, 251, 314),
        "owners and times of files": (90, 91, 92, 93, 94, 260, 268, 452, 132, 235, 261, 280),
        "attributes of files": (188, 189, 190, 197, 198, 199, 463, 466),
        "mounts": (155, 161, 165, 166, 272, 308, 428, 429, 430, 431, 432, 433, 442),
        "shared memory and queues": (29, 30, 31, 64, 65, 66, 68, 69, 70, 71, 240, 241, 319, 447),
        "the kernel": (103, 135, 163, 164, 167, 168, 169, 170, 171, 172, 173, 175, 176, 179, 227, 246, 305, 313, 320),
        "keys, tracing, other ways in": (248, 249, 250, 298, 303, 304, 321, 323, 425, 426, 427),
    },
    "aarch64": {
        "sockets": (198, 199, 200, 201, 202, 203, 206, 207, 211, 212, 242, 243, 269),
        "programs": (221, 281),
        "other processes": (117, 129, 130, 131, 138, 240, 270, 271, 272, 424, 434, 438, 440, 448),
        "priorities": (140, 118, 119, 30, 274),
        "owners and times of files": (52, 53, 54, 55, 88, 452),
        "attributes of files": (5, 6, 7, 14, 15, 16, 463, 466),
        "mounts": (39, 40, 41, 51, 97, 268, 428, 429, 430, 431, 432, 433, 442),
        "shared memory and queues": (180, 181, 186, 187, 188, 189, 190, 191, 193, 194, 195, 196, 279, 447),
        "the kernel": (60, 89, 92, 104, 105, 106, 112, 116, 142, 161, 162, 170, 171, 224, 225, 266, 273, 294),
        "keys, tracing, other ways in": (217, 218, 219, 241, 264, 265, 280, 282, 425, 426, 427),
    },
}
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
CLONE = {"x86_64": 56, "aarch64": 220}
CLONE3 = 435


def confine(bounds: Bounds) -> None:
    """Leaves this process its memory, its threads and the files that it has open, for reading and writing, and nothing
    else. To be called before any other thread exists, because Landlock holds only for the thread that asks and for
    those it starts. Raises CannotConfine."""
    if sys.platform != "linux":
        raise CannotConfine("confining a process needs Linux")
    if sum(1 for _ in Path("/proc/self/task").iterdir()) != 1:
        raise CannotConfine("the process has other threads, which would stay as they are")
    libc = ctypes.CDLL(None, use_errno=True)
    set_bounds(bounds)
    _drop_capabilities(libc)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise CannotConfine("the kernel refuses no_new_privs")
    _refuse_files(libc)
    _refuse_calls(libc)


def die_with_parent(parent: int) -> None:
    """Makes the kernel kill this process when its parent ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before the call
        os._exit(1)


def set_bounds(bounds: Bounds) -> None:
    most = {
        resource.RLIMIT_AS: bounds.memory_bytes,
        resource.RLIMIT_CPU: bounds.processor_seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 64,
    }
    for kind, value in most.items():
        resource.setrlimit(kind, (value, value))


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    """Without its capabilities root is a user like any other."""
    header = struct.pack("=Ii", 0x20080522, 0)
    if libc.capset(header, bytes(24)) != 0:
        raise CannotConfine("the kernel does not take capabilities back")


def _refuse_files(libc: ctypes.CDLL) -> None:
    version = libc.syscall(LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), LANDLOCK_VERSION_FLAG)
    if version < 1:
        raise CannotConfine("the kernel has no Landlock, which closes the file system to a process")
    files = (1 << FILE_RIGHTS.get(version, 16)) - 1
    attributes = struct.pack(
        "=QQQ", files, BOTH_BITS if version >= TCP_SINCE else 0, BOTH_BITS if version >= SCOPES_SINCE else 0
    )
    attributes = attributes[: 24 if version >= SCOPES_SINCE else 16 if version >= TCP_SINCE else 8]
    ruleset = libc.syscall(LANDLOCK_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    # A ruleset without any rule allows nothing.
    if ruleset < 0 or libc.syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0) != 0:
        raise CannotConfine("the kernel refuses Landlock's rules")
    os.close(ruleset)


def _refuse_calls(libc: ctypes.CDLL) -> None:
    machine = platform.machine()
    if machine not in REFUSED:
        raise CannotConfine(f"the list of system calls is not known for {machine} machines")
    program = _program(machine)
    code = ctypes.create_string_buffer(b"".join(program), 8 * len(program))
    filter_ = struct.pack("HP", len(program), ctypes.addressof(code))
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter_, 0, 0) != 0:
        raise CannotConfine("the kernel refuses a seccomp filter")


def _program(machine: str) -> list[bytes]:
    """Returns the filter as instructions of the kernel's packet filter machine."""
    load, equal, at_least, has_bits, answer = 0x20, 0x15, 0x35, 0x45, 0x06

    def op(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
        return struct.pack("=HBBI", code, if_so, if_not, value)

    number, architecture, first_argument = 0, 4, 16  # offsets in the kernel's description of a call
    refused = sorted(call for calls in REFUSED[machine].values() for call in calls)
    return [
        op(load, architecture),
        op(equal, AUDIT_ARCH[machine], 1, 0),
        op(answer, KILL_PROCESS),
        op(load, number),
        op(at_least, FIRST_OF_X32, 0, 1),
        op(answer, KILL_PROCESS),
        # The C library starts a thread by clone where clone3 is said not to exist, and only clone's flags can be read.
        op(equal, CLONE3, 0, 1),
        op(answer, ERRNO | ENOSYS),
        *(part for call in refused for part in (op(equal, call, 0, 1), op(answer, ERRNO | EPERM))),
        op(equal, PRLIMIT[machine], 0, 4),
        op(load, first_argument),
        op(equal, 0, 1, 0),
        op(answer, ERRNO | EPERM),
        op(answer, ALLOW),
        op(equal, CLONE[machine], 0, 3),
        op(load, first_argument),
        op(has_bits, CLONE_THREAD, 1, 0),
        op(answer, ERRNO | EPERM),
        op(answer, ALLOW),
    ]
