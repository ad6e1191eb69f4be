"""The layers of docs/architecture.md, checked."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def test_imports_when_layers_are_checked() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "module", ["configs.errors", "models.types", "models.factory", "templates.engine", "pipelines.cli"]
)
def test_import_when_a_module_is_light(module: str) -> None:
    """A framework is loaded only where its model is used."""
    heavy = ("torch", "transformers", "mlflow", "evidently", "prefect", "bentoml", "spacy", "sklearn", "pandas")
    code = f"import sys, {module}; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
