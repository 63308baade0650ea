# SPDX-License-Identifier: Apache-2.0
# What a trace in JSON says of arguments: `function {...}`, a line a call.
import json
import sys

for event in json.load(open(sys.argv[1]))["traceEvents"]:
    arguments = event.get("args", {}).get("arguments")
    if arguments is not None:
        print(event["name"].split(" ")[0], json.dumps(arguments))
