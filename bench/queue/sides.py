"""The two sides: Threadmill over HTTP, and BullMQ as two processes of Node."""

import http.client
import json
import select
import socket
import subprocess
import threading
import time
from pathlib import Path

from costs import Resp, need
from kit import CannotMeasure

HERE = Path(__file__).resolve().parent
PAYLOAD_BYTES = 300  # of params as JSON; what the job answers with is 13 bytes less
PARAMS = {"result": "x" * (PAYLOAD_BYTES - len('{"result":""}'))}
LINE = json.dumps(PARAMS, separators=(",", ":")).encode() + b"\n"
SLOTS = 50
PINNED = [f"--threadmill.pool.{pool}.{bound}={SLOTS}"
          for pool in ("scrape", "compute") for bound in ("min", "max", "size")]
LOOK_S = 0.1  # between two looks at a batch: a rate is off by less than that
SENDERS = 32  # connections of the paced client, so that a slow answer delays no later submission


class Threadmill:
    """A client of one service."""

    def __init__(self, service, deadline):
        self.port = service.port
        self.pid = service.process.pid
        self.deadline = deadline

    def ask(self, method, path, body=None, kind="application/json"):
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=self.deadline.left(600), blocksize=1 << 16)
        try:
            headers = {"Content-Type": kind} if body is not None else {}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status >= 300:
            raise CannotMeasure(f"{method} {path} answered {answer.status} {text[:300]}")
        return json.loads(text) if text else None

    def send_batch(self, file, query="type=rehearse"):
        """Streams a file of items; answers the batch's id once all are read."""
        with open(file, "rb") as body:
            size = file.stat().st_size
            connection = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=self.deadline.left(600), blocksize=1 << 16)
            try:
                connection.request("POST", f"/v1/batches?{query}", body, {
                    "Content-Type": "application/x-ndjson", "Content-Length": str(size)})
                answer = connection.getresponse()
                text = answer.read()
            finally:
                connection.close()
        if answer.status != 202:
            raise CannotMeasure(f"the batch was answered {answer.status} {text[:300]}")
        return json.loads(text)["id"]

    def run_batch(self, file, jobs):
        """Seconds from the first byte sent until the last of its jobs is recorded, and of those the
        ones until all were read."""
        begin = time.monotonic()
        batch = self.send_batch(file)
        read = time.monotonic() - begin
        while True:
            state = self.ask("GET", f"/v1/batches/{batch}")
            counts = state["counts"]
            if counts.get("succeeded", 0) == state["total"] == jobs:
                return time.monotonic() - begin, read
            if counts.get("failed", 0) or counts.get("cancelled", 0):
                raise CannotMeasure(f"not all jobs of a batch succeeded: {counts}")
            self.deadline.left(1)
            time.sleep(LOOK_S)

    def counts(self):
        return self.ask("GET", "/v1/jobs/counts")["byState"]

    def wait_idle(self):
        while True:
            counts = self.counts()
            if counts.get("queued", 0) + counts.get("running", 0) == 0:
                return
            self.deadline.left(1)
            time.sleep(LOOK_S)

    def pace(self, jobs, per_second):
        """Submits single jobs at a steady rate; when each was sent, by its id."""
        body = json.dumps({"type": "rehearse", "params": PARAMS}, separators=(",", ":")).encode()
        request = (b"POST /v1/jobs HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
                   b"Content-Length: %d\r\n\r\n" % (self.port, len(body))) + body
        sent, faults = {}, []
        begin = time.monotonic() + 0.2

        def send(first):
            connection = None
            try:
                for i in range(first, jobs, SENDERS):
                    if connection is None:
                        connection = socket.create_connection(("127.0.0.1", self.port), 30)
                        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    time.sleep(max(0.0, begin + i / per_second - time.monotonic()))
                    at = time.monotonic()
                    connection.sendall(request)
                    answer = http.client.HTTPResponse(connection)
                    answer.begin()
                    text = answer.read()
                    if answer.status != 202:
                        raise CannotMeasure(f"a job was answered {answer.status} {text[:300]}")
                    sent[json.loads(text)["id"]] = at
                    if answer.will_close:  # a server ends a connection after so many requests
                        connection.close()
                        connection = None
            except (CannotMeasure, OSError, http.client.HTTPException) as why:
                faults.append(why)
            finally:
                if connection:
                    connection.close()

        threads = [threading.Thread(target=send, args=(i,)) for i in range(SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if faults:
            raise CannotMeasure(f"submitting failed: {faults[0]}")
        return sent

    EVENTS = "{tm}:ev"

    @staticmethod
    def ended(event):
        """The jobs that an entry of the stream says have ended."""
        lines = [line.split(" ") for line in event.get("e", "").splitlines()]
        return [line[0] for line in lines if line[1] == "succeeded"]


class Node:
    """One of BullMQ's processes, told what to do by lines."""

    def __init__(self, side, port, queue, deadline):
        self.deadline = deadline
        self.process = subprocess.Popen(
            [need("node", "nodejs"), str(HERE / "bullmq.mjs"), side, str(port), queue], cwd=HERE,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.answer(60)

    def tell(self, *command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def answer(self, seconds=600):
        if not select.select([self.process.stdout], [], [], self.deadline.left(seconds))[0]:
            raise CannotMeasure(f"BullMQ did not answer within {seconds} s")
        line = self.process.stdout.readline()
        answer = json.loads(line) if line else {"error": "its process ended"}
        if "error" in answer:
            raise CannotMeasure(f"BullMQ: {answer['error']}")
        return answer

    def close(self):
        try:
            self.process.stdin.close()
            self.process.wait(20)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait(10)


class BullMq:
    """A producer and a worker."""

    QUEUE = "bench"
    EVENTS = f"bull:{QUEUE}:events"

    def __init__(self, port, deadline):
        self.worker = Node("worker", port, self.QUEUE, deadline)
        try:
            self.producer = Node("producer", port, self.QUEUE, deadline)
        except BaseException:
            self.worker.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.producer.close()
        self.worker.close()

    def pids(self):
        return {"worker": self.worker.process.pid, "producer": self.producer.process.pid}

    def run_batch(self, jobs):
        """As Threadmill's: seconds until all are recorded, and until all were added."""
        self.worker.tell("expect", jobs)
        self.worker.answer()
        begin = time.monotonic()
        self.producer.tell("add", jobs, PARAMS)
        self.producer.answer()
        added = time.monotonic() - begin
        return self.worker.answer()["done"] - begin, added

    def pace(self, jobs, per_second):
        self.worker.tell("expect", jobs)
        self.worker.answer()
        self.producer.tell("pace", jobs, per_second, PARAMS)
        sent = self.producer.answer()["sent"]
        self.worker.answer()
        return sent

    @staticmethod
    def ended(event):
        return [event["jobId"]] if event.get("event") == "completed" else []


def install(deadline):
    """Fetches BullMQ as the lock file says, once."""
    if (HERE / "node_modules" / ".package-lock.json").exists():
        return
    done = subprocess.run(
        [need("npm", "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HERE,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=deadline.left(180))
    if done.returncode != 0:
        raise CannotMeasure(f"npm ci failed: {done.stderr.strip()[:500]}")


class Recorded(threading.Thread):
    """Notes when the end of each job shows in its side's own stream of events, which the very script
    that records the outcome writes: the same look at both sides."""

    def __init__(self, port, side):
        super().__init__(daemon=True)
        self.redis = Resp(port)
        self.side = side
        newest = self.redis.call("XREVRANGE", side.EVENTS, "+", "-", "COUNT", "1")
        self.last = newest[0][0] if newest else "0"
        self.at = {}
        self.fault = None
        self.over = threading.Event()

    def run(self):
        try:
            while not self.over.is_set():
                found = self.redis.call(
                    "XREAD", "COUNT", "1000", "BLOCK", "200", "STREAMS", self.side.EVENTS, self.last)
                now = time.monotonic()
                for self.last, fields in found[0][1] if found else ():
                    for job in self.side.ended(dict(zip(fields[::2], fields[1::2]))):
                        self.at[job] = now
        except (CannotMeasure, OSError) as why:
            self.fault = why

    def latencies(self, sent, deadline):
        """Seconds from submission to recording, shortest first."""
        end = time.monotonic() + deadline.left(60)
        while sent.keys() - self.at.keys() and not self.fault and time.monotonic() < end:
            time.sleep(LOOK_S)
        self.over.set()
        self.join(10)
        self.redis.close()
        missing = sent.keys() - self.at.keys()
        if missing:
            raise CannotMeasure(f"{len(missing)} jobs were not seen to end: {self.fault or 'too slow'}")
        return sorted(self.at[job] - begun for job, begun in sent.items())
