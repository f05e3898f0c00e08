"""How fast the service starts: runnable jar, extracted jar, extracted jar with an AOT cache.

Three interleaved rounds of each. Measured: wall time from exec to readiness UP, CPU seconds to
that moment, resident memory 5 s later. The JVM is told apart from the redis-server it starts.
Everything runs on loopback in a temporary folder that is removed at the end.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from kit import (  # noqa: E402
    BUDGET_S, JAR, ROUNDS, CannotMeasure, Deadline, Service, build, extract, find_java, resident_mb,
    run, say)

SETTLE_S = 5


def measure(command, cwd, log, deadline):
    with Service(command, cwd, log, deadline) as service:
        wall, cpu = service.wait_ready()
        time.sleep(deadline.left(SETTLE_S))
        service.remember()
        redis = sum(resident_mb(p) for p, name in service.known if name.startswith("redis"))
        rss = resident_mb(service.process.pid)
        if rss == 0:
            raise CannotMeasure("the service ended after it was ready:\n" + service.tail())
        return {"ready_s": wall, "cpu_s": cpu, "rss_mb": rss, "redis_rss_mb": redis}


def prepare(java, runnable, work, deadline):
    """Extracts the jar and trains the cache; gives each variant's command and folder."""
    jar = extract(java, runnable, work, deadline)
    extracted = jar.parent

    # The cache names the class path as it was typed, so both runs use the same relative one.
    cache = extracted / "app.aot"
    say("training the AOT cache")
    with Service([java, f"-XX:AOTCacheOutput={cache}", "-jar", jar.name], extracted,
                 work / "train.log", deadline) as service:
        service.wait_ready()
        service.stop()
    if not cache.exists():
        raise CannotMeasure(f"no AOT cache was written:\n{service.tail()}")
    say(f"AOT cache: {cache.stat().st_size / 2**20:.0f} MB")
    # AOTMode=on ends the JVM when the cache does not fit; else a plain start would be measured.
    use = [f"-XX:AOTCache={cache}", "-XX:AOTMode=on"]
    return {
        "jar": ([java, "-jar", str(runnable)], work),
        "extracted": ([java, "-jar", jar.name], extracted),
        "extracted+aot": ([java, *use, "-jar", jar.name], extracted),
    }


def report(samples):
    medians = {
        name: {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        for name, runs in samples.items()}
    say("")
    say(f"{'medians':<16}{'ready s':>9}{'CPU s':>9}{'JVM MB':>9}{'Redis MB':>10}")
    for name, m in medians.items():
        say(f"{name:<16}{m['ready_s']:>9.2f}{m['cpu_s']:>9.2f}{m['rss_mb']:>9.0f}"
            f"{m['redis_rss_mb']:>10.0f}")
    base = medians["jar"]
    ratios = {
        name: {key: round(m[key] / base[key], 3) for key in ("ready_s", "cpu_s", "rss_mb")}
        for name, m in medians.items() if name != "jar"}
    result = {
        "bench": "start", "rounds": len(samples["jar"]), "cores": os.cpu_count(),
        "medians": {n: {k: round(v, 3) for k, v in m.items()} for n, m in medians.items()},
        "ratio_to_jar": ratios}
    say("RESULT " + json.dumps(result))


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--jar", type=Path, default=JAR, help="measure this runnable jar")
    chosen = options.parse_args()
    rounds, jar = chosen.rounds, chosen.jar.resolve()
    if rounds < 1:
        options.error("--rounds must be 1 or more")
    if not Path("/proc/self/stat").exists():
        raise CannotMeasure("this benchmark reads /proc, so it needs Linux")
    deadline = Deadline(BUDGET_S)
    java = find_java()
    build(deadline, jar)
    with tempfile.TemporaryDirectory(prefix="threadmill-start-") as folder:
        work = Path(folder)
        variants = prepare(java, jar, work, deadline)
        samples = {name: [] for name in variants}
        for number in range(1, rounds + 1):
            for name, (command, cwd) in variants.items():
                # Each start begins with an empty data folder, as a first start does.
                shutil.rmtree(cwd / "data", ignore_errors=True)
                sample = measure(command, cwd, work / "service.log", deadline)
                samples[name].append(sample)
                say(f"round {number} {name:<14} ready {sample['ready_s']:6.2f} s"
                    f"  cpu {sample['cpu_s']:6.2f} s  rss {sample['rss_mb']:5.0f} MB")
        report(samples)


if __name__ == "__main__":
    run("start", main)
