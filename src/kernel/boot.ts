// Starting a machine: a kernel, a mount namespace, and a first process with its standard streams and a program. Host-free: the
// command line (src/cli) and the library (src/core.ts) both come through here with the parts their host provides.

import type { Cpu } from "../runtime/cpu.ts";
import type { Engine, EngineOptions } from "../runtime/engine.ts";
import { createEngine } from "../runtime/engine.ts";
import { linuxI386 } from "./abi/linux-i386/index.ts";
import { fsEnvironment } from "./abi/linux-i386/file-environment.ts";
import { E } from "./errno.ts";
import { execute } from "./exec.ts";
import { createDev, deviceOpener } from "./fs/devices.ts";
import type { FsEnvironment, Inode } from "./fs/inode.ts";
import { kernelCaller, makeDirectory, openExecutable } from "./fs/operations.ts";
import { addMount, createFileTable, createFsState, createNamespace } from "./fs/state.ts";
import type { MountFlags } from "./fs/state.ts";
import { installStdio } from "./fs/stdio.ts";
import type { StandardStreams, Terminal } from "./fs/stdio.ts";
import { walkPath } from "./fs/walk.ts";
import type { DeviceOpener } from "./fs/hostfs.ts";
import { createKernel } from "./kernel.ts";
import type { KernelOptions } from "./kernel.ts";
import { createProcess, exitProcess } from "./process.ts";
import { runUntilExit } from "./scheduler.ts";
import type { ExitStatus, Kernel, Process } from "./thread.ts";

export interface MountRequest {
  readonly at: string;
  /** Makes the root to mount. */
  readonly root: (environment: FsEnvironment, openDevice: DeviceOpener) => Inode | number;
  readonly source: string;
  readonly flags?: MountFlags;
}

export interface MachineOptions {
  /** Where time comes from, what is traced, who is told of fatal signals. */
  readonly kernel: Omit<KernelOptions, "abis" | "createEngine">;
  readonly engine?: EngineOptions;
  /** Root file system first ("/"), then what is mounted over it, in order. */
  readonly mounts: readonly MountRequest[];
  readonly streams: (environment: FsEnvironment) => StandardStreams;
  /** Working directory in the guest; "/" when it is not there. */
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly groups?: readonly number[];
  readonly umask?: number;
  /** Told of each engine made, for statistics. */
  readonly onEngine?: (engine: Engine) => void;
}

export interface Machine {
  readonly kernel: Kernel;
  readonly process: Process;
  /** Runs a program to its end. A negative errno when it cannot be started. */
  run(path: string, args: readonly string[], env: readonly string[]): Promise<ExitStatus | number>;
  /** The guest path of a program named without a slash, as a shell finds it; a negative errno. */
  find(name: string, searchPath: string): string | number;
}

/** Makes a machine, ready to run one program. Throws an Error with a readable message when a mount cannot be made. */
export function createMachine(options: MachineOptions): Machine {
  const kernel = createKernel({
    ...options.kernel,
    abis: [linuxI386],
    createEngine(cpu: Cpu) {
      const engine = createEngine(cpu, options.engine);
      options.onEngine?.(engine);
      return engine;
    },
  });
  const environment = fsEnvironment({ kernel });
  let terminal: Terminal | undefined;
  const openDevice = deviceOpener(environment, (flags, path, caller) => terminal?.inode.open(flags, path, caller) ?? -E.NXIO);

  const [first, ...others] = options.mounts;
  const root = first.root(environment, openDevice);
  if (typeof root === "number") throw new MountError(first, -root);
  const namespace = createNamespace(root, first.source, first.flags);
  const fs = createFsState(namespace, options.umask ?? 0o022);
  const files = createFileTable();
  const caller = kernelCaller(fs, files);
  for (const mount of others) {
    let place = walkPath(caller, fs.root, mount.at, true);
    if (place === -E.NOENT) {
      makeDirectory(caller, fs.root, mount.at, 0o755);
      place = walkPath(caller, fs.root, mount.at, true);
    }
    const inode = typeof place === "number" ? place : mount.root(environment, openDevice);
    if (typeof inode === "number") throw new MountError(mount, -inode);
    if (typeof place !== "number") addMount(namespace, place, inode, mount.source, mount.flags);
  }
  fs.root = createFsState(namespace).root;
  fs.cwd = fs.root;
  const cwd = options.cwd === undefined ? fs.root : walkPath(caller, fs.root, options.cwd, true);
  if (typeof cwd !== "number" && cwd.dentry.inode.isDirectory) fs.cwd = cwd;

  terminal = installStdio(files, options.streams(environment));
  const process = createProcess(kernel, {
    abi: linuxI386, files, fs, uid: options.uid ?? 0, gid: options.gid ?? 0, groups: options.groups ?? [],
  });
  const [thread] = process.threads;
  return {
    kernel, process,
    async run(path, args, env) {
      const failed = execute(thread, path, args, env);
      if (failed < 0) {
        exitProcess(process, { code: 127, signal: 0, core: false });
        return failed;
      }
      return runUntilExit(kernel, process);
    },
    find(name, searchPath) {
      let denied = -E.NOENT as number;
      for (const directory of searchPath.split(":")) {
        const path = directory === "" ? name : `${directory}/${name}`;
        const file = openExecutable(thread, fs.cwd, path);
        if (typeof file !== "number") {
          file.unref();
          return path;
        }
        if (file === -E.ACCES) denied = file;
      }
      return denied;
    },
  };
}

/** A mount that cannot be made. */
export class MountError extends Error {
  readonly errno: number;
  readonly source: string;
  readonly at: string;

  constructor(mount: MountRequest, errno: number) {
    super(`${mount.source}: cannot be mounted at ${mount.at}`);
    this.errno = errno;
    this.source = mount.source;
    this.at = mount.at;
  }
}

/** /dev, for the list of mounts. */
export const DEV_MOUNT: MountRequest = {
  at: "/dev", source: "udev", root: (environment, openDevice) => createDev(environment, openDevice as Parameters<typeof createDev>[1]),
};

