"""Chromium as a reader of pages: driven over its own debugging pipe (descriptors 3 and 4, JSON ended by NUL), no driver needed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# puts the pipes where Chromium looks for them, then becomes it
START = ("import os, sys; ends = [os.dup2(int(end), 100 + n) for n, end in enumerate(sys.argv[1:3])];"
         " [os.dup2(end, 3 + n) for n, end in enumerate(ends)]; os.execv(sys.argv[3], sys.argv[3:])")


class Chromium:
    """One page. `open`, `fill`, `click`, `value`: what a person does and sees. `complaints` are the browser's own."""

    def __init__(self, folder: Path) -> None:
        theirs, self.out = os.pipe()
        self.into, ours = os.pipe()
        command = [sys.executable, "-c", START, str(theirs), str(ours), str(PROGRAM), "--headless", "--no-sandbox", "--disable-gpu",
                   "--no-first-run", "--remote-debugging-pipe", f"--user-data-dir={folder}", "about:blank"]
        self.process = subprocess.Popen(command, pass_fds=(theirs, ours), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs)
        os.close(ours)
        self.buffer, self.number, self.session, self.events = b"", 0, "", []  # type: ignore[var-annotated]
        page = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters} | ({"sessionId": self.session} if self.session else {})
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while (answer := self.read()).get("id") != self.number:
            self.events.append(answer)
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def read(self) -> dict[str, Any]:
        while b"\0" not in self.buffer:
            data = os.read(self.into, 65536)
            assert data, "the browser is gone"
            self.buffer += data
        message, _, self.buffer = self.buffer.partition(b"\0")
        decoded: dict[str, Any] = json.loads(message)
        return decoded

    def value(self, expression: str) -> Any:
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def text(self, selector: str) -> str:
        return str(self.value(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"))

    def path(self) -> str:
        return str(self.value("location.pathname + location.search"))

    def fill(self, selector: str, text: str) -> None:
        self.value(f"document.querySelector({json.dumps(selector)}).value = {json.dumps(text)}")

    def until(self, selector: str, text: str) -> bool:
        """The text stands there, within 10 s: for pages that go on by themselves."""
        for _ in range(200):
            if text in self.text(selector):
                return True
            time.sleep(0.05)
        return False

    def open(self, url: str) -> None:
        with self.loading():
            self.call("Page.navigate", url=url)

    def click(self, selector: str) -> None:
        with self.loading():
            self.value(f"document.querySelector({json.dumps(selector)}).click()")

    @contextmanager
    def loading(self) -> Iterator[None]:
        self.events = [e for e in self.events if e["method"] != "Page.loadEventFired"]
        yield
        while not any(e["method"] == "Page.loadEventFired" for e in self.events):
            self.events.append(self.read())

    def complaints(self) -> list[str]:
        return [e["params"]["entry"]["text"] for e in self.events if e["method"] == "Log.entryAdded"]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.out)
        os.close(self.into)
