// npm run bench:micro: what decoding costs an instruction, over the code of the compute fixtures and of a static glibc.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import benchmark from "benchmark";
import { decode } from "../../src/decoder/index.ts";

/** The repository, from .cache/micro/bench/micro/ where this module runs. */
const root = new URL("../../../../", import.meta.url);

type Code = { bytes: Uint8Array; address: number };

/** The .text section of an ELF file. */
function textOf(path: string): Code {
  const file = readFileSync(fileURLToPath(new URL(path, root)));
  const sections = file.readUInt32LE(32);
  const size = file.readUInt16LE(46);
  const names = file.readUInt32LE(sections + file.readUInt16LE(50) * size + 16);
  for (let i = 0; i < file.readUInt16LE(48); i++) {
    const header = sections + i * size;
    const name = names + file.readUInt32LE(header);
    if (file.toString("latin1", name, file.indexOf(0, name)) !== ".text") continue;
    const offset = file.readUInt32LE(header + 16);
    return { bytes: file.subarray(offset, offset + file.readUInt32LE(header + 20)), address: file.readUInt32LE(header + 12) };
  }
  throw new Error(`${path} has no .text section`);
}

/** Decodes from the first byte to the last, one instruction after another; returns how many. */
function sweep({ bytes, address }: Code): number {
  let count = 0;
  for (let at = 0; at < bytes.length; count++) {
    const instruction = decode(bytes, at, (address + at) | 0, bytes.length - at);
    at += typeof instruction === "object" ? instruction.length : 1;
  }
  return count;
}

const suite = new benchmark.Suite();
const counts = new Map<string, number>();
for (const path of ["fixtures/compute/bin/sha256", "fixtures/compute/bin/nbody_x87", "fixtures/compute/bin/simdint", "fixtures/kernel/bin/glibc"]) {
  const code = textOf(path);
  const name = path.slice(path.lastIndexOf("/") + 1);
  counts.set(name, sweep(code));
  suite.add(name, () => sweep(code), { maxTime: 1 });
}
suite.on("cycle", ({ target }) => {
  const count = counts.get(target.name)!;
  const each = (target.stats.mean / count) * 1e9;
  console.log(`decode ${target.name.padEnd(12)} ${String(count).padStart(7)} instructions ${each.toFixed(0).padStart(5)} ns each  (+-${target.stats.rme.toFixed(1)} %)`);
});
suite.run();
