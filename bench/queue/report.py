"""The table, the verdicts and the RESULT line of ./bench/run queue."""

import json
import os

COSTS = (
    ("Redis, us of CPU a job", "redis_cpu_us", 1),
    ("Redis, us a job by commandstats", "redis_us", 1),
    ("calls to Redis a job", "redis_calls", 3),
    ("commands inside of them a job", "redis_inner_calls", 1),
    ("Redis, context switches a job", "redis_switches", 3),
)


def row(out, name, *cells):
    print(f"| {name:<58} | " + " | ".join(f"{cell:>12}" for cell in cells) + " |", file=out)


def header(out, *names):
    print(file=out)
    row(out, *names)
    print("|---" + "|---:" * (len(names) - 1) + "|", file=out)


def number(value, digits=0):
    return f"{value:,.{digits}f}"


def batch(out, found, ratios):
    if "threadmill" not in found:
        return
    ours, theirs = found["threadmill"], found["bullmq"]
    ratios["batch_to_bullmq"] = ours["per_s"] / theirs["per_s"]
    cold_ours, cold_theirs = found["threadmill cold"], found["bullmq cold"]
    ratios["batch_cold_to_bullmq"] = cold_ours["per_s"] / cold_theirs["per_s"]
    header(out, "a batch", "Threadmill", "BullMQ", "ratio")
    for text, a, b in (("jobs/s, warm", ours, theirs), ("jobs/s, cold", cold_ours, cold_theirs)):
        row(out, text, number(a["per_s"]), number(b["per_s"]), number(a["per_s"] / b["per_s"], 2))
    row(out, "jobs/s taken in, warm", number(ours["taken_in_per_s"]), number(theirs["taken_in_per_s"]),
        number(ours["taken_in_per_s"] / theirs["taken_in_per_s"], 2))
    for text, name, digits in COSTS:
        a, b = ours[name], theirs[name]
        row(out, text, number(a, digits), number(b, digits), number(a / b, 2))
    for text, name, digits in (
            ("own processes, us of CPU a job (JVM; worker + producer)", "cpu_us", 1),
            ("own processes, context switches a job", "switches", 3)):
        a, b = ours[f"instance_{name}"], theirs[f"worker_{name}"] + theirs[f"producer_{name}"]
        row(out, text, number(a, digits), number(b, digits), number(a / b, 2))
    mine = ours["instance_switches"] + ours["redis_switches"]
    others = sum(theirs[f"{name}_switches"] for name in ("worker", "producer", "redis"))
    ratios["batch_switches_to_bullmq"] = mine / others
    row(out, "all context switches a job", number(mine, 3), number(others, 3), number(mine / others, 2))


def posts(out, found, ratios):
    if "posts bare" not in found:
        return
    bare = found["posts bare"]
    header(out, "single POSTs, 64 connections", "POSTs/s", "of bare", "cold /s", "server us",
           "Redis us", "switches")
    for text, name in (("jobs that run at once", "posts run"), ("jobs due in an hour", "posts later"),
                       ("a bare endpoint, one EVAL", "posts bare")):
        one = found[name]
        row(out, text, number(one["per_s"]), number(one["per_s"] / bare["per_s"], 2),
            number(found[name + " cold"]["per_s"]), number(one["server_cpu_us"], 1),
            number(one["redis_cpu_us"], 1), number(one["server_switches"] + one["redis_switches"], 2))
    ratios["posts_to_bare"] = found["posts run"]["per_s"] / bare["per_s"]
    ratios["posts_later_to_bare"] = found["posts later"]["per_s"] / bare["per_s"]


def pace(out, found, ratios):
    if "pace bullmq" not in found:
        return
    ours, theirs = found["pace threadmill"], found["pace bullmq"]
    header(out, "200 a second, submitted to recorded, ms", "Threadmill", "BullMQ", "ratio")
    for text, name in (("p50", "p50_ms"), ("p99", "p99_ms"), ("longest", "max_ms")):
        row(out, text, number(ours[name], 2), number(theirs[name], 2),
            number(ours[name] / theirs[name], 2))
        ratios[f"pace_{name[:3]}_to_bullmq"] = ours[name] / theirs[name]


def backlog(out, found, sizes, ratios):
    small, large = (found.get(f"queued {size}") for size in sizes)
    if not large:
        return
    header(out, "a batch while so many are queued", f"{sizes[0]:,}", f"{sizes[1]:,}", "ratio")
    row(out, "jobs/s", number(small["per_s"]), number(large["per_s"]),
        number(large["per_s"] / small["per_s"], 2))
    for text, name, digits in COSTS + (
            ("Redis, us of all commands, nested ones twice", "redis_all_us", 1),):
        a, b = small[name], large[name]
        row(out, text, number(a, digits), number(b, digits), number(b / a, 2))
    row(out, "heap after a full collection, MiB", number(small["heap_mb"], 1),
        number(large["heap_mb"], 1), "")
    ratios["backlog_redis_us"] = large["redis_us"] / small["redis_us"]
    ratios["backlog_redis_all_us"] = large["redis_all_us"] / small["redis_all_us"]
    ratios["backlog_redis_cpu"] = large["redis_cpu_us"] / small["redis_cpu_us"]
    ratios["backlog_heap_mb_more"] = large["heap_mb"] - small["heap_mb"]


# What is to be reached: the ratio, its bound, and whether it is the least or the most.
TARGETS = (
    ("batch_to_bullmq", "a batch, times BullMQ's rate", 2, "least"),
    ("posts_to_bare", "single POSTs, of the bare endpoint's rate", 0.7, "least"),
    ("pace_p50_to_bullmq", "p50 at 200/s, times BullMQ's", 3, "most"),
    ("pace_p99_to_bullmq", "p99 at 200/s, times BullMQ's", 3, "most"),
    ("backlog_redis_us", "Redis's us a job, large to small backlog", 1.1, "most"),
    ("backlog_heap_mb_more", "heap of the large backlog beyond the small's, MiB", 50, "most"),
)


def tell(found, bench, out):
    ratios = {}
    batch(out, found, ratios)
    posts(out, found, ratios)
    pace(out, found, ratios)
    backlog(out, found, bench.backlogs, ratios)
    header(out, "targets", "measured", "bound", "verdict")
    verdicts = {}
    for name, text, bound, kind in TARGETS:
        if name in ratios:
            met = ratios[name] >= bound if kind == "least" else ratios[name] <= bound
            verdicts[name] = "PASS" if met else "FAIL"
            row(out, text, number(ratios[name], 2), f"at {kind} {bound}", verdicts[name])
    if "batch_to_bullmq" in ratios:
        print(f"the aim for a batch is 4, measured {ratios['batch_to_bullmq']:.2f}", file=out)
    if bench.quick:
        print("--quick: too short to say anything", file=out)
    print("RESULT " + json.dumps({
        "bench": "queue", "rounds": bench.rounds, "quick": bench.quick, "cores": os.cpu_count(),
        "load": [round(load, 1) for load in os.getloadavg()],
        "ratios": {name: round(value, 3) for name, value in ratios.items()},
        "verdicts": verdicts,
        "medians": {name: {key: round(value, 3) for key, value in one.items()}
                    for name, one in found.items()}}), file=out, flush=True)
