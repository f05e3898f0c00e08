"""How fast jobs go through the whole service, beside BullMQ and a bare endpoint, and whether a backlog
makes them dearer. All no-op `rehearse` jobs, pools pinned at 50, on the machine's own redis-server
(append-only, synced each second, never rewritten by itself, which is kept out so that no fork falls
into one side's rounds). Medians of three rounds, the sides in turn.

batch    one NDJSON batch, from its first byte until its last job is recorded; BullMQ with the same
         payload and result, addBulk of 500, concurrency 50, on the same Redis. The first batch of each
         side warms it and is told as cold.
posts    single POSTs as fast as wrk sends them over 64 connections: jobs that run at once, and jobs
         that are due in an hour; beside an endpoint that does one EVAL and runs nothing.
pace     single submissions at 200 a second: from just before each is sent until the event that the
         recording script itself writes is seen by one reader of Redis, the same for both sides.
backlog  a batch as above while 1 000 and while 1 000 000 jobs are queued (two services, each with a
         Redis of its own): half of them ready behind 50 compute jobs that wait an hour, half of
         them held back by the limits of ten keys.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import report  # noqa: E402
from costs import Meter, RedisServer, need  # noqa: E402
from kit import (  # noqa: E402
    BUDGET_S, JAR, OPENER, ROOT, ROUNDS, CannotMeasure, Deadline, Service, build, extract, find_java,
    run, say)
from sides import LINE, PARAMS, PINNED, SLOTS, BullMq, Recorded, Threadmill, install  # noqa: E402

CLASSES = ROOT / "target" / "test-classes"
BARE = "io.threadmill.redis.BareEndpoint"
PARTS = ("batch", "posts", "pace", "backlog")
KEYS = 10  # whose limits hold back half of a backlog
PER_SECOND = 200


class Bench:
    def __init__(self, options, work):
        self.work = work
        self.rounds = options.rounds
        self.quick = options.quick
        self.jvm = options.jvm.split()
        self.deadline = Deadline(options.minutes * 60)
        self.jobs = 5_000 if self.quick else 200_000
        self.wrk_s = 2 if self.quick else 8
        self.pace_s = 3 if self.quick else 20
        self.backlogs = (1_000, 20_000 if self.quick else 1_000_000)
        self.backlog_jobs = 5_000 if self.quick else 100_000
        self.java = find_java()
        self.found = {}

    def prepare(self):
        for tool, package in (("redis-server", "redis-server"), ("wrk", "wrk"), ("node", "nodejs"),
                              ("npm", "npm")):
            need(tool, package)
        if not Path(self.java).with_name("jcmd").exists():
            raise CannotMeasure("jcmd is missing: a whole JDK is needed, not a JRE")
        install(self.deadline)
        build(self.deadline, also=CLASSES / (BARE.replace(".", "/") + ".class"))

    def items(self, name, line, count):
        file = self.work / name
        with open(file, "wb") as out:
            for left in range(count, 0, -1000):
                out.write(line * min(1000, left))
        return file

    def service(self, stack, name, redis):
        folder = self.work / name
        folder.mkdir()
        service = stack.enter_context(Service(
            [self.java, *self.jvm, "-jar", str(JAR), f"--spring.data.redis.url={redis.url}", *PINNED],
            folder, self.work / f"{name}.log", self.deadline))
        service.wait_ready()
        return Threadmill(service, self.deadline)

    def keep(self, name, sample):
        self.found.setdefault(name, []).append(sample)
        say(f"{name:<22}" + "  ".join(f"{key} {value:,.2f}" for key, value in sample.items()
                                      if not key.endswith("inner_calls"))
            + f"  load {os.getloadavg()[0]:.1f}")

    def batch(self, redis, ours, bullmq):
        file = self.items("batch.ndjson", LINE, self.jobs)
        for number in range(self.rounds + 1):
            cold = " cold" if number == 0 else ""
            meter = Meter(redis, instance=ours.pid)
            took, read = ours.run_batch(file, self.jobs)
            self.keep("threadmill" + cold, {
                "per_s": self.jobs / took, "taken_in_per_s": self.jobs / read, **meter.read(self.jobs)})
            meter = Meter(redis, **bullmq.pids())
            took, read = bullmq.run_batch(self.jobs)
            self.keep("bullmq" + cold, {
                "per_s": self.jobs / took, "taken_in_per_s": self.jobs / read, **meter.read(self.jobs)})

    def wrk(self, redis, port, pid, body, seconds):
        meter = Meter(redis, server=pid)
        done = subprocess.run(
            [need("wrk", "wrk"), "-t2", "-c64", f"-d{seconds}s", "-s",
             str(Path(__file__).with_name("post.lua")), f"http://127.0.0.1:{port}/v1/jobs", "--",
             str(body)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=self.deadline.left(seconds + 30))
        lines = [line for line in done.stdout.splitlines() if line.startswith("POSTED ")]
        if done.returncode != 0 or not lines:
            raise CannotMeasure(f"wrk failed: {(done.stderr or done.stdout).strip()[-500:]}")
        answers = json.loads(lines[0].removeprefix("POSTED "))
        if answers["refused"] or answers["broken"]:
            raise CannotMeasure(f"not all POSTs were answered 202: {answers}")
        return {"per_s": answers["answers"] * 1e6 / answers["us"], **meter.read(answers["answers"])}

    def posts(self, redis, ours):
        bodies = {}
        for name, more in (("run", {}), ("later", {"delay": "1h"})):
            bodies[name] = self.work / f"{name}.json"
            bodies[name].write_text(json.dumps({"type": "rehearse", "params": PARAMS} | more))
        bodies["bare"] = bodies["run"]
        jar = extract(self.java, JAR, self.work, self.deadline)
        path = os.pathsep.join([str(CLASSES), str(jar.parent / "lib" / "*")])
        with Service([self.java, *self.jvm, "-cp", path, BARE, f"--redis={redis.url}",
                      "--spring.threads.virtual.enabled=true", "--spring.main.banner-mode=off"],
                     self.work, self.work / "bare.log", self.deadline) as service:
            service.wait_ready()
            for number in range(self.rounds + 1):
                for name, body in bodies.items():
                    where = service.port, service.process.pid
                    if name != "bare":
                        where = ours.port, ours.pid
                    sample = self.wrk(redis, *where, body, self.wrk_s)
                    ours.wait_idle()
                    self.keep(f"posts {name}" + (" cold" if number == 0 else ""), sample)

    def pace(self, redis, sides):
        for number in range(self.rounds + 1):
            jobs = PER_SECOND * (self.pace_s if number else 5)
            for name, side in sides.items():
                reader = Recorded(redis.port, side)
                reader.start()
                seconds = reader.latencies(side.pace(jobs, PER_SECOND), self.deadline)
                self.keep(f"pace {name}" + ("" if number else " first"), {
                    "p50_ms": 1000 * seconds[len(seconds) // 2],
                    "p99_ms": 1000 * seconds[len(seconds) * 99 // 100],
                    "max_ms": 1000 * seconds[-1]})

    def fill(self, ours, backlog):
        """Real queued jobs that wait; the measured ones neither pass through their lanes nor
        finish them, so that there are as many at the end as at the beginning."""
        for _ in range(SLOTS):
            ours.ask("POST", "/v1/jobs", json.dumps({
                "type": "rehearse", "params": {"wait": "1h", "pool": "compute"}}))
        while ours.counts().get("running", 0) < SLOTS:
            self.deadline.left(1)
        line = json.dumps(PARAMS | {"pool": "compute"}).encode() + b"\n"
        ours.send_batch(self.items("ready.ndjson", line, backlog // 2))
        held = self.items("held.ndjson", LINE, backlog // 2 // KEYS + 1)  # one a day may run
        for number in range(KEYS):
            key = f"bench-{number}"
            ours.ask("PUT", f"/v1/limits/{key}", json.dumps({"rate": "1/d"}))
            ours.ask("PUT", f"/v1/templates/{key}", json.dumps({
                "type": "rehearse", "params": {}, "key": key}))
            ours.send_batch(held, f"template={key}")
        while ours.counts()["queued"] > backlog:
            self.deadline.left(1)
        queued = ours.counts()["queued"]
        if queued != backlog:
            raise CannotMeasure(f"{backlog} jobs should wait, but {queued} do")

    def heap_mb(self, ours):
        for _ in range(2):
            subprocess.run(
                [str(Path(self.java).with_name("jcmd")), str(ours.pid), "GC.run"],
                stdin=subprocess.DEVNULL, capture_output=True, check=True,
                timeout=self.deadline.left(60))
        with OPENER.open(f"http://127.0.0.1:{ours.port}/actuator/prometheus", timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines
                   if line.startswith('jvm_memory_used_bytes{area="heap"')) / 2**20

    def backlog(self):
        file = self.items("backlog.ndjson", LINE, self.backlog_jobs)
        with ExitStack() as stack:
            sides = {}
            for backlog in self.backlogs:
                redis = stack.enter_context(RedisServer(self.work / f"redis-{backlog}", self.deadline))
                sides[backlog] = redis, self.service(stack, f"service-{backlog}", redis)
            for backlog, (redis, ours) in sides.items():
                ours.run_batch(file, self.backlog_jobs)  # warms, so that calls are as full as later
                self.fill(ours, backlog)
                say(f"{backlog:,} jobs are queued")
            for _ in range(self.rounds):
                for backlog, (redis, ours) in sides.items():
                    meter = Meter(redis, instance=ours.pid)
                    took, _ = ours.run_batch(file, self.backlog_jobs)
                    sample = {"per_s": self.backlog_jobs / took, **meter.read(self.backlog_jobs)}
                    self.keep(f"queued {backlog}", sample | {"heap_mb": self.heap_mb(ours)})

    def measure(self, parts):
        if set(parts) - {"backlog"}:
            with ExitStack() as stack:
                redis = stack.enter_context(RedisServer(self.work / "redis", self.deadline))
                say(f"redis-server {redis.version()}, {os.cpu_count()} cores")
                ours = self.service(stack, "service", redis)
                bullmq = stack.enter_context(BullMq(redis.port, self.deadline))
                if "batch" in parts:
                    self.batch(redis, ours, bullmq)
                if "posts" in parts:
                    self.posts(redis, ours)
                if "pace" in parts:  # last, when both are warm
                    self.pace(redis, {"threadmill": ours, "bullmq": bullmq})
        if "backlog" in parts:
            self.backlog()


def medians(samples):
    return {name: {key: statistics.median(one[key] for one in runs) for key in runs[0]}
            for name, runs in samples.items()}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small numbers, to try the benchmark itself")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, by commas: %(default)s")
    parser.add_argument("--minutes", type=float, default=BUDGET_S / 60, help="the budget of time")
    parser.add_argument("--jvm", default="", help="options for the JVMs, to profile them")
    options = parser.parse_args()
    parts = options.only.split(",")
    if options.rounds < 1 or set(parts) - set(PARTS):
        parser.error("--rounds must be 1 or more, and --only of " + ", ".join(PARTS))
    if not Path("/proc/self/stat").exists():
        raise CannotMeasure("this benchmark reads /proc, so it needs Linux")
    with tempfile.TemporaryDirectory(prefix="threadmill-queue-") as folder:
        bench = Bench(options, Path(folder))
        bench.prepare()
        bench.measure(parts)
    report.tell(medians(bench.found), bench, sys.stdout)


if __name__ == "__main__":
    run("queue", main)
