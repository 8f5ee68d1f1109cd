// One of two values without a jump: `select`. Conditional moves of the guest stand where its compiler saw no pattern to predict, and V8
// makes them conditional moves of the host; a jump there costs 15 cycles each second time.

import { Emission } from "./emission.ts";
import { I32, OP } from "./encode.ts";
import { type Kind, V } from "./kinds.ts";
import { T } from "./tokens.ts";

export abstract class Selects extends Emission {
  /** Index of the token behind an integer that takes nothing to read (a local or a literal), 0 when something else begins here. */
  protected behindAtom(at: number): number {
    const { texts, kinds } = this.tokens;
    if (kinds[at] === T.WORD) return this.locals.get(texts[at])?.kind === V.INT ? at + 1 : 0;
    if (kinds[at] === T.NUMBER) return Number.isInteger(Number(texts[at])) && Number(texts[at]) < 2 ** 31 ? at + 1 : 0;
    return texts[at] === "(" && texts[at + 1] === "-" && kinds[at + 2] === T.NUMBER && Number.isInteger(Number(texts[at + 2])) && texts[at + 3] === ")" ? at + 4 : 0;
  }

  private atom(): void {
    const word = this.take(), local = this.locals.get(word);
    if (local !== undefined) this.read(word, local);
    else if (word !== "(") this.i32(Number(word));
    else {
      this.i32(-Number(this.ahead(1)));
      this.at += 3;
    }
  }

  /** The arms of `condition ? atom : atom`, the condition being on the stack. */
  protected choose(condition: Kind): Kind {
    const { code } = this;
    if (this.ahead(0) === "1" && this.ahead(2) === "0") {
      this.at += 3;
      if (condition !== V.BOOL) for (let k = 0; k < 2; k++) code.byte(OP.i32Eqz);
      return V.BOOL;
    }
    const asked = this.allocate(I32);
    this.local(OP.localSet, asked);
    this.atom();
    this.expect(":");
    this.atom();
    this.local(OP.localGet, asked);
    code.byte(OP.select);
    this.free[I32].push(asked);
    this.literalEnd = -1;
    return V.INT;
  }

  /** Whether `{ name = atom; }` stands here, and the name is an integer's. */
  protected movesAtom(at: number): boolean {
    const { texts } = this.tokens;
    if (texts[at] !== "{" || texts[at + 2] !== "=" || this.locals.get(texts[at + 1])?.kind !== V.INT) return false;
    const end = this.behindAtom(at + 3);
    return end > 0 && texts[end] === ";" && texts[end + 1] === "}";
  }

  /** The rest of `if (condition) { name = atom; }`, the condition being on the stack. */
  protected move(): void {
    const asked = this.allocate(I32);
    this.local(OP.localSet, asked);
    this.expect("{");
    const name = this.take(), local = this.locals.get(name);
    this.expect("=");
    this.atom();
    this.expect(";");
    this.expect("}");
    if (local === undefined) return;
    this.read(name, local);
    this.local(OP.localGet, asked);
    this.code.byte(OP.select);
    this.local(OP.localSet, local.index);
    this.wrote(name);
    this.free[I32].push(asked);
  }
}
