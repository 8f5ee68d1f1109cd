// What gdb reads whole, qXfer: the target description, the auxiliary vector, shared libraries, threads; and files of the guest, vFile.

import { O, S } from "../../../fs/constants.ts";
import type { OpenFile } from "../../../fs/file.ts";
import { kernelCaller } from "../../../fs/access.ts";
import { openFile } from "../../../fs/operations.ts";
import { walkPath } from "../../../fs/walk.ts";
import type { Process } from "../../../thread.ts";
import { escapeBinary, fromHex, latin1 } from "./packets.ts";

const [AT_PHDR, AT_PHNUM] = [3, 5];
const [PT_DYNAMIC, PT_PHDR, DT_DEBUG] = [2, 6, 21];
const MAX_LIBRARIES = 4096;

const escapeXml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

function auxiliary(process: Process, type: number): number {
  const { auxv } = process;
  const view = new DataView(auxv.buffer, auxv.byteOffset, auxv.byteLength);
  for (let at = 0; at + 8 <= auxv.length; at += 8) if (view.getUint32(at, true) === type) return view.getUint32(at + 4, true);
  return 0;
}

/** The address of the dynamic loader's r_debug, 0 while there is none. */
function rDebug(process: Process): number {
  const { memory } = process.mm;
  const word = (address: number) => memory.loadU32(address) ?? 0;
  const headers = auxiliary(process, AT_PHDR), count = auxiliary(process, AT_PHNUM);
  let bias = 0, dynamic = 0;
  for (let i = 0; i < Math.min(count, 256); i++) {
    const at = headers + 32 * i;
    if (word(at) === PT_PHDR) bias = headers - word(at + 8);
    if (word(at) === PT_DYNAMIC) dynamic = word(at + 8);
  }
  if (dynamic === 0) return 0;
  for (let at = dynamic + bias, n = 0; n < 1024; at += 8, n++) {
    const tag = word(at);
    if (tag === 0) return 0;
    if (tag === DT_DEBUG) return word(at + 4);
  }
  return 0;
}

/** library-list-svr4 */
export function libraryList(process: Process): string {
  const { memory } = process.mm;
  const word = (address: number) => memory.loadU32(address) ?? 0;
  const list: string[] = [];
  const debug = rDebug(process);
  const first = debug === 0 ? 0 : word(debug + 4);
  for (let map = first, n = 0; map !== 0 && n < MAX_LIBRARIES; map = word(map + 12), n++) {
    const name = memory.cstring(word(map + 4), 4096);
    if (map === first || typeof name === "string" || name.length === 0) continue;
    const hex = (value: number) => `0x${value.toString(16)}`;
    list.push(`<library name="${escapeXml(latin1(name))}" lm="${hex(map)}" l_addr="${hex(word(map))}" l_ld="${hex(word(map + 8))}" lmid="0x0"/>`);
  }
  const main = first === 0 ? "" : ` main-lm="0x${first.toString(16)}"`;
  return `<library-list-svr4 version="1.0"${main}>${list.join("")}</library-list-svr4>`;
}

/** The part of an object that a qXfer asks for: "m" with more behind it, "l" with the last of it. */
export function part(object: string, range: string): string {
  const match = /^([0-9a-f]+),([0-9a-f]+)$/i.exec(range);
  if (!match) return "E01";
  const offset = Number.parseInt(match[1], 16), length = Number.parseInt(match[2], 16);
  const piece = object.slice(offset, offset + length);
  return `${offset + length < object.length ? "m" : "l"}${escapeBinary(piece)}`;
}

/** vFile: the guest's files, for reading alone. */
export function createFiles(process: () => Process) {
  const open = new Map<number, OpenFile>();
  let next = 3;
  const failed = (errno: number) => `F-1,${errno.toString(16)}`;
  const word = (text: string) => Number.parseInt(text, 16);

  return {
    request(command: string): string {
      const colon = command.indexOf(":");
      const name = command.slice(0, colon), args = command.slice(colon + 1).split(",");
      const file = open.get(word(args[0]));
      switch (name) {
        case "setfs": return "F0";
        case "open": {
          const path = fromHex(args[0]);
          if (path === undefined) return failed(22);
          if ((word(args[1]) & 3) !== 0) return failed(30);
          const { fs, files } = process();
          const opened = openFile(kernelCaller(fs, files), fs.root, latin1(path), O.RDONLY | O.LARGEFILE | O.NONBLOCK, 0);
          if (typeof opened === "number") return failed(-opened);
          open.set(next, opened);
          return `F${(next++).toString(16)}`;
        }
        case "close":
          if (file === undefined) return failed(9);
          file.unref();
          open.delete(word(args[0]));
          return "F0";
        case "pread": {
          if (file === undefined) return failed(9);
          const bytes = new Uint8Array(Math.min(word(args[1]), 0x1f00));
          const got = file.readAt(word(args[2]), bytes);
          return got < 0 ? failed(-got) : `F${got.toString(16)};${escapeBinary(latin1(bytes.subarray(0, got)))}`;
        }
        case "fstat": {
          const stat = file?.stat();
          if (stat === undefined || typeof stat === "number") return failed(9);
          // struct stat of the protocol: big-endian; mode and size are what gdb looks at
          const view = new DataView(new ArrayBuffer(64));
          view.setUint32(8, S.IFREG | 0o644);
          view.setUint32(12, 1);
          view.setBigUint64(28, BigInt(stat.size));
          view.setBigUint64(36, 4096n);
          return `F40;${escapeBinary(latin1(new Uint8Array(view.buffer)))}`;
        }
        case "readlink": {
          const path = fromHex(args[0]);
          if (path === undefined) return failed(22);
          const { fs, files } = process();
          const caller = kernelCaller(fs, files);
          const place = walkPath(caller, fs.root, latin1(path), false);
          if (typeof place === "number") return failed(-place);
          const target = place.dentry.inode.readlink(caller);
          return typeof target === "number" ? failed(-target) : `F${target.length.toString(16)};${escapeBinary(target)}`;
        }
        default: return "";
      }
    },
    closeAll() {
      for (const file of open.values()) file.unref();
      open.clear();
    },
  };
}
