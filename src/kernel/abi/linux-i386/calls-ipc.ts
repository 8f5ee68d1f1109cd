// Declarations of System V IPC, sysvipc(7), and POSIX message queues, mq_overview(7). What they do is ipc-handlers.ts and mq-handlers.ts,
// which are loaded at the first use.

import { O } from "../../fs/constants.ts";
import { call, fd, flags, hex, int, lazily, mode, oneOf, pointer, size, string, structIn, structOut, uint } from "../syscall.ts";
import type { SystemCall } from "../syscall.ts";

const late = lazily(() => import("./ipc-handlers.ts").then(({ ipcHandlers }) => ipcHandlers));
const lateQueue = lazily(() => import("./mq-handlers.ts").then(({ queueHandlers }) => queueHandlers));

const IPC_CALLS = {
  SEMOP: 1, SEMGET: 2, SEMCTL: 3, SEMTIMEDOP: 4, MSGSND: 11, MSGRCV: 12, MSGGET: 13, MSGCTL: 14, SHMAT: 21, SHMDT: 22, SHMGET: 23, SHMCTL: 24,
};
const OPEN = { O_WRONLY: O.WRONLY, O_RDWR: O.RDWR, O_CREAT: O.CREAT, O_EXCL: O.EXCL, O_NONBLOCK: O.NONBLOCK, O_CLOEXEC: O.CLOEXEC } as const;
const OLD = "not the structures of version 0, which libc has not used since 2.1";

export const ipcCalls: readonly SystemCall[] = [
  call(117, "ipc", [oneOf("call", IPC_CALLS), int("first"), uint("second"), hex("third"), pointer("ptr"), hex("fifth")], "int", late("ipc"), "partial", OLD),
  call(393, "semget", [hex("key"), int("nsems"), hex("semflg")], "int", late("semget")),
  call(394, "semctl", [int("semid"), int("semnum"), int("cmd"), hex("arg")], "int", late("semctl")),
  call(395, "shmget", [hex("key"), size("size"), hex("shmflg")], "int", late("shmget")),
  call(396, "shmctl", [int("shmid"), int("cmd"), structIn("buf", "shmid64_ds")], "int", late("shmctl")),
  call(397, "shmat", [int("shmid"), pointer("shmaddr"), hex("shmflg")], "address", late("shmat")),
  call(398, "shmdt", [pointer("shmaddr")], "int", late("shmdt")),
  call(399, "msgget", [hex("key"), hex("msgflg")], "int", late("msgget")),
  call(400, "msgsnd", [int("msqid"), structIn("msgp", "msgbuf"), size("msgsz"), hex("msgflg")], "int", late("msgsnd")),
  call(401, "msgrcv", [int("msqid"), structOut("msgp", "msgbuf"), size("msgsz"), int("msgtyp"), hex("msgflg")], "size", late("msgrcv")),
  call(402, "msgctl", [int("msqid"), int("cmd"), structIn("buf", "msqid64_ds")], "int", late("msgctl")),
  call(420, "semtimedop_time64", [int("semid"), structIn("sops", "sembuf"), uint("nsops"), structIn("timeout", "timespec64")], "int", late("semtimedop64")),
  call(277, "mq_open", [string("name"), flags("oflag", OPEN), mode(), structIn("attr", "mq_attr")], "fd", lateQueue("open")),
  call(278, "mq_unlink", [string("name")], "int", lateQueue("unlink")),
  call(279, "mq_timedsend", [fd("mqdes"), pointer("msg_ptr"), size("msg_len"), uint("msg_prio"), structIn("abs_timeout", "timespec32")], "int", lateQueue("send")),
  call(280, "mq_timedreceive", [fd("mqdes"), pointer("msg_ptr"), size("msg_len"), structOut("msg_prio", "unsigned"), structIn("abs_timeout", "timespec32")],
    "size", lateQueue("receive")),
  call(281, "mq_notify", [fd("mqdes"), structIn("sevp", "sigevent")], "int", lateQueue("notify"), "partial", "no SIGEV_THREAD, which needs a netlink socket"),
  call(282, "mq_getsetattr", [fd("mqdes"), structIn("newattr", "mq_attr"), structOut("oldattr", "mq_attr")], "int", lateQueue("attributes")),
  call(418, "mq_timedsend_time64", [fd("mqdes"), pointer("msg_ptr"), size("msg_len"), uint("msg_prio"), structIn("abs_timeout", "timespec64")], "int", lateQueue("send64")),
  call(419, "mq_timedreceive_time64", [fd("mqdes"), pointer("msg_ptr"), size("msg_len"), structOut("msg_prio", "unsigned"), structIn("abs_timeout", "timespec64")],
    "size", lateQueue("receive64")),
];
