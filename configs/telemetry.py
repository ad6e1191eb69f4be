"""Switch off what dependencies would send out."""

import os

# Each is read by its library when that is first imported, so this must run before.
SWITCHES = {
    "DO_NOT_TRACK": "1",  # Evidently, Prefect and others that follow the convention
    "BENTOML_DO_NOT_TRACK": "True",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "MLFLOW_DISABLE_AGENT_HINTS": "true",
}


def silence() -> None:
    """Set the switches of every dependency; a process calls it first."""
    os.environ.update(SWITCHES)
