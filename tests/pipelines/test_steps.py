from pathlib import Path

import pytest

from configs.errors import ConflictError
from pipelines.steps import Step, plan


def a_step(folder: Path, **inputs: object) -> Step:
    return plan(folder, "data", inputs=inputs, code=["configs/files.py"])


def test_step_when_done_appears_whole(tmp_path: Path) -> None:
    step = a_step(tmp_path, rows=1)
    assert step.state == "new"
    with step.output() as folder:
        (folder / "rows").write_text("1")
        assert not step.done
    assert step.state == "done before"
    assert (step.folder / "rows").read_text() == "1"


def test_step_when_killed_keeps_its_partial_output(tmp_path: Path) -> None:
    step = a_step(tmp_path, rows=1)

    def be_killed() -> None:
        with step.output() as folder:
            (folder / "epoch-1").write_text("weights")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        be_killed()
    assert step.state == "interrupted before"
    with step.output() as folder:
        assert (folder / "epoch-1").read_text() == "weights"
    assert step.done


def test_plan_when_inputs_change(tmp_path: Path) -> None:
    assert a_step(tmp_path, rows=1) == a_step(tmp_path, rows=1)
    assert a_step(tmp_path, rows=1).digest != a_step(tmp_path, rows=2).digest


def test_step_when_another_process_works_on_it(tmp_path: Path) -> None:
    step = a_step(tmp_path, rows=1)
    with step.output(), pytest.raises(ConflictError, match="Another process works on the step `data`"), step.output():
        pass
