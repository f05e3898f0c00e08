"""What the benchmarks share: the JDK, the jar, a budget of time, and a service that ends with its block."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
JAR = ROOT / "target" / "threadmill.jar"
CLASSES = ROOT / "target" / "test-classes"
ROUNDS = 3
BUDGET_S = 12 * 60
READY_LIMIT_S = 90  # a start that takes longer is a failure, not a measurement
STOP_LIMIT_S = 60  # writing an AOT cache at the end takes several seconds
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


def build(deadline, jar=JAR, also=None):
    """Builds the jar where it, or a test class that is wanted too, is not there yet."""
    if jar.exists() and (also is None or also.exists()):
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


def extract(java, runnable, work, deadline):
    """The jar laid out in a folder; answers the thin jar there."""
    extracted = work / "extracted"
    done = subprocess.run(
        [java, "-Djarmode=tools", "-jar", str(runnable), "extract", "--destination", str(extracted)],
        cwd=work, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=deadline.left(120))
    jar = extracted / runnable.name
    if done.returncode != 0 or not jar.exists():
        raise CannotMeasure(f"extracting failed: {done.stderr.strip()[:500]}")
    return jar


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


class Jvm:
    """A bench class of the tests, which brings its own redis-server and measures a round on demand."""

    def __init__(self, java, jar, main, work, *arguments):
        path = os.pathsep.join([str(CLASSES), str(jar), str(jar.parent / "lib" / "*")])
        self.log = open(work / f"jvm-{'-'.join(arguments)}.log", "wb")
        self.process = subprocess.Popen(
            [java, "-cp", path, main, str(work / f"redis-{'-'.join(arguments)}"), *arguments],
            cwd=work, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)

    def round(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        raise CannotMeasure(f"the JVM ended with {self.process.wait(10)}:\n"
                            + Path(self.log.name).read_text(errors="replace")[-2000:])

    def close(self):
        try:
            self.process.stdin.close()
            self.process.wait(60)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait(10)
        self.log.close()


def run(name, main):
    """Runs a benchmark's main; what it could not measure is said in one line."""
    # SIGTERM unwinds like Ctrl-C, so that the blocks in main end what they started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        main()
    except (CannotMeasure, OSError, subprocess.SubprocessError) as why:
        print(f"bench {name}: could not measure: {why}", file=sys.stderr, flush=True)
        sys.exit(1)
