// The system calls that a program makes for its own ends, gathered: what table.ts does not have from the start.

import type { SystemCall } from "../syscall.ts";
import { attrCalls } from "./calls-attr.ts";
import { cloneCalls } from "./calls-clone.ts";
import { epollCalls } from "./calls-epoll.ts";
import { fcntlCalls } from "./calls-fcntl.ts";
import { ioCalls } from "./calls-io.ts";
import { ioctlCalls } from "./calls-ioctl.ts";
import { ipcCalls } from "./calls-ipc.ts";
import { nameCalls } from "./calls-name.ts";
import { openCalls } from "./calls-open.ts";
import { pidfdCalls } from "./calls-pidfd.ts";
import { pollCalls } from "./calls-poll.ts";
import { refusedCalls } from "./calls-refused.ts";
import { schedCalls } from "./calls-sched.ts";
import { signalCalls } from "./calls-signal.ts";
import { socketCalls } from "./calls-socket.ts";
import { statCalls } from "./calls-stat.ts";
import { timeCalls } from "./calls-time.ts";
import { timerfdCalls } from "./calls-timerfd.ts";
import { transferCalls } from "./calls-transfer.ts";

export function otherCalls(): readonly (readonly SystemCall[])[] {
  return [
    openCalls, ioCalls, statCalls, nameCalls, attrCalls, fcntlCalls, ioctlCalls, pollCalls, epollCalls, timerfdCalls, transferCalls, cloneCalls, schedCalls,
    signalCalls, timeCalls, socketCalls, ipcCalls, pidfdCalls, refusedCalls,
  ];
}
