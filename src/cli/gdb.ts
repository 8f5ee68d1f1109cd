// -g: a socket that gdb connects to. The program waits for it before its first instruction. Loaded when asked for.

import fs from "node:fs";
import net from "node:net";
import type { Machine } from "../boot.ts";
import { createControl } from "../kernel/abi/linux-i386/gdb/debugger.ts";
import { createStub } from "../kernel/abi/linux-i386/gdb/stub.ts";
import type { Stub } from "../kernel/abi/linux-i386/gdb/stub.ts";
import { exitProcess } from "../kernel/process.ts";
import { SIG } from "../kernel/signal.ts";
import { hostReason, UsageError } from "./options.ts";

const LOCAL = "127.0.0.1";
/** Bytes of a socket's path, sun_path of unix(7) without its NUL; some hosts cut off what is more, and listen elsewhere. */
const MAX_PATH = process.platform === "linux" ? 107 : 103;
/** Signals that end the wait for gdb: there is no program yet that they could be for. */
const ENDING = ["HUP", "INT", "QUIT", "TERM"] as const;

/** Ends on a signal, until the returned function is called. */
function endOnSignals(): () => void {
  const handlers = (process.platform === "win32" ? [] : ENDING).map((name) => {
    const handler = () => process.exit(128 + SIG[name]);
    process.on(`SIG${name}`, handler);
    return () => process.removeListener(`SIG${name}`, handler);
  });
  return () => handlers.forEach((remove) => remove());
}

/** Listens at PORT, HOST:PORT or unix:PATH. Rejects with a UsageError when that cannot be had. `connected` is called when gdb is there. */
export async function serveGdb(machine: Machine, where: string, tell: (text: string) => void, connected: () => void): Promise<void> {
  const { kernel, process: main } = machine;
  const control = createControl(kernel, main);
  kernel.debugger = control;
  const server = net.createServer({ allowHalfOpen: false }, (socket) => {
    server.close();
    ready();
    connected();
    socket.setNoDelay(true);
    socket.setEncoding("latin1");
    const stub: Stub = createStub({
      kernel, control, main,
      send: (text) => void (socket.destroyed || socket.write(text, "latin1")),
      kill() {
        for (const it of [...control.tracked]) exitProcess(it, { code: 0, signal: SIG.KILL, core: false });
        control.detachAll();
      },
      end: () => socket.end(),
    });
    socket.on("data", (text) => stub.feed(String(text)));
    socket.on("error", () => stub.closed());
    socket.on("close", () => stub.closed());
  });
  const ready = endOnSignals();
  const unix = where.startsWith("unix:") ? where.slice(5) : undefined;
  const match = /^(?:(.*):)?(\d{1,5})$/.exec(where);
  if (unix === undefined && (!match || Number(match[2]) > 65535)) throw new UsageError(`-g ${where}: must be PORT, HOST:PORT or unix:PATH`);
  if (unix === "") throw new UsageError(`-g ${where}: unix: needs a path`);
  if (unix !== undefined && Buffer.byteLength(unix) > MAX_PATH) throw new UsageError(`-g ${where}: the path of a socket has at most ${MAX_PATH} bytes`);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(new UsageError(`-g ${where}: ${hostReason(error)}`)));
    if (unix === undefined) server.listen(Number(match?.[2]), match?.[1] ?? LOCAL, resolve);
    else server.listen(unix, resolve);
  });
  if (unix !== undefined) process.on("exit", () => fs.rmSync(unix, { force: true }));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? `${address.address}:${address.port}` : unix;
  tell(`jit386: waiting for gdb: target remote ${port}\n`);
}
