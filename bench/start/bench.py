"""How fast the service starts: runnable jar, extracted jar, extracted jar with an AOT cache.

Three interleaved rounds of each. Measured: wall time from exec to readiness UP, CPU seconds to
that moment, resident memory 5 s later. The JVM is told apart from the redis-server it starts.
Everything runs on loopback in a temporary folder that is removed at the end.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
JAR = ROOT / "target" / "threadmill.jar"
ROUNDS = 3
BUDGET_S = 12 * 60
READY_LIMIT_S = 90  # a start that takes longer is a failure, not a measurement
STOP_LIMIT_S = 60  # writing an AOT cache at the end takes several seconds
SETTLE_S = 5
POLL_S = 0.02
TICKS = os.sysconf("SC_CLK_TCK")


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
            java = Path(line.rsplit("runtime:", 1)[-1].strip()) / "bin" / "java"
            major = int(line.split(":", 1)[1].strip().split(".")[0].rstrip(",").split(",")[0])
            if major < 25:
                raise CannotMeasure(f"a JDK 25 is needed, ./mvnw found {major}: set JAVA_HOME")
            return str(java)
    raise CannotMeasure(f"./mvnw --version failed: {(out.stderr or out.stdout).strip()[:500]}")


def build(jar, deadline):
    if jar.exists():
        say(f"using {jar}; remove it to build anew")
        return
    if jar != JAR:
        raise CannotMeasure(f"there is no {jar}")
    say("building the jar")
    done = subprocess.run(
        [str(ROOT / "mvnw"), "-q", "-B", "-DskipTests", "package"], cwd=ROOT,
        stdin=subprocess.DEVNULL, timeout=deadline.left(480))
    if done.returncode != 0 or not JAR.exists():
        raise CannotMeasure(f"the build ended with {done.returncode}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def processes():
    """pid to (parent, name, CPU seconds with reaped children left out)."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            stat = Path("/proc", entry, "stat").read_text()
        except OSError:
            continue
        name = stat[stat.index("(") + 1 : stat.rindex(")")]
        rest = stat[stat.rindex(")") + 2 :].split()
        found[int(entry)] = (int(rest[1]), name, (int(rest[11]) + int(rest[12])) / TICKS)
    return found


def family(pid):
    """pid and all its descendants."""
    table = processes()
    members, grown = {pid}, True
    while grown:
        more = {p for p, (parent, _, _) in table.items() if parent in members} - members
        grown = bool(more)
        members |= more
    return {p: table[p] for p in members if p in table}


def resident_mb(pid):
    try:
        for line in Path("/proc", str(pid), "status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def is_up(port):
    url = f"http://127.0.0.1:{port}/actuator/health/readiness"
    try:
        with OPENER.open(url, timeout=5) as answer:
            return answer.status == 200 and json.load(answer).get("status") == "UP"
    except (OSError, ValueError, urllib.error.URLError):
        return False


# A proxy from the environment must not stand between us and loopback.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Service:
    """One started service; leaving the block ends it and whatever it started."""

    def __init__(self, command, cwd, log, deadline):
        self.port = free_port()
        self.deadline = deadline
        self.log = log
        self.known = set()
        arguments = [
            f"--server.port={self.port}", "--server.address=127.0.0.1",
            "--management.endpoint.health.probes.enabled=true"]
        self.output = open(log, "wb")
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            command + arguments, cwd=cwd, stdin=subprocess.DEVNULL, stdout=self.output,
            stderr=subprocess.STDOUT, start_new_session=True)

    def __enter__(self):
        return self

    def wait_ready(self):
        limit = time.monotonic() + self.deadline.left(READY_LIMIT_S)
        while time.monotonic() < limit:
            if self.process.poll() is not None:
                raise CannotMeasure(
                    f"the service ended with {self.process.returncode} before it was ready:\n"
                    + self.tail())
            if is_up(self.port):
                wall = time.monotonic() - self.begun
                return wall, processes()[self.process.pid][2]
            time.sleep(POLL_S)
        raise CannotMeasure(f"not ready after {READY_LIMIT_S} s:\n{self.tail()}")

    def tail(self):
        lines = Path(self.log).read_text(errors="replace").splitlines()
        # The JVM's own notes on the cache would push out the reason.
        lines = [line[:300] for line in lines if "[aot]" not in line][-20:]
        return "\n".join("  | " + line for line in lines)

    def remember(self):
        # Kept with its name, so that a pid used again by somebody else is not ours to kill.
        self.known |= {(p, name) for p, (_, name, _) in family(self.process.pid).items()}

    def stop(self):
        if self.process.poll() is None:
            self.remember()
            self.process.terminate()
            try:
                self.process.wait(timeout=STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                pass
        return self.process.poll()

    def __exit__(self, *_):
        self.stop()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(timeout=10)
        end = time.monotonic() + 5
        while time.monotonic() < end and self.survivors():
            time.sleep(POLL_S)
        for pid in self.survivors():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.output.close()

    def survivors(self):
        table = processes()
        return [p for p, name in self.known
                if p != self.process.pid and p in table and table[p][1] == name]


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
    extracted = work / "extracted"
    done = subprocess.run(
        [java, "-Djarmode=tools", "-jar", str(runnable), "extract", "--destination", str(extracted)],
        cwd=work, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=deadline.left(120))
    jar = extracted / runnable.name
    if done.returncode != 0 or not jar.exists():
        raise CannotMeasure(f"extracting failed: {done.stderr.strip()[:500]}")

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
    build(jar, deadline)
    with tempfile.TemporaryDirectory(prefix="threadmill-start-") as folder:
        work = Path(folder)
        variants = prepare(java, jar, work, deadline)
        samples = {name: [] for name in variants}
        for number in range(1, rounds + 1):
            for name, (command, cwd) in variants.items():
                # Each start begins with an empty data folder, as a first start does.
                shutil.rmtree(cwd / "data", ignore_errors=True)
                run = measure(command, cwd, work / "service.log", deadline)
                samples[name].append(run)
                say(f"round {number} {name:<14} ready {run['ready_s']:6.2f} s"
                    f"  cpu {run['cpu_s']:6.2f} s  rss {run['rss_mb']:5.0f} MB")
        report(samples)


if __name__ == "__main__":
    # SIGTERM unwinds like Ctrl-C, so that the blocks above end what they started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        main()
    except (CannotMeasure, OSError, subprocess.SubprocessError) as why:
        print(f"bench start: could not measure: {why}", file=sys.stderr, flush=True)
        sys.exit(1)
