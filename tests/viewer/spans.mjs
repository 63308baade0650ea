// SPDX-License-Identifier: Apache-2.0
//
// spans.mjs PAGE: what the viewer's own code reads out of a page, a line each,
// in an order that does not depend on how the page numbers its functions.
import { readFileSync } from "node:fs";
import { base64, chunk, annotations, waitscript, Span, Trace } from "./load.mjs";

const html = readFileSync(process.argv[2], "utf8");
const script = (id) => JSON.parse(new RegExp(`<script type="application/json" id="${id}">([^<]*)</script>`).exec(html)[1]);
const parts = (name) => [...html.matchAll(new RegExp(`class="codesnap-${name}" data-[a-z]+="(\\d+)"(?: data-sum="([0-9a-f]*)")?>([^<]*)</script>`, "g"))];
const unpack = (text, sum) => chunk.unpack(base64.decode(text, sum));

const tables = script("codesnap-tables");
const trace = new Trace(tables);
for (const [, , sum, text] of parts("chunk")) trace.add(await unpack(text, sum));
for (const [, , sum, text] of parts("chunk codesnap-annotations")) trace.take(annotations.decode(await unpack(text, sum), trace.names.kind));
for (const [, , sum, text] of parts("chunk codesnap-waits")) trace.take(waitscript.decode(await unpack(text, sum)));
trace.finish(script("codesnap-end"));

function* told() {
  for (const { number, facts, levels, instants } of trace.tracks) {
    yield ["track", number, facts.name, facts.tid, facts.main, facts.start_ns, facts.end_ns];
    for (const { number: name, time, value } of instants) yield ["instant", number, time, trace.names.full[name], JSON.stringify(value && JSON.parse(value))];
    for (const level of levels) {
      for (let i = 0; i < level.count; i++) {
        const span = new Span(trace.tracks[number], level.depth, i);
        const { full, module, kind } = trace.names;
        yield ["span", number, level.depth, span.start, span.duration, full[span.function], module[span.function], kind[span.function]];
      }
    }
  }
  for (const { name, series } of trace.counters) for (const line of series) yield ["counter", name, line.name, ...line.time, ...line.value];
  for (const process of tables.processes) yield ["process", process.pid, process.name, process.start_ns, process.end_ns];
  for (const [name, value] of Object.entries(trace.end)) yield ["end", name, value];
  for (const trouble of trace.troubles()) yield ["trouble", trouble];
}

const sources = [];
for (const [, file, sum, text] of parts("source")) sources.push(["source", tables.files[file], (await unpack(text, sum)).length]);
for (const line of [...told(), ...sources].map((line) => line.join(" ")).sort()) console.log(line);
