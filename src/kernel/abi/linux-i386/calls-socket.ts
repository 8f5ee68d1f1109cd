// Sockets, socket(2): the declarations. What the calls do stands in socket-calls.ts, which is loaded with everything below it (net/) when a program
// makes its first socket: most never do.

import { E } from "../../errno.ts";
import type { OpenFile } from "../../fs/file.ts";
import { getFile } from "../../fs/state.ts";
import { createWaitQueue, waitFor, wake } from "../../wait.ts";
import type { Result } from "../../wait.ts";
import { bufferIn, call, fd, flags, hex, int, oneOf, pointer, size, structIn } from "../syscall.ts";
import type { Argument, Context, Handler, Level, ResultType, SystemCall } from "../syscall.ts";

type Sockets = (typeof import("./socket-calls.ts"))["socketHandlers"];

let sockets: Sockets | undefined;

/** Loads the sockets, then makes the call. All of the machine stands still meanwhile, so that runs stay repeatable. */
function load(k: Context, action: (sockets: Sockets) => Result): Result {
  if (sockets) return action(sockets);
  const loaded = createWaitQueue();
  k.kernel.loading = import("./socket-calls.ts").then(({ socketHandlers }) => {
    sockets = socketHandlers;
    wake(loaded);
  });
  // The calls that make sockets never wait.
  return waitFor([loaded], () => (sockets ? (action(sockets) as number) : undefined), { uninterruptible: true });
}

/** A call on a descriptor: without sockets it cannot be one. */
function onSocket(action: (sockets: Sockets, k: Context, ...args: number[]) => Result): Handler {
  return (k, n, ...rest) => {
    if (sockets) return action(sockets, k, n, ...rest);
    return getFile(k.process.files, n) ? -E.NOTSOCK : -E.BADF;
  };
}

/** For read(2), write(2) and ioctl(2): a file that says it is a socket has been made by what is loaded. */
export const writeSocket = (k: Context, file: OpenFile, bytes: Uint8Array): Result => sockets!.writeSocket(k, file, bytes);
export const readSocket = (k: Context, file: OpenFile, segments: readonly { readonly address: number; readonly length: number }[]): Result =>
  sockets!.readSocket(k, file, segments);
export const socketIoctl = (k: Context, file: OpenFile, request: number, argument: number): number | undefined => sockets!.socketIoctl(k, file, request, argument);

const SUBCALLS = {
  SYS_SOCKET: 1, SYS_BIND: 2, SYS_CONNECT: 3, SYS_LISTEN: 4, SYS_ACCEPT: 5, SYS_GETSOCKNAME: 6, SYS_GETPEERNAME: 7, SYS_SOCKETPAIR: 8, SYS_SEND: 9, SYS_RECV: 10,
  SYS_SENDTO: 11, SYS_RECVFROM: 12, SYS_SHUTDOWN: 13, SYS_SETSOCKOPT: 14, SYS_GETSOCKOPT: 15, SYS_SENDMSG: 16, SYS_RECVMSG: 17, SYS_ACCEPT4: 18,
  SYS_RECVMMSG: 19, SYS_SENDMMSG: 20,
} as const;

/** socketcall(2): the calls by number, their arguments in an array of words. */
function socketcall(k: Context, what: number, at: number): Result {
  if (what < 1 || what > SUBCALLS.SYS_SENDMMSG) return -E.INVAL;
  if (sockets || what === SUBCALLS.SYS_SOCKET || what === SUBCALLS.SYS_SOCKETPAIR) return load(k, (module) => module.socketcall(k, what, at));
  const first = k.memory.loadU32(at);
  if (first === undefined) return -E.FAULT;
  return getFile(k.process.files, first | 0) ? -E.NOTSOCK : -E.BADF;
}

const DOMAINS = { AF_UNIX: 1, AF_INET: 2, AF_INET6: 10, AF_NETLINK: 16 } as const;
const TYPES = { SOCK_STREAM: 1, SOCK_DGRAM: 2, SOCK_SEQPACKET: 5 } as const;
const MESSAGE_FLAGS = {
  MSG_OOB: 1, MSG_PEEK: 2, MSG_DONTROUTE: 4, MSG_CTRUNC: 8, MSG_TRUNC: 0x20, MSG_DONTWAIT: 0x40, MSG_EOR: 0x80, MSG_WAITALL: 0x100, MSG_NOSIGNAL: 0x4000,
  MSG_MORE: 0x8000, MSG_WAITFORONE: 0x10000, MSG_CMSG_CLOEXEC: 0x4000_0000,
} as const;
const SHUTDOWNS = { SHUT_RD: 0, SHUT_WR: 1, SHUT_RDWR: 2 } as const;

const onFd = (
  number: number, name: string, rest: readonly Argument[], action: (sockets: Sockets, k: Context, ...args: number[]) => Result, result: ResultType = "int",
  level: Level = "full", note = "",
): SystemCall => call(number, name, [fd("sockfd"), ...rest], result, onSocket(action), level, note);

const address = [structIn("addr", "sockaddr"), int("addrlen")];
const addressOut = [pointer("addr"), pointer("addrlen")];
const messageFlags = flags("flags", MESSAGE_FLAGS);
const FAMILIES = "local, internet (TCP, UDP; beyond the machine with --net only) and routing netlink sockets; no raw or packet sockets";
const URGENT = "no urgent data";

export const socketCalls: readonly SystemCall[] = [
  call(102, "socketcall", [oneOf("call", SUBCALLS), pointer("args")], "int", socketcall, "full", "as the calls it stands for"),
  call(359, "socket", [oneOf("domain", DOMAINS), hex("type"), int("protocol")], "fd", (k, family, type, protocol) =>
    load(k, (module) => module.socket(k, family, type, protocol)), "partial", FAMILIES),
  call(360, "socketpair", [oneOf("domain", DOMAINS), oneOf("type", TYPES), int("protocol"), pointer("sv")], "int", (k, family, type, protocol, sv) =>
    load(k, (module) => module.socketpair(k, family, type, protocol, sv))),
  onFd(361, "bind", address, (m, k, n, a, l) => m.bind(k, n, a, l)),
  onFd(362, "connect", address, (m, k, n, a, l) => m.connect(k, n, a, l)),
  onFd(363, "listen", [int("backlog")], (m, k, n, b) => m.listen(k, n, b)),
  onFd(364, "accept4", [...addressOut, hex("flags")], (m, k, n, a, l, f) => m.accept4(k, n, a, l, f), "fd"),
  onFd(365, "getsockopt", [int("level"), int("optname"), pointer("optval"), pointer("optlen")], (m, k, n, l, o, v, s) => m.getsockopt(k, n, l, o, v, s),
    "int", "partial", "the usual options"),
  onFd(366, "setsockopt", [int("level"), int("optname"), pointer("optval"), int("optlen")], (m, k, n, l, o, v, s) => m.setsockopt(k, n, l, o, v, s),
    "int", "partial", "the usual options; what has no effect here is kept and told again; no filters"),
  onFd(367, "getsockname", addressOut, (m, k, n, a, l) => m.getsockname(k, n, a, l)),
  onFd(368, "getpeername", addressOut, (m, k, n, a, l) => m.getpeername(k, n, a, l)),
  onFd(369, "sendto", [bufferIn("buf", 2), size("len"), messageFlags, pointer("dest_addr"), int("addrlen")], (m, k, n, b, c, f, a, l) => m.sendto(k, n, b, c, f, a, l),
    "size", "partial", URGENT),
  onFd(370, "sendmsg", [pointer("msg"), messageFlags], (m, k, n, a, f) => m.sendmsg(k, n, a, f), "size", "partial", URGENT),
  onFd(371, "recvfrom", [pointer("buf"), size("len"), messageFlags, pointer("src_addr"), pointer("addrlen")], (m, k, n, b, c, f, a, l) =>
    m.recvfrom(k, n, b, c, f, a, l), "size", "partial", URGENT),
  onFd(372, "recvmsg", [pointer("msg"), messageFlags], (m, k, n, a, f) => m.recvmsg(k, n, a, f), "size", "partial", URGENT),
  onFd(373, "shutdown", [oneOf("how", SHUTDOWNS)], (m, k, n, h) => m.shutdown(k, n, h)),
  onFd(337, "recvmmsg", [pointer("msgvec"), int("vlen"), messageFlags, pointer("timeout")], (m, k, n, a, c, f, t) => m.recvmmsg(k, n, a, c, f, t, 4)),
  onFd(345, "sendmmsg", [pointer("msgvec"), int("vlen"), messageFlags], (m, k, n, a, c, f) => m.sendmmsg(k, n, a, c, f)),
  onFd(417, "recvmmsg_time64", [pointer("msgvec"), int("vlen"), messageFlags, pointer("timeout")], (m, k, n, a, c, f, t) => m.recvmmsg(k, n, a, c, f, t, 8)),
];
