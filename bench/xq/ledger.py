"""Verifies the ledger against checkpoints kept outside, with the service's own commands, as an auditor would."""

import re
import subprocess
import time


class Ledger:
    def __init__(self, service, folder):
        self.service, self.folder = service, folder
        self.kept = []
        self.verified = self.entries = 0
        told = subprocess.run([service.binary, "ledger", "--help"], capture_output=True)
        self.there = told.returncode == 0
        if self.there:
            public = service.command("keys", "public", "--use", "ledger").split()
            self.keys = [part for key in public for part in ("--key", key)]

    def keep_checkpoint(self):
        """During the writes: the checkpoint that an outsider has when the machine fails."""
        if self.there:
            file = self.folder / f"checkpoint-{len(self.kept)}"
            file.write_text(self.service.command("ledger", "checkpoint"))
            self.kept.append(file)

    def verify(self, check):
        """After the restart: verifies an export against the first and the newest checkpoint that were kept."""
        if not self.there:
            return
        file = self.folder / "ledger.export"
        # An export does not overwrite a file.
        file.unlink(missing_ok=True)
        self.service.command("ledger", "export", "--out", str(file))
        kept = [part for one in {*self.kept[:1], *self.kept[-3:]} for part in ("--checkpoint", str(one))]
        done = subprocess.run([self.service.binary, "ledger", "verify", str(file), *self.keys, *kept],
                              capture_output=True, text=True)
        size = re.search(r": (\d+) entries", done.stdout)
        if done.returncode != 0 or not size:
            check.fault(f"the ledger does not verify: {(done.stdout + done.stderr)[:500]}")
            return
        self.verified += 1
        self.entries = int(size[1])

    def all_sealed(self, check):
        """At the end: every event is in the tree."""
        if not self.there:
            return
        for _ in range(50):
            self.verify(check)
            self.verified -= 1
            events = int(check.rows.query("SELECT count(*) FROM ledger_events")[0][0])
            if self.entries == events:
                return
            time.sleep(0.2)
        check.fault(f"{events} events, and {self.entries} of them sealed")
