// --strace on the command line: the options of its lines, and where they go. Loaded when asked for.

import { createDescriber } from "../kernel/abi/linux-i386/trace/index.ts";
import type { SystemCall } from "../kernel/abi/syscall.ts";
import { createSymbols } from "../kernel/symbols/symbols.ts";
import type { Thread, Tracer } from "../kernel/thread.ts";
import { createTracer } from "../kernel/trace.ts";
import { FilterError, parseFilter, parseSignals, parseStatus } from "../kernel/trace-filter.ts";
import { unwind } from "../kernel/unwind.ts";
import { UsageError } from "./options.ts";
import type { CommandLine } from "./options.ts";

const DEFAULT_LIMIT = 32;
const BUFFERED = 65536;
/** Calls that may show something to the person: what was traced before comes first. */
const SHOWING = /^(write|writev|pwrite|sendfile|splice|ioctl|exec|exit|read$|poll|ppoll|select|_newselect|pselect)/;
const CLOCKS = ["t", "tt", "ttt", "r"] as const;

export interface StraceOutput {
  readonly tracer: Tracer;
  /** Writes what has been kept back; `waiting`: the program sleeps, so the call it sleeps in is shown too. */
  flush(waiting: boolean): void;
  /** A line of the log. */
  comment(text: string): void;
  /** Everything has ended. */
  finish(): void;
}

function parseTimes(text: string): { clock: "" | (typeof CLOCKS)[number]; spent: boolean } {
  let clock: "" | (typeof CLOCKS)[number] = "", spent = false;
  for (const item of text.split(",").filter((it) => it !== "")) {
    const known = CLOCKS.find((it) => it === item);
    if (item === "T") spent = true;
    else if (known !== undefined) clock = known;
    else throw new UsageError(`--strace-times ${text}: must be a list of t, tt, ttt, r and T`);
  }
  return { clock, spent };
}

/** What a set means; a wrong one is the person's mistake. */
function parsed<T>(option: string, parse: (text: string) => T, text: string): T {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof FilterError) throw new UsageError(`--${option}: ${error.message}`);
    throw error;
  }
}

/** The lines of -k: file, function and address of each frame. */
function stackLines(): (thread: Thread) => string {
  const symbols = createSymbols();
  return (thread) => unwind(thread, true).map(({ pc, by }) => {
    // the place of a call is in front of where it returns to
    const before = by === "signal" ? 0 : 1;
    const { name, offset, file, fileAddress } = symbols.symbolize(thread.process, pc - before);
    const place = name === "" ? "" : `${name}+0x${(offset + before).toString(16)}`;
    return ` > ${file === "" ? "" : `${file}(${place}) `}[0x${((file === "" ? pc : fileAddress + before) >>> 0).toString(16)}]\n`;
  }).join("");
}

/** Makes the tracer. Lines go to `write`; `toFile` says that this is a file and not what the person sees the program's output on. */
export function openStrace(line: CommandLine, calls: readonly (SystemCall | undefined)[], write: (text: string) => void, toFile: boolean): StraceOutput {
  const { values } = line;
  const { clock, spent } = parseTimes(values["strace-times"] ?? "");
  const summary = values["strace-summary"] === "also" ? "also" : values["strace-summary"] === undefined ? "" : "only";
  const wanted = parsed("strace", (text) => parseFilter(text, calls), values.strace ?? "all");
  const signals = values["strace-signals"] === undefined ? undefined : parsed("strace-signals", parseSignals, values["strace-signals"]);
  const status = values["strace-status"] === undefined ? undefined : parsed("strace-status", parseStatus, values["strace-status"]);
  let buffer = "";
  const flush = () => {
    if (buffer === "") return;
    const text = buffer;
    buffer = "";
    write(text);
  };
  const tracer = createTracer({
    describer: createDescriber(values["strace-strings"] === undefined ? DEFAULT_LIMIT : Number(values["strace-strings"]), values["strace-fds"] !== undefined),
    write(text) {
      buffer += text;
      if (buffer.length > BUFFERED) flush();
    },
    wanted, signals, status, stack: values["strace-stacks"] === undefined ? undefined : stackLines(), numbered: toFile, clock, spent, summary,
  });
  const showing = new Set(calls.filter((call) => call !== undefined && SHOWING.test(call.name)).map((call) => call?.number));
  return {
    tracer: toFile ? tracer : {
      ...tracer,
      before(thread, call, args) {
        if (buffer !== "" && showing.has(call.number)) flush();
        tracer.before(thread, call, args);
      },
    },
    flush(waiting) {
      if (waiting) tracer.showOpen();
      flush();
    },
    comment: tracer.comment,
    finish() {
      buffer += tracer.summary();
      flush();
    },
  };
}
