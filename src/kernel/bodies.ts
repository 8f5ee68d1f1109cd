// What is left of processes that have ended and can be used again: memory, empty; the CPU; and the engine with what it knows of the
// program's code (runtime/parking.ts), which most of the time is run again soon, by a shell or by make.
//
// Making a memory, and having the host commit its pages, costs more than clearing what a short-lived process has used. And nothing else
// gives memories back in time, because the host's garbage collector counts neither their size nor what of them is committed.

import type { Cpu } from "../runtime/cpu.ts";
import type { Engine } from "../runtime/engine.ts";
import { createMemory } from "../runtime/memory.ts";
import type { GuestMemory } from "../runtime/memory.ts";

export interface Body {
  readonly memory: GuestMemory;
  /** They belong to the memory, and know the program's code; undefined where that is not kept. */
  readonly equipment: { readonly cpu: Cpu; readonly engine: Engine } | undefined;
  readonly program: string;
}

/** Those at hand in one machine: processors are alike, and engines have the same options. The one used last stands at the end. */
export type Bodies = Body[];

/** Before the first program. */
export const NOBODY: Body = { memory: undefined as never, equipment: undefined, program: "" };

const MAX_IDLE = 64;
/** Bodies that keep an engine, with some megabytes of decoded and translated code each. */
const MAX_ENGINES = 16;
/** Up to here, a program that is new gets a new memory: those at hand know other programs. */
const ENOUGH = 8;

/** A body that has run this program, if there is one. */
export function takeBody(idle: Bodies, program: string): Body {
  const same = idle.findLastIndex((it) => it.program === program);
  if (same >= 0) {
    const [body] = idle.splice(same, 1);
    body.equipment?.cpu.renew();
    return body;
  }
  const blank = idle.findLastIndex((it) => it.equipment === undefined);
  const at = blank >= 0 ? blank : idle.length < ENOUGH ? -1 : 0;
  if (at < 0) return { memory: createMemory(), equipment: undefined, program };
  return { ...strip(idle.splice(at, 1)[0]), program };
}

export function putBody(idle: Bodies, body: Body): void {
  if (idle.length >= MAX_IDLE) return;
  idle.push(body);
  if (idle.length <= MAX_ENGINES) return;
  const equipped = idle.filter((it) => it.equipment !== undefined);
  if (equipped.length > MAX_ENGINES) idle[idle.indexOf(equipped[0])] = strip(equipped[0]);
}

function strip(body: Body): Body {
  body.memory.onCodeWrite = () => {};
  return { ...body, equipment: undefined };
}
