// src/runtime/shapes.ts is what the semantic functions say.

import { expect, test } from "vitest";
import { decode } from "../../src/decoder/decode.ts";
import type { Instruction } from "../../src/decoder/instruction.ts";
import { handlerOf } from "../../src/runtime/handlers.ts";
import { shapes } from "../../src/runtime/shapes.ts";
import { shapesModule } from "./make-shapes.ts";

test("src/runtime/shapes.ts is up to date (npx vitest run test/runtime/shapes.test.ts --update)", async () => {
  await expect(shapesModule()).toMatchFileSnapshot("../../src/runtime/shapes.ts");
});

const handlerName = (...bytes: readonly number[]) => handlerOf(decode(Uint8Array.from([...bytes, ...new Array<number>(12).fill(0)]), 0, 0) as Instruction).name;

test("a common instruction is executed by the function of its shape, and no other instruction is", () => {
  expect(handlerName(0x89, 0xd8)).toBe("MOV_R32_R32");
  expect(handlerName(0x8b, 0x44, 0x24, 0x08)).toBe("MOV_R32_M32");
  expect(handlerName(0x80, 0x38, 0x2f)).toBe("CMP_M8_IMM");
  expect(handlerName(0x74, 0x10)).toBe("Jcc_REL_4");
  expect(handlerName(0x68, 1, 0, 0, 0)).toBe("PUSH_IMM");
  expect(handlerName(0xf0, 0x83, 0x00, 0x01)).toBe("ADD_M32_IMM");
  // 16-bit operands, 16-bit addresses, other segments, rare operands, LOCK where it may not be
  for (const bytes of [[0x66, 0x89, 0xd8], [0x67, 0x8b, 0x07], [0x65, 0x8b, 0x00], [0x8e, 0xd8], [0x66, 0x6a, 0x01], [0xf0, 0x89, 0xd8]]) {
    expect(Object.values(shapes).flatMap((it) => Object.values(it ?? {})).map((it) => it.name)).not.toContain(handlerName(...bytes));
  }
});
