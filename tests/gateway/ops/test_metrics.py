"""What several processes count is one sum, survives their end and a missing aggregator."""

from __future__ import annotations

import ast
import asyncio
import json
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.ops.clock import SystemClock
from gateway.ops.metrics import BUCKETS, DATAGRAM, FORGOTTEN, METRICS, Aggregator, Batch, Definition, Pusher, Recorder, encode
from tests.builders.waiting import until


class Clock:
    def __init__(self) -> None:
        self.at = 0.0

    def monotonic(self) -> float:
        return self.at

    def now(self):
        raise AssertionError


def values(aggregator: Aggregator) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_string_to_metric_families(aggregator.render().decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for f in families for s in f.samples}


def take(aggregator: Aggregator, recorder: Recorder, source: str = "1") -> None:
    for datagram in encode(recorder.take(), source):
        aggregator.take(datagram)


def test_counters_of_two_processes_add_up() -> None:
    aggregator = Aggregator(Clock())
    for source in ("1", "2"):
        recorder = Recorder()
        recorder.count("sekisho_connections_total", listener="in")
        recorder.count("sekisho_connections_total", 2, listener="in")
        take(aggregator, recorder, source)
    assert values(aggregator)["sekisho_connections_total", (("listener", "in"),)] == 6


def test_a_histogram_is_cumulative() -> None:
    aggregator, recorder = Aggregator(Clock()), Recorder()
    for seconds in (0.0005, 0.001, 0.004, 500.0):
        recorder.observe("sekisho_stage_seconds", seconds, stage="inspect")
    take(aggregator, recorder)
    found = values(aggregator)

    def bucket(bound: str) -> float:
        return found["sekisho_stage_seconds_bucket", (("le", bound), ("stage", "inspect"))]

    assert (bucket("0.001"), bucket("0.0025"), bucket("0.005"), bucket("90.0"), bucket("+Inf")) == (2, 2, 3, 3, 4)
    assert found["sekisho_stage_seconds_sum", (("stage", "inspect"),)] == pytest.approx(500.0055)


def test_gauges_are_joined_and_forgotten_with_their_process() -> None:
    clock = Clock()
    aggregator = Aggregator(clock)
    for source, sessions, free in (("1", 3, 500), ("2", 4, 400)):
        recorder = Recorder()
        recorder.gauge("sekisho_sessions", sessions)
        recorder.gauge("sekisho_disk_free_bytes", free)
        take(aggregator, recorder, source)
    assert values(aggregator)["sekisho_sessions", ()] == 7
    assert values(aggregator)["sekisho_disk_free_bytes", ()] == 400
    clock.at = FORGOTTEN + 1
    assert ("sekisho_sessions", ()) not in values(aggregator)


def test_a_gauge_of_what_is_no_more_ends() -> None:
    """Else a listener that a reload took away would be down for ever."""
    recorder, aggregator = Recorder(), Aggregator(Clock())
    for value in (0.0, None):
        recorder.gauge("sekisho_next_hop_up", value, listener="old")
        recorder.gauge("sekisho_next_hop_up", 1.0, listener="new")
        take(aggregator, recorder)
        assert [labels for name, labels in values(aggregator) if name == "sekisho_next_hop_up"] == [
            (("listener", name),) for name in (["new", "old"] if value is not None else ["new"])]


@pytest.mark.parametrize("act", [
    lambda r: r.count("sekisho_nothing_total"), lambda r: r.count("sekisho_sessions"), lambda r: r.gauge("sekisho_connections_total", 1),
    lambda r: r.count("sekisho_connections_total"), lambda r: r.count("sekisho_connections_total", listener="x", sender="a@b"),
])
def test_unknown_metrics_and_labels_are_counted_and_cost_no_mail(act) -> None:
    recorder, aggregator = Recorder(), Aggregator(Clock())
    act(recorder)
    take(aggregator, recorder)
    assert values(aggregator)["sekisho_metrics_unknown_total", ()] == 1


def test_every_metric_in_the_sources_is_in_the_table_with_its_labels() -> None:
    kinds = {"count": "counter", "observe": "histogram", "gauge": "gauge"}
    wrong = []
    for path in sorted((Path(__file__).parents[3] / "gateway").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in kinds and node.args
                    and isinstance(node.args[0], ast.Constant) and str(node.args[0].value).startswith("sekisho_")):
                continue
            definition = METRICS.get(node.args[0].value)
            labels = {k.arg for k in node.keywords} - {"amount"}
            if definition is None or definition.kind != kinds[node.func.attr] or labels != set(definition.labels):
                wrong.append(f"{path.name}:{node.lineno} {node.args[0].value} {sorted(map(str, labels))}")
    assert not wrong


@pytest.mark.parametrize("datagram", [
    b"", b"[]", b"{}", b"[\"1\", [\"c\", \"nothing\", [], 1]]", b"[\"1\", [\"x\", \"sekisho_sessions\", [], 1]]",
    b"[\"1\", [\"g\", \"sekisho_sessions\", [\"too\", \"many\"], 1]]", b"[\"1\", [\"h\", \"sekisho_stage_seconds\", [\"x\"], [1]]]",
    b"[\"1\", [\"c\", \"sekisho_connections_total\", [\"in\"], \"many\"]]", b"[" * 5000, b"\xff",
])
def test_a_datagram_that_is_none_of_ours_changes_nothing(datagram: bytes) -> None:
    aggregator = Aggregator(Clock())
    before = aggregator.render()
    aggregator.take(datagram)
    assert aggregator.refused == 1 and aggregator.render() == before


def test_many_series_are_several_datagrams() -> None:
    recorder = Recorder()
    for n in range(3000):
        recorder.count("sekisho_connections_total", listener=f"listener-{n:050}")
    datagrams = encode(recorder.take(), "1")
    assert len(datagrams) > 3 and all(len(d) <= DATAGRAM for d in datagrams)
    assert sum(len(json.loads(d)) - 1 for d in datagrams) == 3000


async def test_pushing_and_a_missing_aggregator(tmp_path: Path) -> None:
    recorder = Recorder()
    pusher = Pusher(recorder, tmp_path / ("long" * 30) / "metrics.sock")
    recorder.count("sekisho_unrecorded_total")
    recorder.observe("sekisho_inspection_seconds", 0.2)
    assert not pusher.push()
    recorder.count("sekisho_unrecorded_total")
    aggregator = Aggregator(SystemClock())
    aggregator.listen(pusher.address)
    assert pusher.push()
    await until(lambda: values(aggregator).get(("sekisho_unrecorded_total", ())) == 2)
    found = values(aggregator)
    assert found["sekisho_inspection_seconds_count", ()] == 1
    aggregator.close()


async def test_running_pushes_once_more_at_the_end(tmp_path: Path) -> None:
    recorder, aggregator = Recorder(), Aggregator(SystemClock())
    aggregator.listen(tmp_path / "m.sock")
    task = asyncio.create_task(Pusher(recorder, tmp_path / "m.sock").run())
    await asyncio.sleep(0)
    recorder.count("sekisho_unrecorded_total")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await until(lambda: values(aggregator).get(("sekisho_unrecorded_total", ())) == 1)
    aggregator.close()


def test_the_table_is_fit_for_prometheus() -> None:
    for name, definition in METRICS.items():
        assert name.startswith("sekisho_") and definition.help.endswith("."), name
        assert (definition.kind == "counter") == name.endswith("_total"), name
        assert not {"sender", "recipient", "address", "id", "client"} & set(definition.labels), name
    assert sorted(BUCKETS) == list(BUCKETS)
    assert b"# HELP sekisho_sessions SMTP sessions open now." in Aggregator(Clock()).render()
    assert Batch() == Recorder({"x": Definition("gauge", "")}).take()


def test_the_reference_lists_the_same() -> None:
    text = (Path(__file__).parents[3] / "docs/reference/metrics.md").read_text("utf-8")
    rows = {line.split("|")[1].strip(" `"): [c.strip() for c in line.split("|")[2:5]] for line in text.splitlines() if line.startswith("| `")}
    assert set(rows) == set(METRICS)
    for name, (kind, labels, help) in rows.items():
        assert (kind, labels.replace("`", "").split(), help) == (METRICS[name].kind, list(METRICS[name].labels), METRICS[name].help), name


def test_every_metric_of_the_table_is_set_somewhere() -> None:
    sources = [p for p in (Path(__file__).parents[3] / "gateway").rglob("*.py") if p.name != "metrics.py" or p.parent.name != "ops"]
    text = "".join(p.read_text("utf-8") for p in sources)
    ends = {f"sekisho_{event}_total" for event in ("delivered", "held", "refused", "deferred")}      # effects.perform
    own = {"sekisho_metrics_unknown_total"}
    assert {name for name in METRICS if f'"{name}"' not in text} == ends | own
