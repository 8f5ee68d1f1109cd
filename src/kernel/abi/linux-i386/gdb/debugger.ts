// What a debugger does to a running machine: stops everything, breakpoints, watchpoints, single steps, signals that are shown before they are
// delivered, and events of fork, exec and exit. The scheduler asks it at the points of its loop; the protocol that a person's gdb speaks is stub.ts.
//
// A breakpoint is an INT3 in guest memory, hidden from readers. A watched page loses its rights while guest code runs, so that every access to it
// faults; the instruction is then stepped over with the rights back, and the watched bytes are looked at. Everything stops and goes on together.

import { F } from "../../../../decoder/instruction.ts";
import type { Exit } from "../../../../runtime/engine.ts";
import { S } from "../../../../runtime/state.ts";
import type { AddressSpace } from "../../../mm.ts";
import { findArea } from "../../../mm.ts";
import { signalThread, updatePending } from "../../../signal.ts";
import type { PendingSignal } from "../../../signal.ts";
import type { Debugger, ExitStatus, Kernel, Process, Thread } from "../../../thread.ts";

const INT3 = 0xcc, PUSHF = 0x9c;
const [DEBUG, BREAKPOINT, PAGE_FAULT] = [1, 3, 14];
const WRITE_FAULT = 2, FETCH_FAULT = 16;
const PAGE = 4096;
const TRAP = 5;
/** An access touches at most this many bytes from where it faults. */
const WIDEST = 16;

/** Why everything has stopped. */
export type Stop =
  | { readonly kind: "signal"; readonly thread: Thread; readonly signal: number; readonly reason: string; readonly pending?: PendingSignal }
  | { readonly kind: "exit"; readonly process: Process; readonly status: ExitStatus };

export type WatchKind = "watch" | "rwatch" | "awatch";

interface Watch {
  readonly mm: AddressSpace;
  readonly kind: WatchKind;
  readonly address: number;
  readonly length: number;
}

/** What a thread is to do when all go on. */
export type Action = { readonly kind: "continue" | "step"; readonly signal: number } | undefined;

export interface Control extends Debugger {
  /** Processes under control; others run as if there were no debugger. */
  readonly tracked: Set<Process>;
  /** Told of each stop. */
  onStop: (stop: Stop) => void;
  /** Signals that are delivered without a stop. */
  passed: ReadonlySet<number>;
  /** Events of fork, vfork and exec that whoever debugs wants to see. */
  events: { fork: boolean; vfork: boolean; exec: boolean };
  /** System calls that stop when they are made and when they return: their numbers, or all. */
  caught: ReadonlySet<number> | "all";
  readonly stopped: boolean;
  /** Stops everything soon. */
  interrupt(): void;
  /** Lets everything go on; `action` says what each thread is to do, undefined keeps it where it is. */
  resume(action: (thread: Thread) => Action): void;
  insert(process: Process, address: number): boolean;
  remove(process: Process, address: number): void;
  watch(process: Process, kind: WatchKind, address: number, length: number, on: boolean): boolean;
  read(process: Process, address: number, length: number): Uint8Array;
  write(process: Process, address: number, bytes: Uint8Array): boolean;
  /** Lets go of a process. */
  detach(process: Process): void;
  detachAll(): void;
}

/** Makes a debugger that has stopped `first`, and waits. */
export function createControl(kernel: Kernel, first: Process): Control {
  const tracked = new Set<Process>([first]);
  const breakpoints = new Map<AddressSpace, Map<number, number>>();
  let watches: Watch[] = [];
  const stepping = new Set<Thread>();
  /** Steps that ended in a call that sleeps. */
  const stepped = new Set<Thread>();
  /** Calls that have been shown and not made yet, and the numbers of those that have been made and not been shown. */
  const calling = new Map<Thread, { readonly exit: Exit; readonly eip: number; readonly esp: number }>();
  const returning = new Map<Thread, number>();
  const held: Thread[] = [];
  const approved = new Set<PendingSignal>();
  /** What a stop has shown of a thread, and has not been decided about. */
  const shown = new Map<Thread, PendingSignal>();
  let actions: ((thread: Thread) => Action) | undefined;
  let open: (() => void) | undefined;
  let gate: Promise<void> | undefined;
  let interrupted = false;
  let pendingEvent: { readonly process: Process; readonly reason: string } | undefined;
  let before: Uint8Array[] = [];

  const close = () => {
    gate ??= new Promise((resolve) => (open = resolve));
  };

  function stop(thread: Thread, reason: string, signal = TRAP, pending?: PendingSignal): void {
    if (gate !== undefined) {
      // somebody else was first: this one is told next time
      if (signal === TRAP && pending === undefined) stepped.add(thread);
      return;
    }
    stepping.clear();
    close();
    control.onStop({ kind: "signal", thread, signal, reason, pending });
  }

  const here = (thread: Thread) => watches.filter((it) => it.mm === thread.process.mm);
  const pages = (list: readonly Watch[]) => new Set(list.flatMap(({ address, length }) => [address - (address % PAGE), address + length - 1 - ((address + length - 1) % PAGE)]));

  function guard(thread: Thread, on: boolean): void {
    for (const page of pages(here(thread))) {
      const area = findArea(thread.process.mm, page);
      if (area !== undefined) thread.memory.protect(page, PAGE, on ? 0 : area.prot);
    }
  }

  const look = (thread: Thread) => here(thread).map((it) => new Uint8Array(thread.memory.subarray(it.address, it.length)));
  const changed = (thread: Thread, old: readonly Uint8Array[]) =>
    here(thread).find((it, i) => it.kind !== "rwatch" && old[i]?.some((byte, k) => byte !== thread.memory.u8[it.address + k]));

  /** Executes one instruction with TF set. */
  function single(thread: Thread): Exit {
    const { state } = thread.cpu;
    const own = state[S.SYSTEM_FLAGS] & F.TF;
    const pushes = thread.memory.u8[state[S.EIP] >>> 0] === PUSHF;
    state[S.SYSTEM_FLAGS] |= F.TF;
    const exit = thread.engine.run(1_000_000);
    if (own === 0) {
      state[S.SYSTEM_FLAGS] &= ~F.TF;
      if (pushes) thread.memory.storeU32(thread.cpu.regs[4] >>> 0, (thread.memory.loadU32(thread.cpu.regs[4] >>> 0) ?? 0) & ~F.TF);
    }
    return exit;
  }

  /** An access to a watched page: true when the instruction has been executed, and perhaps reported. */
  function watched(thread: Thread, address: number, code: number): boolean {
    const page = address - (address % PAGE);
    if (!pages(here(thread)).has(page)) return false;
    const area = findArea(thread.process.mm, address);
    const write = (code & WRITE_FAULT) !== 0;
    if (area === undefined || (area.prot & (write ? 2 : 7)) === 0) return false;
    const old = look(thread);
    const eip = thread.cpu.eip >>> 0;
    const exit = single(thread);
    const value = changed(thread, old);
    const reads = address === eip ? undefined : here(thread).find((it) => it.kind !== "watch" && address < it.address + it.length && address + WIDEST > it.address && overlaps(it, address));
    const hit = value ?? reads;
    if (hit !== undefined) stop(thread, `${hit.kind}:${hit.address.toString(16)};`);
    if (exit.kind === "fault" && exit.vector === DEBUG) return true;
    return exit.kind === "budget";
  }

  function event(thread: Thread): boolean {
    if (pendingEvent?.process !== thread.process) return false;
    const { reason } = pendingEvent;
    pendingEvent = undefined;
    stop(thread, reason);
    return true;
  }

  const isCaught = (call: number) => control.caught === "all" || control.caught.has(call);
  const overlaps = (it: Watch, address: number) => address >= it.address - 3 && address < it.address + it.length;

  const table = (mm: AddressSpace) => {
    const known = breakpoints.get(mm) ?? new Map<number, number>();
    breakpoints.set(mm, known);
    return known;
  };

  function clear(process: Process): void {
    const known = breakpoints.get(process.mm);
    if (known === undefined || [...tracked].some((it) => it !== process && it.mm === process.mm)) return;
    for (const [address, byte] of known) if (process.mm.memory.u8[address] === INT3) process.mm.memory.poke(address, Uint8Array.of(byte));
    breakpoints.delete(process.mm);
    watches = watches.filter((it) => it.mm !== process.mm);
  }

  const control: Control = {
    tracked, onStop: () => {}, passed: new Set(), caught: new Set(), events: { fork: false, vfork: false, exec: false },
    get stopped() {
      return gate !== undefined;
    },

    // -- asked by the scheduler ---------------------------------------------------------------------------------------------------------------
    gate() {
      if (interrupted && gate === undefined) {
        interrupted = false;
        const thread = [...tracked].flatMap((process) => process.threads)[0];
        if (thread !== undefined) stop(thread, "", 2);
      }
      return gate;
    },
    mayRun(thread) {
      if (!tracked.has(thread.process) || actions === undefined || actions(thread) !== undefined) return true;
      held.push(thread);
      return false;
    },
    before(thread) {
      if (gate !== undefined) return false;
      if (!tracked.has(thread.process)) return true;
      if (event(thread)) return false;
      if (stepped.delete(thread)) {
        stop(thread, "");
        return false;
      }
      const made = returning.get(thread);
      if (made !== undefined) {
        returning.delete(thread);
        if (isCaught(made)) {
          stepping.delete(thread);
          stop(thread, `syscall_return:${made.toString(16)};`);
          return false;
        }
      }
      if (watches.length > 0) guard(thread, true);
      return true;
    },
    run(thread, budget) {
      // the call goes on unless gdb has sent the thread elsewhere, where other calls may be made at the same place; it does when the thread is back
      const call = calling.size === 0 ? undefined : calling.get(thread);
      if (call !== undefined && call.eip === thread.cpu.eip && call.esp === thread.cpu.regs[4]) {
        calling.delete(thread);
        returning.set(thread, thread.process.abi.callNumber(thread.cpu));
        return call.exit;
      }
      return stepping.has(thread) ? single(thread) : thread.engine.run(budget);
    },
    exit(thread, exit) {
      if (!tracked.has(thread.process)) return false;
      if (watches.length > 0) guard(thread, false);
      if (exit.kind === "fault") {
        if (exit.vector === DEBUG && stepping.has(thread)) {
          stop(thread, "");
          return true;
        }
        if (exit.vector === BREAKPOINT && breakpoints.get(thread.process.mm)?.has((thread.cpu.eip - 1) >>> 0)) {
          thread.cpu.eip = (thread.cpu.eip - 1) | 0;
          stop(thread, "swbreak:;");
          return true;
        }
        // gdb lets functions that it calls return to a breakpoint on the stack, which may not be executed
        if (exit.vector === PAGE_FAULT && (exit.code & FETCH_FAULT) !== 0 && breakpoints.get(thread.process.mm)?.has(thread.cpu.eip >>> 0)) {
          stop(thread, "swbreak:;");
          return true;
        }
        if (exit.vector === PAGE_FAULT && watches.length > 0 && watched(thread, exit.address >>> 0, exit.code)) {
          if (stepping.has(thread)) stop(thread, "");
          return true;
        }
      }
      if (exit.kind !== "syscall" && exit.kind !== "sysenter") return false;
      if (!returning.has(thread) && isCaught(thread.process.abi.callNumber(thread.cpu))) {
        calling.set(thread, { exit, eip: thread.cpu.eip, esp: thread.cpu.regs[4] });
        stepping.delete(thread);
        stop(thread, `syscall_entry:${thread.process.abi.callNumber(thread.cpu).toString(16)};`);
        return true;
      }
      if (watches.length > 0) before = look(thread);
      return false;
    },
    called(thread) {
      if (!tracked.has(thread.process) || thread.state === "dead") return;
      if (event(thread)) return;
      const hit = watches.length > 0 ? changed(thread, before) : undefined;
      if (hit !== undefined) stop(thread, `${hit.kind}:${hit.address.toString(16)};`);
      else if (stepping.delete(thread)) {
        if (thread.state === "running") stop(thread, "");
        else stepped.add(thread);
      }
    },
    signal(thread, pending) {
      if (!tracked.has(thread.process) || pending.signal === 9 || approved.delete(pending) || control.passed.has(pending.signal)) return true;
      if (gate === undefined) {
        shown.set(thread, pending);
        stop(thread, "", pending.signal, pending);
      } else {
        thread.pending.unshift(pending);
        thread.signalPending = true;
      }
      return false;
    },
    forked(parent, child, vfork) {
      if (!tracked.has(parent)) return;
      const shared = child.mm === parent.mm;
      if (!shared) breakpoints.set(child.mm, new Map(table(parent.mm)));
      if (vfork ? control.events.vfork : control.events.fork) {
        tracked.add(child);
        pendingEvent = { process: parent, reason: `${vfork ? "vfork" : "fork"}:p${child.pid.toString(16)}.${child.pid.toString(16)};` };
      } else if (!shared) {
        tracked.add(child);
        control.detach(child);
      }
    },
    vforkDone(parent) {
      if (tracked.has(parent) && control.events.vfork && parent.threads.length > 0) pendingVforkDone(parent.threads[0]);
    },
    executed(thread) {
      if (tracked.has(thread.process) && control.events.exec) {
        const name = [...new TextEncoder().encode(thread.process.exePath)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
        pendingEvent = { process: thread.process, reason: `exec:${name};` };
      }
    },
    exited(process, status) {
      for (const thread of [...calling.keys(), ...returning.keys()]) {
        if (thread.process !== process) continue;
        calling.delete(thread);
        returning.delete(thread);
      }
      if (!tracked.delete(process)) return;
      breakpoints.delete(process.mm);
      watches = watches.filter((it) => it.mm !== process.mm);
      if (tracked.size > 0) close();
      control.onStop({ kind: "exit", process, status });
    },

    // -- asked by whoever debugs --------------------------------------------------------------------------------------------------------------
    interrupt() {
      interrupted = true;
      kernel.notify();
    },
    resume(action) {
      actions = action;
      stepping.clear();
      for (const process of tracked) {
        for (const thread of process.threads) {
          const what = action(thread);
          if (what?.kind === "step") stepping.add(thread);
          if (what !== undefined && what.signal !== 0) deliver(thread, what.signal);
        }
      }
      shown.clear();
      kernel.runnable.push(...held.splice(0));
      gate = undefined;
      open?.();
      kernel.notify();
    },
    insert(process, address) {
      const known = table(process.mm);
      if (known.has(address)) return true;
      if (!process.mm.memory.isMapped(address >>> 12)) return false;
      known.set(address, process.mm.memory.u8[address]);
      process.mm.memory.poke(address, Uint8Array.of(INT3));
      return true;
    },
    remove(process, address) {
      const known = table(process.mm);
      const byte = known.get(address);
      if (byte === undefined) return;
      known.delete(address);
      if (process.mm.memory.isMapped(address >>> 12)) process.mm.memory.poke(address, Uint8Array.of(byte));
    },
    watch(process, kind, address, length, on) {
      const { mm } = process;
      watches = watches.filter((it) => !(it.mm === mm && it.kind === kind && it.address === address && it.length === length));
      if (!on) return true;
      if (length < 1 || length > PAGE || findArea(mm, address) === undefined || findArea(mm, address + length - 1) === undefined) return false;
      watches.push({ mm, kind, address, length });
      return true;
    },
    read(process, address, length) {
      const { memory } = process.mm;
      let end = address;
      while (end < address + length && end < 2 ** 32 && memory.isMapped(end >>> 12)) end = Math.min(end - (end % PAGE) + PAGE, address + length);
      const bytes = new Uint8Array(memory.subarray(address, end - address));
      for (const [at, byte] of breakpoints.get(process.mm) ?? []) if (at >= address && at < end) bytes[at - address] = byte;
      return bytes;
    },
    write(process, address, bytes) {
      const { memory } = process.mm;
      for (let at = address; at < address + bytes.length; at += PAGE - (at % PAGE)) if (!memory.isMapped(at >>> 12)) return false;
      memory.poke(address, bytes);
      const known = breakpoints.get(process.mm);
      for (const at of known?.keys() ?? []) {
        if (at < address || at >= address + bytes.length) continue;
        known?.set(at, bytes[at - address]);
        memory.poke(at, Uint8Array.of(INT3));
      }
      return true;
    },
    detach(process) {
      clear(process);
      tracked.delete(process);
    },
    detachAll() {
      control.caught = new Set();
      returning.clear();
      for (const process of [...tracked]) control.detach(process);
      control.resume(() => ({ kind: "continue", signal: 0 }));
    },
  };

  /** The parent of a vfork goes on: told as an event of its own. */
  function pendingVforkDone(thread: Thread): void {
    pendingEvent = { process: thread.process, reason: "vforkdone:;" };
  }

  /** A signal that has been shown goes on its way; another one in its place is sent. */
  function deliver(thread: Thread, signal: number): void {
    const known = shown.get(thread);
    if (known?.signal === signal) {
      thread.pending.unshift(known);
      updatePending(thread);
    } else signalThread(thread, signal, { code: 0 });
    const pending = thread.pending.find((it) => it.signal === signal);
    if (pending !== undefined) approved.add(pending);
  }

  close();
  return control;
}
