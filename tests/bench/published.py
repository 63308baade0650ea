# SPDX-License-Identifier: Apache-2.0
"""What a run leaves: NAME.json and NAME.txt in BUILD/bench, and their way into the
repository.
"""

import datetime
import json
import os
import platform
import shutil

from interpreters import say

ALL = ("bench", "bench-formats", "bench-large", "bench-long", "bench-modes", "bench-overhead")


def machine():
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as stream:
            names = [line for line in stream if line.startswith("model name")]
        model = "%s, %d cores" % (names[0].split(":")[1].strip(), len(names))
    except (OSError, IndexError):
        pass
    return "%s, Linux %s" % (model, platform.release().split("-")[0])


def new_results():
    results = {
        "when": datetime.datetime.now().strftime("%Y-%m-%d %H:%M"),
        "machine": machine(),
        "notes": [],
        "interpreters": {},
    }
    load = os.getloadavg()[0]
    if load > 1:
        note = "others are at work here (load %.1f): trust ratios, not times"
        results["notes"].append(note % load)
    return results


def last_results(build, name):
    """Those of the last run of that name, to be added to."""
    try:
        with open(build.tool(name + ".json")) as stream:
            return json.load(stream)
    except OSError:
        return new_results()


def write(build, name, results, rows, lines):
    """lines: of the tables; rows: of the targets."""
    results["targets"] = [row._asdict() for row in rows]
    head = ["codesnap benchmark, %s" % results["when"], results["machine"]]
    notes = ["", *("note: " + note for note in results["notes"])]
    text = "\n".join(head + lines + notes) + "\n"
    os.makedirs(build.folder, exist_ok=True)
    with open(build.tool(name + ".json"), "w") as stream:
        json.dump(results, stream, indent=1)
    with open(build.tool(name + ".txt"), "w") as stream:
        stream.write(text)
    print(text)
    say("written: %s.json, .txt" % build.tool(name))


def publish(build, folder):
    """The figures without the raw times, and the chart, for the repository."""
    os.makedirs(folder, exist_ok=True)
    found = [name for name in ALL if os.path.exists(build.tool(name + ".txt"))]
    for name in found:
        shutil.copy(build.tool(name + ".txt"), os.path.join(folder, name + ".txt"))
    if "bench" in found:
        publish_bench(build, folder)
    say("published: %s" % (" ".join(found) or "nothing, no benchmark was run"))


def publish_bench(build, folder):
    with open(build.tool("bench.json")) as stream:
        results = json.load(stream)
    kept = {key: results[key] for key in ("when", "machine", "notes", "targets")}
    kept["figures"] = results["derived"]
    with open(os.path.join(folder, "bench.json"), "w") as stream:
        json.dump(kept, stream, indent=1)
        stream.write("\n")
    if os.path.exists(build.tool("bench.svg")):
        shutil.copy(build.tool("bench.svg"), os.path.join(folder, "bench.svg"))
