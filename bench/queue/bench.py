"""The speed of a job's whole life, beside BullMQ on the same Redis and beside a bare endpoint.

Measures, in one run on one machine, medians of three rounds:
- no-op jobs from one NDJSON batch until the last is recorded, beside as many through BullMQ;
- single POSTs as fast as wrk sends them, beside an endpoint that does one EVAL a POST;
- single POSTs at 200 a second, from sent to recorded, beside BullMQ;
- what a job costs Redis, and the heap after a full collection, with 1 000 and 1 000 000 jobs waiting.
Needs redis-server, node and npm, and wrk. The append-only file is synced every second; its automatic
rewrite is off, so that none falls into one side's rounds.
"""

import argparse
import http.client
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from kit import (  # noqa: E402
    CLASSES, JAR, ROUNDS, TICKS, CannotMeasure, Deadline, Service, build, extract, find_java,
    free_port, run, say)

HERE = Path(__file__).resolve().parent
BARE = "io.threadmill.redis.BareEndpoint"
BYTES = 200  # of a job's params and of its result
RATE, RATE_SECONDS = 200, 15
WRK_SECONDS, WRK_CONNECTIONS = 8, 64
KEPT = 1 << 34  # bytes: room for the large backlog
POST_LUA = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"type":"rehearse","params":{"result":"%s"}}'
""" % ("x" * BYTES)


class Redis:
    """A redis-server of this run."""

    def __init__(self, folder):
        self.port = free_port()
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder),
             "--save", "", "--appendonly", "yes", "--appendfsync", "everysec",
             "--auto-aof-rewrite-percentage", "0", "--logfile", str(folder / "redis.log")])

    def cli(self, *arguments):
        done = subprocess.run(
            ["redis-cli", "-p", str(self.port), *arguments], capture_output=True, text=True,
            timeout=30)
        if done.returncode != 0:
            raise CannotMeasure(f"redis-cli {arguments} failed: {done.stderr.strip()[:300]}")
        return done.stdout

    def wait_ready(self):
        for _ in range(100):
            try:
                if self.cli("PING").startswith("PONG"):
                    return
            except CannotMeasure:
                pass
            time.sleep(0.1)
        raise CannotMeasure("redis-server did not start")

    def scripts(self):
        """Calls of scripts, and the microseconds spent in them, all they call included."""
        calls, usec = 0, 0
        for line in self.cli("INFO", "commandstats").splitlines():
            found = re.match(r"cmdstat_(?:eval|evalsha|eval_ro|evalsha_ro):calls=(\d+),usec=(\d+)", line)
            if found:
                calls += int(found[1])
                usec += int(found[2])
        return calls, usec

    def close(self):
        self.process.kill()
        self.process.wait(20)


class Node:
    """One of the processes of peers.mjs, by what it is told and what it answers."""

    def __init__(self, role, port, folder):
        self.log = open(folder / f"node-{role}.log", "wb")
        self.process = subprocess.Popen(
            ["node", "peers.mjs", role, str(port)], cwd=folder, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.answer()

    def tell(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise CannotMeasure("a node process ended:\n"
                                + Path(self.log.name).read_text(errors="replace")[-2000:])
        return json.loads(line)

    def ask(self, *words):
        self.tell(*words)
        return self.answer()

    def close(self):
        try:
            self.process.stdin.close()
            self.process.wait(10)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait(10)
        self.log.close()


class Api:
    """Calls to the service over one connection that is kept."""

    def __init__(self, port):
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)

    def call(self, method, path, body=None, kind="application/json", expect=(200, 201, 202, 204)):
        headers = {"Content-Type": kind} if body is not None else {}
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        self.connection.request(
            method, path, body=body, headers=headers, encode_chunked=not isinstance(body, (str, bytes, type(None))))
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status not in expect:
            raise CannotMeasure(f"{method} {path}: {answer.status} {text[:500]}")
        return json.loads(text) if text else None

    def batch(self, count, query="type=rehearse"):
        line = json.dumps({"result": "x" * BYTES}) + "\n"
        chunk = (line * 500).encode()

        def lines():
            for _ in range(count // 500):
                yield chunk
            yield (line * (count % 500)).encode() or b"\n"

        headers = {"Content-Type": "application/x-ndjson", "Transfer-Encoding": "chunked"}
        self.connection.request(
            "POST", f"/v1/batches?{query}", body=lines(), headers=headers, encode_chunked=True)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 202:
            raise CannotMeasure(f"a batch was answered {answer.status} {text[:500]}")
        return json.loads(text)["id"]

    def await_batch(self, batch, count, deadline):
        while True:
            deadline.left(1)
            read = self.call("GET", f"/v1/batches/{batch}")
            if read["finishedAt"]:
                if read["counts"]["succeeded"] != count or read["total"] != count:
                    raise CannotMeasure(f"not all rows succeeded: {read}")
                return millis(read["finishedAt"])
            time.sleep(0.05)

    def await_idle(self, deadline, held=0):
        while True:
            deadline.left(1)
            states = self.call("GET", "/v1/jobs/counts")["byState"]
            if states.get("queued", 0) + states.get("running", 0) <= held:
                return
            time.sleep(0.1)


def millis(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000


def switches(pid):
    """Context switches of all threads of a process that still run."""
    total = 0
    for task in Path("/proc", str(pid), "task").glob("*/status"):
        try:
            for line in task.read_text().splitlines():
                if "ctxt_switches" in line:
                    total += int(line.split()[1])
        except OSError:
            pass
    return total


def cpu(pid):
    """User and system CPU of a process, in microseconds."""
    stat = Path("/proc", str(pid), "stat").read_text()
    rest = stat[stat.rindex(")") + 2:].split()
    return (int(rest[11]) + int(rest[12])) / TICKS * 1e6


class Meter:
    """What some jobs cost: Redis's scripts, and CPU and context switches of each side."""

    def __init__(self, redis, pids):
        self.redis, self.pids = redis, pids
        self.before = self.read()

    def read(self):
        server = self.redis.process.pid
        return (*self.redis.scripts(), cpu(server), switches(server),
                sum(map(cpu, self.pids)), sum(map(switches, self.pids)))

    def per_job(self, jobs):
        names = ("script_calls", "script_us", "redis_cpu_us", "redis_switches", "own_cpu_us",
                 "own_switches")
        return {name: (after - before) / jobs
                for name, before, after in zip(names, self.before, self.read())}


def our_batch(api, redis, pid, count, deadline):
    meter = Meter(redis, [pid])
    begun = time.time() * 1000
    ended = api.await_batch(api.batch(count), count, deadline)
    return {"per_s": count / (ended - begun) * 1000, **meter.per_job(count)}


def their_batch(adder, worker, redis, count):
    meter = Meter(redis, [adder.process.pid, worker.process.pid])
    worker.ask("expect", count)
    begun = adder.ask("bulk", count, BYTES)["begun"]
    ended = worker.answer()["ended"]
    return {"per_s": count / (ended - begun) * 1000, **meter.per_job(count)}


def wrk(port, path, work, seconds):
    script = work / "post.lua"
    script.write_text(POST_LUA)
    done = subprocess.run(
        ["wrk", "-t2", f"-c{WRK_CONNECTIONS}", f"-d{seconds}s", "-s", str(script),
         f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, timeout=seconds + 60)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    if done.returncode != 0 or not rate or refused:
        raise CannotMeasure(f"wrk on {path}: {done.stdout[-500:]} {done.stderr[-300:]}")
    return float(rate[1])


def quantiles(lateness):
    lateness.sort()
    return {"p50": lateness[len(lateness) // 2], "p99": lateness[len(lateness) * 99 // 100],
            "max": lateness[-1]}


def our_latency(api, poster, deadline):
    sent = poster.ask("rate", RATE, RATE_SECONDS, BYTES)["sent"]
    api.await_idle(deadline)
    # finishedAt is Redis's own time, cut to whole milliseconds: half of one is added.
    return quantiles([
        millis(api.call("GET", f"/v1/jobs/{job}")["finishedAt"]) + 0.5 - at
        for job, at in sent.items()])


def their_latency(adder, worker):
    worker.ask("expect", RATE * RATE_SECONDS)
    sent = adder.ask("rate", RATE, RATE_SECONDS, BYTES)["sent"]
    worker.answer()
    recorded = worker.ask("seen")["recorded"]
    return quantiles([recorded[job] - at for job, at in sent.items()])


def heap_mib(java, pid):
    jcmd = str(Path(java).with_name("jcmd"))
    for _ in range(2):
        subprocess.run([jcmd, str(pid), "GC.run"], capture_output=True, timeout=120, check=True)
    told = subprocess.run(
        [jcmd, str(pid), "GC.heap_info"], capture_output=True, text=True, timeout=60, check=True)
    used = re.findall(r"used (\d+)K", told.stdout)
    return int(used[0]) / 1024


def parked(api, count, deadline):
    """Jobs that wait behind one of their key which does not end."""
    for left in range(count, 0, -250_000):
        api.batch(min(left, 250_000), "template=parked")
        deadline.left(1)


def backlog(java, api, redis, pid, sizes, jobs, deadline):
    api.call("PUT", "/v1/limits/parked", {"concurrency": 1})
    api.call("POST", "/v1/jobs", {"type": "rehearse", "key": "parked", "timeout": "1h",
                                  "params": {"wait": "1h"}})
    api.call("PUT", "/v1/templates/parked", {"type": "rehearse", "key": "parked"})
    found, there = {}, 0
    for size in sizes:
        parked(api, size - there, deadline)
        there = size
        api.await_idle(deadline, held=size + 1)
        rounds = [our_batch(api, redis, pid, jobs, deadline) for _ in range(ROUNDS)]
        found[size] = {"script_us": median(rounds, "script_us"), "per_s": median(rounds, "per_s"),
                       "heap_mib": heap_mib(java, pid)}
        say(f"with {size} waiting: {json.dumps(rounded(found[size]))}")
    return found


def median(rounds, name):
    return statistics.median(one[name] for one in rounds)


def rounded(values):
    return {name: round(value, 2) for name, value in values.items()}


def install(work):
    for tool in ("redis-server", "redis-cli", "wrk", "node", "npm"):
        if not shutil.which(tool):
            raise CannotMeasure(f"{tool} is needed: apt-get install redis-server wrk nodejs npm")
    peers = work / "peers"
    peers.mkdir()
    for name in ("package.json", "package-lock.json", "peers.mjs"):
        shutil.copy(HERE / name, peers)
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=peers, capture_output=True,
        text=True, timeout=300)
    if done.returncode != 0:
        raise CannotMeasure(f"npm ci failed: {done.stderr.strip()[-500:]}")
    return peers


def service(java, redis, folder, work, deadline):
    folder.mkdir()
    return Service(
        [java, "-jar", str(JAR), f"--spring.data.redis.url=redis://127.0.0.1:{redis.port}",
         "--threadmill.pool.compute.min=50", "--threadmill.pool.compute.max=50",
         "--threadmill.pool.compute.size=50", f"--threadmill.queue.max-bytes={KEPT}B"],
        folder, work / "service.log", deadline)


def bare(java, jar, redis, work, deadline):
    path = os.pathsep.join([str(CLASSES), str(jar), str(jar.parent / "lib" / "*")])
    folder = work / "bare"
    folder.mkdir()
    return Service([java, "-cp", path, BARE, f"--bare.redis=redis://127.0.0.1:{redis.port}"],
                   folder, work / "bare.log", deadline)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--jobs", type=int, default=200_000, help="of a round")
    options.add_argument("--backlog", type=int, default=1_000_000, help="the large backlog")
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--only", choices=("batch", "post", "latency", "backlog"))
    chosen = options.parse_args()
    parts = [chosen.only] if chosen.only else ["batch", "post", "latency", "backlog"]
    deadline = Deadline(40 * 60)
    java = find_java()
    build(deadline, also=CLASSES / (BARE.replace(".", "/") + ".class"))
    with tempfile.TemporaryDirectory(prefix="threadmill-bench-") as folder:
        work = Path(folder)
        peers = install(work)
        (work / "redis").mkdir()
        redis = Redis(work / "redis")
        opened = []
        try:
            redis.wait_ready()
            with service(java, redis, work / "service", work, deadline) as ours:
                ours.wait_ready()
                adder, worker, poster = (
                    Node(role, port, peers) for role, port in
                    (("add", redis.port), ("work", redis.port), ("post", ours.port)))
                opened += [adder, worker, poster]
                api, pid = Api(ours.port), ours.process.pid
                result = {"bench": "queue", "jobs": chosen.jobs, "cores": os.cpu_count(),
                          "load": os.getloadavg()[0]}
                if "batch" in parts:
                    measure_batches(api, redis, pid, adder, worker, chosen, deadline, result)
                else:
                    our_batch(api, redis, pid, chosen.jobs, deadline)  # warm all the same
                if "latency" in parts:
                    measure_latency(api, adder, worker, poster, chosen, deadline, result)
                if "post" in parts:
                    jar = extract(java, JAR, work, deadline)
                    with bare(java, jar, redis, work, deadline) as other:
                        other.wait_ready()
                        measure_posts(api, ours, other, work, chosen, deadline, result)
                if "backlog" in parts:
                    small, large = 1000, chosen.backlog
                    found = backlog(
                        java, api, redis, pid, (small, large), chosen.jobs // 4, deadline)
                    result["backlog_us_ratio"] = found[large]["script_us"] / found[small]["script_us"]
                    result["backlog_heap_mib"] = found[large]["heap_mib"] - found[small]["heap_mib"]
        finally:
            for node in opened:
                node.close()
            redis.close()
    report(result)


def measure_batches(api, redis, pid, adder, worker, chosen, deadline, result):
    cold = our_batch(api, redis, pid, chosen.jobs, deadline)
    their_cold = their_batch(adder, worker, redis, chosen.jobs)
    say(f"cold: {cold['per_s']:.0f} jobs/s, BullMQ {their_cold['per_s']:.0f}")
    ours, theirs = [], []
    for number in range(1, chosen.rounds + 1):
        ours.append(our_batch(api, redis, pid, chosen.jobs, deadline))
        theirs.append(their_batch(adder, worker, redis, chosen.jobs))
        say(f"round {number}: {json.dumps(rounded(ours[-1]))}")
        say(f"        BullMQ: {json.dumps(rounded(theirs[-1]))}")
    for name in ours[0]:
        result[f"batch_{name}"], result[f"bullmq_{name}"] = median(ours, name), median(theirs, name)
    result["batch_cold_per_s"], result["bullmq_cold_per_s"] = cold["per_s"], their_cold["per_s"]
    result["batch_ratio"] = result["batch_per_s"] / result["bullmq_per_s"]


def measure_latency(api, adder, worker, poster, chosen, deadline, result):
    ours, theirs = [], []
    for number in range(chosen.rounds + 1):  # the first warms
        one, other = our_latency(api, poster, deadline), their_latency(adder, worker)
        say(f"latency {number}: {json.dumps(rounded(one))}, BullMQ {json.dumps(rounded(other))}")
        if number > 0:
            ours.append(one)
            theirs.append(other)
    for name in ("p50", "p99"):
        result[f"{name}_ms"], result[f"bullmq_{name}_ms"] = median(ours, name), median(theirs, name)
        result[f"{name}_ratio"] = result[f"{name}_ms"] / result[f"bullmq_{name}_ms"]


def measure_posts(api, ours, other, work, chosen, deadline, result):
    rates, bares = [], []
    for number in range(chosen.rounds + 1):  # the first warms
        rate = wrk(ours.port, "/v1/jobs", work, WRK_SECONDS)
        api.await_idle(deadline)
        reference = wrk(other.port, "/", work, WRK_SECONDS)
        say(f"single POSTs {number}: {rate:.0f}/s, bare endpoint {reference:.0f}/s")
        if number > 0:
            rates.append(rate)
            bares.append(reference)
    result["post_per_s"], result["bare_per_s"] = statistics.median(rates), statistics.median(bares)
    result["post_ratio"] = result["post_per_s"] / result["bare_per_s"]


VERDICTS = (
    ("batch_ratio", "jobs/s of a batch, times BullMQ's", ">=", 2),
    ("post_ratio", "single POSTs/s, times the bare endpoint's", ">=", 0.7),
    ("p50_ratio", "p50 at 200/s, times BullMQ's", "<=", 3),
    ("p99_ratio", "p99 at 200/s, times BullMQ's", "<=", 3),
    ("backlog_us_ratio", "Redis's time a job, large backlog / small", "<=", 1.1),
    ("backlog_heap_mib", "MiB of heap, large backlog - small", "<=", 50),
)


def report(result):
    say("")
    if "batch_per_s" in result:
        say("| a batch | Threadmill | BullMQ |\n|---|---|---|")
        for name, unit in (
                ("per_s", "jobs/s"), ("cold_per_s", "jobs/s, cold"), ("script_us", "us of Redis's scripts a job"),
                ("script_calls", "script calls a job"), ("redis_cpu_us", "us of Redis's CPU a job"),
                ("redis_switches", "context switches of Redis a job"),
                ("own_cpu_us", "us of its own CPU a job"), ("own_switches", "its own context switches a job")):
            say(f"| {unit} | {result['batch_' + name]:.2f} | {result['bullmq_' + name]:.2f} |")
        say("")
    say("| | measured | wanted | |\n|---|---|---|---|")
    for name, text, sign, bound in VERDICTS:
        if name in result:
            value = result[name]
            kept = value >= bound if sign == ">=" else value <= bound
            say(f"| {text} | {value:.2f} | {sign} {bound} | {'kept' if kept else 'MISSED'} |")
    say("RESULT " + json.dumps({
        name: round(value, 3) if isinstance(value, float) else value
        for name, value in result.items()}))


if __name__ == "__main__":
    run("queue", main)
