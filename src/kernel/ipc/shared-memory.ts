// System V shared memory: segments are files in memory without a name, which shmat(2) maps.

import { createMemoryFile } from "../fs/memfd.ts";
import type { FsEnvironment } from "../fs/inode.ts";
import { mappableFile } from "../mapfile.ts";
import type { MappableFile } from "../mm.ts";
import type { Kernel, Process } from "../thread.ts";
import type { IpcObject, Permissions } from "./objects.ts";
import { Registry } from "./objects.ts";

export const SHM = { MIN: 1, SEGMENTS: 4096, MAX: 0x7fff_f000, DEST: 0o1000, LOCKED: 0o2000, RDONLY: 0o10000, RND: 0o20000, REMAP: 0o40000, EXEC: 0o100000 } as const;

export interface Segment extends IpcObject {
  readonly size: number;
  readonly file: MappableFile;
  attached: number;
  readonly creator: number;
  lastPid: number;
  attachTime: number;
  detachTime: number;
  changed: number;
}

const registries = new WeakMap<Kernel, Registry<Segment>>();

export function segments(kernel: Kernel): Registry<Segment> {
  let found = registries.get(kernel);
  if (!found) registries.set(kernel, (found = new Registry(SHM.SEGMENTS)));
  return found;
}

export function createSegment(process: Process, environment: FsEnvironment, id: number, permissions: Permissions, size: number, now: number): Segment {
  const { kernel } = process;
  const key = (permissions.key >>> 0).toString(16).padStart(8, "0");
  const memory = createMemoryFile(environment, "", 0, 0o777, { uid: 0, gid: 0, fsuid: 0, fsgid: 0, groups: [] }, `/SYSV${key}`);
  memory.truncate(size);
  const whole = mappableFile(kernel, memory, process.fs);
  const segment: Segment = {
    id, permissions, removed: false, size, attached: 0, creator: process.pid, lastPid: 0, attachTime: 0, detachTime: 0, changed: now,
    file: {
      name: whole.name, device: whole.device, inode: id, size: () => whole.size(), places: () => placesOf(kernel, segment),
      pread: (offset, into) => whole.pread(offset, into),
      pwrite: (offset, bytes) => whole.pwrite(offset, bytes),
      retain() {
        segment.attached++;
      },
      release() {
        segment.attached--;
        segment.detachTime = kernel.clock.realtime().seconds;
        if (segment.attached === 0 && segment.permissions.mode & SHM.DEST) destroy(kernel, segment);
      },
    },
  };
  return segment;
}

function placesOf(kernel: Kernel, segment: Segment) {
  return [...new Set([...kernel.processes.values()].map((process) => process.mm))].flatMap((mm) =>
    mm.areas.filter((area) => area.file === segment.file).map((area) => ({ mm, area })));
}

/** Removes a segment that nobody has attached; the others go with their last user. */
export function removeSegment(kernel: Kernel, segment: Segment): void {
  if (segment.attached === 0) destroy(kernel, segment);
  else {
    segment.permissions.mode |= SHM.DEST;
    Object.assign(segment.permissions, { key: 0 });
  }
}

function destroy(kernel: Kernel, segment: Segment): void {
  if (!segment.removed) segments(kernel).remove(segment);
}
