// The library entry on Node: everything of the core, and the host's files and standard streams to build a machine from.

export { createMachine, MountError } from "../../boot.ts";
export type { Machine, MachineOptions } from "../../boot.ts";
export { run, StartError } from "../../core.ts";
export type { RunOptions, RunResult } from "../../core.ts";
export { createHostFs } from "./fs.ts";
export { hostStandardStreams } from "./stdio.ts";
