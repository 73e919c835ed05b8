#!/usr/bin/env python3
"""Checks that 64 clients keep their rate beside a transfer of 20 MiB over a slow link, and that memory stays small.

Starts the service on a fresh SQLite file and measures authenticated get-by-id with wrk, 64 connections: alone and beside an
upload of 20 MiB over a link of 1 MiB/s, in turn, and then beside downloads over such a link. Then runs 16 concurrent uploads
of 20 MiB by several callers, and 16 downloads. Prints the ratios, the peak of the resident memory and the verdicts. Exits
with 1 if one is missed.

    cargo build --release && bench/upload/run.py

Each ratio compares consecutive measurements (alone, beside). The result is the median of all ratios. With
`--s3 URL --bucket NAME`, the files are in a bucket.
"""

import argparse
import concurrent.futures
import json
import socket
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from xq import report
from xq.service import COMMUNITY, ROOT, TOWNSHIP, Service
from xq.wrk import Load

MIB = 1024 * 1024


def parse():
    page = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    page.add_argument("--binary", default=ROOT / "target/release/xiaoqu")
    page.add_argument("--size", type=int, default=20 * MIB)
    page.add_argument("--link", type=int, default=MIB, help="bytes a second of a slow link")
    page.add_argument("--others", type=int, default=64)
    page.add_argument("--at-once", type=int, default=16)
    page.add_argument("--seconds", type=int, default=8, help="of each measurement; the transfer lasts longer")
    page.add_argument("--rounds", type=int, default=3)
    page.add_argument("--least", type=float, default=0.8, help="of the rate that the others keep")
    page.add_argument("--most", type=float, default=200, help="MB of resident memory at the peak")
    page.add_argument("--s3", help="URL of an S3 service, with access key and secret `test`")
    page.add_argument("--bucket", default="evidence")
    return page.parse_args()


def a_file(size):
    """A file of an accepted type: the beginning of a PDF, followed by noise."""
    head = b"%PDF-1.7\n"
    block = bytes(range(256)) * 256
    return (head + block * (size // len(block) + 1))[:size]


class Link:
    """A connection with a limit in bytes per second; 0 is no limit."""

    def __init__(self, port, rate):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self.rate, self.carried, self.began = rate, 0, time.perf_counter()
        self.piece = max(1024, rate // 20) if rate else 256 * 1024
        if rate:
            # Otherwise the system's buffers hold megabytes before anybody waits.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)

    def wait(self, count):
        self.carried += count
        if self.rate:
            time.sleep(max(0, self.began + self.carried / self.rate - time.perf_counter()))

    def upload(self, token, data):
        head = ("POST /v1/attachments?name=a.pdf HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/pdf\r\n"
                f"Authorization: Bearer {token}\r\nContent-Length: {len(data)}\r\n\r\n")
        self.socket.sendall(head.encode())
        for at in range(0, len(data), self.piece):
            self.socket.sendall(data[at:at + self.piece])
            self.wait(min(self.piece, len(data) - at))
        return self.rest()

    def download(self, token, place):
        head = f"GET {place}/content HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
        self.socket.sendall(head.encode())
        return self.rest()

    def rest(self):
        parts = []
        while part := self.socket.recv(self.piece):
            parts.append(part)
            self.wait(len(part))
        self.socket.close()
        answer = b"".join(parts)
        status = int(answer.split(b" ", 2)[1])
        return status, answer.split(b"\r\n\r\n", 1)[-1]


def uploaded(port, token, data, rate=0):
    status, body = Link(port, rate).upload(token, data)
    if status != 201:
        raise SystemExit(f"an upload was answered with {status}: {body[:500]}")
    return body


def downloaded(port, token, place, data, rate=0):
    status, body = Link(port, rate).download(token, place)
    if status != 200 or body != data:
        raise SystemExit(f"a download was answered with {status} and {len(body)} bytes")


def peak(process):
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def beside(load, transfer, seconds):
    """The rate of the other clients during a transfer."""
    lasting = threading.Thread(target=transfer, daemon=True)
    lasting.start()
    time.sleep(0.5)
    rate = load.round(seconds)
    if not lasting.is_alive():
        raise SystemExit("the transfer was over before the measurement: a slower link, or fewer --seconds")
    lasting.join()
    return rate


def ratios(args, load, transfer, name):
    found = []
    for at in range(args.rounds):
        alone, busy = load.round(args.seconds), beside(load, transfer, args.seconds)
        found.append(busy["rate"] / alone["rate"])
        print(f"  round {at + 1}/{args.rounds}: alone {alone['rate']:,.0f}/s, beside {name} {busy['rate']:,.0f}/s, "
              f"p99 {alone['p99']:.2f} and {busy['p99']:.2f} ms, ratio {found[-1]:.2f}", flush=True)
    return statistics.median(found)


def main():
    args = parse()
    data = a_file(args.size)
    settings = ["log_level=warn", "upload_timeout_seconds=3600"]
    if args.s3:
        settings += [f"attachments_url=s3://{args.bucket}/bench", f"s3_endpoint={args.s3}", "s3_access_key_id=test",
                     "s3_secret_access_key=test"]
    table = report.Table()
    with tempfile.TemporaryDirectory(prefix="xiaoqu-upload-") as folder:
        running = Service(args.binary, folder, f"sqlite:{folder}/bench.sqlite", settings)
        running.start()
        try:
            token = running.token("social_affairs_office", division=TOWNSHIP)
            body = {"name": "测试花园", "community": COMMUNITY, "address": "示范路 1 号", "self_governance": "owners_committee"}
            row = running.client(token).post("/v1/complexes", body).expect(201)
            load = Load(folder, "get by id", running.port, token, [(f"/v1/complexes/{row['id']}", None)], args.others)
            load.round(1)
            port, process = running.port, running.process
            table.shown("peak of memory before any file", "", f"{peak(process):.0f} MB")
            slow = lambda: uploaded(port, token, data, args.link)
            ratio = ratios(args, load, slow, "a slow upload")
            table.at_least("others beside a slow upload", f"{args.others} connections", ratio, args.least)
            made = json.loads(uploaded(port, token, data))
            place = f"/v1/attachments/{made['id']}"
            slow = lambda: downloaded(port, token, place, data, args.link)
            ratio = ratios(args, load, slow, "a slow download")
            table.at_least("others beside a slow download", f"{args.others} connections", ratio, args.least)
            table.at_most("peak of memory so far", "", peak(process), args.most, " MB")
            callers = [running.token("social_affairs_office", subject=f"bench-{at}", division=TOWNSHIP) for at in range(4)]
            began = time.perf_counter()
            with concurrent.futures.ThreadPoolExecutor(args.at_once) as pool:
                list(pool.map(lambda at: uploaded(port, callers[at % 4], data), range(args.at_once)))
            seconds = time.perf_counter() - began
            figures = f"{args.at_once} × {args.size / MIB:.0f} MiB, {args.at_once * args.size / MIB / seconds:,.0f} MiB/s"
            table.at_most("peak of memory, uploads at once", figures, peak(process), args.most, " MB")
            with concurrent.futures.ThreadPoolExecutor(args.at_once) as pool:
                list(pool.map(lambda _: downloaded(port, token, place, data, 16 * args.link), range(args.at_once)))
            table.at_most("peak of memory, downloads at once", f"{args.at_once} × {args.size / MIB:.0f} MiB", peak(process),
                          args.most, " MB")
        finally:
            running.stop()
    report.finish("performance.md", "upload", table)


if __name__ == "__main__":
    main()
