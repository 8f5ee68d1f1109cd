// What the three kinds of System V IPC objects share, sysvipc(7): keys, identifiers, owners and permissions.

import { E } from "../errno.ts";
import { inGroup } from "../fs/inode.ts";
import type { Credentials, Process } from "../thread.ts";

export const IPC = { CREAT: 0o1000, EXCL: 0o2000, NOWAIT: 0o4000, PRIVATE: 0, RMID: 0, SET: 1, STAT: 2, INFO: 3 } as const;

export interface Permissions {
  readonly key: number;
  uid: number;
  gid: number;
  readonly cuid: number;
  readonly cgid: number;
  mode: number;
  readonly seq: number;
}

export interface IpcObject {
  readonly id: number;
  readonly permissions: Permissions;
  removed: boolean;
}

/** Identifiers are a slot and a count of its uses, so that an old one is not taken for a new one. */
const SLOTS = 32768;

export class Registry<T extends IpcObject> {
  private readonly slots: (T | undefined)[] = [];
  private sequence = 0;
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** semget, shmget, msgget: finds by key or makes. `check` looks at one that exists, `make` builds a new one. */
  get(process: Process, key: number, flags: number, check: (object: T) => number, make: (id: number, permissions: Permissions) => T | number): number {
    if (key !== IPC.PRIVATE) {
      const found = this.slots.find((object) => object?.permissions.key === key);
      if (found) {
        if ((flags & (IPC.CREAT | IPC.EXCL)) === (IPC.CREAT | IPC.EXCL)) return -E.EXIST;
        const wrong = check(found);
        return wrong < 0 ? wrong : permitted(process.credentials, found.permissions, flags) || found.id;
      }
      if (!(flags & IPC.CREAT)) return -E.NOENT;
    }
    let slot = 0;
    while (this.slots[slot]) slot++;
    if (slot >= this.limit) return -E.NOSPC;
    const { euid, egid } = process.credentials;
    const seq = this.sequence;
    const made = make(seq * SLOTS + slot, { key, uid: euid, gid: egid, cuid: euid, cgid: egid, mode: flags & 0o777, seq });
    if (typeof made === "number") return made;
    this.sequence = (this.sequence + 1) & 0x7fff;
    this.slots[slot] = made;
    return made.id;
  }

  /** The object with an identifier: -EINVAL when there is none. */
  find(id: number): T | number {
    const object = id < 0 ? undefined : this.slots[id % SLOTS];
    return object && object.id === id ? object : -E.INVAL;
  }

  /** The object in a slot, for the calls that list all (SHM_STAT). */
  at(slot: number): T | number {
    return this.slots[slot] ?? -E.INVAL;
  }

  remove(object: T): void {
    object.removed = true;
    this.slots[object.id % SLOTS] = undefined;
  }

  /** The highest slot in use; 0 when there is none. */
  highest(): number {
    for (let slot = this.slots.length - 1; slot > 0; slot--) if (this.slots[slot]) return slot;
    return 0;
  }

  *all(): Generator<T> {
    for (const object of this.slots) if (object) yield object;
  }
}

/** 0, or -EACCES when the object does not grant what `wanted` asks for (permission bits anywhere in the lowest nine). */
export function permitted(c: Credentials, p: Permissions, wanted: number): number {
  const asked = ((wanted >> 6) | (wanted >> 3) | wanted) & 7;
  if (c.euid === 0) return 0;
  const actor = { uid: c.uid, gid: c.gid, fsuid: c.euid, fsgid: c.egid, groups: c.groups };
  const owner = c.euid === p.cuid || c.euid === p.uid;
  const granted = owner ? p.mode >> 6 : inGroup(actor, p.cgid) || inGroup(actor, p.gid) ? p.mode >> 3 : p.mode;
  return asked & ~granted ? -E.ACCES : 0;
}

/** IPC_SET and IPC_RMID are for the owner, the creator and root. */
export function ownedBy(c: Credentials, p: Permissions): boolean {
  return c.euid === 0 || c.euid === p.uid || c.euid === p.cuid;
}
