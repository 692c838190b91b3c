"""Every verb where the system gives less than usual: a sentence and an exit code, and never a traceback."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from calcigraph.processes import stat_of
from conftest import ROOTS
from polling import until
from test_http_stopping import family

TOY = str(ROOTS["toy"])
CLI = [sys.executable, "-W", "error", "-m", "calcigraph"]
ASK = ["ask", "what-reaches-the-high-tank", "--root", TOY, "--format", "csv"]
AS_SUPERUSER = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="needs the superuser, and setpriv of util-linux",
)
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def run(
    *arguments: str,
    shell: str = "",
    environment: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """The verb with these arguments, where a shell has set a condition, as with `ulimit -n 20;` or `>&-`."""
    before, _, after = shell.partition("…")
    command = ["bash", "-c", f'{before} "$0" "$@" {after}', *CLI, *arguments]
    environment = {**os.environ, **(environment or {})}
    done: subprocess.CompletedProcess[str] = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert "Exception ignored" not in done.stderr, done.stderr
    return done


REFUSED = {
    "an endless timeout": ("--timeout", "inf"),
    "no number": ("--timeout", "nan"),
    "a number for Python": ("--timeout", "1_0"),
    "an exponent": ("--timeout", "1e1"),
    "a number with spaces": ("--port", " 80"),
    "a sign": ("--port", "+80"),
    "a number of many digits": ("--workers", "0" * 5000 + "4"),
    "too few": ("--workers", "0"),
    "too many": ("--workers", "65"),
    "too long": ("--timeout", "86401"),
    "too short": ("--timeout", "0"),
    "too much": ("--worker-memory-mib", "99999999999"),
    "no host": ("--host", ""),
    "half an address": ("--host", "[::1"),
    "no address": ("--base", "ht tp://x"),
    "a base with a query": ("--base", "http://a.example/?x"),
    "no service": ("--allow-service", "sparql.example.org"),
    "a service of another scheme": ("--allow-service", "ftp://a.example/"),
    "another reasoner": ("--reasoner", "another"),
    "another log": ("--log-format", "xml"),
    "too few descriptors": (),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_setting_that_does_not_fit_ends_with_2_and_what_fits(name: str) -> None:
    few = name == "too few descriptors"
    done = run("serve", "--root", TOY, *REFUSED[name], shell="ulimit -n 100; …" if few else "")
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert (REFUSED[name] or ("ulimit -Hn",))[0] in done.stderr
    assert any(word in done.stderr for word in ("Give ", "Write ", "Raise "))


def test_20_descriptors_are_told() -> None:
    done = run("serve", "--root", TOY, shell="ulimit -n 20; …")
    assert (done.returncode, done.stdout) == (2, "")
    assert "20 descriptors" in done.stderr


def test_a_bound_of_the_reasoner_is_a_plain_number(tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text("<urn:a> <urn:b> <urn:c> .\n")
    for text in ("1_0", "0", "inf", "9" * 30):
        assert run("infer", str(tmp_path / "a.nt"), "--limit", "rows", text).returncode == 2
    assert run("infer", str(tmp_path / "a.nt"), "--limit", "rows", "1000").returncode == 0
    assert run("infer", str(tmp_path / "a.nt"), "--limit", "copies", "0").returncode == 0


def test_an_output_that_is_closed_or_full_is_told() -> None:
    for shell in ("…>&-", "…>/dev/full"):
        for arguments in (ASK, ["--help"], ["check", "--root", TOY]):
            done = run(*arguments, shell=shell)
            assert done.returncode == 3, (shell, arguments)
            assert "The system does not allow it" in done.stderr


def test_an_output_that_nobody_reads_to_its_end_is_no_error() -> None:
    done = run(*ASK, shell="set -o pipefail; …| exec true")
    # Where the other end was slow to go, it took everything.
    assert done.returncode in (141, 0)
    assert done.stderr == ""


@pytest.mark.parametrize("shell", ["…2>&-", "…2>/dev/full", "…<&-", "…<&- 2>&-"])
def test_an_answer_does_not_need_the_other_streams(shell: str) -> None:
    assert run(*ASK, shell=shell).returncode == 0
    assert run("ask", "nonsense", "--root", TOY, shell=shell).returncode == 2


@pytest.mark.parametrize("shell", ["…2>&-", "…2>/dev/full", "…>&- 2>&- <&-"])
def test_a_server_does_not_need_its_streams(shell: str, tmp_path: Path) -> None:
    # A port that is taken is found out after everything that is written before it.
    done = run("serve", "--root", str(tmp_path), "--port", "1", "--host", "192.0.2.1", shell=shell)
    assert done.returncode == 3


@AS_SUPERUSER
def test_no_home_is_no_failure() -> None:
    # A user that the system does not know, and that may read what this one may.
    reads = "+dac_read_search,+dac_override"
    user = f"--reuid 54321 --clear-groups --inh-caps={reads} --ambient-caps={reads}"
    done = run(*ASK, shell=f"env -u HOME -u XDG_CACHE_HOME setpriv {user} …")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_a_full_or_missing_temporary_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    nowhere = {"XDG_CACHE_HOME": str(tmp_path / "file" / "cache"), "TMPDIR": str(tmp_path / "none")}
    for arguments in (ASK, ["check", "--root", TOY], ["serve", "--root", TOY, "--port", "0"]):
        # Nothing may be written to by this user, /tmp and the present folder neither.
        done = run(*arguments, environment=nowhere, shell="ulimit -f 0; …")
        assert done.returncode == 3, done.stderr
        assert "TMPDIR" in done.stderr
        assert str(tmp_path) not in done.stderr


@AS_SUPERUSER
def test_a_file_of_the_root_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    root = Path(shutil.copytree(TOY, tmp_path / "root"))
    os.chmod(root / "data/plant.ttl", 0)
    (root / "ontology/closed").mkdir(mode=0)
    powers = "-dac_override,-dac_read_search"
    bound = f"setpriv --bounding-set={powers} --inh-caps={powers} …"
    done = run("check", "--root", str(root), shell=bound)
    assert done.returncode == 1, done.stderr
    assert "data/plant.ttl: violation: [files] It cannot be read: Permission denied." in done.stdout
    assert "ontology/closed: violation" in done.stdout
    served = run("serve", "--root", str(root), "--port", "0", shell=bound)
    assert served.returncode == 1
    assert "data/plant.ttl" in served.stderr
    assert run("infer", str(root / "data/plant.ttl"), shell=bound).returncode in (1, 2)


def test_a_long_field_of_an_answer_is_read(tmp_path: Path) -> None:
    root = Path(shutil.copytree(TOY, tmp_path / "root"))
    long = "x" * 200_000
    (root / "data/long.ttl").write_text(f'<urn:long> <urn:text> "{long}" .\n')
    questions = root / "ontology/questions"
    (questions / "long.rq").write_text("#+ question: How long?\nSELECT ?t { <urn:long> <urn:text> ?t }\n")
    (questions / "long.csv").write_text(f"t\r\n{long}\r\n")
    assert run("ask", "long", "--root", str(root), "--format", "table").stdout.count("x") == 200_000
    done = run("check", "--root", str(root))
    assert "[questions]" not in done.stdout
    (questions / "long.csv").write_text("t\r\na\rb\r\n")
    broken = run("check", "--root", str(root))
    assert "[questions]" in broken.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("verb", ["ask", "check"])
def test_a_signal_ends_what_never_ends_without_a_word(
    number: signal.Signals, verb: str, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(TOY, tmp_path / "root"))
    (root / "ontology/questions/endless.rq").write_text(f"#+ question: For ever?\n{ENDLESS}\n")
    (root / "ontology/questions/endless.csv").write_text("n\r\n1\r\n")
    arguments = ["ask", "endless"] if verb == "ask" else ["check"]
    with subprocess.Popen([*CLI, *arguments, "--root", str(root)], stdout=-1, stderr=-1) as process:
        # `check` evaluates in a process of its own, and that one its questions in another.
        until(lambda: sum(map(processor_s, family(process.pid))) > 4)
        below = family(process.pid)[1:]
        process.send_signal(number)
        out, err = process.communicate()
    assert process.returncode == -number
    assert (out, err) == (b"", b"")
    until(lambda: not any(stat_of(pid)[:1] not in ([], ["Z"]) for pid in below))


def processor_s(pid: int) -> float:
    fields = stat_of(pid)
    return 0.0 if not fields else (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


NAUGHTY = "a\x1b[31mred\x07\u202edrawkcab\u2067\x9b"


def test_labels_do_nothing_to_a_terminal(tmp_path: Path) -> None:
    root = Path(shutil.copytree(TOY, tmp_path / "root"))
    text = NAUGHTY.encode("unicode_escape").decode().replace("\\x", "\\u00")
    (root / "data/naughty.ttl").write_text(f'<urn:n> <urn:label> "{text}" .\n')
    query = tmp_path / "q.rq"
    query.write_text("SELECT ?t { <urn:n> <urn:label> ?t }")
    shared = ["ask", "--root", str(root), "--query", str(query), "--format"]
    for style in ("table", "markdown"):
        out = run(*shared, style).stdout
        assert "a\\x1b[31mred\\x07\\u202edrawkcab\\u2067\\x9b" in out
    assert NAUGHTY in run(*shared, "csv").stdout
    explained = run("explain", "<urn:n>", "<urn:label>", f'"{text}"', "--root", str(root))
    assert explained.returncode == 0, explained.stderr
    seen = on_terminal(*shared, "csv")
    for shown in (explained.stdout, seen):
        assert "\\x1b" in shown or "\\u001b" in shown.lower()
        assert not set(NAUGHTY) & set("\x1b\x07\u202e\u2067\x9b") & set(shown)


def on_terminal(*arguments: str) -> str:
    """What a terminal is sent."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([*CLI, *arguments], stdout=theirs) as process:
        os.close(theirs)
        found = b""
        try:
            while piece := os.read(ours, 4096):
                found += piece
        except OSError:
            # So a terminal tells that nobody has it open any more.
            pass
        process.wait()
    os.close(ours)
    return found.decode()
