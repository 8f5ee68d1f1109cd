// The options of the command line, declared once: parsing, --help and the environment twins (JIT386_JIT_THRESHOLD=100 for
// --jit-threshold=100) all derive from this table.

import { E, errnoMessage } from "../kernel/errno.ts";

export interface Option {
  readonly name: string;
  /** One letter, or "". */
  readonly short: string;
  /** Name of the argument in --help; "" for a switch. */
  readonly argument: string;
  /** Given without an argument, the option has this value: --name, --name=ARGUMENT. */
  readonly bare?: string;
  readonly repeatable?: boolean;
  readonly values?: readonly string[];
  /** A whole number, not negative. */
  readonly number?: boolean;
  readonly help: string;
  /** Only on the command line, without a twin in the environment. */
  readonly noTwin?: boolean;
  /** Given several times, the values are joined by commas. */
  readonly list?: boolean;
  /** Says nothing without one of these; on the command line that is a mistake. */
  readonly needs?: readonly string[];
}

const STRACE = ["strace", "strace-summary"] as const;

export const OPTIONS = [
  { name: "root", short: "", argument: "DIR", help: "show DIR as / to the program, and nothing else of the host (default: the host's /, to be written below the current and the temporary directory)" },
  {
    name: "mount", short: "", argument: "HOST:GUEST[:ro]", repeatable: true,
    help: "show the host's file or directory at GUEST; tmpfs:GUEST: memory; overlay:LOWER,UPPER:GUEST: LOWER, changes go to UPPER",
  },
  { name: "net", short: "", argument: "", help: "let the program use the host's network; without it there is a loopback network of its own" },
  { name: "env", short: "E", argument: "NAME[=VALUE]", repeatable: true, noTwin: true, help: "set a variable of the program's environment, or remove it" },
  {
    name: "jit", short: "", argument: "off|quick|block|region", values: ["off", "quick", "block", "region"],
    help: "highest tier: interpreter only, with the quick interpreter, translated blocks, or regions (hot loops and functions; default)",
  },
  {
    name: "cpu", short: "", argument: "i686|sse2|sse4", values: ["i686", "sse2", "sse4"],
    help: "the processor that programs see: Pentium Pro, up to SSE2, or up to SSE4.2 with AES and SHA (default)",
  },
  {
    name: "code", short: "", argument: "wasm|js", values: ["wasm", "js"],
    help: "what translated code is: WebAssembly, and JavaScript where that cannot be (default), or JavaScript alone",
  },
  { name: "jit-threshold", short: "", argument: "N", number: true, help: "executions of a block before it is translated" },
  { name: "lockstep", short: "", argument: "", help: "check every translated block against the interpreter" },
  { name: "one-insn-per-block", short: "", argument: "", help: "blocks of one instruction" },
  {
    name: "cache", short: "", argument: "DIR", bare: "",
    help: "keep translated code in DIR (default: jit386/translations in the user's cache directory), and use what earlier runs have kept",
  },
  { name: "strace", short: "", argument: "SET", bare: "all", help: "print system calls and signals to stderr, or to the log; SET as strace's -e trace=" },
  { name: "strace-strings", short: "s", needs: STRACE, argument: "N", number: true, help: "bytes of strings that --strace shows (32)" },
  { name: "strace-signals", short: "", needs: STRACE, argument: "SET", help: "signals that --strace shows, as strace's -e signal=: names, all, none, all after ! for what is left out" },
  { name: "strace-status", short: "", needs: STRACE, argument: "SET", help: "calls that --strace shows, by their end, as strace's -e status=: successful, failed, unfinished" },
  { name: "strace-fds", short: "y", needs: STRACE, argument: "", help: "show what each descriptor is, as strace's -y: 3</etc/passwd>" },
  { name: "strace-stacks", short: "k", needs: STRACE, argument: "", help: "show the call stack of each call, as strace's -k" },
  { name: "strace-times", short: "", needs: STRACE, list: true, argument: "LIST", help: "times that --strace shows: t, tt, ttt or r, and T, as the options of strace" },
  { name: "strace-summary", short: "", argument: "also", bare: "only", values: ["only", "also"], help: "count calls and print a table at the end; also: beside the lines" },
  { name: "gdb", short: "g", argument: "PORT|unix:PATH", help: "wait for gdb at this address of the local machine (target remote PORT)" },
  {
    name: "dump", short: "", argument: "first|all|none", values: ["first", "all", "none"],
    help: "dump on stderr of whom a signal kills: the first process (default; its children's go to the log), all, none",
  },
  {
    name: "core", short: "", argument: "PATTERN", bare: "core",
    help: "write a core of each program that a fatal signal ends; PATTERN as in /proc/sys/kernel/core_pattern (core, beside the program's work)",
  },
  { name: "stats", short: "", argument: "", help: "print counts and times to stderr at the end" },
  { name: "trace-jit", short: "", argument: "FILE", bare: "", help: "tell what is translated, and at the end what was hot, on stderr or in FILE" },
  { name: "trace-jit-format", short: "", needs: ["trace-jit"], argument: "text|json", values: ["text", "json"], help: "form of --trace-jit: for people, or a JSON object a line" },
  { name: "trace-jit-top", short: "", needs: ["trace-jit"], argument: "N", number: true, help: "rows in the table of hot code (20)" },
  { name: "dump-jit", short: "", argument: "SYMBOL|ADDRESS", repeatable: true, help: "print the translations of this code: assembly, control flow, JavaScript" },
  { name: "profile", short: "", argument: "FILE", help: "write a profile of the program: FILE.cpuprofile, .speedscope.json or .collapsed" },
  { name: "report", short: "", argument: "FILE.html", help: "write a page about the run: hot code, flame graph, translations, system calls" },
  { name: "memory", short: "", argument: "SIZE", help: "most memory that all processes may have to write to: 64M, 2G; more is refused (ENOMEM)" },
  { name: "max-processes", short: "", argument: "N", number: true, help: "most processes and threads at a time; more are refused (EAGAIN)" },
  { name: "max-files", short: "", argument: "N", number: true, help: "most files open at a time, in all processes; more are refused (ENFILE)" },
  { name: "timeout", short: "", argument: "SECONDS", number: true, help: "kill all processes after so many seconds" },
  { name: "syscalls", short: "", argument: "", noTwin: true, help: "print the system calls and how far each is supported" },
  { name: "log", short: "D", argument: "FILE", help: "write the log to FILE" },
  { name: "seed", short: "", argument: "N", number: true, help: "repeatable run: random numbers from N, virtual clock" },
  { name: "completion", short: "", argument: "SHELL", values: ["bash", "zsh", "fish"], noTwin: true, help: "print the completion of these options for bash, zsh or fish" },
  { name: "help", short: "h", argument: "", noTwin: true, help: "print this" },
  { name: "version", short: "V", argument: "", noTwin: true, help: "print the version" },
] as const satisfies readonly Option[];

export type OptionName = (typeof OPTIONS)[number]["name"];

/** Values as given: "1" for a switch that is on. */
export interface CommandLine {
  readonly values: Partial<Record<OptionName, string>>;
  readonly lists: Partial<Record<OptionName, readonly string[]>>;
  /** The program and its arguments. */
  readonly rest: readonly string[];
}

/** As CommandLine, for other tables of options. */
interface AnyCommandLine {
  readonly values: Partial<Record<string, string>>;
  readonly lists: Partial<Record<string, readonly string[]>>;
  readonly rest: readonly string[];
}

/** A command line that cannot be understood; the message is one line. */
export class UsageError extends Error {}

/** What the host says of a file that it refuses: "No such file or directory". */
export function hostReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : "";
  const errno = (E as Readonly<Record<string, number | undefined>>)[code.replace(/^E/, "")];
  const text = errno === undefined ? code : errnoMessage(errno);
  return text === code ? error.message : text;
}

const TABLE: readonly Option[] = OPTIONS;

/** The options of `jit386 bench`. */
export const BENCH_OPTIONS: readonly Option[] = [
  { name: "runs", short: "", argument: "N", number: true, help: "runs of each engine (5)" },
  { name: "limit", short: "", argument: "SECONDS", number: true, help: "give up a run after this time (120)" },
  { name: "json", short: "", argument: "FILE", help: "write the figures as JSON; - is standard output, in place of the table" },
  { name: "svg", short: "", argument: "FILE", help: "write a bar chart" },
  ...TABLE.filter((option) => ["root", "mount", "env", "jit-threshold", "help"].includes(option.name)),
];

export function twinOf(name: string): string {
  return `JIT386_${name.toUpperCase().replaceAll("-", "_")}`;
}

const OFF = new Set(["", "0", "no", "false"]);

function checked(option: Option, value: string, given: string): string {
  if (option.values && !option.values.includes(value)) throw new UsageError(`${given}: must be ${option.values.join(" or ")}`);
  if (option.number && !/^\d{1,15}$/.test(value)) throw new UsageError(`${given}: must be a number`);
  return value;
}

/** Parses the arguments up to the program; the environment gives what they do not. Throws a UsageError. */
export function parseCommandLine(args: readonly string[], env: Readonly<Record<string, string | undefined>>, table?: undefined): CommandLine;
export function parseCommandLine(args: readonly string[], env: Readonly<Record<string, string | undefined>>, table: readonly Option[]): AnyCommandLine;
export function parseCommandLine(args: readonly string[], env: Readonly<Record<string, string | undefined>>, table: readonly Option[] = TABLE): AnyCommandLine {
  const values: Partial<Record<string, string>> = {};
  const lists: Partial<Record<string, string[]>> = {};
  /** Options of the command line, and how they were written there. */
  const written = new Map<Option, string>();
  const set = (option: Option, value: string, given: string) => {
    checked(option, value, given);
    written.set(option, given);
    if (option.repeatable) (lists[option.name] ??= []).push(value);
    else values[option.name] = option.list === true && values[option.name] !== undefined ? `${values[option.name]},${value}` : value;
  };
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at];
    if (arg === "--") {
      at++;
      break;
    }
    if (!arg.startsWith("-") || arg === "-") break;
    at = arg.startsWith("--") ? parseLong(table, args, at, set) : parseShort(table, args, at, set);
  }
  const onCommandLine = new Map(written);
  const twins = Object.keys(env).some((name) => /^jit386_/i.test(name)); // hardly ever, and asking for each takes as long as all the rest
  for (const option of twins ? table : []) {
    const value = option.noTwin ? undefined : env[twinOf(option.name)];
    if (value === undefined || values[option.name] !== undefined || lists[option.name] !== undefined) continue;
    if (option.argument === "" || (option.bare !== undefined && (value === "1" || OFF.has(value)))) {
      if (!OFF.has(value)) values[option.name] = option.bare ?? "1";
    } else if (value !== "") {
      for (const part of option.repeatable ? value.split("\n") : [value]) set(option, part, twinOf(option.name));
    }
  }
  for (const [{ needs }, given] of onCommandLine) {
    if (needs !== undefined && !needs.some((name) => values[name] !== undefined)) throw new UsageError(`${given}: only with --${needs[0]}`);
  }
  return { values, lists, rest: args.slice(at) };
}

type Setter = (option: Option, value: string, given: string) => void;

/** Both return the index of the last argument used. */
function parseLong(table: readonly Option[], args: readonly string[], at: number, set: Setter): number {
  const arg = args[at];
  const equals = arg.indexOf("=");
  const name = equals < 0 ? arg.slice(2) : arg.slice(2, equals);
  const option = table.find((o) => o.name === name);
  if (!option) throw new UsageError(`--${name}: unknown option (--help lists them)`);
  if (option.argument === "") {
    if (equals >= 0) throw new UsageError(`--${name}: takes no value`);
    set(option, "1", arg);
    return at;
  }
  if (equals >= 0) {
    set(option, arg.slice(equals + 1), `--${name}`);
    return at;
  }
  if (option.bare !== undefined) {
    set(option, option.bare, arg);
    return at;
  }
  if (at + 1 >= args.length) throw new UsageError(`--${name}: needs ${option.argument}`);
  set(option, args[at + 1], `--${name}`);
  return at + 1;
}

/** strace's letters that are no letters of ours: what they are written as here. */
const STRACE_LETTERS: Readonly<Record<string, readonly [name: string, value: string] | undefined>> = {
  "-f": undefined, "-c": ["strace-summary", "only"], "-C": ["strace-summary", "also"], "-t": ["strace-times", "t"], "-tt": ["strace-times", "tt"],
  "-ttt": ["strace-times", "ttt"], "-r": ["strace-times", "r"], "-T": ["strace-times", "T"], "-z": ["strace-status", "successful"], "-Z": ["strace-status", "failed"],
};
/** All letters of strace that no option of ours has. */
export const STRACE_ALSO: readonly string[] = ["-e", ...Object.keys(STRACE_LETTERS)];
const STRACE_QUALIFIERS: Readonly<Record<string, string>> = { "": "strace", t: "strace", trace: "strace", s: "strace-signals", signal: "strace-signals", status: "strace-status" };

/** -e trace=SET and the like. */
function parseQualifier(arg: string, text: string): readonly [name: string, value: string] {
  const [, qualifier, value] = /^(?:(\w+(?:-\w+)*)=)?(.*)$/s.exec(text) ?? ["", "", ""];
  const name = STRACE_QUALIFIERS[qualifier ?? ""];
  if (name === undefined) throw new UsageError(`${arg} ${text}: must be trace=SET, signal=SET or status=SET`);
  return [name, value];
}

function parseShort(table: readonly Option[], args: readonly string[], at: number, set: Setter): number {
  const arg = args[at];
  if (table === TABLE && arg.startsWith("-e")) {
    if (arg === "-e" && at + 1 >= args.length) throw new UsageError("-e: needs trace=SET");
    const [name, value] = parseQualifier("-e", arg === "-e" ? args[at + 1] : arg.slice(2));
    set(TABLE.find((o) => o.name === name)!, value, "-e");
    return arg === "-e" ? at + 1 : at;
  }
  if (table === TABLE && Object.hasOwn(STRACE_LETTERS, arg)) {
    const meaning = STRACE_LETTERS[arg];
    if (meaning !== undefined) set(TABLE.find((o) => o.name === meaning[0])!, meaning[1], arg);
    return at;
  }
  const option = table.find((o) => o.short !== "" && o.short === arg[1]);
  if (!option) throw new UsageError(`-${arg[1]}: unknown option (--help lists them)`);
  if (option.argument === "") {
    if (arg.length > 2) throw new UsageError(`${arg}: unknown option (--help lists them)`);
    set(option, "1", arg);
    return at;
  }
  if (arg.length > 2) {
    set(option, arg.slice(2), arg.slice(0, 2));
    return at;
  }
  if (at + 1 >= args.length) throw new UsageError(`${arg}: needs ${option.argument}`);
  set(option, args[at + 1], arg);
  return at + 1;
}

/** The text of --help. */
export function helpText(): string {
  const left = (option: Option) => {
    const argument = option.bare === undefined ? `=${option.argument}` : `[=${option.argument}]`;
    const long = option.argument === "" ? `--${option.name}` : `--${option.name}${argument}`;
    return option.short === "" ? `    ${long}` : `-${option.short}, ${long}`;
  };
  const width = Math.max(...TABLE.map((option) => left(option).length));
  return [
    "Usage: jit386 [OPTIONS] PROGRAM [ARGUMENTS...]",
    "       jit386 bench [OPTIONS] PROGRAM [ARGUMENTS...]",
    "Runs a 32-bit i386 Linux program. bench: in every way that there is, and compares (jit386 bench --help).",
    "",
    ...TABLE.map((option) => `  ${left(option).padEnd(width)}  ${option.help}`),
    "",
    `strace's letters ${STRACE_ALSO.join(", ")} work too; -e takes trace=SET, signal=SET or status=SET.`,
    "Each option but -E, --completion, -h and -V has a twin in the environment: JIT386_ROOT, JIT386_JIT_THRESHOLD, JIT386_STRACE=1 ...",
    "The exit status is the program's, or 128 + the number of the signal that killed it; 127 when the program is not found,",
    "126 when it cannot be executed, 2 when the command line is wrong.",
    "",
  ].join("\n");
}
