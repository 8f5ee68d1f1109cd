// What is known at a place in the code that is being written: what registers hold, and which pages have been tested.

import { AccessGroups } from "./access-groups.ts";
import { Affines } from "./affines.ts";
import { Forwarding } from "./forwarding.ts";
import { type LoopOutput, type LoopPlan, LoopTests } from "./loop-tests.ts";

const ESP = 4;

export class Known {
  readonly affines = new Affines();
  readonly groups = new AccessGroups();
  readonly forwarding = new Forwarding();
  readonly tests: LoopTests;

  constructor(plan: LoopPlan | undefined) {
    this.tests = new LoopTests(plan);
  }

  /** A node begins; `alone`: only the one before leads there. */
  begin(node: number, alone: boolean): void {
    if (alone) this.keepStack();
    else this.forget();
    this.tests.begin(node, this.affines);
  }

  /** Other code has run, and come `back`, which has taken so many bytes off the stack. */
  leave(out: LoopOutput, back: number, popped = 0): void {
    this.tests.opaque(this.affines, popped, () => this.forget());
    this.tests.askAgain(out, back, this.affines);
  }

  private forget(): void {
    this.affines.forget();
    this.groups.endNode();
    this.forwarding.forget();
  }

  /** Names that stand for addresses and values are out of sight. */
  closed(): void {
    this.groups.endNode();
    this.forwarding.forget();
  }

  /**
   * A node begins that only the one before leads to. Of that all is forgotten but the stack: it can be stored to, so that a test of more than the way taken will touch costs nothing;
   * elsewhere that might be a page without the right, and a bail on each turn.
   */
  private keepStack(): void {
    this.groups.inherit(this.affines.symbolOf(ESP));
    this.affines.forget(ESP);
    this.forwarding.forget();
  }

  /** Writes code that stands on another way than what is written behind it. */
  aside(write: () => void): void {
    const { affines, groups, tests } = this, held = affines.save(), tested = groups.save(), node = tests.save();
    write();
    affines.restore(held);
    groups.restore(tested);
    this.forwarding.forget();
    tests.restore(node);
  }
}
