// Starting a machine: a kernel, a mount namespace, and a first process with its standard streams and a program. Host-free: the
// command line (src/cli) and the library (src/core.ts) both come through here with the parts their host provides.

import type { Cpu } from "./runtime/cpu.ts";
import type { Engine, EngineOptions } from "./runtime/engine.ts";
import type { SavedProgram } from "./runtime/saved.ts";
import { createEngine } from "./runtime/engine.ts";
import { linuxI386 } from "./kernel/abi/linux-i386/index.ts";
import { fsEnvironment } from "./kernel/abi/linux-i386/file-environment.ts";
import type { Abi } from "./kernel/abi/abi.ts";
import { E } from "./kernel/errno.ts";
import { execute } from "./kernel/exec.ts";
import { systemFacts } from "./kernel/facts.ts";
import type { FsEnvironment } from "./kernel/fs/inode.ts";
import type { HostFs } from "./kernel/fs/host.ts";
import { kernelCaller, openExecutable } from "./kernel/fs/access.ts";
import { setupNamespace } from "./kernel/fs/setup.ts";
import type { MountRequest, NamespaceOptions } from "./kernel/fs/setup.ts";
import { createFileTable, createFsState } from "./kernel/fs/state.ts";
import { PtsInode } from "./kernel/fs/devpts.ts";
import { installStdio, StreamFile } from "./kernel/fs/stdio.ts";
import type { HostTty, StandardStreams } from "./kernel/fs/stdio.ts";
import { controllingTerminal } from "./kernel/fs/terminal.ts";
import { walkPath } from "./kernel/fs/walk.ts";
import { createKernel } from "./kernel/kernel.ts";
import type { KernelOptions } from "./kernel/kernel.ts";
import { createProcess, exitProcess } from "./kernel/process.ts";
import { runUntilExit } from "./kernel/scheduler.ts";
import type { ExitStatus, Kernel, Process } from "./kernel/thread.ts";

const DEFAULT_HOSTNAME = "jit386";

export interface MachineOptions {
  /** Where time comes from, what is traced, who is told of fatal signals. */
  readonly kernel: Omit<KernelOptions, "abis" | "createEngine" | "nameProgram">;
  readonly engine?: Omit<EngineOptions, "saved">;
  /** Keeps translations from run to run. */
  readonly translations?: TranslationStore | undefined;
  /** Personalities by preference: the first that recognises a program runs it. Linux's by default. */
  readonly abis?: readonly Abi[];
  /** The host's files; undefined for a machine whose "/" is in memory. */
  readonly host?: HostFs;
  /** Host directory to be "/"; "" for the host's own. */
  readonly root?: string;
  /** Nothing of "/" can be changed, but for what `mounts` put over it. */
  readonly rootReadonly?: boolean;
  readonly mounts?: readonly MountRequest[];
  /** Makes overlays, for mounts of that kind: kernel/fs/overlay.ts. */
  readonly overlay?: NamespaceOptions["overlay"];
  /** Keeps what a host with limits cannot hold: kernel/fs/metadata.ts. */
  readonly metadata?: NamespaceOptions["metadata"];
  readonly streams: (environment: FsEnvironment) => StandardStreams;
  /** Working directory in the guest; "/" when it is not there. */
  readonly cwd?: string;
  readonly uid: number;
  readonly gid: number;
  readonly groups?: readonly number[];
  readonly umask?: number;
  /** Told of each engine made, for statistics. */
  readonly onEngine?: (engine: Engine) => void;
}

/** Translations of programs, kept from run to run. */
export interface TranslationStore {
  /** Names a program by its contents; "" when they cannot be read. A name may be wrong: nothing is used without a look at the code itself. */
  name(file: { readonly size: number; readAt(offset: number, buffer: Uint8Array): number }): string;
  open(program: string): SavedProgram | undefined;
}

export interface Machine {
  readonly kernel: Kernel;
  readonly process: Process;
  /** The host's terminal, when the program has it. */
  readonly terminal: HostTty | undefined;
  /** The process group that signals from the terminal are for. */
  foregroundGroup(): number;
  /** Runs a program to its end. A negative errno when it cannot be started. */
  run(path: string, args: readonly string[], env: readonly string[]): Promise<ExitStatus | number>;
  /** The guest path of a program named without a slash, as a shell finds it; a negative errno. */
  find(name: string, searchPath: string): string | number;
}

/** A mount that cannot be made: which, and why. */
export class MountError extends Error {
  readonly path: string;
  readonly errno: number;

  constructor(path: string, errno: number) {
    super(`${path}: cannot be mounted`);
    this.path = path;
    this.errno = errno;
  }
}

/**
 * Some process can still write to a standard stream that leads to a pipe or file outside: whoever reads there waits for it, as for any
 * background process. A terminal is given back when the first process ends.
 */
function outputHeld(kernel: Kernel): boolean {
  for (const process of kernel.processes.values()) {
    if (process.status) continue;
    for (const slot of process.files.slots) if (slot && slot.file instanceof StreamFile && slot.file.outside && slot.file.writable) return true;
  }
  return false;
}

/** Makes a machine, ready to run one program. Throws a MountError when the namespace cannot be set up. */
export function createMachine(options: MachineOptions): Machine {
  const { translations } = options;
  const kernel = createKernel({
    ...options.kernel,
    abis: options.abis ?? [linuxI386],
    nameProgram: translations?.name,
    createEngine(cpu: Cpu, program: string) {
      const engine = createEngine(cpu, translations === undefined ? options.engine : { ...options.engine, saved: translations.open(program) });
      options.onEngine?.(engine);
      return engine;
    },
  });
  const environment = fsEnvironment({ kernel });
  const now = kernel.clock.realtime().seconds - Math.floor(kernel.clock.monotonic() / 1e9);
  const system = systemFacts(() => kernel, options.kernel.hostname ?? DEFAULT_HOSTNAME, linuxI386.identity.release, linuxI386.identity.version, now);
  const namespace = setupNamespace({
    environment, system, host: options.host, root: options.root ?? "", rootReadonly: options.rootReadonly, mounts: options.mounts ?? [], kernel, overlay: options.overlay,
    metadata: options.metadata,
    terminal(caller) {
      const process = caller && kernel.processes.get(caller.process.pid);
      return process && controllingTerminal(kernel, process.sid);
    },
  });
  if ("error" in namespace) throw new MountError(namespace.path, -namespace.error);
  const fs = createFsState(namespace, options.umask ?? 0o022);
  const files = createFileTable();
  if (options.cwd !== undefined) {
    const cwd = walkPath(kernelCaller(fs, files), fs.root, options.cwd, true);
    if (typeof cwd !== "number" && cwd.dentry.inode.isDirectory) fs.cwd = cwd;
  }
  const terminal = installStdio(files, options.streams(environment), kernel);
  const process = createProcess(kernel, { abi: linuxI386, files, fs, uid: options.uid, gid: options.gid, groups: options.groups ?? [] });
  const [thread] = process.threads;
  if (terminal) {
    const pts = namespace.mounts.find((mount) => mount.root.inode instanceof PtsInode)?.root.inode;
    if (pts instanceof PtsInode) terminal.enter(pts, options.uid);
    terminal.session = process.sid;
    terminal.foreground = process.pgid;
  }
  return {
    kernel, process,
    terminal,
    foregroundGroup: () => terminal?.foreground || process.pgid,
    async run(path, args, env) {
      const failed = execute(thread, path, args, env);
      if (failed < 0) {
        exitProcess(process, { code: 127, signal: 0, core: false });
        return failed;
      }
      kernel.trace?.started(thread, path, args, env);
      return runUntilExit(kernel, process, () => outputHeld(kernel));
    },
    find(name, searchPath) {
      let failure: number = -E.NOENT;
      for (const directory of searchPath.split(":")) {
        const path = directory === "" ? name : `${directory}/${name}`;
        const file = openExecutable(thread, fs.cwd, path);
        if (typeof file !== "number") {
          file.unref();
          return path;
        }
        if (file === -E.ACCES) failure = file;
      }
      return failure;
    },
  };
}
