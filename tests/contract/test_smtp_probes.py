"""The protocol probes shared with other products, against a real edge: every must and every should.

They live outside of this tree and are read where they are present.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders.edge import certificate, edge, listener
from tests.builders.ports import free_port

TOOLS = Path(os.environ.get("SEKISHO_TOOLS", Path(__file__).parents[3] / "shared" / "tools"))
GROUPS = {
    "words": "greeting-*,ehlo-*,helo,verbs-*,rcpt-*,data-*,mail-*,rset-*,noop-*,quit-*,unknown-*,vrfy-*,expn-*,local-part-*,"
             "address-too-long,postmaster,early-talker,command-*,utf8-*,error-flood-*,size-*,100-recipients,pipelined-*",
    "octets": "starttls-*,tls-*,no-auth-*,bdat-*,smuggle-in-lf-dot-*,smuggle-out-lf-dot-*,dots,empty-body,blank-lines-*,trailing-*,from-line-*,"
              "line-*,header-*,folded-*,repeated-*,body-*,encoded-words,control-bytes-*,attachment-*,random-*,dkim-*,smtputf8-*,8bit-*",
    "meaning": "envelope-kept,quoted-*,null-sender-*,received-*,partial-*,next-hop-*,filename-*",
}


async def probe(tmp_path: Path, only: str) -> dict:
    sink = free_port()
    cert, key = certificate(tmp_path)
    out = tmp_path / "out.json"
    async with edge(listener(sink, tls="starttls", tls_cert=cert, tls_key=key)) as server:
        _, port = server.addresses["inbound"]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-W", "ignore", str(TOOLS / "smtp_probe.py"), "--target", f"127.0.0.1:{port}", "--sink", f"127.0.0.1:{sink}",
            "--only", only, "--json", str(out), stdout=subprocess.PIPE)
        await process.communicate()
    return json.loads(out.read_text())


def failed(result: dict) -> list[str]:
    return [f"{r['id']}: {r['why']}" for r in result["results"] if r["status"] == "fail"]


needs_tools = pytest.mark.skipif(not (TOOLS / "smtp_probe.py").exists(), reason="the shared probes are not here")


@needs_tools
@pytest.mark.parametrize("group", GROUPS)
async def test_probes(tmp_path: Path, group: str) -> None:
    result = await probe(tmp_path, GROUPS[group])
    assert failed(result) == [] and result["probes"] >= 10


@needs_tools
@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_all_probes(tmp_path: Path) -> None:
    assert failed(await probe(tmp_path, "*")) == []
