// pidfd_open(2), pidfd_send_signal(2), pidfd_getfd(2), and the declarations of inotify(7), whose code is loaded at the first use.

import { E } from "../../errno.ts";
import { O } from "../../fs/constants.ts";
import { IN } from "../../fs/notify.ts";
import { PidFile } from "../../fs/pidfd.ts";
import { getFile } from "../../fs/state.ts";
import { maySignal } from "../../process.ts";
import { SI, SIGNAL_COUNT, signalProcess } from "../../signal.ts";
import type { SignalInfo } from "../../signal.ts";
import type { Process } from "../../thread.ts";
import { call, fd, flags, hex, int, lazily, path, pid, signal, structIn } from "../syscall.ts";
import type { Context, SystemCall } from "../syscall.ts";
import { fileOf, install } from "./file-arguments.ts";
import { fsEnvironment } from "./file-environment.ts";
import { decodeSiginfo, SIGINFO_SIZE } from "./siginfo.ts";

/** Gives a process a descriptor, always close-on-exec. */
export function installPidFile(k: Context, process: Process, status: number): number {
  return install(k, new PidFile(fsEnvironment(k), process, status), O.CLOEXEC);
}

function open(k: Context, number: number, bits: number): number {
  if (bits & ~O.NONBLOCK || number <= 0) return -E.INVAL;
  const process = k.kernel.processes.get(number);
  if (!process) return k.kernel.threads.has(number) ? -E.INVAL : -E.SRCH;
  return installPidFile(k, process, bits & O.NONBLOCK);
}

function sendSignal(k: Context, n: number, number: number, info: number, bits: number): number {
  if (bits) return -E.INVAL;
  const file = fileOf(k, n);
  if (!(file instanceof PidFile)) return -E.BADF;
  let data: SignalInfo = { code: SI.USER, pid: k.process.pid, uid: k.process.credentials.uid };
  if (info) {
    const bytes = k.memory.read(info, SIGINFO_SIZE);
    if (!bytes) return -E.FAULT;
    if (new DataView(bytes.buffer).getInt32(0, true) !== number) return -E.INVAL;
    data = decodeSiginfo(bytes, number);
    if (((data.code ?? 0) >= 0 || data.code === SI.TKILL) && file.process !== k.process) return -E.PERM;
  }
  if (number < 0 || number > SIGNAL_COUNT) return -E.INVAL;
  if (!file.known) return -E.SRCH;
  const allowed = maySignal(k, file.process, number);
  if (allowed < 0) return allowed;
  if (number > 0) signalProcess(file.process, number, data);
  return 0;
}

function getDescriptor(k: Context, n: number, target: number, bits: number): number {
  if (bits) return -E.INVAL;
  const file = fileOf(k, n);
  if (!(file instanceof PidFile)) return -E.BADF;
  if (!file.known || file.process.status) return -E.SRCH;
  const own = k.process.credentials, other = file.process.credentials;
  if (own.euid !== 0 && [other.uid, other.euid, other.suid].some((uid) => uid !== own.fsuid)) return -E.PERM;
  const wanted = getFile(file.process.files, target);
  return wanted ? install(k, wanted.ref(), O.CLOEXEC) : -E.BADF;
}

const late = lazily(() => import("./inotify-handlers.ts").then(({ inotifyHandlers }) => inotifyHandlers));
const INIT = { IN_CLOEXEC: O.CLOEXEC, IN_NONBLOCK: O.NONBLOCK } as const;
const MASK = Object.fromEntries(Object.entries(IN).map(([name, value]) => [`IN_${name}`, value]));
const HOST = "changes that other programs of the host make are not seen";

export const pidfdCalls: readonly SystemCall[] = [
  call(424, "pidfd_send_signal", [fd("pidfd"), signal(), structIn("info", "siginfo_t"), hex("flags")], "int", sendSignal),
  call(434, "pidfd_open", [pid(), flags("flags", { PIDFD_NONBLOCK: O.NONBLOCK })], "fd", open),
  call(438, "pidfd_getfd", [fd("pidfd"), fd("targetfd"), hex("flags")], "fd", getDescriptor),
  call(291, "inotify_init", [], "fd", late("init"), "partial", HOST),
  call(292, "inotify_add_watch", [fd(), path(), flags("mask", MASK)], "int", late("addWatch"), "partial", HOST),
  call(293, "inotify_rm_watch", [fd(), int("wd")], "int", late("removeWatch")),
  call(332, "inotify_init1", [flags("flags", INIT)], "fd", late("init1"), "partial", HOST),
];
