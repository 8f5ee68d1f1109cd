// A program in a pseudo-terminal of the host, and the screen it draws. script(1) of util-linux makes the pseudo-terminal, stty(1) its
// size; a terminal emulator without a window (@xterm/headless) takes the output and answers what programs ask a terminal.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import headless from "@xterm/headless";

/** False where a pseudo-terminal cannot be made: then such tests are skipped. */
export const haveTerminal = spawnSync("script", ["-qfec", "stty rows 24 cols 80", "/dev/null"], { timeout: 10_000, stdio: "ignore" }).status === 0;

export interface TerminalOptions {
  readonly rows?: number;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds that `until` waits, unless told. */
  readonly patience?: number;
}

export interface TerminalSession {
  /** Keys, as the terminal sends them. */
  type(keys: string): void;
  /** The lines of the screen now, without spaces at their ends. */
  screen(): Promise<string[]>;
  /** Waits until the screen is as wanted, and returns it; throws with the screen when it does not become so. */
  until(wanted: string | RegExp | ((screen: string) => boolean), milliseconds?: number): Promise<string[]>;
  /** Waits for the program's end: its exit status, 128 + N for a signal. */
  ended(milliseconds?: number): Promise<number>;
  /** All that the program wrote. */
  output(): string;
  close(): Promise<void>;
}

const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

export function startInTerminal(command: readonly string[], options: TerminalOptions = {}): TerminalSession {
  const rows = options.rows ?? 24, columns = options.columns ?? 80, patience = options.patience ?? 60_000;
  const terminal = new headless.Terminal({ rows, cols: columns, allowProposedApi: true });
  const line = `stty rows ${rows} cols ${columns} -ixon; exec ${command.map(quote).join(" ")}`;
  const child = spawn("script", ["-qfec", line, "/dev/null"], { stdio: ["pipe", "pipe", "inherit"], env: { ...options.env, SHELL: "/bin/sh" }, cwd: "/" });
  const pieces: Buffer[] = [];
  let drawn = Promise.resolve();
  let status: number | undefined;
  const end = once(child, "close").then(([code, signal]: unknown[]) => (status = typeof code === "number" ? code : signal === null ? 255 : 137));
  child.stdin.on("error", () => {}); // the program has ended while we type
  child.stdout.on("data", (piece: Buffer) => {
    pieces.push(piece);
    drawn = new Promise((resolve) => terminal.write(piece, resolve));
  });
  terminal.onData((answer) => child.stdin.write(answer));

  const screen = async () => {
    await drawn;
    const { active } = terminal.buffer;
    return Array.from({ length: rows }, (_, i) => active.getLine(active.viewportY + i)?.translateToString(true) ?? "");
  };
  const failure = async (what: string) => new Error(`${what}; the screen:\n${(await screen()).map((it) => `| ${it}`).join("\n")}`);
  return {
    type: (keys) => void child.stdin.write(keys),
    screen,
    output: () => Buffer.concat(pieces).toString("latin1"),
    async until(wanted, milliseconds = patience) {
      const good = typeof wanted === "string" ? (text: string) => text.includes(wanted) : typeof wanted === "function" ? wanted : (text: string) => wanted.test(text);
      const deadline = Date.now() + milliseconds;
      for (;;) {
        const lines = await screen();
        if (good(lines.join("\n"))) return lines;
        if (status !== undefined) throw await failure(`the program ended with status ${status} before the screen showed ${wanted}`);
        if (Date.now() > deadline) throw await failure(`the screen does not show ${wanted}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async ended(milliseconds = patience) {
      const late = new Promise<undefined>((resolve) => setTimeout(resolve, milliseconds, undefined).unref());
      const result = await Promise.race([end, late]);
      if (result === undefined) throw await failure("the program does not end");
      return result;
    },
    async close() {
      if (status === undefined) child.kill("SIGKILL");
      terminal.dispose();
      await end;
    },
  };
}
