"""The program as a person has it: installed, in a terminal, with keys and a screen."""

from __future__ import annotations

import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("needs a pseudo-terminal", allow_module_level=True)

from tests.terminal import ALTERNATE_SCREEN_LEFT, Terminal

CTRL_N, CTRL_Q, ESC, ENTER = "\x0e", "\x11", "\x1b", "\r"
ALT_UP, ALT_DOWN = "\x1b[1;3A", "\x1b[1;3B"


@pytest.fixture
def server() -> Iterator[str]:
    """A server that streams a fixed answer for about three seconds; its base URL."""
    command = [sys.executable, "-m", "tests.fake_server", "--rate", "60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def env(server: str) -> dict[str, str]:
    return {"OPENAI_BASE_URL": server, "OPENAI_API_KEY": "not-a-key"}


@pytest.mark.embedded
def test_a_new_user_chats_with_the_real_model_and_finds_it_again_after_a_kill(
    tmp_path: Path, real_cache: Path
) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "agno-tui").symlink_to(real_cache, target_is_directory=True)
    with Terminal(tmp_path, "--model", "local") as terminal:
        terminal.wait_for("Message…")
        terminal.type("What is the capital of France?" + ENTER)
        screen = terminal.wait_for("tok/s", "SmolLM2", seconds=240)
        # A model this small calls the capital another name now and then: what counts
        # is that it speaks to the question, and that its very words are found again.
        answer = _last_answer(screen).partition("SmolLM2")[0].split()
        assert {"Paris", "France", "French", "capital"} & set(map(_bare, answer))
        terminal.type("Tell me a long story about a robot and the sea." + ENTER)
        terminal.wait_for("the sea.")
        screen = terminal.wait_until(lambda s: len(_last_answer(s).split()) > 30, 120)
        said = _last_answer(screen).split()[:3]
        terminal.kill()

    with Terminal(tmp_path, "--model", "local") as terminal:
        screen = terminal.wait_for("interrupted", "words kept")
        assert "What is the capital of France?" in screen
        assert " ".join(answer) in " ".join(_chat_pane(screen).split())
        assert "Tell me a long story about a robot and the sea." in screen
        assert " ".join(said) in screen
        terminal.type(CTRL_Q)
        assert terminal.wait_for_exit() == 0


def answered(name: str, screen: str) -> bool:
    """Whether the session of this name, and no other, is shown with its answer."""
    asked = re.findall(r"▌ (\w+) question", screen)
    return asked == [name] and "tok/s" in screen


def test_two_sessions_answer_at_once_while_the_keyboard_goes_from_one_to_the_other(
    tmp_path: Path, env: dict[str, str]
) -> None:
    with Terminal(tmp_path, env=env) as terminal:
        terminal.wait_for("fake-1", "Message…")
        terminal.type("alpha question" + ENTER)
        terminal.wait_for("A fixed answer")
        terminal.type(CTRL_N)
        terminal.wait_for("New conversation")
        terminal.type("beta question" + ENTER)
        terminal.wait_for("A fixed answer")
        terminal.type(ALT_DOWN)
        terminal.wait_until(lambda screen: answered("alpha", screen))
        terminal.type(ALT_UP)
        terminal.wait_until(lambda screen: answered("beta", screen))
        terminal.type(CTRL_Q)
        assert terminal.wait_for_exit() == 0

    with Terminal(tmp_path, env=env) as terminal:
        terminal.wait_for("▌ beta question", "alpha question", "tok/s")


def test_keys_after_a_command_belong_to_the_session_it_opened(
    tmp_path: Path, env: dict[str, str]
) -> None:
    with Terminal(tmp_path, env=env) as terminal:
        terminal.wait_for("fake-1", "Message…")
        burst = "".join(f"{CTRL_N}race {n}{ENTER}" for n in range(5))
        terminal.type(f"{burst}{ALT_DOWN}more for three{ENTER}")
        terminal.wait_for(
            "▌ race 3", "▌ more for three", *map("race {}".format, range(5))
        )


def test_keys_typed_in_one_burst_are_sent_as_they_were_typed(
    tmp_path: Path, env: dict[str, str]
) -> None:
    with Terminal(tmp_path, env=env) as terminal:
        terminal.wait_for("fake-1", "Message…")
        terminal.type("line one\nline two, all at once" + ENTER)
        terminal.wait_for("▌ line one", "▌ line two, all at once", "tok/s")


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)],
)
def test_a_closed_window_or_a_kill_keeps_the_answer_and_restores_the_terminal(
    tmp_path: Path, env: dict[str, str], number: int, code: int
) -> None:
    with Terminal(tmp_path, env=env) as terminal:
        terminal.wait_for("fake-1", "Message…")
        terminal.type("a question" + ENTER)
        terminal.wait_for("A fixed answer")
        terminal.signal(number)
        assert terminal.wait_for_exit() == code
        assert ALTERNATE_SCREEN_LEFT in terminal.output

    with Terminal(tmp_path, env=env) as terminal:
        terminal.wait_for("A fixed answer", "interrupted")


def test_it_ends_when_its_terminal_is_gone(tmp_path: Path, env: dict[str, str]) -> None:
    with Terminal(tmp_path, env=env) as terminal:
        terminal.wait_for("fake-1", "Message…")
        terminal.type("a question" + ENTER)
        terminal.wait_for("A fixed answer")
        terminal.hang_up()
        terminal.wait_until_dead(seconds=10)

    with Terminal(tmp_path, env=env) as terminal:
        terminal.wait_for("A fixed answer", "interrupted")


def test_quitting_while_an_answer_streams_says_what_was_kept(
    tmp_path: Path, env: dict[str, str]
) -> None:
    with Terminal(tmp_path, env=env) as terminal:
        terminal.wait_for("fake-1", "Message…")
        terminal.type("a question" + ENTER)
        terminal.wait_for("A fixed answer")
        terminal.type(CTRL_Q)
        assert terminal.wait_for_exit() == 0
        assert b"1 answer was cut short" in terminal.output


def test_what_is_written_is_readable_by_its_owner_only(
    tmp_path: Path, env: dict[str, str]
) -> None:
    with Terminal(tmp_path, env=env) as terminal:
        terminal.wait_for("fake-1", "Message…")
        terminal.type("a question" + ENTER)
        terminal.wait_for("tok/s")
        terminal.type(CTRL_Q)
        terminal.wait_for_exit()
    written = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert any(p.name == "agno-tui.db" for p in written)
    assert {p.name for p in written if stat.S_IMODE(p.stat().st_mode) & 0o077} == set()


def _bare(word: str) -> str:
    return word.strip(".,:;!?'\"()")


def _chat_pane(screen: str) -> str:
    """What stands beside the list."""
    return "\n".join(line[32:] for line in screen.split("\n"))


def _last_answer(screen: str) -> str:
    """The words of the last answer on a screen, without what stands beside it."""
    after = screen.rpartition("Agent\n")[2].partition("╭")[0]
    return " ".join(re.sub(r"[✗⠋-⣿].*", "", after).split())
