// What rest.ts says of the instructions that are not compared with hardware one by one, in every engine mode.

import { describe, expect, it } from "vitest";
import { Cpu } from "../../src/runtime/cpu.ts";
import { createEngine } from "../../src/runtime/engine.ts";
import { createMemory } from "../../src/runtime/memory.ts";
import { MODES, runCode } from "./engines.ts";
import { START } from "./layout.ts";
import { REST, SYSENTER } from "./rest.ts";

describe.each(MODES.filter((mode) => mode !== "direct"))("%s", (mode) => {
  it.each(REST)("$name", ({ codes, setUp, check }) => {
    for (const code of codes) check(runCode(mode, code, setUp));
  });
});

it.each(["off", "block", "region"] as const)("SYSENTER leaves for the kernel, --jit=%s", (jit) => {
  const memory = createMemory();
  memory.map(START & ~0xfff, 4096, 7);
  memory.poke(START, Uint8Array.from(SYSENTER));
  const cpu = new Cpu(memory);
  cpu.eip = START;
  expect(createEngine(cpu, { jit, threshold: 0 }).run(1000).kind).toBe("sysenter");
});
