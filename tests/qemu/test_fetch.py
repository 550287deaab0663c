# SPDX-License-Identifier: BSD-2-Clause
"""tests/fetch on an archive that is not as it says: the tests depend on it,
and mirrors are like that now and then."""
import hashlib
import importlib.machinery
import importlib.util
import pathlib
import subprocess

import pytest

FETCH = pathlib.Path(__file__).resolve().parents[1] / "fetch"


@pytest.fixture(name="fetch")
def fixture_fetch(tmp_path, monkeypatch):
    """The program as a module, with a folder of its own to work in."""
    loader = importlib.machinery.SourceFileLoader("fetch", str(FETCH))
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader("fetch", loader))
    loader.exec_module(module)
    monkeypatch.setattr(module, "BUILD", tmp_path)
    monkeypatch.setitem(module.TARGETS, "thing", module.one(
        "bookworm", "meta > thing", "file"))
    return module


class Archive:
    """A flat archive of packages that hold one file."""

    def __init__(self, home):
        self.home = home
        self.index = ""
        home.mkdir()

    def add(self, name, version, depends=""):
        folder = self.home / "package"
        (folder / "DEBIAN").mkdir(parents=True, exist_ok=True)
        control = ("Package: %s\nVersion: %s\nArchitecture: all\n"
                   "Maintainer: nobody\nDescription: none\n" % (name, version))
        if depends:
            control += "Depends: %s\n" % depends
        (folder / "DEBIAN/control").write_text(control)
        (folder / "file").write_text(version)
        deb = self.home / ("%s_%s.deb" % (name, version))
        subprocess.run(["dpkg-deb", "-b", folder, deb], check=True,
                       stdout=subprocess.DEVNULL)
        self.index += control + "Filename: ./%s\nSize: %d\nSHA256: %s\n\n" % (
            deb.name, deb.stat().st_size,
            hashlib.sha256(deb.read_bytes()).hexdigest())
        (self.home / "Packages").write_text(self.index)
        return deb

    def source(self):
        return "deb [trusted=yes] file:%s ./\n" % self.home


@pytest.fixture(name="archive")
def fixture_archive(tmp_path):
    """Two versions, the newer one under another name, as kernels have it."""
    archive = Archive(tmp_path / "archive")
    archive.add("thing-1", "1.0")
    archive.add("meta", "1.0", "thing-1 (= 1.0)")
    archive.newest = archive.add("thing-2", "2.0")
    archive.add("meta", "2.0", "thing-2 (= 2.0)")
    return archive


def got(fetch):
    fetch.main(["thing"])
    return (fetch.BUILD / "targets/thing/file").read_text()


def test_the_newest_is_taken(fetch, archive, monkeypatch):
    monkeypatch.setattr(fetch.Apt, "sources", lambda *_: [archive.source()])
    assert got(fetch) == "2.0"


def test_or_else_the_newest_that_is_there(fetch, archive, monkeypatch):
    monkeypatch.setattr(fetch.Apt, "sources", lambda *_: [archive.source()])
    archive.newest.unlink()
    assert got(fetch) == "1.0"


def test_security_updates_that_are_gone(fetch, archive, monkeypatch):
    gone = archive.source().replace("archive", "gone")
    monkeypatch.setattr(fetch.Apt, "sources",
                        lambda *_: [archive.source(), gone])
    assert got(fetch) == "2.0"


def test_an_archive_that_is_gone(fetch, archive, monkeypatch):
    gone = archive.source().replace("archive", "gone")
    monkeypatch.setattr(fetch.Apt, "sources", lambda *_: [gone])
    with pytest.raises(fetch.Failed, match="apt-get -q update failed"):
        got(fetch)


def test_apt_that_knows_other_archives_alone(fetch, monkeypatch):
    monkeypatch.setattr(fetch, "run", lambda *_, **__: "")
    assert fetch.archives() == fetch.PUBLIC
