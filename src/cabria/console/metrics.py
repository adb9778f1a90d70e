"""Prometheus metrics of one server, in a registry of its own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE = CONTENT_TYPE_LATEST
BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 15.0)


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "cabria_http_requests", "Requests by method and status.", ["method", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "cabria_http_request_seconds", "Time to the answer.", registry=self.registry, buckets=BUCKETS
        )
        self.logins_failed = Counter("cabria_logins_failed", "Wrong passwords.", registry=self.registry)
        self.clients = Gauge("cabria_stream_clients", "Pages that look on.", registry=self.registry)
        self.frames_lost = Gauge(
            "cabria_stream_frames_lost", "Frames that slow pages did not get.", registry=self.registry
        )
        self.workers_started = Gauge("cabria_workers_started", "Worker processes started.", registry=self.registry)
        self.tasks = Gauge("cabria_planning_tasks", "Tasks by state.", ["state"], registry=self.registry)
        self.entries = Gauge("cabria_journal_entries", "Number of the last durable entry.", registry=self.registry)
        self.operations = Gauge("cabria_operations_up", "1 while operations run.", registry=self.registry)
        self.moves = Gauge("cabria_moves", "Boxes handed over by quay cranes.", registry=self.registry)
        self.links_lost = Gauge("cabria_links_lost", "Machines and systems not heard.", registry=self.registry)
        self.out_of_service = Gauge("cabria_machines_out", "Machines out of service.", registry=self.registry)

    def text(self) -> bytes:
        return generate_latest(self.registry)
