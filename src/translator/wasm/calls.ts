// Calls of block functions: what they are given (world.ts), and EIP, which is written for those only that want it.

import { HIDDEN } from "../../runtime/hidden.ts";
import { S } from "../../runtime/state.ts";
import type { Local } from "./emission.ts";
import { I32, OP } from "./encode.ts";
import { CODE, type Kind } from "./kinds.ts";
import { X87Words } from "./x87.ts";

export abstract class Calls extends X87Words {
  /** `TABLE(depth, expected, n)`, but for the call: of the function with that number in the table. */
  protected functionAt(): void {
    this.expect("TABLE");
    this.expect("(");
    for (let k = 0; k < 3; k++) {
      if (k > 0) this.expect(",");
      this.toInt(this.expression());
    }
    this.expect(")");
  }

  /** Writes EIP, when that has been put off. */
  protected writeHeld(): void {
    if (this.held === undefined) return;
    const { at } = this, { token, local } = this.held;
    this.i32(HIDDEN.STATE + 4 * S.EIP);
    if (local >= 0) this.local(OP.localGet, local);
    else {
      this.at = token;
      this.toInt(this.expression());
      this.at = at;
    }
    this.access(OP.i32Store, 2, 0);
  }

  /** Writes to the state what the function was given, for JavaScript. */
  protected writeGiven(): void {
    for (const [k, word] of [S.DEPTH, S.EXPECTED].entries()) {
      this.i32(HIDDEN.STATE + 4 * word);
      this.local(OP.localGet, k);
      this.access(OP.i32Store, 2, 0);
    }
  }

  /** Calls what a code stands for, which is on the stack. */
  private next(): Kind {
    this.giveOn(this.inner);
    return this.call("next", 3);
  }

  /** Calls what is at EIP: directly, when that is in the same module. */
  private callFound(): Kind {
    const { code } = this, { own } = this.around;
    if (own !== undefined) {
      const eip = this.allocate(I32), at = this.allocate(I32);
      code.byte(OP.block);
      code.byte(I32);
      this.depth++;
      const done = this.depth;
      this.open(OP.block);
      this.stateWord(S.EIP);
      this.local(OP.localSet, eip);
      this.find(eip, at);
      this.callOwn(OP.callIndirect, at, own, this.inner, () => this.local(OP.br, this.depth - done));
      this.local(OP.localGet, at);
      this.next();
      this.local(OP.br, this.depth - done);
      this.close();
      this.free[I32].push(eip, at);
    }
    this.i32(CODE.AT_EIP);
    const kind = this.next();
    if (own === undefined) return kind;
    code.byte(OP.end);
    this.depth--;
    return kind;
  }

  /** Calls what a code stands for: directly, when the code is from a link to a function of the same module. */
  protected callNext(local: Local): Kind {
    const { code } = this;
    const beside = local.link === undefined ? undefined : this.around.beside(local.link), again = local.loops !== this.loops;
    if (local.looked && !again) return this.callFound();
    if (beside !== undefined) {
      this.local(OP.localGet, local.index);
      this.i32(beside.place);
      code.byte(OP.i32Eq);
      this.hint(true);
      code.byte(OP.if);
      code.byte(I32);
      this.giveOn(this.inner);
      code.byte(OP.call);
      this.calls.push({ at: code.room32(), to: beside.number });
      code.byte(OP.else);
    }
    this.writeHeld();
    this.local(OP.localGet, local.index);
    const kind = this.next();
    if (beside !== undefined) code.byte(OP.end);
    this.held = undefined;
    if (again && this.inner !== undefined) {
      // from here on EIP is asked
      const result = this.allocate(I32);
      this.local(OP.localTee, result);
      this.i32(CODE.EXPECTED);
      code.byte(OP.i32Eq);
      this.open(OP.if);
      this.i32(HIDDEN.STATE + 4 * S.EIP);
      this.local(OP.localGet, this.inner[1]);
      this.access(OP.i32Store, 2, 0);
      this.close();
      this.local(OP.localGet, result);
      this.free[I32].push(result);
    }
    return kind;
  }
}
