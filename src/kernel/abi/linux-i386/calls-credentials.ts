// User and group numbers, credentials(7), capabilities(7): the 32-bit calls and their 16-bit ancestors, made from one table.

import { E } from "../../errno.ts";
import type { Credentials } from "../../thread.ts";
import { call, int, structIn, structOut, uint } from "../syscall.ts";
import type { Argument, Context, SystemCall } from "../syscall.ts";

const KEEP = 0xffff_ffff;
const OVERFLOW = 65534;

const privileged = (c: Credentials) => c.euid === 0;

interface Names {
  readonly real: "uid" | "gid";
  readonly effective: "euid" | "egid";
  readonly saved: "suid" | "sgid";
  readonly fs: "fsuid" | "fsgid";
}
const USER: Names = { real: "uid", effective: "euid", saved: "suid", fs: "fsuid" };
const GROUP: Names = { real: "gid", effective: "egid", saved: "sgid", fs: "fsgid" };

function setId(k: Context, n: Names, id: number): number {
  const c = k.process.credentials;
  if (id === KEEP) return -E.INVAL;
  if (privileged(c)) c[n.real] = c[n.saved] = id;
  else if (id !== c[n.real] && id !== c[n.saved]) return -E.PERM;
  c[n.effective] = c[n.fs] = id;
  return 0;
}

function setRe(k: Context, n: Names, real: number, effective: number): number {
  const c = k.process.credentials;
  const old = { real: c[n.real], effective: c[n.effective], saved: c[n.saved] };
  if (!privileged(c)) {
    if (real !== KEEP && real !== old.real && real !== old.effective) return -E.PERM;
    if (effective !== KEEP && effective !== old.real && effective !== old.effective && effective !== old.saved) return -E.PERM;
  }
  if (real !== KEEP) c[n.real] = real;
  if (effective !== KEEP) c[n.effective] = effective;
  if (real !== KEEP || (effective !== KEEP && effective !== old.real)) c[n.saved] = c[n.effective];
  c[n.fs] = c[n.effective];
  return 0;
}

function setRes(k: Context, n: Names, real: number, effective: number, saved: number): number {
  const c = k.process.credentials;
  const own = [c[n.real], c[n.effective], c[n.saved]];
  if (!privileged(c)) for (const id of [real, effective, saved]) if (id !== KEEP && !own.includes(id)) return -E.PERM;
  if (real !== KEEP) c[n.real] = real;
  if (effective !== KEEP) c[n.effective] = effective;
  if (saved !== KEEP) c[n.saved] = saved;
  c[n.fs] = c[n.effective];
  return 0;
}

function setFs(k: Context, n: Names, id: number): number {
  const c = k.process.credentials;
  const old = c[n.fs];
  if (id !== KEEP && (privileged(c) || [c[n.real], c[n.effective], c[n.saved], c[n.fs]].includes(id))) c[n.fs] = id;
  return old;
}

const low = (id: number) => (id > 0xffff ? OVERFLOW : id);
/** A 16-bit argument: 0xffff means "leave as it is". */
const wide = (id: number) => ((id & 0xffff) === 0xffff ? KEEP : id & 0xffff);

function putIds(k: Context, ids: readonly number[], at: readonly number[], short: boolean): number {
  for (let i = 0; i < at.length; i++) {
    const ok = short ? k.memory.storeU16(at[i], low(ids[i])) : k.memory.storeU32(at[i], ids[i]);
    if (!ok) return -E.FAULT;
  }
  return 0;
}

const MAX_GROUPS = 65536;

function getGroups(k: Context, count: number, list: number, short: boolean): number {
  const { groups } = k.process.credentials;
  if (count < 0) return -E.INVAL;
  if (count === 0) return groups.length;
  if (count < groups.length) return -E.INVAL;
  return putIds(k, groups, groups.map((_, i) => list + i * (short ? 2 : 4)), short) || groups.length;
}

function setGroups(k: Context, count: number, list: number, short: boolean): number {
  if (!privileged(k.process.credentials)) return -E.PERM;
  if (count < 0 || count > MAX_GROUPS) return -E.INVAL;
  const groups: number[] = [];
  for (let i = 0; i < count; i++) {
    const id = short ? k.memory.loadU16(list + 2 * i) : k.memory.loadU32(list + 4 * i);
    if (id === undefined) return -E.FAULT;
    groups.push(id);
  }
  k.process.credentials.groups = groups.sort((a, b) => a - b);
  return 0;
}

/** The calls of one width. `numbers` in the order of the list below. */
function family(short: boolean, numbers: readonly number[]): SystemCall[] {
  const suffix = short ? "" : "32";
  const id = short ? wide : (v: number) => v;
  const show = short ? low : (v: number) => v | 0;
  const cred = (k: Context) => k.process.credentials;
  const three = (prefix: string): Argument[] => [structOut(`r${prefix}`, "uid_t"), structOut(`e${prefix}`, "uid_t"), structOut(`s${prefix}`, "uid_t")];
  const [getuid, getgid, geteuid, getegid, setreuid, setregid, getgroups, setgroups, setresuid, getresuid, setresgid, getresgid, setuid, setgid, setfsuid, setfsgid] = numbers;
  return [
    call(getuid, `getuid${suffix}`, [], "int", (k) => show(cred(k).uid)),
    call(getgid, `getgid${suffix}`, [], "int", (k) => show(cred(k).gid)),
    call(geteuid, `geteuid${suffix}`, [], "int", (k) => show(cred(k).euid)),
    call(getegid, `getegid${suffix}`, [], "int", (k) => show(cred(k).egid)),
    call(setreuid, `setreuid${suffix}`, [uint("ruid"), uint("euid")], "int", (k, r, e) => setRe(k, USER, id(r), id(e))),
    call(setregid, `setregid${suffix}`, [uint("rgid"), uint("egid")], "int", (k, r, e) => setRe(k, GROUP, id(r), id(e))),
    call(getgroups, `getgroups${suffix}`, [int("size"), structOut("list", "gid_t")], "int", (k, n, list) => getGroups(k, n, list, short)),
    call(setgroups, `setgroups${suffix}`, [int("size"), structIn("list", "gid_t")], "int", (k, n, list) => setGroups(k, n, list, short)),
    call(setresuid, `setresuid${suffix}`, [uint("ruid"), uint("euid"), uint("suid")], "int", (k, r, e, s) => setRes(k, USER, id(r), id(e), id(s))),
    call(getresuid, `getresuid${suffix}`, three("uid"), "int", (k, ...at) => putIds(k, [cred(k).uid, cred(k).euid, cred(k).suid], at, short)),
    call(setresgid, `setresgid${suffix}`, [uint("rgid"), uint("egid"), uint("sgid")], "int", (k, r, e, s) => setRes(k, GROUP, id(r), id(e), id(s))),
    call(getresgid, `getresgid${suffix}`, three("gid"), "int", (k, ...at) => putIds(k, [cred(k).gid, cred(k).egid, cred(k).sgid], at, short)),
    call(setuid, `setuid${suffix}`, [uint("uid")], "int", (k, u) => setId(k, USER, id(u))),
    call(setgid, `setgid${suffix}`, [uint("gid")], "int", (k, g) => setId(k, GROUP, id(g))),
    call(setfsuid, `setfsuid${suffix}`, [uint("uid")], "int", (k, u) => show(setFs(k, USER, id(u)))),
    call(setfsgid, `setfsgid${suffix}`, [uint("gid")], "int", (k, g) => show(setFs(k, GROUP, id(g)))),
  ];
}

// -- capabilities: root has all of them, others none ------------------------------------------------------------------------------------------

const CAPABILITY_VERSIONS: ReadonlyMap<number, number> = new Map([[0x1998_0330, 1], [0x2007_1026, 2], [0x2008_0522, 2]]);
const ALL = [0xffff_ffff, 0x1ff];

function capabilityHeader(k: Context, header: number): { words: number; pid: number } | number {
  const version = k.memory.loadU32(header), pid = k.memory.loadU32(header + 4);
  if (version === undefined || pid === undefined) return -E.FAULT;
  const words = CAPABILITY_VERSIONS.get(version);
  if (words === undefined) return k.memory.storeU32(header, 0x2008_0522) ? -E.INVAL : -E.FAULT;
  return { words, pid: pid | 0 };
}

function capget(k: Context, header: number, data: number): number {
  const asked = capabilityHeader(k, header);
  if (typeof asked === "number") return data === 0 && asked === -E.INVAL ? 0 : asked;
  if (asked.pid < 0) return -E.INVAL;
  const thread = asked.pid === 0 ? k : k.kernel.threads.get(asked.pid);
  if (!thread) return -E.SRCH;
  if (!data) return 0;
  const root = privileged(thread.process.credentials);
  const out: number[] = [];
  for (let i = 0; i < asked.words; i++) out.push(root ? ALL[i] : 0, root ? ALL[i] : 0, 0);
  return k.memory.write(data, new Uint8Array(new Uint32Array(out).buffer)) ? 0 : -E.FAULT;
}

function capset(k: Context, header: number, data: number): number {
  const asked = capabilityHeader(k, header);
  if (typeof asked === "number") return asked;
  if (asked.pid !== 0 && asked.pid !== k.tid) return -E.PERM;
  const bytes = k.memory.read(data, asked.words * 12);
  if (!bytes) return -E.FAULT;
  const words = new Uint32Array(bytes.buffer);
  if (privileged(k.process.credentials)) return 0;
  return words.every((w) => w === 0) ? 0 : -E.PERM;
}

export const credentialCalls: readonly SystemCall[] = [
  ...family(true, [24, 47, 49, 50, 70, 71, 80, 81, 164, 165, 170, 171, 23, 46, 138, 139]),
  ...family(false, [199, 200, 201, 202, 203, 204, 205, 206, 208, 209, 210, 211, 213, 214, 215, 216]),
  call(184, "capget", [structIn("hdrp", "cap_header"), structOut("datap", "cap_data")], "int", capget),
  call(185, "capset", [structIn("hdrp", "cap_header"), structIn("datap", "cap_data")], "int", capset, "partial", "dropping capabilities is accepted and has no effect"),
];
