"""Counters for /metrics: numbers only, never a person."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

registry = CollectorRegistry()

webhooks_refused = Counter(
    "madoguchi_webhooks_refused", "Webhooks not taken", ["channel", "why"], registry=registry
)
events = Counter("madoguchi_events", "Events by outcome", ["channel", "outcome"], registry=registry)
sends = Counter(
    "madoguchi_sends", "Outbox rows by how a try ended", ["channel", "end"], registry=registry
)
errands = Counter(
    "madoguchi_errands", "Errands by how they ended", ["kind", "end"], registry=registry
)
errands_waiting = Gauge("madoguchi_errands_waiting", "Errands that wait", registry=registry)
outbox_waiting = Gauge("madoguchi_outbox_waiting", "Outbox rows that wait", registry=registry)
task_restarts = Counter(
    "madoguchi_task_restarts",
    "Background tasks that were started again",
    ["task"],
    registry=registry,
)
job_success = Gauge(
    "madoguchi_job_last_success_seconds", "When a job last went well", ["job"], registry=registry
)
job_seconds = Gauge(
    "madoguchi_job_duration_seconds",
    "How long a job's last round took",
    ["job"],
    registry=registry,
)
job_failures = Counter(
    "madoguchi_job_failures", "Rounds of a job that failed", ["job"], registry=registry
)
due = Counter("madoguchi_due", "What the clock did", ["what"], registry=registry)
requests = Histogram(
    "madoguchi_http_seconds", "Time to answer a request", ["page", "status"], registry=registry
)
