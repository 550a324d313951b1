"""A real Postfix of the test's own: its own configuration folder and queue on loopback, stopped by its pid."""

from __future__ import annotations

import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

MASTER = Path("/usr/lib/postfix/sbin/master")
SERVICES = """
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - 20 smtp
  -o smtp_send_xforward_command=yes
relay unix - - n - 20 smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
flush unix n - n 1000? 0 flush
showq unix n - n - - showq
"""


class Postfix:
    def __init__(self, listeners: str, relayhost: str, **settings: str) -> None:
        """`listeners` are master.cf lines of inet services; `relayhost` gets everything."""
        # Postfix's own user must reach its queue, which a test's folder does not let it.
        self.folder = folder = Path(tempfile.mkdtemp(prefix="sekisho-postfix-"))
        self.conf = folder / "conf"
        queue, data = folder / "spool", folder / "data"
        for path in (self.conf, queue, data):
            path.mkdir(parents=True)
        folder.chmod(0o755)
        shutil.chown(data, "postfix")
        for name in ("postfix-files", "dynamicmaps.cf"):
            if Path("/etc/postfix", name).exists():
                shutil.copy(Path("/etc/postfix", name), self.conf)
        for name in ("postfix-files.d", "dynamicmaps.cf.d"):
            if Path("/etc/postfix", name).exists():
                shutil.copytree(Path("/etc/postfix", name), self.conf / name)
        main = {
            "compatibility_level": "3.6", "queue_directory": str(queue), "data_directory": str(data), "command_directory": "/usr/sbin",
            "daemon_directory": "/usr/lib/postfix/sbin", "mail_owner": "postfix", "setgid_group": "postdrop",
            "myhostname": "mta.bank.example", "mydestination": "", "inet_interfaces": "127.0.0.1", "inet_protocols": "ipv4",
            "mynetworks": "127.0.0.0/8", "relayhost": relayhost, "relay_domains": "bank.example", "smtp_dns_support_level": "disabled",
            "smtp_host_lookup": "native", "message_size_limit": "60000000", "alias_maps": "", "local_recipient_maps": "",
            "smtpd_peername_lookup": "no", "maillog_file": str(folder / "mail.log"), "maillog_file_prefixes": str(folder),
            "minimal_backoff_time": "1s", "queue_run_delay": "1s", "maximal_backoff_time": "2s", **settings}
        (self.conf / "main.cf").write_text("".join(f"{k} = {v}\n" for k, v in main.items()))
        (self.conf / "master.cf").write_text(listeners + SERVICES + "postlog unix-dgram n - n - 1 postlogd\n")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, port: int) -> Postfix:
        subprocess.run(["postfix", "-c", str(self.conf), "check"], capture_output=True, check=False)
        assert pwd.getpwnam("postfix")
        self.process = subprocess.Popen([MASTER, "-c", str(self.conf), "-d"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                with socket.create_connection(("127.0.0.1", port), 1) as probe:
                    probe.settimeout(5)
                    if probe.recv(3) == b"220":
                        return self
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"Postfix does not answer: {self.log()}")

    def log(self) -> str:
        path = self.folder / "mail.log"
        return path.read_text()[-3000:] if path.exists() else "no log"

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)
