// Sampled guest stacks as files: a .cpuprofile for Chrome's DevTools, speedscope's JSON, collapsed stacks for flame graphs.

import type { StackNode, Stacks } from "./stacks.ts";

const basename = (path: string) => path.slice(path.lastIndexOf("/") + 1);

function* allNodes(node: StackNode): Generator<StackNode> {
  yield node;
  for (const child of node.children.values()) yield* allNodes(child);
}

/** Chrome DevTools Protocol, type Profiler.Profile. Times in microseconds. */
export function cpuProfile(stacks: Stacks): string {
  const nodes = [...allNodes(stacks.root)].map((node) => ({
    id: node.id, callFrame: { functionName: node.frame.name, scriptId: "0", url: node.frame.file, lineNumber: -1, columnNumber: -1 },
    hitCount: node.hits, children: [...node.children.values()].map((child) => child.id),
  }));
  // the time of a sample belongs to the stack that it ended with: DevTools counts the delta of the sample behind
  const startTime = stacks.samples.length > 0 ? Math.round((stacks.samples[0].at - stacks.samples[0].ms) * 1000) : 0;
  let last = startTime;
  const timeDeltas: number[] = [], samples: number[] = [];
  for (const sample of stacks.samples) {
    const begin = Math.max(last, Math.round((sample.at - sample.ms) * 1000));
    samples.push(sample.node.id);
    timeDeltas.push(begin - last);
    last = begin;
  }
  const final = stacks.samples[stacks.samples.length - 1];
  const endTime = final === undefined ? startTime : Math.max(last, Math.round(final.at * 1000));
  return JSON.stringify({ nodes, startTime, endTime, samples, timeDeltas });
}

/** https://www.speedscope.app/file-format-schema.json, a sampled profile. */
export function speedscope(stacks: Stacks, name: string): string {
  const frames: { name: string; file?: string }[] = [];
  const indices = new Map<unknown, number>();
  const path = (node: StackNode): number[] => {
    const list: number[] = [];
    for (let at: StackNode | undefined = node; at !== undefined && at.parent !== undefined; at = at.parent) {
      let index = indices.get(at.frame);
      if (index === undefined) {
        indices.set(at.frame, (index = frames.length));
        frames.push(at.frame.file === "" ? { name: at.frame.name } : { name: at.frame.name, file: at.frame.file });
      }
      list.push(index);
    }
    return list.reverse();
  };
  const samples = stacks.samples.map((sample) => path(sample.node));
  const weights = stacks.samples.map((sample) => Math.round(sample.ms * 1000) / 1000);
  const endValue = weights.reduce((sum, w) => sum + w, 0);
  return JSON.stringify({
    $schema: "https://www.speedscope.app/file-format-schema.json", name, exporter: "jit386", activeProfileIndex: 0, shared: { frames },
    profiles: [{ type: "sampled", name, unit: "milliseconds", startValue: 0, endValue, samples, weights }],
  });
}

/** `a;b;c microseconds`, a stack a line, as flamegraph.pl and its relatives read it. */
export function collapsed(stacks: Stacks): string {
  const lines: string[] = [];
  const visit = (node: StackNode, path: string): void => {
    const here = node.parent === undefined ? "" : path === "" ? clean(node) : `${path};${clean(node)}`;
    if (node.selfMs > 0) lines.push(`${here} ${Math.max(1, Math.round(node.selfMs * 1000))}\n`);
    for (const child of node.children.values()) visit(child, here);
  };
  visit(stacks.root, "");
  return lines.sort().join("");
}

const clean = (node: StackNode) => `${node.frame.name}${node.frame.file === "" || node.frame.name.startsWith("[") ? "" : ` (${basename(node.frame.file)})`}`.replaceAll(";", ":").replaceAll("\n", " ");

/** Which format a file name asks for; undefined for an extension that none has. */
export function profileFormat(path: string): ((stacks: Stacks, name: string) => string) | undefined {
  if (path.endsWith(".cpuprofile")) return cpuProfile;
  if (path.endsWith(".speedscope.json") || path.endsWith(".json")) return speedscope;
  if (path.endsWith(".collapsed") || path.endsWith(".folded") || path.endsWith(".txt")) return collapsed;
  return undefined;
}
