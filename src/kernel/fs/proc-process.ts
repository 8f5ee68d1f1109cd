// /proc/PID and /proc/PID/task/TID, proc(5).

import { E } from "../errno.ts";
import { O } from "./constants.ts";
import type { Caller } from "./inode.ts";
import { directory, file, link } from "./procfs.ts";
import type { DirectoryNode, Node } from "./procfs.ts";
import type { ProcessFacts, SystemFacts, ThreadFacts } from "./proc-facts.ts";
import { mountsText, mountInfoText } from "./proc-mounts.ts";
import { createFileTable, displayPath, getFile, openDescriptors } from "./state.ts";
import type { TableName } from "../net/tables.ts";
import type { PathRef } from "./state.ts";

const hex16 = (n: bigint): string => n.toString(16).padStart(16, "0");
const kilobytes = (n: number): string => `${String(Math.ceil(n / 1024)).padStart(8)} kB`;

const STATES: Readonly<Record<string, string>> = { R: "running", S: "sleeping", T: "stopped", Z: "zombie" };

function statusText(p: ProcessFacts, t: ThreadFacts): string {
  const m = p.memory;
  const ids = (list: readonly number[]) => list.join("\t");
  return [
    `Name:\t${t.comm}`, `Umask:\t${p.fs.umask.toString(8).padStart(4, "0")}`, `State:\t${t.state} (${STATES[t.state] ?? "unknown"})`,
    `Tgid:\t${p.pid}`, "Ngid:\t0", `Pid:\t${t.tid}`, `PPid:\t${p.parent}`, "TracerPid:\t0", `Uid:\t${ids(p.uids)}`, `Gid:\t${ids(p.gids)}`,
    `FDSize:\t${Math.max(64, 2 ** Math.ceil(Math.log2(p.files.slots.length || 1)))}`, `Groups:\t${p.groups.join(" ")}${p.groups.length ? " " : ""}`,
    `NStgid:\t${p.pid}`, `NSpid:\t${t.tid}`, `NSpgid:\t${p.group}`, `NSsid:\t${p.session}`,
    `VmPeak:\t${kilobytes(m.peak)}`, `VmSize:\t${kilobytes(m.size)}`, "VmLck:\t       0 kB", "VmPin:\t       0 kB", `VmHWM:\t${kilobytes(m.resident)}`,
    `VmRSS:\t${kilobytes(m.resident)}`, `RssAnon:\t${kilobytes(m.resident - m.shared)}`, `RssFile:\t${kilobytes(m.shared)}`, "RssShmem:\t       0 kB",
    `VmData:\t${kilobytes(m.data)}`, `VmStk:\t${kilobytes(m.stack)}`, `VmExe:\t${kilobytes(m.text)}`, "VmLib:\t       0 kB", "VmPTE:\t      32 kB",
    "VmSwap:\t       0 kB", "CoreDumping:\t0", "THP_enabled:\t0", `Threads:\t${p.threads.length}`, `SigQ:\t${p.queuedSignals()}/${p.limits[11]?.soft ?? 31_415}`,
    `SigPnd:\t${hex16(t.pending)}`, `ShdPnd:\t${hex16(p.pending)}`, `SigBlk:\t${hex16(t.blocked)}`, `SigIgn:\t${hex16(p.ignored)}`, `SigCgt:\t${hex16(p.caught)}`,
    ...["Inh", "Prm", "Eff", "Bnd", "Amb"].map((set) => `Cap${set}:\t${capabilities(p, set)}`),
    `NoNewPrivs:\t${p.noNewPrivileges ? 1 : 0}`, "Seccomp:\t0", "Seccomp_filters:\t0", "Speculation_Store_Bypass:\tnot vulnerable",
    "Cpus_allowed:\t1", "Cpus_allowed_list:\t0", "Mems_allowed:\t1", "Mems_allowed_list:\t0", "voluntary_ctxt_switches:\t0", "nonvoluntary_ctxt_switches:\t0", "",
  ].join("\n");
}

function capabilities(p: ProcessFacts, set: string): string {
  if (set === "Bnd") return "000001ffffffffff";
  return (set === "Prm" || set === "Eff") && p.uids[1] === 0 ? "000001ffffffffff" : "0000000000000000";
}

function statText(p: ProcessFacts, t: ThreadFacts, whole: boolean): string {
  const m = p.memory;
  const low31 = (n: bigint): string => (n & 0x7fff_ffffn).toString();
  const ticks = whole ? p.cpuTicks : t.cpuTicks;
  const fields = [
    t.tid, `(${t.comm})`, t.state, p.parent, p.group, p.session, p.terminal, p.foreground, 0x400000, 0, 0, 0, 0, ticks, 0, p.childrenTicks, 0,
    20 + p.nice, p.nice, p.threads.length, 0, p.startTicks, m.size, Math.ceil(m.resident / 4096), p.limits[5]?.soft === Infinity ? 4294967295 : p.limits[5]?.soft ?? 0,
    m.startCode, m.endCode, m.startStack, 0, 0, low31(t.pending), low31(t.blocked), low31(p.ignored), low31(p.caught),
    0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  ];
  return `${fields.join(" ")}\n`;
}

function statmText(p: ProcessFacts): string {
  const m = p.memory;
  return `${[m.size, m.resident, m.shared, m.text, 0, m.data + m.stack, 0].map((n) => Math.ceil(n / 4096)).join(" ")}\n`;
}

const LIMITS: readonly [string, number, string][] = [
  ["Max cpu time", 0, "seconds"], ["Max file size", 1, "bytes"], ["Max data size", 2, "bytes"], ["Max stack size", 3, "bytes"],
  ["Max core file size", 4, "bytes"], ["Max resident set", 5, "bytes"], ["Max processes", 6, "processes"], ["Max open files", 7, "files"],
  ["Max locked memory", 8, "bytes"], ["Max address space", 9, "bytes"], ["Max file locks", 10, "locks"], ["Max pending signals", 11, "signals"],
  ["Max msgqueue size", 12, "bytes"], ["Max nice priority", 13, ""], ["Max realtime priority", 14, ""], ["Max realtime timeout", 15, "us"],
];

function limitsText(p: ProcessFacts): string {
  const show = (n: number | undefined): string => (n === undefined || n === Infinity ? "unlimited" : String(n)).padEnd(20);
  const lines = LIMITS.map(([name, index, unit]) => `${name.padEnd(25)} ${show(p.limits[index]?.soft)} ${show(p.limits[index]?.hard)} ${unit.padEnd(10)}`);
  return `${"Limit".padEnd(25)} ${"Soft Limit".padEnd(20)} ${"Hard Limit".padEnd(20)} ${"Units".padEnd(10)}\n${lines.join("\n")}\n`;
}

function fdinfoText(p: ProcessFacts, fd: number): string | number {
  const slot = p.files.slots[fd];
  if (!slot) return -E.NOENT;
  const { file: open } = slot;
  const stat = open.stat();
  const flags = (open.flags | (slot.closeOnExec ? O.CLOEXEC : 0)).toString(8);
  return `pos:\t${open.position}\nflags:\t0${flags}\nmnt_id:\t${open.path.mount.id}\nino:\t${typeof stat === "number" ? 0 : stat.ino}\n${open.info()}`;
}

/** A directory with one entry for every descriptor. */
function descriptors(facts: () => ProcessFacts | undefined, owner: { uid: number; gid: number }, make: (fd: number) => Node): DirectoryNode {
  return {
    kind: "directory", mode: 0o555, ...owner,
    list: () => openDescriptors(facts()?.files ?? createFileTable()).map(String),
    find(name) {
      const fd = /^(0|[1-9]\d{0,8})$/.test(name) ? Number(name) : -1;
      const files = facts()?.files;
      return files && getFile(files, fd) ? make(fd) : undefined;
    },
  };
}

/** A link whose target is a place: read as text, followed without text. */
function placeLink(get: () => PathRef | undefined, more: { mode?: number; uid?: number; gid?: number }): Node {
  const text = (caller: Caller | undefined): string | number => {
    const place = get();
    if (!place) return -E.NOENT;
    return displayPath(place, caller?.process.fs.root ?? place);
  };
  return link(text, () => get() ?? -E.NOENT, more);
}

/** The namespaces that all processes are in: the numbers of those that Linux starts with. */
const namespaces = (): Readonly<Record<string, Node>> => Object.fromEntries(
  Object.entries({
    cgroup: 4026531835, ipc: 4026531839, mnt: 4026531841, net: 4026531840, pid: 4026531836, pid_for_children: 4026531836, time: 4026531834, time_for_children: 4026531834,
    user: 4026531837, uts: 4026531838,
  }).map(([name, number]) => [name, link(() => `${name.replace("_for_children", "")}:[${number}]`)]),
);

function threadEntries(system: SystemFacts, pid: number, tid: number): Record<string, Node> {
  const p = (): ProcessFacts | undefined => system.process(pid);
  const t = (): ThreadFacts | undefined => p()?.threads.find((thread) => thread.tid === tid) ?? (pid === tid ? p()?.threads[0] : undefined);
  const first = p()!;
  const owner = { uid: first.uids[1], gid: first.gids[1] };
  /** A file whose text needs a process that still lives. */
  const about = (make: (facts: ProcessFacts, thread: ThreadFacts) => string | Uint8Array | number, more = {}) =>
    file(() => {
      const facts = p(), thread = t();
      return facts && thread ? make(facts, thread) : -E.SRCH;
    }, { ...owner, ...more });
  const fdLink = (fd: number): Node => {
    const find = () => {
      const files = p()?.files;
      return files && getFile(files, fd);
    };
    const open = find();
    const mode = open ? (open.readable || open.flags & O.PATH ? 0o500 : 0) | (open.writable ? 0o300 : 0) : 0o500;
    return placeLink(() => find()?.path, { ...owner, mode });
  };
  return {
    auxv: about((f) => f.auxv(), { mode: 0o400 }),
    cgroup: about(() => "0::/\n"),
    cmdline: about((f) => f.commandLine()),
    comm: about((_f, thread) => `${thread.comm}\n`, {
      mode: 0o644,
      write(text: string) {
        p()?.setComm?.(text.replace(/\n.*$/s, "").slice(0, 15));
        return text.length;
      },
    }),
    cwd: placeLink(() => p()?.fs.cwd, owner),
    environ: about((f) => f.environment(), { mode: 0o400 }),
    exe: placeLink(() => p()?.exe, owner),
    fd: descriptors(p, owner, fdLink),
    fdinfo: descriptors(p, owner, (fd) => about((f) => fdinfoText(f, fd), { mode: 0o444 })),
    io: about(() => "rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: 0\nwrite_bytes: 0\ncancelled_write_bytes: 0\n", { mode: 0o400 }),
    limits: about((f) => limitsText(f)),
    loginuid: about(() => "4294967295", { mode: 0o644, write: (text: string) => text.length }),
    maps: about((f) => f.maps()),
    mountinfo: about((f) => mountInfoText(f.fs)),
    mounts: about((f) => mountsText(f.fs)),
    net: netDirectory(system),
    ns: directory(namespaces, { ...owner, mode: 0o511 }),
    oom_score: about(() => "0\n"),
    oom_score_adj: about((it) => `${it.outOfMemory.get()}\n`, {
      mode: 0o644,
      write(text: string) {
        const wanted = /^\s*(-?\d+)\s*$/.exec(text);
        const process = p();
        if (!process) return -E.SRCH;
        if (!wanted || Math.abs(Number(wanted[1])) > 1000) return -E.INVAL;
        if (Number(wanted[1]) < process.outOfMemory.get() && process.uids[1] !== 0) return -E.ACCES;
        process.outOfMemory.set(Number(wanted[1]));
        return text.length;
      },
    }),
    personality: about((it) => `${it.personality.toString(16).padStart(8, "0")}\n`, { mode: 0o400 }),
    root: placeLink(() => p()?.fs.root, owner),
    smaps: about((f) => f.smaps(false)),
    smaps_rollup: about((f) => f.smaps(true)),
    stat: about((f, thread) => statText(f, thread, thread.tid === f.pid)),
    statm: about((f) => statmText(f)),
    status: about((f, thread) => statusText(f, thread)),
    wchan: about(() => "0"),
  };
}

/** The network as /proc/net shows it; the lines of sockets come from net/tables.ts once there are sockets. */
export function netDirectory(system: SystemFacts): Node {
  const four = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
  const six = "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
  const zeros = "       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0\n";
  const sockets = (heading: string, name: TableName) => file(() => heading + system.networkTable(name));
  return directory(() => ({
    dev: file(() =>
      "Inter-|   Receive                                                |  Transmit\n" +
      " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n" +
      `    lo: ${zeros.trimStart()}`),
    if_inet6: file(() => "00000000000000000000000000000001 01 80 10 80       lo\n"),
    route: file(() => "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"),
    tcp: sockets(`${four}\n`, "tcp"), tcp6: sockets(`${six}\n`, "tcp6"), udp: sockets(`${four} ref pointer drops\n`, "udp"),
    udp6: sockets(`${six} ref pointer drops\n`, "udp6"), unix: sockets("Num       RefCount Protocol Flags    Type St Inode Path\n", "unix"),
  }));
}

/** The directory of one process. */
export function processDirectory(system: SystemFacts, pid: number): DirectoryNode {
  const first = system.process(pid)!;
  const owner = { uid: first.uids[1], gid: first.gids[1] };
  const tasks = new Map<number, DirectoryNode>();
  const task: DirectoryNode = {
    kind: "directory", mode: 0o555, ...owner,
    list: () => (system.process(pid)?.threads ?? []).map((thread) => String(thread.tid)),
    find(name) {
      const tid = Number(name);
      if (!/^[1-9]\d{0,8}$/.test(name) || !system.process(pid)?.threads.some((thread) => thread.tid === tid)) return undefined;
      let node = tasks.get(tid);
      if (!node) tasks.set(tid, (node = directory(threadEntries(system, pid, tid), owner)));
      return node;
    },
  };
  return directory({ ...threadEntries(system, pid, pid), task }, owner);
}

