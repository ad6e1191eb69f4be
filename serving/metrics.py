"""What Prometheus reads at `/metrics`.

BentoML's own metrics are switched off: they label each request with its path,
and callers can make up any number of paths.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_TEXTS = (1, 2, 4, 8, 16, 32, 64, 128)


class Metrics:
    """The counters of one running service."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "colophon_requests", "Requests by route and status.", ["route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "colophon_request_seconds", "Time to answer.", ["route"], buckets=_SECONDS, registry=self._registry
        )
        self._batches = Histogram(
            "colophon_batch_texts", "Texts of a batch.", ["model"], buckets=_TEXTS, registry=self._registry
        )
        self._versions = Gauge(
            "colophon_model_version", "1 for the version that answers.", ["model", "version"], registry=self._registry
        )
        self._problems = Counter(
            "colophon_model_problems", "Versions that could not be taken over.", ["model"], registry=self._registry
        )
        self._documents = Counter(
            "colophon_documents", "Documents sealed.", ["template", "format"], registry=self._registry
        )
        self._records = Counter(
            "colophon_records", "Inference records by what became of them.", ["outcome"], registry=self._registry
        )

    def observe_request(self, route: str, status: int, seconds: float) -> None:
        """Count an answer."""
        self._requests.labels(route, status).inc()
        self._seconds.labels(route).observe(seconds)

    def observe_batch(self, model: str, texts: int) -> None:
        """Count a batch."""
        self._batches.labels(model).observe(texts)

    def observe_version(self, model: str, version: str, previous: str | None) -> None:
        """Note that `version` answers from now on."""
        if previous is not None:
            self._versions.labels(model, previous).set(0)
        self._versions.labels(model, version).set(1)

    def observe_problem(self, model: str) -> None:
        """Count a version that could not be taken over."""
        self._problems.labels(model).inc()

    def observe_document(self, template: str, file_format: str) -> None:
        """Count a sealed document."""
        self._documents.labels(template, file_format).inc()

    def observe_records(self, outcome: str, count: int) -> None:
        """Count inference records: `written`, `failed` by the database, or `dropped` because too many waited."""
        self._records.labels(outcome).inc(count)

    def text(self) -> bytes:
        """Write all of them in Prometheus' text format."""
        return generate_latest(self._registry)
