import pickle
from pathlib import Path

from gateway.app.brief import Brief
from gateway.config import load


def test_it_survives_the_way_to_a_worker_and_names_every_socket(tmp_path):
    file = tmp_path / "sekisho.toml"
    file.write_text(f'[gateway]\nstate_dir = "{tmp_path}/state"\n')
    brief = pickle.loads(pickle.dumps(Brief(load(file), (("inbound", 7),))))
    run = tmp_path / "state" / "run"
    assert brief.sockets == (("inbound", 7),) and brief.config.path == file
    assert (brief.run, brief.keeper, brief.metrics) == (run, run / "keeper.sock", run / "metrics.sock")
    assert {Path(p).parent for p in (brief.lanes.plain, brief.lanes.deep, brief.lanes.tool)} == {run}


def test_it_carries_no_secret(tmp_path):
    (tmp_path / "password").write_text("hunter2")
    (tmp_path / "password").chmod(0o600)
    file = tmp_path / "sekisho.toml"
    file.write_text(f'[gateway]\nstate_dir = "{tmp_path}"\n[quarantine]\ndatabase = "postgresql://u@h/n"\n'
                    f'database_password_file = "{tmp_path}/password"\n')
    assert b"hunter2" not in pickle.dumps(Brief(load(file)))
