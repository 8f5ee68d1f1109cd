// All system calls of linux-i386 by number, gathered from the calls-*.ts files.

import type { SystemCall } from "../syscall.ts";
import { attrCalls } from "./calls-attr.ts";
import { cloneCalls } from "./calls-clone.ts";
import { credentialCalls } from "./calls-credentials.ts";
import { epollCalls } from "./calls-epoll.ts";
import { fcntlCalls } from "./calls-fcntl.ts";
import { ipcCalls } from "./calls-ipc.ts";
import { ioctlCalls } from "./calls-ioctl.ts";
import { ioCalls } from "./calls-io.ts";
import { memoryCalls } from "./calls-mm.ts";
import { nameCalls } from "./calls-name.ts";
import { openCalls } from "./calls-open.ts";
import { pidfdCalls } from "./calls-pidfd.ts";
import { pollCalls } from "./calls-poll.ts";
import { processCalls } from "./calls-process.ts";
import { refusedCalls } from "./calls-refused.ts";
import { signalCalls } from "./calls-signal.ts";
import { socketCalls } from "./calls-socket.ts";
import { statCalls } from "./calls-stat.ts";
import { systemCalls } from "./calls-system.ts";
import { threadCalls } from "./calls-thread.ts";
import { timeCalls } from "./calls-time.ts";
import { timerfdCalls } from "./calls-timerfd.ts";
import { transferCalls } from "./calls-transfer.ts";

const LISTS: readonly (readonly SystemCall[])[] = [
  openCalls, ioCalls, statCalls, nameCalls, attrCalls, fcntlCalls, ioctlCalls, pollCalls, epollCalls, timerfdCalls,
  transferCalls, memoryCalls, processCalls, cloneCalls, credentialCalls, signalCalls, threadCalls, timeCalls, systemCalls,
  socketCalls, ipcCalls, pidfdCalls, refusedCalls,
];

function gather(): (SystemCall | undefined)[] {
  const table: (SystemCall | undefined)[] = [];
  for (const list of LISTS) {
    for (const declared of list) {
      const other = table[declared.number];
      if (other) throw new Error(`system call ${declared.number} is declared twice: ${other.name}, ${declared.name}`);
      table[declared.number] = declared;
    }
  }
  return table;
}

export const SYSTEM_CALLS: readonly (SystemCall | undefined)[] = gather();
