// --strace: lines for system calls and signals as they happen, in the form of strace(1). What a call looks like is the personality's (Describer);
// here is when a line is written: threads interrupt each other's lines, a sleeping call's line is finished when it wakes, times, the summary.

import type { SystemCall } from "./abi/syscall.ts";
import { NO_RESULT } from "./abi/syscall.ts";
import { SIG, signalName } from "./signal.ts";
import type { PendingSignal } from "./signal.ts";
import type { ExitStatus, Kernel, Thread, Tracer } from "./thread.ts";

/** A call whose beginning has been described: its name, and the arguments known before it runs. */
export interface OpenCall {
  readonly name: string;
  readonly text: string;
}

/** How a call ended, for -e status=. */
export type CallStatus = "successful" | "failed" | "unfinished";

export interface Describer {
  enter(thread: Thread, call: SystemCall, args: readonly number[]): OpenCall;
  /** The arguments known now, and the result. */
  leave(open: OpenCall, result: number): { readonly rest: string; readonly result: string };
  unknown(thread: Thread, number: number): string;
  /** The arguments of the execve that would have started the first program. */
  program(thread: Thread, path: string, args: readonly string[], env: readonly string[]): string;
  /** The call is made inside the vDSO: on real systems it would be no call. */
  hidden(thread: Thread, call: SystemCall): boolean;
  /** siginfo. */
  signal(pending: PendingSignal): string;
}

export interface TracerOptions {
  readonly describer: Describer;
  readonly write: (text: string) => void;
  readonly wanted?: (call: SystemCall) => boolean;
  /** -e signal=: which signals are shown. */
  readonly signals?: (signal: number) => boolean;
  /** -e status=: which calls are shown, by how they end. Then each is written when it has ended. */
  readonly status?: (status: CallStatus) => boolean;
  /** -k: lines that tell the call stack of a thread that makes a call, put behind its line. */
  readonly stack?: (thread: Thread) => string;
  /** Every line begins with the thread's number; otherwise only while there are several. */
  readonly numbered?: boolean;
  /** -t, -tt, -ttt, -r, or none of them. */
  readonly clock?: "" | "t" | "tt" | "ttt" | "r";
  /** -T: time spent in each call. */
  readonly spent?: boolean;
  /** -c: a table at the end instead of lines; "also": lines and the table. */
  readonly summary?: "" | "only" | "also";
}

/** A call in progress. */
interface Entry {
  readonly call: SystemCall;
  readonly open: OpenCall;
  readonly started: number;
  /** What its line begins with: who and when. */
  readonly lead: string;
  /** What of it stands in the output: nothing, the beginning of its line, or a line that says "unfinished". */
  shown: "nothing" | "beginning" | "unfinished";
  /** Width of the beginning. */
  column: number;
  readonly stack: string;
}

/** Where the result begins in a line. */
const RESULT_COLUMN = 40;

export interface CallTracer extends Tracer {
  /** Brings the beginning of a sleeping call's line out, for whoever looks at a program that waits. */
  showOpen(): void;
  /** A line of another kind. */
  comment(text: string): void;
  /** The table of -c, or "". */
  summary(): string;
}

const isKilled = (thread: Thread): boolean => [...thread.pending, ...thread.process.pending].some(({ signal }) => signal === SIG.KILL);

/** Makes a tracer. */
export function createTracer(options: TracerOptions): CallTracer {
  const { describer, write } = options;
  const wanted = options.wanted ?? (() => true);
  const verdicts = new Map<SystemCall, boolean>();
  const entries = new Map<Thread, Entry>();
  const known = new Set<Thread>();
  const ignored = new Map<Thread, PendingSignal[]>();
  const quiet = options.summary === "only";
  const counts = options.summary ? createCounts() : undefined;
  const { status } = options;
  const timed = options.spent === true || counts !== undefined;
  /** Whose call is the last in the output and not finished. */
  let current: Thread | undefined;
  let last = -1;

  const isWanted = (call: SystemCall): boolean => {
    let verdict = verdicts.get(call);
    if (verdict === undefined) verdicts.set(call, (verdict = wanted(call)));
    return verdict;
  };

  function leader(thread: Thread): string {
    const number = options.numbered === true ? `${String(thread.tid).padEnd(5)} ` : thread.kernel.threads.size > 1 ? `[pid ${String(thread.tid).padStart(5)}] ` : "";
    return options.clock ? number + time(thread.kernel) : number;
  }

  function time(kernel: Kernel): string {
    const { seconds, nanoseconds } = kernel.clock.realtime();
    const micro = String(Math.floor(nanoseconds / 1000)).padStart(6, "0");
    if (options.clock === "r") {
      const now = kernel.clock.monotonic();
      const passed = last < 0 ? 0 : Math.floor((now - last) / 1000);
      last = now;
      return `${String(Math.floor(passed / 1e6)).padStart(6)}.${String(passed % 1e6).padStart(6, "0")} `;
    }
    if (options.clock === "ttt") return `${seconds}.${micro} `;
    const date = new Date(seconds * 1000);
    const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
    return options.clock === "tt" ? `${clock}.${micro} ` : `${clock} `;
  }

  /** Ends the line of a call that another thread's line comes after. */
  function interrupt(by: Thread): void {
    if (current === undefined) return;
    const entry = entries.get(current);
    if (current === by && entry?.shown !== "beginning") return;
    if (entry !== undefined && status === undefined) {
      write(entry.shown === "beginning" ? " <unfinished ...>\n" : `${entry.lead}${entry.open.name}(${entry.open.text} <unfinished ...>\n`);
      entry.shown = "unfinished";
    }
    current = undefined;
  }

  function line(thread: Thread, text: string): void {
    if (quiet) return;
    note(thread);
    interrupt(thread);
    write(`${leader(thread)}${text}\n`);
  }

  function note(thread: Thread): void {
    if (known.has(thread)) return;
    if (known.size > 0 && options.numbered !== true && !quiet) {
      interrupt(thread);
      write(`strace: Process ${thread.tid} attached\n`);
    }
    known.add(thread);
  }

  function showIgnored(thread: Thread): void {
    const list = ignored.get(thread);
    if (list === undefined) return;
    ignored.delete(thread);
    for (const pending of list) showSignal(thread, pending);
  }

  function showSignal(thread: Thread, pending: PendingSignal): void {
    if (pending.signal === SIG.KILL) return; // nobody sees it coming
    if (options.signals?.(pending.signal) === false) return;
    line(thread, `--- ${signalName(pending.signal)} ${describer.signal(pending)} ---`);
  }

  function finish(thread: Thread, entry: Entry, rest: string, result: string, how: CallStatus): void {
    if (status?.(how) === false) {
      if (current === thread) current = undefined;
      return;
    }
    let text: string;
    if (entry.shown === "beginning") text = `${rest}) `;
    else {
      if (current !== thread) interrupt(thread);
      text = entry.shown === "unfinished" ? `${leader(thread)}<... ${entry.open.name} resumed>${rest}) ` : `${entry.lead}${entry.open.name}(${entry.open.text}${rest}) `;
    }
    const width = RESULT_COLUMN - entry.column;
    const spent = options.spent === true && result !== "?" ? ` <${((thread.kernel.clock.monotonic() - entry.started) / 1e9).toFixed(6)}>` : "";
    write(`${text.length < width ? text.padEnd(width) : text}= ${result}${spent}\n${entry.stack}`);
    if (current === thread) current = undefined;
  }

  return {
    before(thread, call, args) {
      if (!known.has(thread)) note(thread);
      if (ignored.size > 0) showIgnored(thread);
      if (!isWanted(call) || describer.hidden(thread, call)) return;
      const entry: Entry = {
        call, open: describer.enter(thread, call, args), started: timed ? thread.kernel.clock.monotonic() : 0, lead: quiet ? "" : leader(thread), shown: "nothing", column: 0,
        stack: quiet || options.stack === undefined ? "" : options.stack(thread),
      };
      if (quiet) {
        if (call.result === "none") counts?.add(call.name, 0, false);
        else entries.set(thread, entry);
        return;
      }
      interrupt(thread);
      if (call.result === "none") {
        finish(thread, entry, "", "?", "unfinished");
        counts?.add(call.name, 0, false);
        return;
      }
      entries.set(thread, entry);
      current = thread;
    },
    after(thread, call, _args, result) {
      const entry = entries.get(thread);
      if (entry !== undefined) {
        // execve that has worked, and sigreturn, leave the registers as they are to be
        const value = result !== NO_RESULT ? result : call.name.startsWith("exec") ? 0 : thread.cpu.regs[0];
        counts?.add(entry.open.name, thread.kernel.clock.monotonic() - entry.started, value < 0 && value > -4096);
        if (!quiet) {
          const { rest, result: text } = describer.leave(entry.open, value);
          const killed = call.name.endsWith("kill") && isKilled(thread);
          finish(thread, entry, rest, killed ? "?" : text, killed ? "unfinished" : value < 0 && value > -4096 ? "failed" : "successful");
        }
        entries.delete(thread);
      }
      if (ignored.size > 0) showIgnored(thread);
    },
    unknown(thread, number) {
      note(thread);
      if (status?.("failed") !== false) line(thread, `${describer.unknown(thread, number)} = -1 ENOSYS (Function not implemented)`);
    },
    signal: showSignal,
    ignored(thread, pending) {
      const list = ignored.get(thread);
      if (list === undefined) ignored.set(thread, [pending]);
      else list.push(pending);
    },
    stopped(thread, signal) {
      if (options.signals?.(signal) !== false) line(thread, `--- stopped by ${signalName(signal)} ---`);
    },
    exited(thread, status: ExitStatus) {
      const entry = entries.get(thread);
      if (entry !== undefined && !quiet) finish(thread, entry, "", "?", "unfinished");
      entries.delete(thread);
      ignored.delete(thread);
      line(thread, status.signal === 0 ? `+++ exited with ${status.code} +++` : `+++ killed by ${signalName(status.signal)}${status.core ? " (core dumped)" : ""} +++`);
      known.delete(thread);
    },
    started(thread, path, args, env) {
      // the first program is started by no call: it looks as if execve had been called with the same
      note(thread);
      const call = thread.process.abi.calls.find((it) => it?.name === "execve");
      if (quiet || (call !== undefined && !isWanted(call)) || status?.("successful") === false) return;
      const text = `${leader(thread)}execve(${describer.program(thread, path, args, env)}) `;
      write(`${text.padEnd(RESULT_COLUMN)}= 0\n`);
    },
    interrupted: (thread) => {
      const number = thread.callNumber;
      return thread.process.abi.calls[number]?.name;
    },
    showOpen() {
      const entry = current === undefined ? undefined : entries.get(current);
      if (current === undefined || entry === undefined || entry.shown !== "nothing" || status !== undefined) return;
      const text = `${entry.lead}${entry.open.name}(${entry.open.text}`;
      write(text);
      entry.shown = "beginning";
      entry.column = text.length;
    },
    comment(text) {
      const entry = current === undefined ? undefined : entries.get(current);
      if (entry?.shown === "beginning") {
        write(" <unfinished ...>\n");
        entry.shown = "unfinished";
        current = undefined;
      }
      write(`${text}\n`);
    },
    summary: () => counts?.table() ?? "",
  };
}

interface Count {
  calls: number;
  errors: number;
  time: number;
}

/** The table of `strace -c`. */
function createCounts() {
  const byName = new Map<string, Count>();
  return {
    add(name: string, nanoseconds: number, error: boolean): void {
      const count = byName.get(name) ?? { calls: 0, errors: 0, time: 0 };
      count.calls++;
      count.time += nanoseconds;
      if (error) count.errors++;
      byName.set(name, count);
    },
    table(): string {
      const rule = "------ ----------- ----------- --------- --------- ----------------\n";
      const total: Count = { calls: 0, errors: 0, time: 0 };
      for (const count of byName.values()) {
        total.calls += count.calls;
        total.errors += count.errors;
        total.time += count.time;
      }
      const row = (name: string, { calls, errors, time }: Count) => {
        const share = total.time === 0 ? 0 : (100 * time) / total.time;
        const each = calls === 0 ? 0 : Math.floor(time / 1000 / calls);
        const cells = [share.toFixed(2).padStart(6), (time / 1e9).toFixed(6).padStart(11), String(each).padStart(11), String(calls).padStart(9), (errors === 0 ? "" : String(errors)).padStart(9)];
        return `${cells.join(" ")} ${name}
`;
      };
      const rows = [...byName].toSorted(([a, x], [b, y]) => y.time - x.time || y.calls - x.calls || (a < b ? -1 : 1)).map(([name, count]) => row(name, count));
      return `% time     seconds  usecs/call     calls    errors syscall\n${rule}${rows.join("")}${rule}${row("total", total)}`;
    },
  };
}

