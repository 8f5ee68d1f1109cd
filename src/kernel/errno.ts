// Error numbers of the kernel core: Linux's generic numbers (asm-generic/errno-base.h, errno.h), errno(3).
// Kernel functions return them negated (`return -E.BADF`); a personality whose numbers differ translates in its `Abi`.

export const E = {
  PERM: 1, NOENT: 2, SRCH: 3, INTR: 4, IO: 5, NXIO: 6, TOOBIG: 7, NOEXEC: 8, BADF: 9, CHILD: 10, AGAIN: 11, NOMEM: 12, ACCES: 13,
  FAULT: 14, NOTBLK: 15, BUSY: 16, EXIST: 17, XDEV: 18, NODEV: 19, NOTDIR: 20, ISDIR: 21, INVAL: 22, NFILE: 23, MFILE: 24,
  NOTTY: 25, TXTBSY: 26, FBIG: 27, NOSPC: 28, SPIPE: 29, ROFS: 30, MLINK: 31, PIPE: 32, DOM: 33, RANGE: 34, DEADLK: 35,
  NAMETOOLONG: 36, NOLCK: 37, NOSYS: 38, NOTEMPTY: 39, LOOP: 40, NOMSG: 42, IDRM: 43, NOSTR: 60, NODATA: 61, TIME: 62, NOLINK: 67,
  PROTO: 71, BADMSG: 74, OVERFLOW: 75, LIBACC: 79, LIBBAD: 80, LIBSCN: 81, LIBMAX: 82, LIBEXEC: 83, ILSEQ: 84, RESTART: 85,
  USERS: 87, NOTSOCK: 88, DESTADDRREQ: 89, MSGSIZE: 90, PROTOTYPE: 91, NOPROTOOPT: 92, PROTONOSUPPORT: 93, SOCKTNOSUPPORT: 94,
  OPNOTSUPP: 95, PFNOSUPPORT: 96, AFNOSUPPORT: 97, ADDRINUSE: 98, ADDRNOTAVAIL: 99, NETDOWN: 100, NETUNREACH: 101, NETRESET: 102,
  CONNABORTED: 103, CONNRESET: 104, NOBUFS: 105, ISCONN: 106, NOTCONN: 107, SHUTDOWN: 108, TOOMANYREFS: 109, TIMEDOUT: 110,
  CONNREFUSED: 111, HOSTDOWN: 112, HOSTUNREACH: 113, ALREADY: 114, INPROGRESS: 115, STALE: 116, DQUOT: 122, CANCELED: 125,
  OWNERDEAD: 130, NOTRECOVERABLE: 131,
  // Never seen by a program: what becomes of an interrupted call (include/linux/errno.h).
  RESTARTSYS: 512, // restarted when the handler has SA_RESTART, else EINTR
  RESTARTNOINTR: 513, // always restarted
  RESTARTNOHAND: 514, // EINTR when a handler runs, else restarted
  RESTART_RESTARTBLOCK: 516, // as RESTARTNOHAND, but resumed through restart_syscall (relative time-outs)
} as const;

let names: Map<number, string> | undefined;

/** "ENOENT" for 2; the number itself when it has no name. */
export function errnoName(errno: number): string {
  names ??= new Map(Object.entries(E).map(([name, value]) => [value, `E${name}`]));
  return names.get(errno) ?? String(errno);
}

const MESSAGES: Readonly<Record<number, string>> = {
  1: "Operation not permitted", 2: "No such file or directory", 5: "Input/output error", 7: "Argument list too long", 8: "Exec format error",
  12: "Cannot allocate memory", 13: "Permission denied", 14: "Bad address", 20: "Not a directory", 21: "Is a directory", 22: "Invalid argument",
  26: "Text file busy", 28: "No space left on device", 30: "Read-only file system", 36: "File name too long", 40: "Too many levels of symbolic links", 80: "Accessing a corrupted shared library",
  98: "Address already in use", 99: "Cannot assign requested address",
};

/** The text of strerror(3) for the errors that stop a program, or a file beside it, from being opened; the name for others. */
export function errnoMessage(errno: number): string {
  return MESSAGES[errno] ?? errnoName(errno);
}
