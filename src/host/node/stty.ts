// A shell that runs stty(1) for us on the terminal, for as long as we live. It is started once, since starting a process copies our
// page tables: with several guest address spaces of 4 GiB the host refuses that (ENOMEM). Its answers come through a FIFO, which
// can be read without going back to Node's event loop.

import fs from "node:fs";

/** Runs stty with the arguments; its output, or undefined when it failed. "done" ends the helper. */
export type SttyHelper = (args: string) => string | undefined;

const PATIENCE_MS = 1000;
/**
 * Reads lines of arguments. When its input ends without "done" we have been killed: the terminal gets back the modes that it had, unless
 * another job has it by then (fields 5 and 8 of /proc/PID/stat, proc(5)).
 */
const SCRIPT = `trap "" INT QUIT TSTP TTIN TTOU HUP
saved=$(stty -g <&3 2>/dev/null)
while IFS= read -r line; do
  [ "$line" = done ] && exit
  stty $line <&3 >&4 2>/dev/null; echo "=$?" >&4
done
if [ -r /proc/$$/stat ]; then
  read -r stat </proc/$$/stat; set -- \${stat##*) }
  case $6 in "$3" | -1) ;; *) exit ;; esac
fi
[ -n "$saved" ] && stty "$saved" <&3 2>/dev/null`;

/** Starts the helper for the terminal at `fd`; undefined where the host has no stty. */
export function startSttyHelper(fd: number): SttyHelper | undefined {
  if (process.platform === "win32") return undefined;
  const { spawn, spawnSync } = process.getBuiltinModule("node:child_process"); // takes 5 ms to load, and few programs need it
  let reply: number;
  // loading these takes every start a millisecond, and this is for terminals only
  const os = process.getBuiltinModule("node:os"), path = process.getBuiltinModule("node:path");
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "jit386-tty-"));
  try {
    const fifo = path.join(folder, "reply");
    if (spawnSync("mkfifo", ["-m", "600", fifo], { stdio: "ignore" }).status !== 0) return undefined;
    reply = fs.openSync(fifo, fs.constants.O_RDWR | fs.constants.O_NONBLOCK);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
  const child = spawn("sh", ["-c", SCRIPT], { stdio: ["pipe", "ignore", "ignore", fd, reply] });
  const { stdin } = child;
  let dead = stdin === null;
  child.on("error", () => (dead = true));
  child.on("exit", () => (dead = true));
  stdin?.on("error", () => (dead = true));
  child.unref();
  (stdin as { unref?: () => void } | null)?.unref?.();
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const bytes = new Uint8Array(4096);
  return (args) => {
    if (dead) return undefined;
    stdin?.write(`${args}\n`);
    if (args === "done") dead = true;
    if (dead) return undefined;
    let text = "";
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
      try {
        text += Buffer.from(bytes.subarray(0, fs.readSync(reply, bytes, 0, bytes.length, null))).toString("latin1");
      } catch {
        Atomics.wait(pause, 0, 0, 1); // nothing yet
      }
      const status = /=(\d+)\n$/.exec(text);
      if (status) return status[1] === "0" ? text.slice(0, status.index) : undefined;
    }
    dead = true;
    return undefined;
  };
}
