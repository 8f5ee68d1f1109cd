// The manual page jit386.1, made from the tables of options: roff with the man macros, man(7).
import { BENCH_OPTIONS, type Option, OPTIONS, STRACE_ALSO, twinOf } from "../../src/cli/options.ts";
import { PACKAGE_VERSION } from "../../src/version.ts";

const escape = (text: string) => text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll(/^([.'])/gm, "\\&$1");

function entry(option: Option): string {
  const argument = option.argument === "" ? "" : `\\fI${escape(option.argument)}\\fP`;
  const long = `\\fB\\-\\-${escape(option.name)}\\fP${argument === "" ? "" : option.bare === undefined ? `=${argument}` : `[=${argument}]`}`;
  const short = option.short === "" ? "" : `\\fB\\-${option.short}\\fP${argument === "" ? "" : ` ${argument}`}, `;
  const help = `${option.help[0].toUpperCase()}${option.help.slice(1)}.`;
  const twin = option.noTwin ? "" : `\n.br\nEnvironment: \\fB${twinOf(option.name)}\\fP.`;
  const many = option.repeatable ? "\nMay be given several times." : "";
  return `.TP\n${short}${long}\n${escape(help)}${many}${twin}\n`;
}

const paragraph = (text: string) => `.PP\n${escape(text)}\n`;

/** The page as text. */
export function manualPage(): string {
  return [
    `.\\" Made by test/house/documents.test.ts from src/cli/options.ts.\n.TH JIT386 1 "" "jit386 ${PACKAGE_VERSION}" "User Commands"\n`,
    ".SH NAME\njit386 \\- run 32-bit i386 Linux programs in a JavaScript engine\n",
    ".SH SYNOPSIS\n.B jit386\n[\\fIOPTIONS\\fP] \\fIPROGRAM\\fP [\\fIARGUMENTS\\fP...]\n.br\n.B jit386 bench\n[\\fIOPTIONS\\fP] \\fIPROGRAM\\fP [\\fIARGUMENTS\\fP...]\n",
    ".SH DESCRIPTION\n",
    escape(`jit386 runs a program for Linux on i386: it translates the program's instructions into JavaScript functions while they run, and answers its system calls.
The program's standard input, output and error, its terminal and its exit status are those of the command.
`),
    paragraph("A PROGRAM without a slash is looked for in PATH, within the guest's files. What is behind PROGRAM belongs to it."),
    paragraph(`bench runs the program natively and under qemu-i386 where the machine can, and in each tier of jit386, compares outputs,
and prints median times, their spread, the start apart from the rest, ratios, and guest instructions a microsecond (MIPS). Its status is 1 when an output differed.`),
    ".SH OPTIONS\n", ...(OPTIONS as readonly Option[]).map(entry),
    ".SS Options of bench\n", ...BENCH_OPTIONS.filter((o) => !(OPTIONS as readonly Option[]).some((it) => it.name === o.name)).map((o) => entry({ ...o, noTwin: true })),
    paragraph(`${BENCH_OPTIONS.filter((o) => (OPTIONS as readonly Option[]).some((it) => it.name === o.name)).map((o) => `--${o.name}`).join(", ")} are as above.`),
    ".SS Letters of strace\n", escape(`${STRACE_ALSO.join(", ")} mean what they mean to strace(1); -e takes trace=SET, which is --strace=SET, signal=SET or status=SET.\n`),
    ".SH EXIT STATUS\n",
    escape(`The program's, or 128 + the number of the signal that killed it.
127 when the program is not found, 126 when it cannot be executed, 2 when the command line is wrong, 70 after an error in jit386 itself.
`),
    ".SH ENVIRONMENT\n",
    escape("The program gets the environment of jit386 without the variables whose names begin with JIT386_. These stand for options, as told above: 1 turns a switch on.\n"),
    ".SH EXAMPLES\n",
    ...[
      ["jit386 \\-\\-root ~/debian\\-i386 /usr/bin/python3", "Run a program of a Debian userland."],
      ["jit386 \\-\\-profile=out.cpuprofile ./program", "Profile it, for Chrome's DevTools."],
      ["jit386 bench \\-\\-svg=chart.svg ./program", "See how fast it is."],
      ['eval "$(jit386 \\-\\-completion=bash)"', "Complete the options in this shell."],
    ].map(([command, what]) => `.TP\n.B ${command}\n${escape(what)}\n`),
    ".SH SEE ALSO\n.BR qemu\\-i386 (1),\n.BR strace (1),\n.BR gdb (1)\n",
  ].join("");
}
