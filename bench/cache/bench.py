"""What a hit costs: the near copy, Redis, and a whole job over HTTP; beside Caffeine alone and
Python's multiprocessing.Manager().dict().

Three interleaved rounds of each; medians. Eight threads read a thousand entries of 4 KiB at random,
in the JVM and in Python alike; `plain_get` is one GET through the same Redis client. Over HTTP one client sends scrape jobs that are answered `hit`, one
after another on one connection. Everything runs on loopback and in temporary folders.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
JAR = ROOT / "target" / "threadmill.jar"
CLASSES = ROOT / "target" / "test-classes"
MAIN = "io.threadmill.redis.CacheBench"
ROUNDS = 3
SECONDS = 3  # of each measurement
JOBS = 300  # over HTTP, each round
THREADS, KEYS, BODY = 8, 1000, 4096
BUDGET_S = 12 * 60
READY_LIMIT_S = 90


class CannotMeasure(Exception):
    pass


def say(text):
    print(text, flush=True)


class Deadline:
    def __init__(self, seconds):
        self.end = time.monotonic() + seconds

    def left(self, at_most):
        left = min(at_most, self.end - time.monotonic())
        if left <= 0:
            raise CannotMeasure(f"the budget of {BUDGET_S} s is used up")
        return left


def find_java():
    """The JDK 25 that ./mvnw would choose, asked from Maven itself."""
    out = subprocess.run(
        [str(ROOT / "mvnw"), "-B", "--version"], stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=180)
    for line in out.stdout.splitlines():
        if line.startswith("Java version:"):
            return str(Path(line.rsplit("runtime:", 1)[-1].strip()) / "bin" / "java")
    raise CannotMeasure(f"./mvnw --version failed: {(out.stderr or out.stdout).strip()[:500]}")


def build(deadline):
    if JAR.exists() and (CLASSES / (MAIN.replace(".", "/") + ".class")).exists():
        say(f"using {JAR}; remove it to build anew")
        return
    say("building the jar")
    done = subprocess.run(
        [str(ROOT / "mvnw"), "-q", "-B", "-DskipTests", "package"], cwd=ROOT,
        stdin=subprocess.DEVNULL, timeout=deadline.left(480))
    if done.returncode != 0 or not JAR.exists():
        raise CannotMeasure(f"the build ended with {done.returncode}")


class Jvm:
    """The JVM's side: near copy, Redis, Caffeine. It brings its own redis-server."""

    def __init__(self, java, work, deadline):
        done = subprocess.run(
            [java, "-Djarmode=tools", "-jar", str(JAR), "extract", "--destination",
             str(work / "extracted")],
            cwd=work, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=deadline.left(120))
        jar = work / "extracted" / JAR.name
        if done.returncode != 0 or not jar.exists():
            raise CannotMeasure(f"extracting failed: {done.stderr.strip()[:500]}")
        path = os.pathsep.join([str(CLASSES), str(jar), str(work / "extracted" / "lib" / "*")])
        self.log = open(work / "jvm.log", "wb")
        self.process = subprocess.Popen(
            [java, "-cp", path, MAIN, str(work / "redis"), str(SECONDS)], cwd=work,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)

    def round(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        raise CannotMeasure(f"the JVM ended with {self.process.wait(10)}: see its errors\n"
                            + Path(self.log.name).read_text(errors="replace")[-2000:])

    def close(self):
        try:
            self.process.stdin.close()
            self.process.wait(20)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait(10)
        self.log.close()


def read_dict(shared, seed, end, samples):
    chance = random.Random(seed)
    now = time.perf_counter_ns()
    while now < end:
        if len(shared[chance.randrange(KEYS)]) != BODY:
            raise CannotMeasure("the manager gave another value")
        then, now = now, time.perf_counter_ns()
        samples.append(now - then)


def python_round(shared):
    """Eight threads of this process read the manager's dict; each has a connection of its own."""
    end = time.perf_counter_ns() + int(SECONDS * 1e9)
    samples = [[] for _ in range(THREADS)]
    threads = [threading.Thread(target=read_dict, args=(shared, i, end, samples[i]))
               for i in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    flat = [sample for each in samples for sample in each]
    if not flat:
        raise CannotMeasure("the manager's dict was not read")
    return {"us": statistics.median(flat) / 1e3, "per_s": len(flat) / SECONDS}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# A proxy from the environment must not stand between us and loopback.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Service:
    """The service in an empty folder; its own demo site is what is scraped."""

    def __init__(self, java, work, deadline):
        self.port = free_port()
        folder = work / "service"
        folder.mkdir()
        self.output = open(work / "service.log", "wb")
        self.process = subprocess.Popen(
            [java, "-jar", str(JAR), f"--server.port={self.port}"], cwd=folder,
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT)
        limit = time.monotonic() + deadline.left(READY_LIMIT_S)
        url = f"http://127.0.0.1:{self.port}/actuator/health/readiness"
        while True:
            if self.process.poll() is not None or time.monotonic() > limit:
                self.close()
                raise CannotMeasure("the service did not become ready:\n" + Path(
                    self.output.name).read_text(errors="replace")[-2000:])
            try:
                with OPENER.open(url, timeout=5) as answer:
                    if answer.status == 200:
                        break
            except (OSError, urllib.error.URLError):
                pass
            time.sleep(0.1)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self.scrape()  # fills the map
        for _ in range(JOBS):
            self.scrape()

    def scrape(self):
        page = f"http://127.0.0.1:{self.port}/demo/products/1"
        body = json.dumps({"type": "scrape", "cache": {"maxAge": "1h"},
                           "params": {"url": page, "formats": ["metadata"]}})
        self.connection.request("POST", "/v1/jobs", body, {
            "Content-Type": "application/json", "Prefer": "wait=10"})
        answer = self.connection.getresponse()
        job = json.loads(answer.read())
        if answer.status != 200 or job.get("state") != "succeeded":
            raise CannotMeasure(f"a scrape did not succeed: {answer.status} {job}")
        return job["cache"]

    def round(self):
        samples = []
        for _ in range(JOBS):
            begin = time.perf_counter_ns()
            use = self.scrape()
            samples.append(time.perf_counter_ns() - begin)
            if use != "hit":
                raise CannotMeasure(f"a scrape was answered {use}, not hit")
        return {"us": statistics.median(samples) / 1e3, "per_s": 1e9 * JOBS / sum(samples)}

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        self.output.close()


def report(samples):
    medians = {name: {key: statistics.median(run[key] for run in runs) for key in ("us", "per_s")}
               for name, runs in samples.items()}
    say("")
    say(f"{'medians':<14}{'us a hit':>12}{'hits/s':>14}")
    for name, m in medians.items():
        say(f"{name:<14}{m['us']:>12.2f}{m['per_s']:>14.0f}")
    us = {name: m["us"] for name, m in medians.items()}
    result = {
        "bench": "cache", "rounds": len(samples["near"]), "cores": os.cpu_count(),
        "threads": THREADS, "medians": {
            n: {k: round(v, 3) for k, v in m.items()} for n, m in medians.items()},
        # How many times as long the second takes as the first.
        "ratios": {
            "python_dict_to_near": round(us["python_dict"] / us["near"], 2),
            "python_dict_to_redis": round(us["python_dict"] / us["redis"], 3),
            "near_to_caffeine": round(us["near"] / us["caffeine"], 2),
            "redis_to_plain_get": round(us["redis"] / us["plain_get"], 2),
            "redis_to_near": round(us["redis"] / us["near"], 2),
            "http_to_redis": round(us["http"] / us["redis"], 2),
            "redis_per_s_to_python_dict": round(
                medians["redis"]["per_s"] / medians["python_dict"]["per_s"], 3)}}
    say("RESULT " + json.dumps(result))


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = options.parse_args().rounds
    if rounds < 1:
        options.error("--rounds must be 1 or more")
    deadline = Deadline(BUDGET_S)
    java = find_java()
    build(deadline)
    samples = {name: [] for name in ("caffeine", "near", "plain_get", "redis", "python_dict", "http")}
    with tempfile.TemporaryDirectory(prefix="threadmill-cache-") as folder, \
            multiprocessing.Manager() as manager:
        work = Path(folder)
        shared = manager.dict({i: b"x" * BODY for i in range(KEYS)})
        jvm = Jvm(java, work, deadline)
        try:
            service = Service(java, work, deadline)
            try:
                for number in range(1, rounds + 1):
                    deadline.left(60)
                    run = jvm.round()
                    run["python_dict"] = python_round(shared)
                    run["http"] = service.round()
                    for name, one in run.items():
                        samples[name].append(one)
                    say(f"round {number}  " + "  ".join(
                        f"{name} {run[name]['us']:.2f} us" for name in samples))
            finally:
                service.close()
        finally:
            jvm.close()
    report(samples)


if __name__ == "__main__":
    # SIGTERM unwinds like Ctrl-C, so that the blocks above end what they started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        main()
    except (CannotMeasure, OSError, subprocess.SubprocessError) as why:
        print(f"bench cache: could not measure: {why}", file=sys.stderr, flush=True)
        sys.exit(1)
