// The file system of /dev/pts, pts(4): one node for each pseudoterminal that is open. Small on purpose: it is there in every run, while
// pseudoterminals themselves (pty.ts) are loaded when /dev/ptmx is first opened.

import { E } from "../errno.ts";
import type { Kernel } from "../thread.ts";
import { makedev, O, S } from "./constants.ts";
import type { OpenFile } from "./file.ts";
import { genericPermission, Inode } from "./inode.ts";
import type { AttributeChange, Caller, DirectoryEntry, FileSystem, FsEnvironment, Stat, StatFs, Time } from "./inode.ts";
import type { PathRef } from "./state.ts";

export const PTMX = makedev(5, 2);
const SLAVE_MAJOR = 136;
const TTY_GROUP = 5;

/** What the file system needs of a pseudoterminal. */
export interface Pseudo {
  readonly number: number;
  openSlave(flags: number, path: PathRef, caller: Caller | undefined): OpenFile | number;
}

interface PtsFileSystem extends FileSystem {
  readonly environment: FsEnvironment;
}

const DEVICE = 0x16;

function stat(inode: number, mode: number, uid: number, gid: number, rdev: number, times: readonly Time[]): Stat {
  return {
    dev: DEVICE, ino: inode, mode, nlink: mode & S.IFDIR ? 2 : 1, uid, gid, rdev, size: 0, blksize: 1024, blocks: 0, atime: times[0], mtime: times[1],
    ctime: times[2], btime: undefined,
  };
}

/** /dev/pts/N. */
export class SlaveInode extends Inode {
  readonly pseudo: Pseudo;
  private uid: number;
  private gid = TTY_GROUP;
  private mode = 0o620;
  private readonly times: [Time, Time, Time];

  constructor(fs: PtsFileSystem, pseudo: Pseudo, uid: number) {
    super(fs, S.IFCHR);
    this.pseudo = pseudo;
    this.uid = uid;
    const now = fs.environment.now();
    this.times = [now, now, now];
  }

  override get key(): string {
    return `pts:${this.pseudo.number}`;
  }

  override stat(): Stat {
    return stat(this.pseudo.number + 3, S.IFCHR | this.mode, this.uid, this.gid, makedev(SLAVE_MAJOR, this.pseudo.number), this.times);
  }

  override open(flags: number, path: PathRef, caller: Caller | undefined): OpenFile | number {
    return this.pseudo.openSlave(flags & ~(O.CREAT | O.EXCL | O.TRUNC), path, caller);
  }

  override setattr(change: AttributeChange): number {
    if (change.mode !== undefined) this.mode = change.mode & 0o7777;
    if (change.uid !== undefined) this.uid = change.uid;
    if (change.gid !== undefined) this.gid = change.gid;
    if (change.atime) this.times[0] = change.atime;
    if (change.mtime) this.times[1] = change.mtime;
    return 0;
  }
}

/** The directory. */
export class PtsInode extends Inode {
  declare readonly fs: PtsFileSystem;
  private readonly slaves = new Map<number, SlaveInode>();
  private readonly born: Time;
  /** /dev/pts/ptmx, which nobody may open: programs use /dev/ptmx. */
  private readonly master: Inode;

  constructor(environment: FsEnvironment) {
    const statfs = (): StatFs => ({ type: 0x1cd1, bsize: 4096, blocks: 0, bfree: 0, bavail: 0, files: 0, ffree: 0, fsid: 0, namelen: 255 });
    super({ type: "devpts", dev: DEVICE, environment, statfs } as PtsFileSystem, S.IFDIR);
    this.born = environment.now();
    this.master = new MasterNode(this.fs, this.born);
  }

  override get key(): string {
    return "pts";
  }

  override stat(): Stat {
    return stat(1, S.IFDIR | 0o755, 0, 0, 0, [this.born, this.born, this.born]);
  }

  override permission(mask: number, actor: Parameters<Inode["permission"]>[1]): number {
    return genericPermission(this.stat(), mask, actor);
  }

  /** The lowest free number. */
  freeNumber(): number {
    let number = 0;
    while (this.slaves.has(number)) number++;
    return number;
  }

  add(pseudo: Pseudo, uid: number): SlaveInode {
    const inode = new SlaveInode(this.fs, pseudo, uid);
    this.slaves.set(pseudo.number, inode);
    return inode;
  }

  remove(number: number): void {
    this.slaves.delete(number);
  }

  override lookup(name: string): Inode | number {
    if (name === "ptmx") return this.master;
    return (/^(0|[1-9]\d*)$/.test(name) ? this.slaves.get(Number(name)) : undefined) ?? -E.NOENT;
  }

  override readdir(): DirectoryEntry[] {
    const entries = [...this.slaves.keys()].map((number) => ({ name: String(number), ino: number + 3, type: S.IFCHR as number }));
    return [...entries, { name: "ptmx", ino: 2, type: S.IFCHR }];
  }

  override create(): number {
    return -E.ACCES;
  }
}

class MasterNode extends Inode {
  private readonly born: Time;

  constructor(fs: FileSystem, born: Time) {
    super(fs, S.IFCHR);
    this.born = born;
  }

  override get key(): string {
    return "pts:ptmx";
  }

  override stat(): Stat {
    return stat(2, S.IFCHR, 0, 0, PTMX, [this.born, this.born, this.born]);
  }
}

let open: typeof import("./pty.ts").openPseudoTerminal | undefined;

/** Opens /dev/ptmx: a new pseudoterminal. The first time the call is made again when the code is there. */
export function openMaster(kernel: Kernel, pts: PtsInode, flags: number, path: PathRef, caller: Caller | undefined): OpenFile | number {
  if (open) return open(kernel, pts, flags, path, caller);
  kernel.loading = import("./pty.ts").then(({ openPseudoTerminal }) => {
    open = openPseudoTerminal;
  });
  return -E.RESTARTNOINTR;
}
