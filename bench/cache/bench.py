"""What a hit costs: the near copy, Redis, and a whole job over HTTP; beside Caffeine alone and
Python's multiprocessing.Manager().dict().

Three interleaved rounds of each; medians. Eight threads read a thousand entries of 4 KiB at random,
in the JVM and in Python alike; `plain_get` is one GET through the same Redis client. Over HTTP one
client sends scrape jobs that are answered `hit`, one after another on one connection. Everything
runs on loopback and in temporary folders.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from kit import (  # noqa: E402
    BUDGET_S, CLASSES, JAR, ROUNDS, CannotMeasure, Deadline, Jvm, Service, build, extract, find_java, run,
    say)

MAIN = "io.threadmill.redis.CacheBench"
SECONDS = 3  # of each measurement
JOBS = 300  # over HTTP, each round
THREADS, KEYS, BODY = 8, 1000, 4096


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


class Shop:
    """Scrapes of the service's own demo site, over one connection."""

    def __init__(self, port):
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
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
    build(deadline, also=CLASSES / (MAIN.replace(".", "/") + ".class"))
    samples = {name: [] for name in ("caffeine", "near", "plain_get", "redis", "python_dict", "http")}
    with tempfile.TemporaryDirectory(prefix="threadmill-cache-") as folder, \
            multiprocessing.Manager() as manager:
        work = Path(folder)
        shared = manager.dict({i: b"x" * BODY for i in range(KEYS)})
        jvm = Jvm(java, extract(java, JAR, work, deadline), MAIN, work, str(SECONDS))
        try:
            folder = work / "service"
            folder.mkdir()
            with Service([java, "-jar", str(JAR)], folder, work / "service.log", deadline) as service:
                service.wait_ready()
                shop = Shop(service.port)
                for number in range(1, rounds + 1):
                    deadline.left(60)
                    sample = jvm.round()
                    sample["python_dict"] = python_round(shared)
                    sample["http"] = shop.round()
                    for name, one in sample.items():
                        samples[name].append(one)
                    say(f"round {number}  " + "  ".join(
                        f"{name} {sample[name]['us']:.2f} us" for name in samples))
        finally:
            jvm.close()
    report(samples)


if __name__ == "__main__":
    run("cache", main)
