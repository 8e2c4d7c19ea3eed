"""Is the process that answers a run still alive?"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from agno_tui.storage import process
from agno_tui.storage.process import SIGN_OF_LIFE, Owner, is_abandoned, is_alive

AT = 1_000_000_000_000
THIS = Owner.current()

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def abandoned(owner: Owner | str | None, silent: int = 0) -> bool:
    text = None if owner is None else str(owner)
    return is_abandoned(text, AT - silent, this=THIS, at=AT)


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield child
    child.kill()
    child.communicate()


def owner_of(child: subprocess.Popen[bytes]) -> Owner:
    return replace(THIS, pid=child.pid, start=process._start(child.pid) or "")


@pytest.mark.parametrize(
    "owner", [THIS, Owner("a@b c", 7, ""), Owner("höst", 1, "12-ab-cd")]
)
def test_owner_survives_being_text(owner: Owner) -> None:
    assert Owner.parse(str(owner)) == owner


@pytest.mark.parametrize("text", [None, "", "7", "7@x", "x@1@host", "-1@1@h", "²@1@h"])
def test_other_text_is_no_owner(text: str | None) -> None:
    assert Owner.parse(text) is None
    assert not abandoned(text, SIGN_OF_LIFE)
    assert abandoned(text, SIGN_OF_LIFE + 1), "its age is all there is to go by"


def test_this_process_is_alive() -> None:
    assert is_alive(THIS) is not False
    assert not abandoned(THIS, silent=AT), "however long it has been silent"


@on_linux
def test_a_process_that_lives(sleeper: subprocess.Popen[bytes]) -> None:
    owner = owner_of(sleeper)
    assert is_alive(owner) is True
    assert not abandoned(owner, silent=AT)


@on_linux
def test_a_process_that_was_killed(sleeper: subprocess.Popen[bytes]) -> None:
    owner = owner_of(sleeper)
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    assert is_alive(owner) is False, "a zombie answers nothing"
    sleeper.communicate()
    assert is_alive(owner) is False
    assert abandoned(owner)


@on_linux
def test_a_number_that_was_given_out_again(sleeper: subprocess.Popen[bytes]) -> None:
    assert is_alive(replace(owner_of(sleeper), start="1-another-boot")) is False
    assert abandoned(replace(THIS, start="1-another-boot"))


def test_another_host_is_judged_by_its_silence() -> None:
    elsewhere = replace(THIS, host="elsewhere")
    assert is_alive(elsewhere) is None
    assert not abandoned(elsewhere, SIGN_OF_LIFE)
    assert abandoned(elsewhere, SIGN_OF_LIFE + 1)


@pytest.mark.skipif(os.name != "posix", reason="asks by signal 0")
def test_where_no_start_is_told(sleeper: subprocess.Popen[bytes]) -> None:
    owner = replace(owner_of(sleeper), start="")
    assert is_alive(owner) is None, "the number may have been given out again"
    sleeper.kill()
    sleeper.communicate()
    assert is_alive(owner) is False


@on_linux
def test_a_program_with_a_hostile_name() -> None:
    rename = "print(open('/proc/self/comm', 'w').write('a) Z (b c'), flush=True)"
    with subprocess.Popen(
        [sys.executable, "-c", f"{rename}; input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None and child.stdout.readline() == b"9\n"
        assert is_alive(owner_of(child)) is True
        child.kill()
