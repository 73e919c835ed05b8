"""Temporary PostgreSQL clusters, run by the user postgres, with real fsync."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from .service import free_port, run

BIN = Path(os.environ.get("XIAOQU_TEST_PG_BIN", "/usr/lib/postgresql/15/bin"))
# PostgreSQL does not run as root.
AS_POSTGRES = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


class Postgres:
    def __init__(self, folder, settings=()):
        self.folder, self.port, self.settings = Path(folder), free_port(19000), list(settings)
        self.data = self.folder / "data"

    def create(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        if AS_POSTGRES:
            shutil.chown(self.folder, "postgres", "postgres")
        run(*AS_POSTGRES, BIN / "initdb", "-D", self.data, "-U", "xiaoqu", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust")
        return self

    def base_backup(self, primary, name):
        """A standby of another cluster, with an application name."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        if AS_POSTGRES:
            shutil.chown(self.folder, "postgres", "postgres")
        source = f"host=127.0.0.1 port={primary.port} user=xiaoqu application_name={name}"
        run(*AS_POSTGRES, BIN / "pg_basebackup", "-D", self.data, "-R", "--checkpoint=fast", "-d", source)
        return self

    def start(self):
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        for setting in self.settings:
            options += f" -c {setting}"
        run(*AS_POSTGRES, BIN / "pg_ctl", "-D", self.data, "-l", self.folder / "server.log", "-w", "-o", options, "start")
        return self

    def stop(self):
        subprocess.run([*AS_POSTGRES, BIN / "pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop"], capture_output=True)

    def kill(self):
        """Sends SIGKILL to every process of this cluster at once, like a power failure."""
        postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        children = run("ps", "-o", "pid=", "--ppid", postmaster).split()
        subprocess.run(["kill", "-9", str(postmaster), *children], stderr=subprocess.DEVNULL)
        while os.path.exists(f"/proc/{postmaster}"):
            time.sleep(0.01)
        # The shared memory of a killed postmaster is freed when its last child has ended.
        for child in children:
            while os.path.exists(f"/proc/{child}"):
                time.sleep(0.01)

    def promote(self):
        run(*AS_POSTGRES, BIN / "pg_ctl", "-D", self.data, "-w", "promote")

    def url(self, database="xiaoqu"):
        return f"postgres://xiaoqu@127.0.0.1:{self.port}/{database}"

    def sql(self, text, database="xiaoqu", **options):
        return run("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", self.port,
                   "-U", "xiaoqu", "-d", database, "-c", text, **options)

    def create_database(self, database="xiaoqu"):
        self.sql(f"CREATE DATABASE {database} ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0", "postgres")
        return self.url(database)

    def amcheck(self, check):
        """PostgreSQL's own check of every table and index, if it is installed."""
        done = subprocess.run([BIN / "pg_amcheck", "--install-missing", "--heapallindexed", "-h", "127.0.0.1", "-p",
                               str(self.port), "-U", "xiaoqu", "-d", "xiaoqu"], capture_output=True, text=True)
        if done.returncode != 0:
            check.fault(f"pg_amcheck: {(done.stdout + done.stderr)[:500]}")
