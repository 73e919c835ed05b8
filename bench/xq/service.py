"""Starts, kills and calls the real `xiaoqu serve`."""

import http.client
import itertools
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COUNTY, TOWNSHIP, COMMUNITY = "640121", "640121102", "640121102001"


def run(*command, **options):
    """Runs a command that must succeed. Returns its standard output."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300, **options)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))[:300]}: {(done.stderr.strip() or done.stdout.strip())[:2000]}")
    return done.stdout


def release_binary(*examples):
    """The release build of this tree, with these examples."""
    print("building the release binary …", flush=True)
    wanted = ["--bin", "xiaoqu", *itertools.chain.from_iterable(("--example", one) for one in examples)]
    subprocess.run(["cargo", "build", "--release", "--quiet", *wanted], cwd=ROOT, check=True)
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "xiaoqu"


TAKEN = set()


def free_port(start=18000):
    """A free port that this process has not returned before."""
    for port in range(start, start + 1000):
        if port in TAKEN:
            continue
        TAKEN.add(port)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise SystemExit("no free port")


class Answer:
    def __init__(self, response, body):
        self.status, self.headers, self.body = response.status, response.headers, body

    def json(self):
        return json.loads(self.body)

    def expect(self, status):
        if self.status != status:
            raise SystemExit(f"expected {status}, got {self.status}: {self.body.decode(errors='replace')}")
        return self.json()


class Client:
    """One caller with its own connection. A failure of the connection is an `OSError`."""

    def __init__(self, port, token=None, timeout=15):
        self.token = token
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def call(self, method, path, body=None, key=None, if_match=None):
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            headers["Content-Type"] = "application/merge-patch+json" if method == "PATCH" else "application/json"
            body = json.dumps(body, ensure_ascii=False).encode()
        if key:
            headers["Idempotency-Key"] = key
        if if_match:
            headers["If-Match"] = if_match
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
            return Answer(response, response.read())
        except http.client.HTTPException as failure:
            self.connection.close()
            raise OSError(f"connection failed: {failure!r}") from failure
        except OSError:
            self.connection.close()
            raise

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body, key=None):
        return self.call("POST", path, body, key=key)


class Service:
    """One process of `xiaoqu serve`, with its own folder and keys."""

    def __init__(self, binary, folder, database_url, settings=(), migrate=True):
        self.binary, self.folder, self.url = Path(binary).resolve(), Path(folder), database_url
        self.port = free_port()
        self.metrics_port = free_port(28000)
        self.process = None
        self.folder.mkdir(parents=True, exist_ok=True)
        wrapping, keyring = self.folder / "wrapping_key", self.folder / "keyring.json"
        # Rate limits are active as usual, but high enough for the load of one caller.
        self.settings = [f"wrapping_key_file={wrapping}", f"keyring_file={keyring}", "access_token_minutes=1440",
                         "caller_requests_per_second=1000000", "caller_burst=1000000",
                         "address_requests_per_second=1000000", "address_burst=1000000",
                         "probe_requests_per_second=1000000", "probe_requests_burst=1000000",
                         "files_per_day=0", "bytes_per_day=0", "complaints_per_day=0", "resident_files_per_day=0",
                         "resident_bytes_per_day=0", "resident_complaints_per_day=0",
                         f"metrics_listen=127.0.0.1:{self.metrics_port}", *settings]
        if not wrapping.exists():
            wrapping.write_text(run("openssl", "rand", "-base64", "32"))
            wrapping.chmod(0o600)
            self.command("keys", "init")
        if migrate and database_url.startswith("postgres"):
            self.command("migrate")

    def arguments(self):
        flags = ["--database-url", self.url]
        for setting in self.settings:
            flags += ["--set", setting]
        return flags

    def command(self, *words):
        return run(self.binary, *words, *self.arguments(), cwd=self.folder)

    def start(self, wrapper=()):
        """Starts the process, and returns the seconds until `/readyz` returns 200."""
        log = open(self.folder / "serve.log", "ab")
        began = time.perf_counter()
        self.process = subprocess.Popen(
            [*wrapper, str(self.binary), "serve", "--listen", f"127.0.0.1:{self.port}", *self.arguments()],
            cwd=self.folder, stdout=log, stderr=log,
        )
        log.close()
        return self.wait_ready(began)

    def wait_ready(self, began=None):
        """Seconds until `/readyz` returns 200."""
        began = began or time.perf_counter()
        while time.perf_counter() - began < 60:
            try:
                if Client(self.port, timeout=5).get("/readyz").status == 200:
                    return time.perf_counter() - began
            except OSError:
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.002)
        tail = (self.folder / "serve.log").read_text(errors="replace")[-2000:]
        raise SystemExit(f"the service did not become ready:\n{tail}")

    def kill(self):
        """Simulates a crash with SIGKILL."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=60)

    def token(self, role, subject="bench", **claims):
        words = ["token", "issue", "--role", role, "--subject", subject, "--minutes", "1440"]
        for name, value in claims.items():
            words += [f"--{name}", value]
        return self.command(*words).strip()

    def client(self, token=None, timeout=15):
        return Client(self.port, token, timeout)

    def metrics(self):
        """The text of the metrics."""
        return Client(self.metrics_port).get("/metrics").body.decode()

    def anonymous_memory(self):
        """Anonymous resident memory in MB."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) / 1024
        return 0.0
