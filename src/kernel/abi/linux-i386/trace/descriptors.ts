// What a file descriptor is, as strace(1)'s -y writes it behind the number: 3</etc/passwd>, 4<pipe:[12]>.

import { displayPath, getFile } from "../../../fs/state.ts";
import type { PathRef } from "../../../fs/state.ts";
import { quote } from "./values.ts";
import type { Shown } from "./values.ts";

const DELETED = " (deleted)";

function describe({ thread }: Shown, place: PathRef): string {
  const text = displayPath(place, thread.process.fs.root);
  const deleted = text.endsWith(DELETED);
  const path = deleted ? text.slice(0, -DELETED.length) : text;
  // escaped as a string is, and what would end it too
  const escaped = quote(Uint8Array.from(path, (c) => c.charCodeAt(0))).slice(1, -1).replaceAll(/[<>]/g, (c) => `\\${c.charCodeAt(0).toString(8)}`);
  return `<${escaped}>${deleted ? "(deleted)" : ""}`;
}

/** A descriptor's number, and what it is when that is wanted. */
export function fdText(c: Shown, fd: number): string {
  const file = c.descriptors ? getFile(c.thread.process.files, fd) : undefined;
  return file === undefined ? String(fd) : `${fd}${describe(c, file.path)}`;
}

/** AT_FDCWD, and which directory that is. */
export function currentDirectoryText(c: Shown): string {
  return c.descriptors ? `AT_FDCWD${describe(c, c.thread.process.fs.cwd)}` : "AT_FDCWD";
}
