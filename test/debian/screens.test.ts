// Programs that draw on a terminal: each starts in a pseudo-terminal of the host, draws, takes keys and quits; what the screen shows
// is read off a terminal emulator. Skipped by package, and where util-linux's script(1) is missing.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { debian, describeDebian, have, makeScratch } from "./scratch.ts";
import type { Scratch } from "./scratch.ts";
import { haveTerminal, startInTerminal } from "./terminal.ts";
import type { TerminalSession } from "./terminal.ts";

const PATIENCE = 120_000, LIMIT = { timeout: 10 * PATIENCE };
const ESCAPE = "\x1b", CONTROL_B = "\x02", CONTROL_C = "\x03", CONTROL_D = "\x04", CONTROL_Z = "\x1a";

const declare = () => {
  let scratch: Scratch;
  let session: TerminalSession | undefined;
  beforeAll(() => {
    scratch = makeScratch();
    mkdirSync(join(scratch.root, "var/games/bsdgames"), { recursive: true });
    writeFileSync(join(scratch.root, "tmp/lines"), Array.from({ length: 100 }, (_, i) => `line ${i + 1}\n`).join(""));
  });
  afterEach(async () => {
    await session?.close();
    session = undefined;
  });
  afterAll(() => scratch?.remove());

  const start = (...command: string[]) => (session = startInTerminal(scratch.command(...command), { env: scratch.env, patience: PATIENCE }));

  test("bash: line editing, signals from keys, job control", LIMIT, async () => {
    const it = start("bash", "--norc", "--noprofile");
    it.type("PS1='ready> '\r");
    await it.until(/^ready> $/m);
    it.type("echo wrong\x7f\x7f\x01\x1b[C\x05ng again\r"); // two rubbed out, to the start, right, to the end
    await it.until(/^wrong again$/m);
    it.type("echo go; sleep 100\r");
    await it.until(/^go$/m);
    await new Promise((resolve) => setTimeout(resolve, 1000)); // the shell hands the terminal over to the job
    it.type(CONTROL_C);
    await it.until(/\^C\s+ready>\s*$/);
    it.type("echo status $?\r");
    await it.until(/^status 130$/m);
    it.type("echo went; sleep 200\r");
    await it.until(/^went$/m);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    it.type(CONTROL_Z);
    await it.until("Stopped");
    it.type("bg; jobs\r");
    await it.until("Running");
    it.type("kill %1; wait; stty size; tty > /dev/null && echo terminal\r");
    await it.until(/Terminated[^]*24 80\s+terminal\s+ready>\s*$/); // keys typed before the prompt would belong to the programs before it
    it.type(CONTROL_D);
    expect(await it.ended()).toBeLessThan(128);
  });

  test.skipIf(!have("vim.basic") && !have("vim.tiny"))("vim: insert, substitute, undo, write", LIMIT, async () => {
    const it = start(have("vim.basic") ? "vim.basic" : "vim.tiny", "-u", "NONE", "-n", "/tmp/text");
    await it.until((screen) => /\[New( File)?\]/.test(screen) && screen.split("\n").filter((line) => line.startsWith("~")).length === 22);
    it.type("ione two\rthree");
    await it.until(/^three/m);
    it.type(`${ESCAPE}:%s/o/0/g\r`);
    await it.until("0ne");
    it.type("ggyyp");
    await it.until(/0ne tw0\s+0ne tw0\s+three/);
    it.type("u:wq\r");
    expect(await it.ended()).toBe(0);
    expect(readFileSync(join(scratch.root, "tmp/text"), "latin1")).toBe("0ne tw0\nthree\n");
  });

  // without a description of the terminal less asks for RETURN first
  const terminfo = existsSync(join(debian, "lib/terminfo")) || existsSync(join(debian, "usr/share/terminfo"));
  test.skipIf(!have("less") || !terminfo)("less: forward, back, search, end", LIMIT, async () => {
    const it = start("less", "/tmp/lines");
    const numbered = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `line ${from + i}`);
    expect((await it.until("line 23")).slice(0, 23)).toEqual(numbered(1, 23));
    it.type(" ");
    expect((await it.until("line 46")).slice(0, 23)).toEqual(numbered(24, 46));
    it.type("/77\r");
    expect((await it.until("line 99")).slice(0, 23)).toEqual(numbered(77, 99));
    it.type("g");
    expect((await it.until("line 1\n")).slice(0, 23)).toEqual(numbered(1, 23));
    it.type("G");
    await it.until("(END)");
    it.type("q");
    expect(await it.ended()).toBe(0);
  });

  test.skipIf(!have("tmux"))("tmux: a shell in a window, split, end", LIMIT, async () => {
    const it = start("tmux", "-f", "/dev/null", "new-session", "/bin/sh");
    await it.until("[0] 0:sh*");
    it.type("echo $((6 * 7))\r");
    await it.until(/^42/m);
    it.type(`${CONTROL_B}%`);
    await it.until((screen) => screen.split("\n").slice(0, 23).every((line) => line[40] === "│"));
    it.type("exit\r");
    await it.until((screen) => !screen.includes("│"));
    it.type("exit\r");
    await it.until("[exited]");
    expect(await it.ended()).toBe(0);
  });

  test.skipIf(!have("htop"))("htop shows itself, and quits", LIMIT, async () => {
    const it = start("htop");
    await it.until(/F10Quit/);
    await it.until(/^ +\d+ root .* R .*htop/m);
    it.type("q");
    expect(await it.ended()).toBe(0);
  });

  test.skipIf(!have("top"))("top shows itself, and quits", LIMIT, async () => {
    const it = start("top");
    await it.until(/^ *\d+ root .* R .* top/m);
    it.type("q");
    expect(await it.ended()).toBe(0);
  });

  test("busybox vi and busybox top", LIMIT, async () => {
    let it = start("busybox", "vi", "/tmp/small");
    await it.until("~");
    it.type(`ihello${ESCAPE}`);
    await it.until(/^hello/m);
    it.type(":x\r");
    expect(await it.ended()).toBe(0);
    expect(readFileSync(join(scratch.root, "tmp/small"), "latin1")).toBe("hello\n");
    it = start("busybox", "top");
    await it.until(/PID +PPID USER/);
    it.type("q");
    expect(await it.ended()).toBe(0);
  });

  test.skipIf(!have("vitetris"))("vitetris: menu, a game, and out", LIMIT, async () => {
    const it = start("vitetris");
    await it.until("1-Player Game");
    it.type("\r");
    await it.until("Height");
    it.type(ESCAPE);
    await it.until("1-Player Game");
    it.type(CONTROL_C);
    expect(await it.ended()).toBe(0);
  });

  test.skipIf(!have("robotfindskitten"))("robotfindskitten: the robot walks", LIMIT, async () => {
    const it = start("robotfindskitten");
    await it.until("Press any key to start");
    it.type(" ");
    const before = await it.until((screen) => screen.includes("└") && screen.includes("#"));
    it.type("hjkllj");
    await it.until((screen) => screen !== before.join("\n"));
    it.type("q");
    expect(await it.ended()).toBe(0);
  });

  test.skipIf(!have("tetris-bsd", "worm", "robots", "hangman"))("BSD games: tetris, worm, robots, hangman", LIMIT, async () => {
    let it = start("tetris-bsd");
    await it.until("p - pause");
    it.type("pp q");
    await it.until("Your score");
    it.type("\r");
    expect(await it.ended()).toBe(0);
    it = start("worm");
    await it.until("ooooooo@");
    it.type(CONTROL_C);
    expect(await it.ended()).toBe(0);
    it = start("robots");
    await it.until("Legend:");
    it.type("q");
    await it.until("Really quit?");
    it.type("y");
    expect(await it.ended()).toBe(0);
    if (!existsSync(join(scratch.root, "usr/share/dict/words"))) return;
    it = start("hangman");
    await it.until("Guess:");
    it.type("q");
    await it.until(/Guessed: +q|Word: .*q/);
    it.type(CONTROL_C);
    await it.ended();
  });
};

describeDebian("screens", () => {
  if (haveTerminal) declare();
  else describe.skip("script(1) or stty(1) is missing", () => test("skipped", () => {}));
});
