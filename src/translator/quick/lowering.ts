// Lowers the text of a quick function (text.ts): as wasm/lower.ts, with words that read the instruction's record. The one parameter, `p`, is the record's address.

import { HIDDEN } from "../../runtime/hidden.ts";
import { S } from "../../runtime/state.ts";
import { type FunctionBody, I32, OP } from "../wasm/encode.ts";
import { type Kind, type Surroundings, unsupported, V } from "../wasm/kinds.ts";
import { Lowering } from "../wasm/lower.ts";
import { tokenize } from "../wasm/tokens.ts";
import { AT, RECORD } from "./records.ts";

const LOAD_8_U = 0x2d, LOAD_16_U = 0x2f;
const STATE = HIDDEN.STATE;
/** `O0d` and the like: operand, width. */
const REGISTER = /^O([0-2])([bwd])$/;
/** `L0_3`: operand, dword; `LANES0`: where the register stands. */
const LANE = /^L([01])_([0-3])$/, VECTOR = /^LANES([01])$/;
/** `BYTE0`, `HALF2`: parts of general registers that are known by number. */
const PART = /^(BYTE|HALF)([0-7])$/;
const FIELD = [AT.REGISTER_0, AT.REGISTER_1, AT.REGISTER_2];
const LOADS: Readonly<Record<string, number>> = { b: OP.i32Load8S, w: OP.i32Load16S, d: OP.i32Load };
const STORES: Readonly<Record<string, number>> = { b: OP.i32Store8, w: OP.i32Store16, d: OP.i32Store };
const WORDS: Readonly<Record<string, number>> = { IMM: AT.IMMEDIATE, TARGET: AT.TARGET, NEXT: AT.NEXT };
const PARAMETERS: Surroundings["parameters"] = [["p", V.INT]];

class QuickLowering extends Lowering {
  private field(at: number, op: number): void {
    this.local(OP.localGet, 0);
    this.access(op, 0, at);
  }

  /** The register whose place in the state the record tells. */
  private register(at: number): void {
    this.field(at, LOAD_8_U);
    this.access(OP.i32Load, 0, STATE);
  }

  protected override effect(): void {
    const word = this.peek();
    const lane = LANE.exec(word);
    if (lane !== null && this.ahead(1) === "=") {
      this.at += 2;
      this.field(FIELD[Number(lane[1])], LOAD_8_U);
      this.toInt(this.expression());
      this.access(OP.i32Store, 0, HIDDEN.VECTORS + 4 * Number(lane[2]));
      return;
    }
    const operand = REGISTER.exec(word) ?? PART.exec(word);
    if (operand === null || this.ahead(1) !== "=") return super.effect();
    this.at += 2;
    const isPart = word[0] !== "O";
    if (isPart) this.i32(4 * Number(operand[2]));
    else this.field(FIELD[Number(operand[1])], LOAD_8_U);
    this.toInt(this.expression());
    this.access(isPart ? (operand[1] === "BYTE" ? OP.i32Store8 : OP.i32Store16) : STORES[operand[2]], 0, STATE);
  }

  protected override word(word: string): Kind {
    const { code } = this;
    const operand = REGISTER.exec(word);
    if (operand !== null) {
      this.field(FIELD[Number(operand[1])], LOAD_8_U);
      this.access(LOADS[operand[2]], 0, STATE);
      return V.INT;
    }
    const lane = LANE.exec(word) ?? VECTOR.exec(word);
    if (lane !== null) {
      this.field(FIELD[Number(lane[1])], LOAD_8_U);
      if (lane.length > 2) this.access(OP.i32Load, 0, HIDDEN.VECTORS + 4 * Number(lane[2]));
      return V.INT;
    }
    const part = PART.exec(word);
    if (part !== null) {
      this.i32(STATE + 4 * Number(part[2]));
      this.access(part[1] === "BYTE" ? OP.i32Load8S : OP.i32Load16S, 0, 0);
      this.literalEnd = -1;
      return V.INT;
    }
    const field = WORDS[word];
    if (field !== undefined) {
      this.field(field, OP.i32Load);
      return V.INT;
    }
    switch (word) {
      case "EA":
        this.register(AT.BASE);
        this.register(AT.INDEX);
        this.field(AT.SCALE, LOAD_8_U);
        code.byte(OP.i32Shl);
        code.byte(OP.i32Add);
        this.field(AT.DISPLACEMENT, OP.i32Load);
        code.byte(OP.i32Add);
        return V.INT;
      case "SEGMENT":
        // its number, from where its base stands in the state
        this.field(AT.SEGMENT, LOAD_8_U);
        this.i32(2);
        code.byte(OP.i32ShrU);
        this.i32(S.BASE);
        code.byte(OP.i32Sub);
        return V.INT;
      case "SEGMENT_BASE":
        this.register(AT.SEGMENT);
        return V.INT;
      case "GO":
        this.local(OP.localGet, 0);
        this.i32(RECORD);
        code.byte(OP.i32Add);
        return this.tail();
      case "TAIL":
        this.enclosed("(", ")");
        return this.tail();
      case "TAKEN": return this.link(AT.TAKEN, AT.TARGET);
      case "FALL": return this.link(AT.FALL, AT.BEHIND);
      case "EXECUTE": case "RUN": case "LOOK":
        this.enclosed("(", ")");
        return this.call(word, 1);
      case "SLOW": case "FOUND": return this.goTo(word, "breaks");
      case "OTHER0": case "OTHER1":
        this.local(OP.localGet, 0);
        code.byte(OP.returnCall);
        this.calls.push({ at: code.room32(), to: Number(word.slice(5)) });
        return V.INT;
      case "FUNCTION":
        this.field(AT.FUNCTION, LOAD_16_U);
        return V.INT;
      default: return super.word(word);
    }
  }

  /** Goes on at the record whose address is on the stack. */
  private tail(): Kind {
    this.local(OP.localSet, 0);
    return this.goTo("L", "continues");
  }

  private goTo(name: string, end: "breaks" | "continues"): Kind {
    const label = this.labels.find((it) => it.name === name) ?? unsupported(name);
    this.local(OP.br, this.depth - label[end]);
    this.literalEnd = -1;
    return V.INT;
  }

  /** Goes on at a link; where there is none yet it is made, by JavaScript if the block there is not known. */
  private link(at: number, address: number): Kind {
    const { code } = this;
    const to = this.allocate(I32);
    this.field(at, OP.i32Load);
    this.local(OP.localTee, to);
    code.byte(OP.i32Eqz);
    this.hint(false);
    this.open(OP.if);
    this.local(OP.localGet, 0);
    this.i32(at);
    code.byte(OP.i32Add);
    this.field(address, OP.i32Load);
    this.call("LINK", 2);
    this.local(OP.localTee, to);
    code.byte(OP.i32Eqz);
    this.open(OP.if);
    this.i32(0);
    this.local(OP.localGet, 0);
    this.i32(at);
    code.byte(OP.i32Add);
    this.access(OP.i32Store, 2, HIDDEN.LINKING);
    this.i32(STATE + 4 * S.EIP);
    this.field(address, OP.i32Load);
    this.access(OP.i32Store, 2, 0);
    this.i32(0);
    code.byte(OP.return);
    this.close();
    this.close();
    this.local(OP.localGet, to);
    this.free[I32].push(to);
    return this.tail();
  }
}

export const lowerQuick = (text: string, around: Surroundings): FunctionBody =>
  new QuickLowering(tokenize(text), { ...around, parameters: PARAMETERS, result: I32 }, undefined).run();
