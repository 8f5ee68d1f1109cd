// What is known at a place in the code that is being written: what registers hold, and which pages have been tested.

import { AccessGroups } from "./access-groups.ts";
import { Affines } from "./affines.ts";
import { Forwarding } from "./forwarding.ts";

const ESP = 4;

export class Known {
  readonly affines = new Affines();
  readonly groups = new AccessGroups();
  readonly forwarding = new Forwarding();

  /** Other code may have run. */
  forget(): void {
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
  keepStack(): void {
    this.groups.inherit(this.affines.symbolOf(ESP));
    this.affines.forget(ESP);
    this.forwarding.forget();
  }

  /** Writes code that stands on another way than what is written behind it. */
  aside(write: () => void): void {
    const { affines, groups } = this, held = affines.save(), tested = groups.save();
    write();
    affines.restore(held);
    groups.restore(tested);
    this.forwarding.forget();
  }
}
