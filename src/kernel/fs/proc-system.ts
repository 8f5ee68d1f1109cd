// The root of /proc, what concerns the system as a whole, and the files of /sys that programs read. proc(5), sysfs(5).

import { E } from "../errno.ts";
import type { Caller, FsEnvironment, Inode } from "./inode.ts";
import { directory, file, generatedFs, link } from "./procfs.ts";
import type { DirectoryNode, Node } from "./procfs.ts";
import type { SystemFacts } from "./proc-facts.ts";
import { processDirectory } from "./proc-process.ts";

const FILE_SYSTEMS = "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tdevtmpfs\nnodev\tdevpts\nnodev\tpipefs\n\text4\n";

const cpuText = ({ family, model, stepping, level, flags }: SystemFacts["cpu"]): string => [
  "vendor_id\t: GenuineIntel", `cpu family\t: ${family}`, `model\t\t: ${model}`, "model name\t: jit386 translated i386 CPU", `stepping\t: ${stepping}`, "cpu MHz\t\t: 1000.000",
  "cache size\t: 2048 KB", "physical id\t: 0", "siblings\t: 1", "core id\t\t: 0", "cpu cores\t: 1", "fdiv_bug\t: no", "f00f_bug\t: no", "coma_bug\t: no",
  "fpu\t\t: yes", "fpu_exception\t: yes", `cpuid level\t: ${level}`, "wp\t\t: yes", `flags\t\t: ${flags}`, "bogomips\t: 2000.00",
  "clflush size\t: 64", "address sizes\t: 32 bits physical, 32 bits virtual", "power management:", "",
].join("\n");

function meminfo(system: SystemFacts): string {
  const free = system.memoryFree();
  const rows: [string, number][] = [
    ["MemTotal", system.memoryTotal], ["MemFree", free], ["MemAvailable", free], ["Buffers", 0], ["Cached", 0], ["SwapCached", 0], ["Active", system.memoryTotal - free],
    ["Inactive", 0], ["SwapTotal", 0], ["SwapFree", 0], ["Dirty", 0], ["Writeback", 0], ["AnonPages", system.memoryTotal - free], ["Mapped", 0], ["Shmem", 0],
    ["Slab", 0], ["SReclaimable", 0], ["SUnreclaim", 0], ["CommitLimit", system.memoryTotal], ["Committed_AS", system.memoryTotal - free], ["VmallocTotal", 0],
  ];
  const text = rows.map(([name, bytes]) => `${`${name}:`.padEnd(15)} ${String(Math.floor(bytes / 1024)).padStart(8)} kB\n`).join("");
  return `${text}HugePages_Total:       0\nHugePages_Free:        0\nHugepagesize:       4096 kB\n`;
}

function statText(system: SystemFacts): string {
  const busy = system.busyTicks();
  const idle = Math.max(0, Math.floor(system.uptime() * 100) - busy);
  const line = `${busy} 0 0 ${idle} 0 0 0 0 0 0`;
  const cpus = Array.from({ length: system.processors }, (_, i) => `cpu${i} ${line}\n`).join("");
  return `cpu  ${line}\n${cpus}intr 0\nctxt 0\nbtime ${system.bootTime}\nprocesses ${system.lastPid()}\nprocs_running ${system.running()}\nprocs_blocked 0\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n`;
}

function uuid(random: (bytes: Uint8Array) => void): string {
  const bytes = new Uint8Array(16);
  random(bytes);
  bytes[6] = (bytes[6] & 15) | 0x40;
  bytes[8] = (bytes[8] & 63) | 0x80;
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}\n`;
}

const constant = (text: string): Node => file(() => text);
const firstLine = (text: string): string => text.replace(/\n[^]*$/, "");
function setCore(system: SystemFacts, change: Partial<SystemFacts["core"]>, length: number): number {
  Object.assign(system.core, change);
  return length;
}

/** A setting that may be written and does not change. */
const setting = (text: string): Node => file(() => text, { mode: 0o644, write: (bytes) => bytes.length });

function sysctl(system: SystemFacts): Record<string, Node> {
  const boot = uuid(system.random);
  return {
    crypto: directory({ fips_enabled: constant("0\n") }),
    fs: directory({
      "file-max": constant("9223372036854775807\n"), "file-nr": constant("128\t0\t9223372036854775807\n"), "nr_open": constant("1048576\n"),
      "pipe-max-size": constant("1048576\n"), "protected_hardlinks": setting("0\n"), "protected_symlinks": setting("0\n"),
      inotify: directory({ max_user_watches: constant("65536\n"), max_user_instances: constant("128\n"), max_queued_events: constant("16384\n") }),
    }),
    kernel: directory({
      cap_last_cap: constant("40\n"), 
      core_pattern: file(() => `${system.core.pattern}
`, { mode: 0o644, write: (text) => setCore(system, { pattern: firstLine(text).slice(0, 127) }, text.length) }),
      core_uses_pid: file(() => `${system.core.usesPid ? 1 : 0}
`, { mode: 0o644, write: (text) => setCore(system, { usesPid: Number(firstLine(text)) !== 0 }, text.length) }),
      domainname: constant("(none)\n"),
      hostname: file(() => `${system.hostname}\n`), msgmax: constant("8192\n"), msgmnb: constant("16384\n"), msgmni: constant("32000\n"),
      ngroups_max: constant("65536\n"), osrelease: file(() => `${system.release}\n`), ostype: constant("Linux\n"), overflowgid: constant("65534\n"),
      overflowuid: constant("65534\n"), pid_max: constant("32768\n"), "perf_event_paranoid": constant("2\n"), randomize_va_space: setting("2\n"),
      random: directory({ boot_id: constant(boot), entropy_avail: constant("256\n"), poolsize: constant("256\n"), uuid: file(() => uuid(system.random)) }),
      "sched_child_runs_first": constant("0\n"), sem: constant("32000\t1024000000\t500\t32000\n"), shmall: constant("4294967295\n"), shmmax: constant("4294967295\n"),
      shmmni: constant("4096\n"), "threads-max": constant("63488\n"), version: file(() => `${system.version}\n`), yama: directory({ ptrace_scope: constant("0\n") }),
    }),
    net: directory({
      core: directory({ somaxconn: constant("4096\n"), rmem_default: constant("212992\n"), rmem_max: constant("212992\n"), wmem_default: constant("212992\n"), wmem_max: constant("212992\n") }),
      ipv4: directory({ ip_local_port_range: constant("32768\t60999\n"), tcp_rmem: constant("4096\t131072\t6291456\n"), tcp_wmem: constant("4096\t16384\t4194304\n") }),
    }),
    vm: directory({
      max_map_count: constant("65530\n"), min_free_kbytes: constant("4096\n"), mmap_min_addr: constant("65536\n"), overcommit_memory: setting("0\n"),
      overcommit_ratio: setting("50\n"), swappiness: setting("60\n"),
    }),
  };
}

/** The file system of /proc. */
export function createProc(environment: FsEnvironment, system: SystemFacts): Inode {
  const fixed: Record<string, Node> = {
    cmdline: constant("jit386\n"), cpuinfo: file(() => cpuinfo(system)), devices: constant("Character devices:\n  1 mem\n  5 /dev/tty\n136 pts\n\nBlock devices:\n"),
    filesystems: constant(FILE_SYSTEMS), loadavg: file(() => `0.00 0.00 0.00 ${system.running()}/${system.pids().length} ${system.lastPid()}\n`), meminfo: file(() => meminfo(system)),
    mounts: link(() => "self/mounts"), net: link(() => "self/net"), partitions: constant("major minor  #blocks  name\n\n"),
    self: link((caller) => (caller ? String(caller.process.pid) : -E.NOENT)), stat: file(() => statText(system)), swaps: constant("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"),
    sys: directory(() => sysctl(system)), "thread-self": link((caller) => (caller ? `${caller.process.pid}/task/${caller.tid}` : -E.NOENT)),
    uptime: file(() => `${system.uptime().toFixed(2)} ${system.uptime().toFixed(2)}\n`), version: file(() => `Linux version ${system.release} (jit386) ${system.version}\n`),
    vmstat: constant("nr_free_pages 0\npgpgin 0\npgpgout 0\npswpin 0\npswpout 0\npgfault 0\npgmajfault 0\n"),
  };
  /** Directories of processes, with the start time that tells a number used again. */
  const processes = new Map<number, { start: number; node: DirectoryNode }>();
  const root: DirectoryNode = {
    kind: "directory", mode: 0o555,
    list: () => [...system.pids().map(String), ...Object.keys(fixed)],
    find(name: string, _caller: Caller | undefined) {
      if (Object.hasOwn(fixed, name)) return fixed[name];
      const pid = /^[1-9]\d{0,8}$/.test(name) ? Number(name) : 0;
      const facts = pid ? system.process(pid) : undefined;
      if (!facts) {
        processes.delete(pid);
        return undefined;
      }
      let known = processes.get(pid);
      if (known?.start !== facts.startTicks) processes.set(pid, (known = { start: facts.startTicks, node: processDirectory(system, pid) }));
      return known!.node;
    },
  };
  return generatedFs(environment, "proc", 0x9fa0, root);
}

function cpuinfo(system: SystemFacts): string {
  return Array.from({ length: system.processors }, (_, i) => `processor\t: ${i}\n${cpuText(system.cpu)}\n`).join("");
}

/** The file system of /sys. */
export function createSys(environment: FsEnvironment, system: SystemFacts): Inode {
  const list = system.processors > 1 ? `0-${system.processors - 1}\n` : "0\n";
  const cpus = () => {
    const all: Record<string, Node> = { online: constant(list), possible: constant(list), present: constant(list), kernel_max: constant("63\n"), offline: constant("\n") };
    for (let i = 0; i < system.processors; i++) {
      all[`cpu${i}`] = directory({ topology: directory({ core_id: constant(`${i}\n`), physical_package_id: constant("0\n") }) });
    }
    return all;
  };
  return generatedFs(environment, "sysfs", 0x62656572, directory(() => ({
    block: directory({}), bus: directory({}), class: directory({ net: directory({}), tty: directory({}) }), dev: directory({}),
    devices: directory({ system: directory({ cpu: directory(cpus), node: directory({ online: constant("0\n"), possible: constant("0\n") }) }) }),
    firmware: directory({}), fs: directory({ cgroup: directory({}) }),
    kernel: directory({ mm: directory({ transparent_hugepage: directory({ enabled: constant("always madvise [never]\n") }) }) }), module: directory({}), power: directory({}),
  })));
}
