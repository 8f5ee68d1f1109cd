// The standard streams: input that comes late, output that goes slowly, a reader that has gone, terminals (stdio.ts).

import { describe, expect, it } from "vitest";
import { E } from "../../src/kernel/errno.ts";
import { O, POLL, S, SEEK } from "../../src/kernel/fs/constants.ts";
import type { HostStream, HostTerminal, Termios } from "../../src/kernel/fs/host.ts";
import { createFileTable, getFile } from "../../src/kernel/fs/state.ts";
import { installStdio, StreamFile } from "../../src/kernel/fs/stdio.ts";
import { COOKED, IFLAG } from "../../src/kernel/fs/terminal.ts";
import type { OpenFile } from "../../src/kernel/fs/file.ts";

const time = { sec: 0, nsec: 0 };
const stat = (mode: number) => ({
  dev: 1, ino: 1, mode, nlink: 1, uid: 0, gid: 0, rdev: 0, size: 0, blksize: 1, blocks: 0, atime: time, mtime: time, ctime: time, btime: undefined,
});

/** A pipe whose other side the test plays. */
function pipe() {
  let waiting = "", ended = false, room = 4, broken = false;
  const taken: string[] = [];
  const stream: HostStream = {
    kind: "pipe",
    onReady: () => {},
    read(into) {
      const count = new TextEncoder().encodeInto(waiting.slice(0, into.length), into).written;
      waiting = waiting.slice(count);
      return count > 0 || ended ? count : -E.AGAIN;
    },
    write(from) {
      if (broken) return -E.PIPE;
      if (room === 0) return -E.AGAIN;
      const count = Math.min(room, from.length);
      taken.push(new TextDecoder().decode(from.subarray(0, count)));
      room -= count;
      return count;
    },
    available: () => (waiting.length > 0 ? waiting.length : ended ? -1 : 0),
    stat: () => stat(S.IFIFO | 0o600),
  };
  return {
    stream, taken,
    send: (text: string) => ((waiting += text), stream.onReady()),
    end: () => ((ended = true), stream.onReady()),
    drain: () => ((room = 4), stream.onReady()),
    leave: () => ((broken = true), stream.onReady()),
  };
}

function stdio(streams: { input?: HostStream; output?: HostStream }) {
  const table = createFileTable();
  const terminal = installStdio(table, { input: streams.input, output: streams.output, error: undefined });
  return { terminal, input: getFile(table, 0) as OpenFile, output: getFile(table, 1) as OpenFile };
}

describe("a pipe at descriptor 0", () => {
  it("has nothing, then something, then ends", () => {
    const p = pipe();
    const { input } = stdio({ input: p.stream });
    let wakes = 0;
    input.queues[0].add(() => wakes++);
    const bytes = new Uint8Array(3);
    expect([input.read(bytes), input.poll() & POLL.IN, wakes]).toEqual([-E.AGAIN, 0, 0]);
    p.send("abcd");
    expect([input.poll() & POLL.IN, input.available(), wakes]).toEqual([POLL.IN, 4, 1]);
    expect([input.read(bytes), input.read(bytes)]).toEqual([3, 1]);
    p.end();
    expect([input.read(bytes), input.poll() & POLL.HUP, wakes]).toEqual([0, POLL.HUP, 2]);
    expect([input.seek(0, SEEK.CUR), input.writable]).toEqual([-E.SPIPE, false]);
  });
});

describe("a pipe at descriptor 1", () => {
  it("takes what fits and tells when there is room, and that the reader has gone", () => {
    const p = pipe();
    const { output } = stdio({ output: p.stream });
    let wakes = 0;
    output.queues[0].add(() => wakes++);
    const bytes = new TextEncoder().encode("0123456789");
    expect([output.write(bytes), output.write(bytes.subarray(4))]).toEqual([4, -E.AGAIN]);
    p.drain();
    expect([wakes, output.write(bytes.subarray(4)), p.taken.join("")]).toEqual([1, 4, "01234567"]);
    p.leave();
    expect(output.write(bytes)).toBe(-E.PIPE);
  });
});

it("a socket of the host is a pipe to the program, which could not ask it for its name", () => {
  const { output } = stdio({ output: { ...pipe().stream, stat: () => stat(S.IFSOCK | 0o777) } });
  expect(output.inode.stat()).toMatchObject({ mode: S.IFIFO | 0o777 });
  expect(output.inode.type).toBe(S.IFIFO);
});

describe("a terminal", () => {
  const host = (): HostTerminal & { set: Termios[] } => ({
    set: [],
    getAttributes: () => undefined,
    setAttributes(attributes) {
      this.set.push(attributes);
    },
    windowSize: () => ({ rows: 30, columns: 100 }),
    onResize: () => {},
  });

  it("is one for all descriptors, open in both directions, and remembers its attributes", () => {
    const terminal = host();
    const stream = (): HostStream => ({ ...pipe().stream, kind: "terminal", stat: () => stat(S.IFCHR | 0o620), terminal });
    const { input, output, terminal: shared } = stdio({ input: stream(), output: stream() });
    expect([input.flags & O.ACCMODE, output.flags & O.ACCMODE]).toEqual([O.RDWR, O.RDWR]);
    expect(input instanceof StreamFile && output instanceof StreamFile && input.terminal === output.terminal && input.terminal === shared).toBe(true);
    expect(shared!.attributes()).toEqual({ ...COOKED, iflag: COOKED.iflag | IFLAG.IUTF8 });
    const raw = { ...COOKED, lflag: 0 };
    shared!.setAttributes(raw, "now");
    expect(terminal.set).toEqual([raw]);
    expect(shared!.attributes()).toEqual(raw);
  });
});
