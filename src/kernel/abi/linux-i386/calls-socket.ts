// Sockets, socket(2): there is no network and no local socket yet, so every family answers as a kernel built without it. Also the
// calls of other subsystems that are known and absent (System V IPC, message queues, modules, swap, quota, pidfd, the mount API).

import { E } from "../../errno.ts";
import { getFile } from "../../fs/state.ts";
import { absent, call, fd, hex, int, pointer, size, structIn } from "../syscall.ts";
import type { Argument, Context, SystemCall } from "../syscall.ts";

const NONE = "no sockets yet: EAFNOSUPPORT";

/** A call on a descriptor that cannot be a socket. */
function notSocket(k: Context, descriptor: number): number {
  return getFile(k.process.files, descriptor) ? -E.NOTSOCK : -E.BADF;
}

const LAST_CALL = 20;
const [SOCKET, SOCKETPAIR] = [1, 8];

/** socketcall(2): the calls by number, their arguments in an array of words. */
function socketcall(k: Context, what: number, at: number): number {
  if (what < 1 || what > LAST_CALL) return -E.INVAL;
  const first = k.memory.loadU32(at);
  if (first === undefined) return -E.FAULT;
  return what === SOCKET || what === SOCKETPAIR ? -E.AFNOSUPPORT : notSocket(k, first | 0);
}

const onSocket = (number: number, name: string, ...rest: Argument[]): SystemCall => call(number, name, [fd("sockfd"), ...rest], "int", notSocket, "stub", NONE);

export const socketCalls: readonly SystemCall[] = [
  call(102, "socketcall", [int("call"), pointer("args")], "int", socketcall, "stub", NONE),
  call(359, "socket", [int("domain"), int("type"), int("protocol")], "fd", () => -E.AFNOSUPPORT, "stub", NONE),
  call(360, "socketpair", [int("domain"), int("type"), int("protocol"), pointer("sv")], "int", () => -E.AFNOSUPPORT, "stub", NONE),
  onSocket(361, "bind", structIn("addr", "sockaddr"), int("addrlen")),
  onSocket(362, "connect", structIn("addr", "sockaddr"), int("addrlen")),
  onSocket(363, "listen", int("backlog")),
  onSocket(364, "accept4", pointer("addr"), pointer("addrlen"), hex("flags")),
  onSocket(365, "getsockopt", int("level"), int("optname"), pointer("optval"), pointer("optlen")),
  onSocket(366, "setsockopt", int("level"), int("optname"), pointer("optval"), int("optlen")),
  onSocket(367, "getsockname", pointer("addr"), pointer("addrlen")),
  onSocket(368, "getpeername", pointer("addr"), pointer("addrlen")),
  onSocket(369, "sendto", pointer("buf"), size("len"), hex("flags"), pointer("dest_addr"), int("addrlen")),
  onSocket(370, "sendmsg", pointer("msg"), hex("flags")),
  onSocket(371, "recvfrom", pointer("buf"), size("len"), hex("flags"), pointer("src_addr"), pointer("addrlen")),
  onSocket(372, "recvmsg", pointer("msg"), hex("flags")),
  onSocket(373, "shutdown", int("how")),
  onSocket(337, "recvmmsg", pointer("msgvec"), int("vlen"), hex("flags"), pointer("timeout")),
  onSocket(345, "sendmmsg", pointer("msgvec"), int("vlen"), hex("flags")),
  onSocket(417, "recvmmsg_time64", pointer("msgvec"), int("vlen"), hex("flags"), pointer("timeout")),
  absent(62, "ustat"), absent(86, "uselib"), absent(87, "swapon"), absent(115, "swapoff"), absent(111, "vhangup"), absent(127, "create_module"),
  absent(128, "init_module"), absent(129, "delete_module"), absent(130, "get_kernel_syms"), absent(167, "query_module"), absent(131, "quotactl"), absent(169, "nfsservctl"),
  absent(338, "fanotify_init"), absent(341, "name_to_handle_at"), absent(342, "open_by_handle_at"),
  absent(428, "open_tree"), absent(429, "move_mount"), absent(430, "fsopen"), absent(431, "fsconfig"), absent(432, "fsmount"),
  absent(433, "fspick"), absent(440, "process_madvise"), absent(442, "mount_setattr"),
];
