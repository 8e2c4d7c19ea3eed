"""The plain mode as a person has it: real bytes through a terminal or a pipe."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("needs a pseudo-terminal", allow_module_level=True)

import pexpect

from tests.terminal import environment

ROOT = Path(__file__).parents[2]
PLAIN = ["-m", "agno_tui", "--plain"]
CTRL_C, CTRL_D, CTRL_U, ENTER, UP = "\x03", "\x04", "\x15", "\r", "\x1b[A"
PASTE, PASTED = "\x1b[200~", "\x1b[201~"
END = "A quotation, and then the end."


@pytest.fixture
def server() -> Iterator[str]:
    """A server that streams a fixed answer for about a second and a half."""
    command = [sys.executable, "-m", "tests.fake_server", "--rate", "120"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def env(server: str, tmp_path: Path) -> dict[str, str]:
    keys = {"OPENAI_BASE_URL": server, "OPENAI_API_KEY": "not-a-key"}
    return {**environment(tmp_path), **keys}


class Line:
    """The program in a terminal; `output` is all it wrote."""

    def __init__(self, env: dict[str, str], term: str) -> None:
        self.child = pexpect.spawn(
            sys.executable,
            PLAIN,
            env={**env, "TERM": term},
            cwd=str(ROOT),
            dimensions=(40, 100),
            timeout=20,
        )
        self.output = b""

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.child.close(force=True)

    def type(self, text: str) -> None:
        self.child.send(text)

    def wait_for(self, *wanted: str) -> None:
        for one in wanted:
            self.child.expect_exact(one.encode())
            self.output += self.child.before + self.child.after

    def exit_code(self) -> int:
        self.child.expect(pexpect.EOF)
        self.output += self.child.before
        self.child.close()
        if self.child.exitstatus is not None:
            return int(self.child.exitstatus)
        return 128 + int(self.child.signalstatus or 0)


def test_on_a_dumb_terminal_not_one_control_code_is_written(
    env: dict[str, str],
) -> None:
    with Line(env, "dumb") as line:
        line.wait_for("agno-tui, conversation “New conversation”", "\n> ")
        line.type("hello" + ENTER)
        line.wait_for("Agent: # A fixed answer")
        line.type("and then" + ENTER)
        line.wait_for("Queued: it is sent after this answer.")
        line.wait_for(END, "You: and then", "Agent: # A fixed answer")
        line.type(CTRL_C)
        line.wait_for("Stopped. ", " kept. /retry asks again.", "\n> ")
        line.type(CTRL_C)
        line.wait_for("Press Ctrl+C again to quit", "\n> ")
        line.type("/sessions" + ENTER)
        line.wait_for("1. hello, just now, open now", "\n> ")
        line.type(CTRL_D)
        assert line.exit_code() == 0
        written = line.output.decode().replace("\r\n", "\n").replace("^C", "")
        assert re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", written) is None


def test_with_readline_one_edits_completes_goes_back_and_pastes(
    env: dict[str, str],
) -> None:
    with Line(env, "xterm-256color") as line:
        line.wait_for("/help lists the commands.", "> ", "Model: fake-1", "> ")
        line.type("first question" + ENTER)
        line.wait_for(END, "> ")
        line.type("/sess\t" + ENTER)
        line.wait_for("1. first question, just now", "> ")
        line.type(f"{PASTE}one\ntwo{PASTED}" + ENTER)
        line.wait_for(END, "> ")
        line.type("/read 1" + ENTER)
        line.wait_for("You: one\r\ntwo\r\n", "That is all", "> ")
        # In one burst: ctrl+c finds the line that was typed before it.
        line.type("half a thought" + CTRL_C)
        line.wait_for("Put away. /draft puts it back.", "> ")
        line.type("/draft" + ENTER)
        line.wait_for("Your draft is in the line.", "> half a thought")
        line.type(CTRL_U + UP + UP + UP + UP)
        line.wait_for("one")
        line.type(CTRL_U + CTRL_D)
        assert line.exit_code() == 0
        assert b"\x1b[?1049h" not in line.output  # No other screen.
        assert re.search(rb"\x1b\[[\d;]*[mHfJ]", line.output) is None
    with Line(env, "xterm-256color") as line:
        line.wait_for("You: first question", "You: one\r\ntwo", END)
        line.wait_for("Draft: half a thought", "> ")
        line.type(UP)
        line.wait_for("one")
        line.type(CTRL_U + CTRL_D)
        assert line.exit_code() == 0


def test_what_is_typed_while_an_answer_comes_stands_at_the_prompt_after_it(
    env: dict[str, str],
) -> None:
    with Line(env, "xterm") as line:
        line.wait_for("/help lists the commands.", "> ", "Model: fake-1", "> ")
        line.type("hello" + ENTER)
        line.wait_for("Agent: ")
        line.type("not sent yet")
        line.wait_for(END, "> not sent yet")
        line.type(CTRL_C)
        line.wait_for("Put away.", "> ")
        line.type(CTRL_D)
        assert line.exit_code() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_at_once_and_keeps_the_line(
    env: dict[str, str], number: signal.Signals
) -> None:
    with Line(env, "xterm") as line:
        line.wait_for("/help lists the commands.", "> ", "Model: fake-1", "> ")
        line.type("precious words")
        line.wait_for("precious words")
        line.child.kill(number)
        begun = time.monotonic()
        assert line.exit_code() == 128 + number
        assert time.monotonic() - begun < 2.5
    with Line(env, "dumb") as line:
        line.wait_for("Draft: precious words", "\n> ")
        line.type("/draft send" + ENTER)
        line.wait_for(END, "\n> ")
        line.type("/quit" + ENTER)
        assert line.exit_code() == 0


def piped(env: dict[str, str], text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *PLAIN],
        input=text,
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_from_a_pipe_every_line_is_answered(env: dict[str, str]) -> None:
    done = piped(env, "first\nsecond")
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout.count(END) == 2 and "> agno" not in done.stdout
    assert re.search(r"You: first\n(.*\n)*?Agent: .*\n(.*\n)+You: second", done.stdout)
    env["OPENAI_BASE_URL"] = "http://127.0.0.1:9/v1"
    done = piped(env, "third\n")
    assert done.returncode == 1 and "Error: " in done.stdout and done.stderr == ""


def test_nobody_reads_what_is_said(env: dict[str, str]) -> None:
    child = subprocess.Popen(
        [sys.executable, *PLAIN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=env,
        cwd=ROOT,
    )
    with child:
        assert child.stdin and child.stdout and child.stderr
        child.stdout.readline()
        child.stdout.close()
        child.stdin.write(b"/help\n" * 3)
        child.stdin.flush()
        assert child.wait(timeout=20) == 141
        assert child.stderr.read() == b""


IMPORTED = """
import json, sys
from agno_tui.plain import voice
from agno_tui import cli

said = voice.Voice.say

def say(self, text):
    said(self, text)
    if "/help lists" in text:
        print(json.dumps(sorted(sys.modules)), flush=True)

voice.Voice.say = say
sys.exit(cli.run(["--plain"]))
"""

SLOW = ("textual", "rich", "pygments", "markdown_it", "openai", "pydantic", "httpx2")


def test_nothing_slow_and_nothing_of_the_screen_is_imported(
    env: dict[str, str],
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED],
        env={**os.environ, **env},
        cwd=ROOT,
        input="",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    modules = json.loads(done.stdout.splitlines()[1])
    assert "agno_tui.plain.chat" in modules
    assert [name for name in SLOW if name in modules] == []
    assert [name for name in modules if name.startswith("agno_tui.ui")] == []


ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def test_in_a_locale_without_letters_one_can_type_and_nothing_is_lost(
    env: dict[str, str],
) -> None:
    with Line({**env, **ASCII}, "xterm") as line:
        line.wait_for("/help lists the commands.", "> ", "Model: fake-1", "> ")
        line.type("h\u00e9llo \u4f60" + ENTER)
        line.wait_for(END, "> ")
        line.type("h\u00e4lf" + CTRL_C)
        line.wait_for("Put away.", "> ")
        line.type("/draft" + ENTER)
        line.wait_for("Draft: h?lf", "> ")
        line.type(CTRL_D)
        assert line.exit_code() == 0
    done = piped(env, "/read\n/draft\n")
    assert "You: h\u00e9llo \u4f60" in done.stdout and "Draft: hälf" in done.stdout
    with Line({**env, **ASCII}, "xterm") as line:
        line.wait_for("/help lists the commands.", "You: h?llo ?", "> ")
        line.type(CTRL_D)
        assert line.exit_code() == 0


@pytest.mark.parametrize("closed", ["<&-", ">&-", "<&- >&- 2>&-"])
def test_begun_without_an_input_or_an_output(env: dict[str, str], closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, *PLAIN],
        input="/help\n",
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D + CTRL_D, "SIGTERM"])
def test_half_a_line_on_a_dumb_terminal_is_a_draft_and_never_sent(
    env: dict[str, str], key: str
) -> None:
    with Line(env, "dumb") as line:
        line.wait_for("/help lists the commands.", "\n> ", "Model: fake-1", "\n> ")
        line.type("half a thought")
        line.wait_for("half a thought")
        if key == CTRL_C:
            line.type(key)
            line.wait_for("Put away. /draft puts it back.", "\n> ")
            line.type("whole" + ENTER)
            line.wait_for(END, "\n> ")
            line.type("/read" + ENTER)
            line.wait_for("You: whole\r\n", "\n> ")
            line.type(CTRL_D)
        elif key == "SIGTERM":
            line.child.kill(signal.SIGTERM)
        else:
            line.type(key)
        assert line.exit_code() == (143 if key == "SIGTERM" else 0)
        assert b"You: half" not in line.output
    with Line(env, "dumb") as line:
        line.wait_for("Draft: half a thought", "\n> ")


def kept_draft(env: dict[str, str]) -> str:
    """The draft on the disk, as another process sees it."""
    database = next(Path(env["HOME"]).rglob("*.db"))
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("SELECT max(draft) FROM sessions").fetchone()[0])


def test_half_a_line_outlives_a_kill(env: dict[str, str]) -> None:
    with Line(env, "xterm") as line:
        line.wait_for("/help lists the commands.", "> ", "Model: fake-1", "> ")
        line.type("precious words")
        line.wait_for("precious words")
        end = time.monotonic() + 10
        while kept_draft(env) != "precious words":
            assert time.monotonic() < end
            time.sleep(0.02)
        line.child.kill(signal.SIGKILL)
        assert line.exit_code() == 128 + signal.SIGKILL
    with Line(env, "xterm") as line:
        line.wait_for("Draft: precious words", "> ")
        line.type("/draft" + ENTER)
        line.wait_for("Your draft is in the line.", "> precious words")
        line.type(", sent" + ENTER)
        line.wait_for(END, "> ")
        assert kept_draft(env) == ""
        line.type(CTRL_D)
        assert line.exit_code() == 0
