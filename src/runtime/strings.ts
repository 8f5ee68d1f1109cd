// REP MOVS, STOS, SCAS and CMPS over plain pages, by the page instead of by the element. Each returns false without having
// done anything when the plain case does not hold (16-bit addressing, odd segments, pages that are not plain, backwards
// overlap ...); the semantic function's own loop then does it element by element. On faults the fast part stops before the
// page that lacks a right, so that the loop meets the fault with registers exact.

import type { Instruction } from "../decoder/instruction.ts";
import type { Cpu } from "./cpu.ts";
import { type GuestMemory, PERM } from "./memory.ts";
import { S } from "./state.ts";

const ECX = 1, ESI = 6, EDI = 7;
const ES = 0, DS = 3;

/** Elements from `address` upward, up to `count`, that lie in pages that can be read, or that stores need nothing but the store for. */
function run(memory: GuestMemory, address: number, count: number, size: number, right: number): number {
  const { perm } = memory;
  const start = address >>> 0;
  const end = Math.min(start + count * size, 0x100000000);
  let at = start;
  while (at < end) {
    let p = perm[at >>> 12];
    if (right === PERM.W && (p & (PERM.W | PERM.FRESH)) === (PERM.W | PERM.FRESH)) {
      memory.touch(at, 1);
      p = perm[at >>> 12];
    }
    if (right === PERM.R ? !(p & PERM.R) : p >= 0) break;
    at = (Math.floor(at / 4096) + 1) * 4096;
  }
  return Math.floor((Math.min(at, end) - start) / size);
}

function plain(cpu: Cpu, i: Instruction, segments: number): boolean {
  return i.addressSize === 4 && cpu.state[S.DF] > 0 && (cpu.state[S.ODD] & segments) === 0;
}

const sourceSegment = (i: Instruction) => (i.segment >= 0 ? i.segment : DS);

export function repMovs(cpu: Cpu, i: Instruction): boolean {
  const r = cpu.state, segment = sourceSegment(i), count = r[ECX] >>> 0;
  if (count === 0 || !plain(cpu, i, (1 << ES) | (1 << segment))) return count === 0;
  const from = (r[ESI] + r[S.BASE + segment]) >>> 0, to = (r[EDI] + r[S.BASE + ES]) >>> 0;
  const n = Math.min(run(cpu.memory, from, count, i.size, PERM.R), run(cpu.memory, to, count, i.size, PERM.W));
  if (n === 0) return false;
  const u8 = cpu.memory.u8, bytes = n * i.size, distance = to - from;
  if (distance > 0 && distance < bytes) {
    // the destination overlaps the source from above: the bytes repeat with period `distance`, copied in growing pieces
    if (distance < i.size) return false;
    u8.copyWithin(to, from, from + distance);
    for (let done = distance; done < bytes; done *= 2) u8.copyWithin(to + done, to, to + Math.min(done, bytes - done));
  } else u8.copyWithin(to, from, from + bytes);
  r[ESI] += n * i.size;
  r[EDI] += n * i.size;
  r[ECX] -= n;
  return r[ECX] === 0;
}

export function repStos(cpu: Cpu, i: Instruction): boolean {
  const r = cpu.state, count = r[ECX] >>> 0;
  if (count === 0 || !plain(cpu, i, 1 << ES)) return count === 0;
  const to = (r[EDI] + r[S.BASE + ES]) >>> 0;
  const n = run(cpu.memory, to, count, i.size, PERM.W);
  if (n === 0) return false;
  const u8 = cpu.memory.u8, bytes = n * i.size, a = r[0];
  if (i.size === 1 || (i.size === 4 && a === Math.imul(a & 0xff, 0x01010101)) || (i.size === 2 && (a & 0xff) === ((a >> 8) & 0xff))) u8.fill(a, to, to + bytes);
  else {
    for (let k = 0; k < i.size; k++) u8[to + k] = a >> (8 * k);
    for (let done = i.size; done < bytes; done *= 2) u8.copyWithin(to + done, to, to + Math.min(done, bytes - done));
  }
  r[EDI] += bytes;
  r[ECX] -= n;
  return r[ECX] === 0;
}

/** REPNE SCASB (strlen, memchr). */
export function repScas(cpu: Cpu, i: Instruction): boolean {
  const r = cpu.state, count = r[ECX] >>> 0;
  if (count === 0 || i.size !== 1 || i.rep !== 2 || !plain(cpu, i, 1 << ES)) return false;
  const at = (r[EDI] + r[S.BASE + ES]) >>> 0;
  const n = run(cpu.memory, at, count, 1, PERM.R);
  if (n === 0) return false;
  const a = r[0] & 0xff, found = cpu.memory.u8.subarray(at, at + n).indexOf(a);
  const steps = found < 0 ? n : found + 1;
  const v = cpu.memory.u8[at + steps - 1];
  r[EDI] += steps;
  r[ECX] -= steps;
  const x = (a << 24) >> 24, y = (v << 24) >> 24;
  cpu.flagsSub(x, y, ((x - y) << 24) >> 24);
  return found >= 0 || n === count; // else the loop goes on, or meets the fault, with the flags of the last element
}

/** REPE CMPSB (memcmp). */
export function repCmps(cpu: Cpu, i: Instruction): boolean {
  const r = cpu.state, segment = sourceSegment(i), count = r[ECX] >>> 0;
  if (count === 0 || i.size !== 1 || i.rep !== 1 || !plain(cpu, i, (1 << ES) | (1 << segment))) return false;
  const a = (r[ESI] + r[S.BASE + segment]) >>> 0, b = (r[EDI] + r[S.BASE + ES]) >>> 0;
  const n = Math.min(run(cpu.memory, a, count, 1, PERM.R), run(cpu.memory, b, count, 1, PERM.R));
  if (n === 0) return false;
  const u8 = cpu.memory.u8;
  let k = 0;
  while (k < n && u8[a + k] === u8[b + k]) k++;
  const steps = k === n ? n : k + 1;
  const x = (u8[a + steps - 1] << 24) >> 24, y = (u8[b + steps - 1] << 24) >> 24;
  r[ESI] += steps;
  r[EDI] += steps;
  r[ECX] -= steps;
  cpu.flagsSub(x, y, ((x - y) << 24) >> 24);
  return k < n || n === count;
}
