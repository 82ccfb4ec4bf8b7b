"""A Debian root with melt, made once and kept outside the repository."""

import fcntl
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import time

SUITE = "forky"
REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
# Space and time that a test root has no use for.
DPKG = """path-exclude=/usr/share/doc/*
path-exclude=/usr/share/man/*
path-exclude=/usr/share/locale/*
force-unsafe-io
"""


class Unavailable(Exception):
    """The root cannot be had here; the text says why and what to do."""


def say(text):
    """Talk goes to stderr; stdout is for the results."""
    print(text, file=sys.stderr, flush=True)


def cache():
    """Where the roots of hosts are kept."""
    return pathlib.Path(os.environ.get("DELTAPLATE_HOSTS_CACHE") or REPOSITORY / "target" / "hosts").resolve()


def root():
    """The folder of the root; it exists only when it is complete."""
    return cache() / f"melt-{SUITE}"


def ready():
    """The root, set up if it is not there yet."""
    if platform.machine() != "x86_64":
        raise Unavailable(f"the numbers were measured on x86_64, and this machine is {platform.machine()}")
    if os.geteuid() != 0:
        raise Unavailable("chroot and debootstrap need root: run this as root, or in a container")
    cache().mkdir(parents=True, exist_ok=True)
    with open(cache() / "melt.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root().is_dir():
            _make()
    return root()


def _make():
    started = time.monotonic()
    say(f"*** No {root()}: making a Debian {SUITE} root with melt there (250 MB to download, 1.2 GB on disk) ***")
    if not shutil.which("debootstrap"):
        _run("apt-get", "update", "-qq")
        _run("apt-get", "install", "-y", "-qq", "debootstrap")
    part = root().with_suffix(".part")
    if part.exists():
        shutil.rmtree(part)
    # An older debootstrap has no script of that name; Debian's suites all share this one.
    _run("debootstrap", "--variant=minbase", "--include=ca-certificates", SUITE, str(part), _mirror(), "sid")
    (part / "etc/dpkg/dpkg.cfg.d/slim").write_text(DPKG, encoding="ascii")
    (part / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n", encoding="ascii")
    (part / "usr/sbin/policy-rc.d").chmod(0o755)
    # A mirror that stands still at some date has an expired Release file.
    install = ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "-o", "Acquire::Check-Valid-Until=false")
    _run("chroot", str(part), "env", "DEBIAN_FRONTEND=noninteractive", *install, "melt")
    _run("chroot", str(part), "apt-get", "clean")
    part.rename(root())
    say(f"*** {root()} is ready after {time.monotonic() - started:.0f} s ***")


def _run(*command):
    """Runs a step; what it prints is shown only when it fails."""
    say(f"    {' '.join(command)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    except OSError as error:
        raise Unavailable(f"{command[0]} cannot be run: {error}") from error
    if done.returncode:
        tail = done.stdout.decode(errors="replace")[-4000:]
        raise Unavailable(f"{' '.join(command)} ended with {done.returncode}:\n{tail}")


def _mirror():
    """The Debian mirror that this machine's apt is set up with."""
    chosen = os.environ.get("DELTAPLATE_DEBIAN_MIRROR")
    if chosen:
        return chosen
    query = ("apt-get", "indextargets", "--format", "$(LABEL) $(REPO_URI)", "Created-By: Packages")
    for refreshed in (False, True):
        if refreshed:
            _run("apt-get", "update", "-qq")
        try:
            targets = subprocess.run(query, capture_output=True, text=True, check=False).stdout
        except OSError:
            break
        for target in targets.splitlines():
            label, _, uri = target.rpartition(" ")
            if label == "Debian" and uri:
                return uri
    raise Unavailable("apt on this machine knows no Debian mirror: set DELTAPLATE_DEBIAN_MIRROR to one's address")
