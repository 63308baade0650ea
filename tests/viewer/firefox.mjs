// SPDX-License-Identifier: Apache-2.0
//
// firefox.mjs: a page of the viewer in Debian's Firefox, which is spoken to in
// its own protocol (Marionette: lengths and JSON over a socket), since nothing
// else has to be installed for that.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const executable = ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find(existsSync);

// Why there can be no test here, or false.
export const missing = !executable && "firefox is not installed";

async function freePort() {
  const server = createServer();
  await new Promise((go) => server.listen(0, "127.0.0.1", go));
  const { port } = server.address();
  await new Promise((go) => server.close(go));
  return port;
}

// A socket to the browser, which may still be starting.
async function dial(port, tries = 300) {
  const socket = connect(port, "127.0.0.1");
  try {
    await new Promise((go, fail) => socket.once("connect", go).once("error", fail));
    return socket;
  } catch (error) {
    if (!tries) throw error;
    await new Promise((go) => setTimeout(go, 200));
    return dial(port, tries - 1);
  }
}

class Wire {
  constructor(socket) {
    this.socket = socket;
    this.bytes = Buffer.alloc(0);
    this.waiting = new Map(); // the browser's greeting is for nobody
    this.count = 0;
    socket.on("data", (data) => this.take(data));
    socket.on("close", () => this.waiting.forEach(({ fail }) => fail(new Error("firefox went away"))));
  }

  take(data) {
    this.bytes = Buffer.concat([this.bytes, data]);
    for (let colon; (colon = this.bytes.indexOf(":")) > 0;) {
      const end = colon + 1 + Number(this.bytes.toString("latin1", 0, colon));
      if (this.bytes.length < end) return;
      this.answer(JSON.parse(this.bytes.toString("utf8", colon + 1, end)));
      this.bytes = this.bytes.subarray(end);
    }
  }

  answer(message) {
    const [, number, error, result] = Array.isArray(message) ? message : [];
    const asked = this.waiting.get(number);
    this.waiting.delete(number);
    if (asked && error) asked.fail(new Error(`${error.error}: ${error.message}`));
    else if (asked) asked.go(result);
  }

  ask(command, parameters = {}) {
    const number = ++this.count;
    const text = JSON.stringify([0, number, command, parameters]);
    this.socket.write(`${Buffer.byteLength(text)}:${text}`);
    return new Promise((go, fail) => this.waiting.set(number, { go, fail }));
  }
}

// {open(html) -> once all is there, run(body) -> what the body returns,
// picture(), close()}
export async function launch({ width = 1200, height = 800 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "codesnap-firefox-"));
  const port = await freePort();
  writeFileSync(join(folder, "user.js"), `user_pref("marionette.port", ${port});\nuser_pref("datareporting.policy.dataSubmissionEnabled", false);\n`);
  const browser = spawn(executable, ["--headless", "--marionette", "--no-remote", "--profile", folder, `--width=${width}`, `--height=${height}`], { stdio: "ignore", env: { ...process.env, HOME: folder } });
  const ended = new Promise((go) => browser.once("exit", go));
  const wire = new Wire(await dial(port));
  await wire.ask("WebDriver:NewSession", {});
  await wire.ask("WebDriver:SetTimeouts", { script: 120000, pageLoad: 120000 });
  const run = async (script, args = []) => (await wire.ask("WebDriver:ExecuteScript", { script, args, newSandbox: false, sandbox: null })).value;
  return {
    run,
    picture: async () => Buffer.from((await wire.ask("WebDriver:TakeScreenshot", { full: false })).value, "base64"),
    async open(html) {
      const path = html.startsWith("/") ? html : join(folder, "page.html");
      if (path !== html) writeFileSync(path, html);
      await wire.ask("WebDriver:Navigate", { url: "file://" + path });
      await run("return window.__codesnap.ready.then(() => true)");
    },
    async close() {
      await wire.ask("Marionette:Quit", { flags: ["eForceQuit"] }).catch(() => {});
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
