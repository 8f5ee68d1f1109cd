// More than one personality in the table: a variant that has programs of its own, paths of its own, another name for the system and one
// system call more; execve swaps it in and out.
import { expect, test } from "vitest";
import { createMachine } from "../../src/boot.ts";
import type { Abi } from "../../src/kernel/abi/abi.ts";
import { linuxI386 } from "../../src/kernel/abi/linux-i386/index.ts";
import { call } from "../../src/kernel/abi/syscall.ts";
import { O } from "../../src/kernel/fs/constants.ts";
import { kernelCaller } from "../../src/kernel/fs/access.ts";
import { makeDirectory, openFile } from "../../src/kernel/fs/operations.ts";
import { memoryStream } from "../../src/kernel/fs/stdio.ts";
import { hostRandom } from "../../src/kernel/kernel.ts";
import { createVirtualClock } from "../../src/kernel/time.ts";
import { BASE, BODY, exitCode, program, systemCall } from "../support/elf.ts";

const EI_OSABI = 7, OWN = 0x56;
const OWN_CALL = 500;

const variant: Abi = {
  ...linuxI386,
  name: "variant", pathPrefix: "/compat/variant",
  identity: { system: "Variant", release: "9.9", version: "#9", machine: "v386" },
  recognises: (header) => linuxI386.recognises(header) && header[EI_OSABI] === OWN,
  call: (number) => (number === OWN_CALL ? call(OWN_CALL, "answer", [], "int", () => 42) : linuxI386.call(number)),
};

const bytes = (text: string) => [...new TextEncoder().encode(`${text}\0`)];
const BUFFER = BASE + 0x2000;

/** Code with strings behind it: `code` gets their addresses. */
function withStrings(strings: readonly string[], code: (...at: number[]) => number[]): Uint8Array {
  const zero = strings.map(() => 0);
  let at = BASE + BODY + code(...zero).length;
  const places = strings.map((text) => {
    const place = at;
    at += text.length + 1;
    return place;
  });
  return program([...code(...places), ...strings.flatMap(bytes)], 0x4000);
}

/** uname's first field, the call of the variant as a byte, the contents of /etc/name, then execve(next). */
const body = (name: number, next: number, label: number) => [
  ...systemCall(122, BUFFER), ...systemCall(4, 1, BUFFER, 7),
  ...systemCall(OWN_CALL), 0xa2, BUFFER & 255, (BUFFER >> 8) & 255, (BUFFER >> 16) & 255, BUFFER >>> 24, ...systemCall(4, 1, BUFFER, 1),
  ...systemCall(5, name, 0, 0), 0x89, 0xc3, 0xb9, BUFFER & 255, (BUFFER >> 8) & 255, (BUFFER >> 16) & 255, BUFFER >>> 24,
  0xba, 8, 0, 0, 0, 0xb8, 3, 0, 0, 0, 0xcd, 0x80, ...systemCall(4, 1, BUFFER, 8), ...systemCall(4, 1, label, 2),
  ...systemCall(11, next, 0, 0), ...exitCode(7),
];

test("execve swaps the personality, there and back", async () => {
  const output: Uint8Array[] = [];
  const machine = createMachine({
    kernel: { clock: createVirtualClock(), random: hostRandom },
    abis: [variant, linuxI386],
    streams: (environment) => ({ input: undefined, output: memoryStream(environment, new Uint8Array(0), (piece) => output.push(piece)), error: undefined }),
    uid: 0, gid: 0,
  });
  const { fs, files } = machine.process;
  const caller = kernelCaller(fs, files);
  for (const path of ["/compat", "/compat/variant", "/compat/variant/etc", "/compat/variant/bin"]) expect(makeDirectory(caller, fs.root, path, 0o755)).toBe(0);
  const put = (path: string, content: Uint8Array) => {
    const file = openFile(caller, fs.root, path, O.WRONLY | O.CREAT, 0o755);
    if (typeof file === "number") throw new Error(`${path}: ${file}`);
    file.write(content);
    file.unref();
  };
  const own = withStrings(["/etc/name", "/bin/last", "2\n"], body);
  own[EI_OSABI] = OWN;
  put("/etc/name", new TextEncoder().encode("outside "));
  put("/compat/variant/etc/name", new TextEncoder().encode("inside  "));
  put("/bin/first", withStrings(["/etc/name", "/bin/second", "1\n"], body));
  put("/bin/second", own);
  put("/bin/last", withStrings(["/etc/name", "/none", "3\n"], body));
  const ended = await machine.run("/bin/first", ["first"], []);
  const text = new TextDecoder("latin1").decode(Buffer.concat(output));
  // 0xda is the low byte of -ENOSYS
  expect(text.split("\n")).toEqual(["Linux\0\0\xdaoutside 1", "Variant*inside  2", "Linux\0\0\xdaoutside 3", ""]);
  expect(ended).toMatchObject({ code: 7, signal: 0 });
});
