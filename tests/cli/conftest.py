"""The command line as its user meets it: words in, an exit code, two streams and files out."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from cabria.cli import main


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one sentence of a refusal."""
        return "".join(line for line in self.err.splitlines() if line.startswith("cabria: "))


Run = Callable[..., Outcome]


@pytest.fixture
def cabria(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(*words: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["cabria", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return Outcome(int(end.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def tiny(cabria: Run, tmp_path: Path) -> Path:
    """The call folder of the scenario tiny, to be spoilt."""
    assert cabria("scenario", "make", "tiny", tmp_path / "tiny").code == 0
    return tmp_path / "tiny"


@pytest.fixture(scope="session")
def kept_plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan of tiny, made once; see `tiny_plan`."""
    folder = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        for words in (["scenario", "make", "tiny", "tiny"], ["plan", "tiny", "--effort", "quick", "--out", "plan"]):
            patch.chdir(folder)
            patch.setattr(sys, "argv", ["cabria", *words])
            with pytest.raises(SystemExit) as end:
                main()
            assert not end.value.code
    return folder / "plan"


@pytest.fixture
def tiny_plan(kept_plan: Path, tiny: Path) -> Path:
    """A plan of tiny, to be spoilt."""
    return Path(shutil.copytree(kept_plan, tiny.with_name("plan")))
