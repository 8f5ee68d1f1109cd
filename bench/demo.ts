// npm run demo: one compute-heavy i386 program, interpreted and then translated. Needs Node and nothing else. Ends with
// status 1 when the two outputs differ from each other or from what real hardware printed.
import { requireBuild, run } from "./engines.ts";
import { inRepository, programs } from "./programs.ts";

const NAME = "sha256";
const SIZE = "demo";

function main(): void {
  requireBuild();
  const program = programs().find((it) => it.name === NAME);
  if (!program) throw new Error(`fixture ${NAME} is missing`);
  const args = program.args[SIZE];
  const cli = inRepository("dist/cli/main.js");
  const instructions = program.instructions[SIZE];
  const amount = instructions ? `: ${(instructions / 1e6).toFixed(0)} million instructions` : "";
  console.log(`fixtures/compute/bin/${NAME} ${args.join(" ")}, an i386 Linux program that hashes 2 MB${amount}\n`);

  const timed = (title: string, mode: string) => {
    process.stdout.write(`${title.padEnd(30)}`);
    const result = run([process.execPath, cli, `--jit=${mode}`, program.path, ...args], 120_000);
    const rate = instructions ? `${(instructions / result.milliseconds / 1000).toFixed(0).padStart(6)} million instructions a second` : "";
    console.log(`${(result.milliseconds / 1000).toFixed(2).padStart(6)} s ${rate}`);
    if (result.status !== 0) {
      console.error(`ended with status ${result.status ?? "none"}: ${result.stderr.trim()}`);
      process.exit(1);
    }
    return result;
  };
  const interpreted = timed("interpreted (--jit=off)", "off");
  const translated = timed("translated (--jit=block)", "block");

  console.log(`\n${translated.stdout.trimEnd().replaceAll(/^/gm, "  ")}\n`);
  if (interpreted.stdout !== translated.stdout || translated.stdout !== program.expected(SIZE)) {
    console.error("The outputs DIFFER: this is a bug in jit386.");
    process.exit(1);
  }
  console.log(`Both outputs agree with real hardware; translation is ${(interpreted.milliseconds / translated.milliseconds).toFixed(1)} times as fast.`);
}

main();
