// gdb's remote protocol over one connection: commands to what debugger.ts can do, stops to replies. gdb manual, "Remote Serial Protocol". All-stop,
// several processes ("multiprocess+"), threads as pPID.TID.

import { exitProcess } from "../../../process.ts";
import { SIG } from "../../../signal.ts";
import type { Kernel, Process, Thread } from "../../../thread.ts";
import { encodeSiginfo } from "../siginfo.ts";
import type { Action, Control, Stop, WatchKind } from "./debugger.ts";
import { createFiles, libraryList, part } from "./objects.ts";
import { createPackets, fromHex, latin1, PACKET_SIZE, toHex, unescapeBinary } from "./packets.ts";
import { readRegister, REGISTER_BYTES, readRegisters, targetDescription, writeRegister, writeRegisters } from "./registers.ts";

/** gdb's numbers of signals, which are nobody else's. */
const TO_GDB: Readonly<Record<number, number>> = {
  1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 10, 8: 8, 9: 9, 10: 30, 11: 11, 12: 31, 13: 13, 14: 14, 15: 15, 16: 143, 17: 20, 18: 19, 19: 17, 20: 18, 21: 21, 22: 22, 23: 16, 24: 24, 25: 25, 26: 26,
  27: 27, 28: 28, 29: 23, 30: 32, 31: 12, 32: 77, 64: 78,
};
for (let signal = 33; signal < 64; signal++) (TO_GDB as Record<number, number>)[signal] = signal + 12;
const FROM_GDB = new Map(Object.entries(TO_GDB).map(([ours, theirs]) => [theirs, Number(ours)]));

const word = (text: string) => Number.parseInt(text, 16);
const hex2 = (value: number) => value.toString(16).padStart(2, "0");
const OK = "OK", BAD = "E01";

export interface Stub {
  /** Bytes from gdb, as Latin-1. */
  feed(text: string): void;
  /** The connection has gone: everything goes on without breakpoints. */
  closed(): void;
}

export interface StubOptions {
  readonly kernel: Kernel;
  readonly control: Control;
  readonly main: Process;
  readonly send: (text: string) => void;
  /** gdb has asked for the end of the program. */
  readonly kill: () => void;
  /** gdb has said goodbye. */
  readonly end: () => void;
}

/** Serves one gdb. */
export function createStub({ kernel, control, main, send, kill, end }: StubOptions): Stub {
  let general: Thread | undefined = main.threads[0];
  let last: Stop | undefined;
  let multiprocess = false, done = false, running = false;
  const process = (): Process => general?.process ?? main;
  const files = createFiles(process);
  const packets = createPackets({ send, packet: (data) => handle(data), interrupt: () => control.interrupt() });

  const name = (thread: Thread) => (multiprocess ? `p${thread.process.pid.toString(16)}.${thread.tid.toString(16)}` : thread.tid.toString(16));
  const threads = () => [...control.tracked].flatMap((it) => it.threads);

  /** "p3e8.3e9", "3e9", "-1", "0". */
  function find(text: string): Thread | undefined {
    const match = /^(?:p(-?[0-9a-f]+))?\.?(-?[0-9a-f]+)?$/i.exec(text);
    if (!match) return undefined;
    const pid = match[1] === undefined ? -1 : word(match[1]), tid = match[2] === undefined ? -1 : word(match[2]);
    return threads().find((it) => (pid <= 0 || it.process.pid === pid) && (tid <= 0 || it.tid === tid));
  }

  const matches = (text: string, thread: Thread): boolean => {
    const match = /^(?:p(-?[0-9a-f]+)\.?)?(-?[0-9a-f]+)?$/i.exec(text);
    if (!match) return false;
    const pid = match[1] === undefined ? -1 : word(match[1]), tid = match[2] === undefined ? -1 : word(match[2]);
    return (pid <= 0 || thread.process.pid === pid) && (tid <= 0 || thread.tid === tid);
  };

  function stopReply(stop: Stop): string {
    if (stop.kind === "exit") {
      const { signal, code } = stop.status;
      const reply = signal === 0 ? `W${hex2(code)}` : `X${hex2(TO_GDB[signal] ?? 143)}`;
      return multiprocess ? `${reply};process:${stop.process.pid.toString(16)}` : reply;
    }
    return `T${hex2(TO_GDB[stop.signal] ?? 143)}${stop.reason}thread:${name(stop.thread)};`;
  }

  function stopped(stop: Stop): void {
    last = stop;
    if (stop.kind === "signal") general = stop.thread;
    else if (general?.process === stop.process) general = threads()[0];
    if (!running) return;
    running = false;
    packets.reply(stopReply(stop));
  }

  control.onStop = stopped;

  // -- going on -------------------------------------------------------------------------------------------------------------------------------

  function resume(action: (thread: Thread) => Action): void {
    running = true;
    control.resume(action);
  }

  /** vCont;s:p1.1;c and the like. */
  function vCont(text: string): string | undefined {
    const list = text.split(";").filter((it) => it !== "").map((item) => {
      const [what, who = ""] = item.split(":");
      const signal = what.length > 1 ? FROM_GDB.get(word(what.slice(1))) ?? 0 : 0;
      return { letter: what[0].toLowerCase(), who, signal };
    });
    if (list.length === 0 || list.some(({ letter }) => letter !== "c" && letter !== "s" && letter !== "t")) return BAD;
    if (list.every(({ letter }) => letter === "t")) {
      control.interrupt();
      return OK;
    }
    resume((thread) => {
      const item = list.find(({ who }) => who === "" || matches(who, thread));
      return item === undefined ? undefined : { kind: item.letter === "s" ? "step" : "continue", signal: item.signal };
    });
    return undefined;
  }

  /** c, s, C05, S05 without vCont: the thread that stopped, and all others with it. */
  function simple(data: string): string | undefined {
    const signal = data[0] === "C" || data[0] === "S" ? FROM_GDB.get(word(data.slice(1, 3))) ?? 0 : 0;
    const target = general;
    resume((thread) => (thread === target ? { kind: data[0].toLowerCase() === "s" ? "step" : "continue", signal } : { kind: "continue", signal: 0 }));
    return undefined;
  }

  // -- commands -------------------------------------------------------------------------------------------------------------------------------

  function handle(data: string): void {
    let reply: string | undefined;
    try {
      reply = answer(data);
    } catch (error) {
      kernel.log(`gdb: ${data.slice(0, 40)}: ${error instanceof Error ? error.message : String(error)}`);
      reply = BAD;
    }
    if (reply !== undefined && !done) packets.reply(reply);
  }

  /** The reply to a command; "" for one that is not known, undefined for one whose reply is the next stop. */
  function answer(data: string): string | undefined {
    switch (data[0]) {
      case "?": return last === undefined ? `T05thread:${general === undefined ? "0" : name(general)};` : stopReply(last);
      case "g": return general === undefined ? BAD : toHex(readRegisters(general));
      case "G": return withBytes(data.slice(1), (bytes) => general !== undefined && bytes.length >= REGISTER_BYTES && (writeRegisters(general, bytes), true));
      case "p": return general === undefined ? BAD : toHex(readRegister(general, word(data.slice(1))) ?? new Uint8Array(0)) || BAD;
      case "P": {
        const [number, value = ""] = data.slice(1).split("=");
        return withBytes(value, (bytes) => general !== undefined && writeRegister(general, word(number), bytes));
      }
      case "m": {
        const [address, length] = data.slice(1).split(",").map(word);
        const bytes = control.read(process(), address, Math.min(length, PACKET_SIZE / 2 - 8));
        return bytes.length === 0 && length > 0 ? BAD : toHex(bytes);
      }
      case "M": {
        const [where, value = ""] = data.slice(1).split(":");
        return withBytes(value, (bytes) => control.write(process(), word(where.split(",")[0]), bytes));
      }
      case "X": {
        const colon = data.indexOf(":");
        return control.write(process(), word(data.slice(1, colon).split(",")[0]), unescapeBinary(data.slice(colon + 1))) ? OK : BAD;
      }
      case "Z": case "z": return point(data);
      case "H": return choose(data);
      case "T": return find(data.slice(1)) === undefined ? BAD : OK;
      case "c": case "s": case "C": case "S": return simple(data);
      case "D": return detach(data);
      case "k": return ended();
      case "q": case "Q": return query(data);
      case "v": return verbose(data);
      default: return "";
    }
  }

  const withBytes = (text: string, action: (bytes: Uint8Array) => boolean): string => {
    const bytes = fromHex(text);
    return bytes !== undefined && action(bytes) ? OK : BAD;
  };

  function choose(data: string): string {
    if (data[1] !== "g" && data[1] !== "c") return "";
    const thread = find(data.slice(2));
    if (thread === undefined) return BAD;
    if (data[1] === "g") general = thread;
    return OK;
  }

  const WATCHES: Readonly<Record<string, WatchKind>> = { 2: "watch", 3: "rwatch", 4: "awatch" };

  function point(data: string): string {
    const on = data[0] === "Z", [kind, at, size] = data.slice(1).split(",");
    const address = word(at);
    if (kind === "0" || kind === "1") {
      if (on) return control.insert(process(), address) ? OK : BAD;
      control.remove(process(), address);
      return OK;
    }
    const watch = WATCHES[kind];
    return watch === undefined ? "" : control.watch(process(), watch, address, word(size), on) ? OK : BAD;
  }

  function detach(data: string): string {
    const pid = data.length > 2 ? word(data.slice(2)) : undefined;
    const which = [...control.tracked].find((it) => it.pid === (pid ?? main.pid));
    if (pid !== undefined && which === undefined) return BAD;
    if (which !== undefined && control.tracked.size > 1) {
      control.detach(which);
      if (general?.process === which) general = threads()[0];
      return OK;
    }
    packets.reply(OK);
    finish();
    return undefined as never;
  }

  function ended(): string | undefined {
    packets.reply(OK);
    done = true;
    kill();
    return undefined;
  }

  function finish(): void {
    if (done) return;
    done = true;
    files.closeAll();
    control.onStop = () => {};
    control.detachAll();
    end();
  }

  function query(data: string): string {
    if (data.startsWith("qSupported")) return supported(data);
    if (data.startsWith("qXfer:")) return transfer(data.slice(6));
    if (data.startsWith("QPassSignals:")) {
      control.passed = new Set(data.slice(13).split(";").map((it) => FROM_GDB.get(word(it)) ?? 0));
      return OK;
    }
    if (data.startsWith("QCatchSyscalls:")) {
      const [on, ...numbers] = data.slice(15).split(";");
      if (on !== "0" && on !== "1") return BAD;
      control.caught = on === "0" ? new Set() : numbers.length === 0 ? "all" : new Set(numbers.map(word));
      return OK;
    }
    if (data.startsWith("qThreadExtraInfo,")) {
      const thread = find(data.slice(17));
      return thread === undefined ? BAD : toHex(new TextEncoder().encode(`${thread.name}, ${thread.state}`));
    }
    if (data.startsWith("qAttached")) return process() === main ? "0" : "1";
    if (data.startsWith("qSymbol:")) return OK;
    switch (data) {
      case "QStartNoAckMode":
        packets.quiet();
        return OK;
      case "qC": return general === undefined ? BAD : `QC${name(general)}`;
      case "qfThreadInfo": return threads().length === 0 ? "l" : `m${threads().map(name).join(",")}`;
      case "qsThreadInfo": return "l";
      default: return "";
    }
  }

  function supported(data: string): string {
    const offered = new Set(data.slice(11).split(";"));
    multiprocess = offered.has("multiprocess+");
    control.events = { fork: offered.has("fork-events+"), vfork: offered.has("vfork-events+"), exec: offered.has("exec-events+") };
    const on = (feature: string) => (offered.has(`${feature}+`) ? [`${feature}+`] : []);
    return [
      `PacketSize=${PACKET_SIZE.toString(16)}`, "QStartNoAckMode+", "QPassSignals+", "QCatchSyscalls+", "qXfer:features:read+", "qXfer:auxv:read+", "qXfer:libraries-svr4:read+",
      "qXfer:exec-file:read+", "qXfer:threads:read+", "qXfer:siginfo:read+", "vContSupported+", ...["multiprocess", "swbreak", "fork-events", "vfork-events", "exec-events"].flatMap(on),
    ].join(";");
  }

  function transfer(text: string): string {
    const [object, operation, annex, range] = text.split(":");
    if (operation !== "read") return "";
    switch (object) {
      case "features": return annex === "target.xml" ? part(targetDescription(), range) : "E00";
      case "auxv": return part(latin1(process().auxv), range);
      case "libraries-svr4": return part(libraryList(process()), range);
      case "exec-file": {
        const which = annex === "" ? process() : [...control.tracked].find((it) => it.pid === word(annex));
        return which === undefined ? "E00" : part(which.exePath.startsWith("/") ? which.exePath : absolute(which), range);
      }
      case "threads":
        return part(`<?xml version="1.0"?><threads>${threads().map((it) => `<thread id="${name(it)}" name="${it.name.replaceAll(/[<>&"]/g, "?")}"/>`).join("")}</threads>`, range);
      case "siginfo":
        return last?.kind === "signal" && last.thread === general && last.pending !== undefined ? part(latin1(encodeSiginfo(last.pending)), range) : part(trapInfo(), range);
      default: return "";
    }
  }

  const trapInfo = () => {
    const view = new DataView(new ArrayBuffer(128));
    view.setInt32(0, 5, true);
    view.setInt32(8, 0x80, true);
    return latin1(new Uint8Array(view.buffer));
  };

  /** The program's path from the root. */
  function absolute(which: Process): string {
    const area = which.mm.areas.find((it) => it.file !== undefined && it.file.name.endsWith(which.exePath.slice(which.exePath.lastIndexOf("/") + 1)));
    return area?.file?.name ?? which.exePath;
  }

  function verbose(data: string): string | undefined {
    if (data === "vCont?") return "vCont;c;C;s;S;t";
    if (data.startsWith("vCont;")) return vCont(data.slice(6));
    if (data.startsWith("vFile:")) return files.request(data.slice(6));
    if (data.startsWith("vKill;")) {
      const which = [...control.tracked].find((it) => it.pid === word(data.slice(6)));
      if (which === undefined || control.tracked.size === 1) return ended();
      control.detach(which);
      if (general?.process === which) general = threads()[0];
      exitProcess(which, { code: 0, signal: SIG.KILL, core: false });
      return OK;
    }
    return "";
  }

  return {
    feed: (text) => packets.feed(text),
    closed: finish,
  };
}
