// The guest's call stacks, sampled: a tree of frames with the time spent in each. Formats: profile.ts.

import { formatLocation, type Symbols } from "../kernel/symbols/symbols.ts";
import type { AddressSpace } from "../kernel/mm.ts";
import type { Process, Thread } from "../kernel/thread.ts";
import { MAX_FRAMES, type RowCache, walkStack } from "./walk.ts";

export interface Frame {
  readonly name: string;
  /** Guest path, "" for frames that are not code. */
  readonly file: string;
}

export interface StackNode {
  readonly id: number;
  readonly frame: Frame;
  readonly parent: StackNode | undefined;
  readonly children: Map<Frame, StackNode>;
  /** Milliseconds and samples with this frame innermost. */
  selfMs: number;
  hits: number;
}

export interface StackSample {
  readonly node: StackNode;
  /** Milliseconds from the start at which the sample was taken, and those that it stands for. */
  readonly at: number;
  readonly ms: number;
}

export interface Stacks {
  readonly root: StackNode;
  readonly samples: readonly StackSample[];
  /** Time has passed in a thread, `at` milliseconds from the start; in a system call when it is named. */
  passed(thread: Thread, ms: number, at: number, call?: string): void;
}

/** What is known of an address. */
interface Code {
  readonly frame: Frame;
  /** Where its function starts. */
  readonly start: number | undefined;
}

/** Milliseconds of guest time between two stacks. */
const INTERVAL = 1;

export function createStacks(symbols: Symbols): Stacks {
  const samples: StackSample[] = [];
  let nodes = 0;
  const makeNode = (frame: Frame, parent: StackNode | undefined): StackNode => ({ id: ++nodes, frame, parent, children: new Map(), selfMs: 0, hits: 0 });
  const root = makeNode({ name: "(root)", file: "" }, undefined);
  const frames = new Map<string, Frame>();
  const seen = new WeakMap<AddressSpace, Map<number, Code>>();
  const rows = new WeakMap<AddressSpace, RowCache>();
  let guest = 0;
  /** Time in system calls that were each too short for a stack of their own. */
  const calls = new Map<string, number>();

  function intern(name: string, file: string): Frame {
    const key = `${file}\n${name}`;
    let frame = frames.get(key);
    if (frame === undefined) frames.set(key, (frame = { name, file }));
    return frame;
  }

  function codeAt(process: Process, address: number): Code {
    let known = seen.get(process.mm);
    if (known === undefined) seen.set(process.mm, (known = new Map()));
    let code = known.get(address);
    if (code === undefined) {
      const place = symbols.symbolize(process, address);
      // one frame a function; code without a name is told apart by its file
      const file = place.file.replace(/^.*\//, "").replace(/^\[|\]$/g, "");
      const frame = intern(place.name || (file === "" ? formatLocation(place, address) : `[${file}]`), place.file);
      code = { frame, start: place.name !== "" && place.size > 0 ? place.start : undefined };
      known.set(address, code);
    }
    return code;
  }

  function record(thread: Thread, ms: number, at: number, leaf: Frame | undefined): void {
    const { process } = thread;
    let node = child(root, intern(process.exePath.replace(/^.*\//, ""), ""));
    let known = rows.get(process.mm);
    if (known === undefined) rows.set(process.mm, (known = new Map()));
    const addresses = walkStack(thread, (address) => codeAt(process, address).start, known);
    if (addresses.length >= MAX_FRAMES) node = child(node, intern("[deep stack]", ""));
    for (let k = addresses.length - 1; k >= 0; k--) {
      // a return address is behind the call: one byte back is in it
      const { frame, start } = codeAt(process, k === 0 ? addresses[k] : (addresses[k] - 1) >>> 0);
      // frames without names, one behind the other, say no more than one does
      if (start === undefined && node.frame === frame) continue;
      node = child(node, frame);
    }
    if (leaf !== undefined) node = child(node, leaf);
    node.selfMs += ms;
    node.hits++;
    samples.push({ node, at, ms });
  }

  function child(parent: StackNode, frame: Frame): StackNode {
    let node = parent.children.get(frame);
    if (node === undefined) parent.children.set(frame, (node = makeNode(frame, parent)));
    return node;
  }

  return {
    root, samples,
    passed(thread, ms, at, call) {
      if (call === undefined) {
        guest += ms;
        if (guest < INTERVAL) return;
        const whole = guest;
        guest = 0;
        record(thread, whole, at, undefined);
        return;
      }
      const whole = (calls.get(call) ?? 0) + ms;
      if (whole < INTERVAL) {
        calls.set(call, whole);
        return;
      }
      calls.set(call, 0);
      record(thread, whole, at, intern(`${call} [system call]`, ""));
    },
  };
}
