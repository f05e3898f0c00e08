"""A redis-server of the benchmark's own, a client for it, and what a stretch of work costs the processes
that take part: CPU, context switches, Redis's own time."""

import shutil
import socket
import subprocess
import time
from pathlib import Path

from kit import CannotMeasure, POLL_S, free_port, processes

# Commands that bring work to Redis. What scripts call is within their time and is not added again;
# blocking pops and stream reads cannot be called by scripts.
OUTER = ("evalsha", "eval", "blpop", "bzpopmin", "xread", "xreadgroup", "smembers", "ping")


def need(tool, package):
    """The path of a program that this benchmark cannot do without."""
    path = shutil.which(tool)
    if not path:
        raise CannotMeasure(f"{tool} is missing: install the package {package}")
    return path


class Resp:
    """One connection to Redis; just enough of its protocol."""

    def __init__(self, port, timeout=30):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.file = self.socket.makefile("rb")

    def call(self, *words):
        parts = [str(word).encode() for word in words]
        self.socket.sendall(b"*%d\r\n" % len(parts) + b"".join(
            b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
        return self.answer()

    def answer(self):
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise CannotMeasure("Redis closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise CannotMeasure(f"Redis answered {rest.decode(errors='replace')}")
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self.file.read(int(rest) + 2)[:-2].decode(
                errors="replace")
        if kind == b"*":
            return None if rest == b"-1" else [self.answer() for _ in range(int(rest))]
        return rest.decode()

    def close(self):
        self.file.close()
        self.socket.close()


class RedisServer:
    """The machine's own redis-server with an append-only file synced each second. The file is never
    rewritten by itself: a fork would take the second core at one side's cost."""

    def __init__(self, folder, deadline):
        folder.mkdir()
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self.log = folder / "redis.log"
        self.process = subprocess.Popen(
            [need("redis-server", "redis-server"), "--port", str(self.port), "--bind", "127.0.0.1",
             "--dir", str(folder), "--save", "", "--appendonly", "yes", "--appendfsync", "everysec",
             "--auto-aof-rewrite-percentage", "0", "--daemonize", "no", "--logfile", str(self.log)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)
        self.client = None
        end = time.monotonic() + deadline.left(30)
        while self.client is None:
            try:
                client = Resp(self.port)
                if client.call("PING") == "PONG":
                    self.client = client
            except (OSError, CannotMeasure) as why:
                if self.process.poll() is not None or time.monotonic() > end:
                    self.close()
                    raise CannotMeasure(f"redis-server did not start: {why}") from why
                time.sleep(POLL_S)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.client:
            self.client.close()
        if self.process.poll() is None:
            self.process.kill()  # its data goes with the folder
        self.process.wait(10)

    def version(self):
        return self.info("server")["redis_version"]

    def info(self, section):
        lines = self.client.call("INFO", section).splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line)

    def commands(self):
        """Command to (calls, microseconds)."""
        found = {}
        for name, text in self.info("commandstats").items():
            numbers = dict(part.split("=") for part in text.split(","))
            found[name.removeprefix("cmdstat_")] = (int(numbers["calls"]), int(numbers["usec"]))
        return found


def switches(pid):
    """Context switches of each thread there is, voluntary or not."""
    found = {}
    for task in Path("/proc", str(pid), "task").iterdir():
        try:
            lines = (task / "status").read_text().splitlines()
        except OSError:
            continue  # it has ended
        found[task.name] = sum(int(line.split()[1]) for line in lines if "ctxt_switches" in line)
    return found


class Meter:
    """Costs from its creation on. Context switches of threads that end meanwhile are lost."""

    def __init__(self, redis, **pids):
        self.redis = redis
        self.pids = dict(pids, redis=redis.process.pid)
        self.before = self.now()

    def now(self):
        table = processes()
        return ({name: table[pid][2] for name, pid in self.pids.items()},
                {name: switches(pid) for name, pid in self.pids.items()},
                self.redis.commands())

    def read(self, jobs):
        """Microseconds of CPU, context switches, Redis's time and calls, each a job."""
        (cpu, tasks, commands), (cpu_0, tasks_0, commands_0) = self.now(), self.before
        result = {}
        for name in self.pids:
            result[f"{name}_cpu_us"] = (cpu[name] - cpu_0[name]) * 1e6 / jobs
            result[f"{name}_switches"] = sum(
                count - tasks_0[name].get(task, 0) for task, count in tasks[name].items()) / jobs
        spent = {name: tuple(a - b for a, b in zip(now, commands_0.get(name, (0, 0))))
                 for name, now in commands.items()}
        result["redis_us"] = sum(us for name, (_, us) in spent.items() if name in OUTER) / jobs
        result["redis_all_us"] = sum(us for _, us in spent.values()) / jobs
        result["redis_calls"] = sum(
            calls for name, (calls, _) in spent.items() if name in OUTER) / jobs
        result["redis_inner_calls"] = sum(
            calls for name, (calls, _) in spent.items() if name not in OUTER) / jobs
        return result
