// json_rpc_session.mjs FAIRLEAD VSCODE-JSONRPC: an editor's session with `fairlead serve` on a real engine.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [fairlead, library] = process.argv.slice(2);
const rpc = createRequire(library + "/package.json")("./node");
const workspace = mkdtempSync(join(tmpdir(), "json-rpc-"));
const trace = process.env.TRACE !== undefined;

class Editor {
  // With `socket`: a client of the background process, not of a server of its own.
  constructor(options) {
    if (options.socket) {
      this.socket = connect(options.socket);
      this.connection = rpc.createMessageConnection(
        new rpc.StreamMessageReader(this.socket), new rpc.StreamMessageWriter(this.socket));
    } else {
      this.server = spawn(fairlead, ["serve"], { stdio: ["pipe", "pipe", "inherit"] });
      this.ended = new Promise((resolve) => this.server.on("exit", resolve));
      this.connection = rpc.createMessageConnection(
        new rpc.StreamMessageReader(this.server.stdout), new rpc.StreamMessageWriter(this.server.stdin));
      this.server.stdin.on("error", () => {});
    }
    this.events = [];
    this.happened = [];
    this.connection.onNotification("event", (event) => {
      this.happened.push(event);
      this.onHappened?.();
    });
    this.output = { stdout: "", stderr: "" };
    this.connection.onNotification("started", (what) => this.onStarted?.(what));
    this.connection.onNotification("log", ({ request, event }) => {
      if (trace) console.error(request, JSON.stringify(event));
      this.events.push(event);
      this.onLog?.(event);
    });
    this.connection.onNotification("output", ({ stream, data }) => {
      this.output[stream] += Buffer.from(data, "base64").toString("latin1");
      this.onOutput?.();
    });
    this.connection.onRequest("ask/trust", (question) => {
      this.asked = question;
      return { allow: options.allow };
    });
    this.connection.listen();
    this.hello = this.ask("initialize", {
      client: { name: "test" }, workingDirectory: workspace, answersQuestions: ["trust", "secret"], log: "debug",
      onDisconnect: options.onDisconnect ?? "cancel" });
    this.connection.onRequest("ask/secret", ({ name }) => ({ value: "value of " + name }));
  }
  // The first event of this type about this workspace, taken out.
  async event(type) {
    for (;;) {
      const at = this.happened.findIndex((event) => event.type === type && event.workspaceFolder === workspace);
      if (at >= 0) return this.happened.splice(at, 1)[0];
      await new Promise((resolve) => { this.onHappened = resolve; });
    }
  }
  logged(pattern) {
    return new Promise((resolve) => {
      this.onLog = (event) => pattern.test(JSON.stringify(event)) && resolve();
    });
  }
  ask(method, params = {}, token) {
    return this.connection.sendRequest(new rpc.RequestType(method), params, token);
  }
  async fails(method, params, token) {
    try {
      await this.ask(method, params, token);
    } catch (error) {
      return error;
    }
    assert.fail(method + " succeeded");
  }
  // Runs a command inside; its output is what came until now.
  async run(cmd, more = {}) {
    this.output = { stdout: "", stderr: "" };
    const { exitCode } = await this.ask("exec", { cmd, ...more });
    return { exitCode, ...this.output };
  }
  // The id of the next command that starts.
  nextStarted() {
    return new Promise((resolve) => { this.onStarted = ({ request }) => resolve(request); });
  }
  until(condition) {
    return new Promise((resolve) => {
      this.onOutput = () => condition(this.output) && resolve();
      this.onOutput();
    });
  }
  async end() {
    await this.ask("shutdown");
    await this.connection.sendNotification("exit");
    assert.equal(await this.ended, 0);
  }
}

function configure(text) {
  mkdirSync(join(workspace, ".devcontainer"), { recursive: true });
  writeFileSync(join(workspace, ".devcontainer/devcontainer.json"), text);
}

async function configuration(editor) {
  configure('{\n  "image": "fairlead-test/host"\n  "name": 1\n}');
  const broken = await editor.fails("read-configuration");
  assert.equal(broken.data.code, "config.syntax");
  assert.equal(broken.data.line, 3);
  configure(JSON.stringify({
    image: "fairlead-test/host", name: "session", initializeCommand: "touch asked",
    secrets: { TOKEN: { description: "for the test" } },
    onCreateCommand: "echo made; touch made; echo \"$TOKEN\" >secret", customizations: { editor: { extensions: ["a"] } } }));
  const read = await editor.ask("read-configuration");
  assert.equal(read.configuration.name, "session");
  assert.deepEqual(read.configuration.customizations.editor.extensions, ["a"]);
}

async function refusedTrust() {
  const editor = new Editor({ allow: false });
  await editor.hello;
  const refused = await editor.fails("up");
  assert.equal(refused.data.status, "denied");
  assert.match(editor.asked.wishes.join(), /touch asked/);
  await editor.end();
}

async function bringUp(editor) {
  await editor.ask("events/subscribe", { workspaceFolders: [workspace] });
  assert.equal((await editor.event("workspace.withoutEnvironment")).configFiles.length, 1);
  const up = await editor.ask("up");
  assert.equal(up.outcome, "success");
  assert.equal((await editor.event("environment.created")).containerId, up.containerId);
  assert.equal((await editor.event("environment.started")).containerId, up.containerId);
  assert.equal(editor.asked.workspace, workspace);
  assert.ok(editor.events.some((event) => event.type === "progress" && /onCreateCommand/.test(event.name)));
  assert.ok(editor.events.some((event) => event.type === "raw" && /made/.test(event.text)));
  const listed = await editor.ask("list");
  assert.equal(listed.environments.filter((found) => found.containerId === up.containerId).length, 1);
  assert.equal((await editor.ask("status")).environment.state, "running");
}

// What an editor wants to know of the inside.
async function inside(editor) {
  const { paths: [there, nowhere] } =
    await editor.ask("environment/mapPaths", { from: "host", paths: [workspace + "/made", "/no/such/folder"] });
  assert.equal(nowhere, null);
  assert.equal((await editor.run(["test", "-f", there])).exitCode, 0);
  assert.deepEqual(await editor.ask("environment/mapPaths", { from: "environment", paths: [there, "/etc/hostname"] }),
    { paths: [workspace + "/made", null] });
  await editor.run(["sh", "-c", "printf 0123456789 >digits"]);
  const piece = await editor.ask("environment/readFile", { path: "digits", offset: 2, length: 3 });
  assert.equal(Buffer.from(piece.data, "base64").toString(), "234");
  assert.equal(piece.size, 10);
  const secret = await editor.ask("environment/readFile", { path: "secret" });
  assert.equal(Buffer.from(secret.data, "base64").toString(), "value of TOKEN\n");
  assert.equal((await editor.fails("environment/readFile", { path: "/nobody" })).data.code, "inside.file");
  assert.equal((await editor.fails("environment/readFile", { path: "/tmp" })).data.status, "invalid");
  assert.deepEqual(await editor.ask("configuration/customizations", { tool: "editor" }),
    { entries: [{ extensions: ["a"] }], merged: { extensions: ["a"] } });
  assert.deepEqual(await editor.ask("configuration/customizations", { tool: "other" }), { entries: [], merged: null });
}

async function commands(editor) {
  assert.deepEqual(await editor.run(["sh", "-c", "ls made; echo oops >&2; exit 3"]),
    { exitCode: 3, stdout: "made\n", stderr: "oops\n" });
  const many = await Promise.all([1, 2, 3, 4].map((n) => editor.ask("exec", { cmd: ["sh", "-c", "exit " + n] })));
  assert.deepEqual(many.map((result) => result.exitCode), [1, 2, 3, 4]);
  assert.ok([126, 127].includes((await editor.run(["nobody-has-this"])).exitCode));
}

// Bytes both ways, all 256 of them, and the end of input.
async function input(editor) {
  const bytes = Buffer.alloc(1 << 20, Buffer.from(Array.from({ length: 256 }, (_, i) => i)));
  editor.output = { stdout: "", stderr: "" };
  const started = editor.nextStarted();
  const done = editor.ask("exec", { cmd: ["cat"], stdin: true });
  const id = await started;
  for (let at = 0; at < bytes.length; at += 65536) {
    await editor.ask("stream/write", { request: id, data: bytes.subarray(at, at + 65536).toString("base64") });
  }
  await editor.ask("stream/write", { request: id, data: "", end: true });
  assert.equal((await done).exitCode, 0);
  assert.ok(Buffer.from(editor.output.stdout, "latin1").equals(bytes));
}

// An engine sets a size when the command runs already.
async function terminal(editor) {
  const until = (size) => `until [ "$(stty size)" = "${size}" ]; do sleep 0.05; done`;
  editor.output = { stdout: "", stderr: "" };
  const started = editor.nextStarted();
  const done = editor.ask("exec", {
    cmd: ["sh", "-c", `${until("30 90")}; echo sized; read word; ${until("20 70")}; echo "$word"; exit 7`],
    terminal: { rows: 30, columns: 90 } });
  const request = await started;
  await editor.until(({ stdout }) => stdout.includes("sized"));
  await editor.ask("stream/resize", { request, rows: 20, columns: 70 });
  await editor.ask("stream/write", { request, data: Buffer.from("word\n").toString("base64") });
  assert.equal((await done).exitCode, 7);
  assert.match(editor.output.stdout, /word\r\n$/);
}

async function cancellation(editor) {
  let started = editor.nextStarted();
  const source = new rpc.CancellationTokenSource();
  const failed = editor.fails("exec", { cmd: ["sleep", "300"] }, source.token);
  await started;
  source.cancel();
  assert.equal((await failed).code, -32800);
  started = editor.nextStarted();
  const signalled = editor.run(["sleep", "300"]);
  const request = await started;
  await editor.ask("stream/signal", { request, signal: "TERM" });
  assert.equal((await signalled).exitCode, 143);
}

// Several clients of the one background process: who does not read is waited for by nobody else.
async function slowReader() {
  const starts = await Promise.all([1, 2, 3, 4].map(() => new Promise((resolve) => {
    const child = spawn(fairlead, ["serve", "--socket"], { stdio: ["ignore", "pipe", "inherit"] });
    let path = "";
    child.stdout.on("data", (text) => { path += text; });
    child.on("close", (code) => resolve([code, path.trim()]));
  })));
  const [, socket] = starts[0];
  for (const start of starts) assert.deepEqual(start, [0, socket]);
  const slow = new Editor({ allow: true, socket });
  const other = new Editor({ allow: true, socket });
  await slow.hello;
  await other.hello;
  const started = slow.nextStarted();
  const size = 30 << 20;
  const done = slow.ask("exec", { cmd: ["head", "-c", String(size), "/dev/zero"] });
  await started;
  slow.socket.pause();
  for (let i = 0; i < 5; ++i) assert.equal((await other.run(["echo", "here"])).stdout, "here\n");
  slow.socket.resume();
  assert.equal((await done).exitCode, 0);
  assert.equal(slow.output.stdout.length, size);
  slow.socket.destroy();
  other.socket.destroy();
  spawnSync(fairlead, ["background", "--stop"], { timeout: 60000 });
}

// In the middle of `up`: cancelled, or carried on, as the client wanted; either way the next `up` ends well.
async function vanishes(editor) {
  await editor.ask("down");
  configure(JSON.stringify({
    image: "fairlead-test/host", onCreateCommand: "test -e go || { echo waits; sleep 300; }; touch carried" }));
  for (const onDisconnect of ["cancel", "continue"]) {
    const client = new Editor({ allow: true, onDisconnect });
    await client.hello;
    const waits = client.logged(/onCreateCommand/);
    client.ask("up", { trust: true, wait: true }).catch(() => {});
    await waits;
    client.server.stdin.end();
    client.server.stdout.destroy();
    if (onDisconnect === "cancel") writeFileSync(join(workspace, "go"), "");
    await client.ended;
    const { environments } = await editor.ask("list", { all: true });
    assert.ok(environments.filter((one) => one.localFolder === workspace).length <= 1);
  }
  assert.equal((await editor.ask("up", { wait: true })).outcome, "success");
  assert.equal((await editor.run(["test", "-e", "carried"])).exitCode, 0);
}

async function gone(editor) {
  editor.happened = [];
  const down = await editor.ask("down");
  assert.equal(down.outcome ?? "success", "success");
  await editor.event("environment.stopped");
  await editor.event("environment.removed");
  await editor.event("workspace.withoutEnvironment");
  assert.equal((await editor.ask("status")).environment, null);
  assert.equal((await editor.fails("exec", { cmd: ["true"] })).data.code, "environment.not_found");
}

try {
  const editor = new Editor({ allow: true });
  assert.ok((await editor.hello).methods.includes("up"));
  for (const step of [configuration, refusedTrust, bringUp, inside, commands, input, terminal, cancellation, slowReader, vanishes,
    gone]) {
    console.log(step.name);
    await step(editor);
  }
  await editor.end();
  console.log("the session ended in order");
} finally {
  spawnSync(fairlead, ["down", "--workspace-folder", workspace], { timeout: 60000 });
  rmSync(workspace, { recursive: true, force: true });
}
