"""What a job costs Redis, with a thousand jobs queued and with a million: microseconds of the server a
job to enqueue, take and complete it, the slowest call of any script, and memory a queued job.

Two servers, one with each backlog, are measured in turn, three rounds; medians. A third of the jobs
has one of ten keys, a third one of ten hosts; three priorities; a tenth is delayed. The costs are the
server's CPU time (INFO cpu), its part of the network included, so that the client and whatever else
runs do not count. `reference` is a bare queue of one hash a job and one list, with a backlog as large in a
database of its own, measured in the same rounds: what the size of the data alone costs Redis.
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from kit import (  # noqa: E402
    BUDGET_S, CLASSES, JAR, ROUNDS, Deadline, Jvm, build, extract, find_java, run, say)

MAIN = "io.threadmill.redis.BacklogBench"
PHASES = ("enqueue", "take", "complete")


def median(rounds, name):
    return statistics.median(one[name] for one in rounds)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1_000_000, help="the large backlog")
    large = parser.parse_args().jobs
    sizes = (1000, large)
    deadline = Deadline(BUDGET_S)
    java = find_java()
    build(deadline, also=CLASSES / "io" / "threadmill" / "redis" / "BacklogBench.class")
    with tempfile.TemporaryDirectory(prefix="threadmill-bench-") as folder:
        work = Path(folder)
        jar = extract(java, JAR, work, deadline)
        backlogs, rounds = {}, {size: [] for size in sizes}
        try:
            say(f"filling two servers, with {sizes[0]} and {sizes[1]} jobs")
            for size in sizes:
                backlogs[size] = Jvm(java, jar, MAIN, work, str(size))
            for number in range(ROUNDS):
                for size in sizes:
                    deadline.left(1)
                    rounds[size].append(backlogs[size].round())
                    say(f"round {number + 1}, {size}: {json.dumps(rounds[size][-1])}")
        finally:
            for backlog in backlogs.values():
                backlog.close()
    report(sizes, rounds)


def report(sizes, rounds):
    say("")
    say(f"| microseconds of Redis a job | {sizes[0]} queued | {sizes[1]} queued | ratio |")
    say("|---|---|---|---|")
    result = {"bench": "backlog", "jobs": sizes[1]}
    whole = {size: 0.0 for size in sizes}
    for phase in PHASES + ("reference",):
        small, big = (median(rounds[size], phase) for size in sizes)
        say(f"| {phase} | {small:.1f} | {big:.1f} | {big / small:.2f} |")
        result[f"{phase}_us"] = round(big, 2)
        result[f"{phase}_flat_ratio"] = round(big / small, 3)
        if phase != "reference":
            for size in sizes:
                whole[size] += median(rounds[size], phase)
    small, big = (whole[size] for size in sizes)
    slowest = {size: median(rounds[size], "slowest") / 1000 for size in sizes}
    worst = max((one for size in sizes for one in rounds[size]), key=lambda one: one["slowest"])
    say(f"| together | {small:.1f} | {big:.1f} | {big / small:.2f} |")
    say(f"| slowest call, ms | {slowest[sizes[0]]:.1f} | {slowest[sizes[1]]:.1f} | |")
    say(f"| bytes a queued job | | {median(rounds[sizes[1]], 'bytes'):.0f} | |")
    result |= {
        "total_us": round(big, 2),
        "total_flat_ratio": round(big / small, 3),
        "total_to_reference_ratio": round(big / median(rounds[sizes[1]], "reference"), 2),
        "slowest_ms": round(slowest[sizes[1]], 2),
        "slowest_ever_ms": round(worst["slowest"] / 1000, 2),
        "slowest_ever_script": worst["slowestScript"],
        "bytes_a_queued_job": round(median(rounds[sizes[1]], "bytes")),
    }
    print("RESULT " + json.dumps(result), flush=True)


if __name__ == "__main__":
    run("backlog", main)
