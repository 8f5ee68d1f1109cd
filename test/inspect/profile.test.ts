// --profile in its formats, --report in a browser when there is one, names of generated functions in Node's own profiler.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

// on a machine that others use too
vi.setConfig({ testTimeout: 120_000 });

const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const quicksort = fileURLToPath(new URL("../../fixtures/compute/bin/quicksort", import.meta.url));
let home: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "jit386-profile-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return spawnSync(command, args, { encoding: "utf8", cwd: home, timeout: 90_000, env: { ...process.env, ...env } });
}

/** Profiles a sort into a file and gives its text. */
function profile(name: string): string {
  const result = run(process.execPath, [cli, `--profile=${name}`, quicksort, "200000", "4"]);
  expect([result.status, result.stderr]).toEqual([0, ""]);
  return readFileSync(join(home, name), "utf8");
}

const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
/** A browser that starts here; some containers do not let one. */
const browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
  existsSync(path) && run(path, [...FLAGS, "--dump-dom", "about:blank"]).stdout.includes("</html>")) ?? "";
const HEADLESS = () => [...FLAGS, `--user-data-dir=${join(home, "chromium")}`, "--window-size=1280,900"];

/** The title that a page has in the end. */
async function titleOf(page: string, ...options: readonly string[]): Promise<string> {
  const chromium = spawn(browser, [...HEADLESS(), ...options, "--dump-dom", `file://${page}`], { stdio: ["ignore", "pipe", "ignore"] });
  const timer = setTimeout(() => chromium.kill("SIGKILL"), 80_000);
  let dom = "";
  chromium.stdout.setEncoding("utf8");
  // with a debugging port it stays when all is printed
  chromium.stdout.on("data", (text: string) => {
    dom += text;
    if (/<\/html>\s*$/.test(dom)) chromium.kill();
  });
  await once(chromium, "close");
  clearTimeout(timer);
  return /<title>([^<]*)<\/title>/.exec(dom)?.[1] ?? `no title in ${dom.slice(0, 500)}`;
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

const CHAIN = ["quicksort", "_start", "rt_start", "main", "sort"];

describe("--profile", () => {
  test(".collapsed: stacks from the program to the innermost function, with microseconds", () => {
    const lines = profile("a.collapsed").trimEnd().split("\n").map((line) => /^(.*) (\d+)$/.exec(line) ?? ["", "", ""]);
    expect(lines.length).toBeGreaterThan(5);
    const stacks = lines.map(([, stack, us]) => ({ names: stack.split(";").map((frame) => frame.replace(/ \(.*\)$/, "")), us: Number(us) }));
    const total = stacks.reduce((sum, s) => sum + s.us, 0);
    const sorting = stacks.filter((s) => s.names.slice(0, 5).join() === CHAIN.join()).reduce((sum, s) => sum + s.us, 0);
    expect(total).toBeGreaterThan(20_000);
    expect(sorting / total).toBeGreaterThan(0.5);
    // it calls itself, and never more than a sort of 200,000 may
    const depths = stacks.map((s) => s.names.filter((n) => n === "sort").length);
    expect(Math.max(...depths)).toBeGreaterThan(3);
    expect(Math.max(...depths)).toBeLessThan(64);
  });

  test(".cpuprofile: a tree as DevTools wants it", () => {
    const { nodes, samples, timeDeltas, startTime, endTime } = JSON.parse(profile("b.cpuprofile")) as {
      nodes: { id: number; callFrame: { functionName: string; url: string; scriptId: string; lineNumber: number; columnNumber: number }; hitCount: number; children: number[] }[];
      samples: number[]; timeDeltas: number[]; startTime: number; endTime: number;
    };
    const byId = new Map(nodes.map((node) => [node.id, node]));
    expect(byId.size).toBe(nodes.length);
    expect(nodes[0].callFrame.functionName).toBe("(root)");
    // every node but the root is the child of exactly one
    const children = nodes.flatMap((node) => node.children);
    expect([...children].sort((a, b) => a - b)).toEqual(nodes.slice(1).map((node) => node.id).sort((a, b) => a - b));
    expect(samples.length).toBe(timeDeltas.length);
    expect(samples.filter((id) => !byId.has(id))).toEqual([]);
    expect(timeDeltas.filter((delta) => !(Number.isInteger(delta) && delta >= 0))).toEqual([]);
    expect(timeDeltas.reduce((a, b) => a + b, startTime)).toBeLessThanOrEqual(endTime);
    expect(nodes.reduce((sum, node) => sum + node.hitCount, 0)).toBe(samples.length);
    const parents = new Map(nodes.flatMap((node) => node.children.map((child) => [child, node] as const)));
    const hottest = nodes.reduce((a, b) => (b.hitCount > a.hitCount ? b : a));
    const chain: string[] = [];
    for (let at: (typeof nodes)[0] | undefined = hottest; at !== undefined; at = parents.get(at.id)) chain.unshift(at.callFrame.functionName);
    expect(chain.slice(0, 5)).toEqual(["(root)", ...CHAIN.slice(0, 4)]);
    expect(hottest.callFrame.url).toBe(quicksort);
  });

  test.skipIf(browser === "")(".cpuprofile: Chrome's DevTools make of it what is in it", { timeout: 90_000 }, async () => {
    const text = profile("d.cpuprofile");
    const { nodes, samples, startTime, endTime } = JSON.parse(text) as {
      nodes: { id: number; callFrame: { functionName: string } }[]; samples: number[]; timeDeltas: number[]; startTime: number; endTime: number;
    };
    const port = await freePort();
    const page = join(home, "devtools.html");
    // the front end is served to whoever debugs a page; its model of a profile is what the panels show
    writeFileSync(page, `<title>nothing</title><script type="application/json" id="profile">${text.replaceAll("<", "\\u003c")}</script><script type="module">
      try {
        const { CPUProfileDataModel } = await import("http://127.0.0.1:${port}/devtools/models/cpu_profile/cpu_profile.js");
        const model = new CPUProfileDataModel.CPUProfileDataModel(JSON.parse(document.getElementById("profile").textContent));
        const totals = {};
        let depth = 0, nodes = 0;
        const visit = (node, names) => {
          nodes++;
          depth = Math.max(depth, node.depth);
          if (!names.includes(node.functionName)) totals[node.functionName] = (totals[node.functionName] ?? 0) + node.total;
          for (const child of node.children) visit(child, [...names, node.functionName]);
        };
        visit(model.profileHead, []);
        document.title = JSON.stringify({ nodes, depth, all: model.profileHead.total, totals, samples: model.samples.length, span: model.profileEndTime - model.profileStartTime });
      } catch (error) {
        document.title = "error " + error;
      }
    </script>`);
    const title = await titleOf(page, `--remote-debugging-port=${port}`, "--disable-web-security", "--virtual-time-budget=10000");
    expect(title).toMatch(/^\{/);
    const seen = JSON.parse(title) as { nodes: number; depth: number; all: number; totals: Record<string, number>; samples: number; span: number };
    const names = new Set(nodes.map((node) => node.callFrame.functionName));
    // DevTools add (program) and (idle) of their own
    expect(Object.keys(seen.totals).filter((name) => !names.has(name) && !/^\((program|idle|garbage collector)\)$/.test(name))).toEqual([]);
    expect(seen.samples).toBeGreaterThanOrEqual(samples.length);
    expect(seen.nodes).toBeGreaterThanOrEqual(nodes.length);
    // they give the last sample the length of an average one
    expect(Math.abs(seen.span - (endTime - startTime) / 1000)).toBeLessThan(seen.span / 20);
    expect(seen.all / seen.span).toBeGreaterThan(0.9);
    expect(seen.totals["sort"] / seen.all).toBeGreaterThan(0.5);
    expect(seen.totals["main"]).toBeGreaterThanOrEqual(seen.totals["sort"]);
    expect(seen.depth).toBeGreaterThan(5);
  });

  test(".speedscope.json: frames, samples and weights that belong together", () => {
    const file = JSON.parse(profile("c.speedscope.json")) as {
      $schema: string; shared: { frames: { name: string }[] };
      profiles: { type: string; unit: string; startValue: number; endValue: number; samples: number[][]; weights: number[] }[];
    };
    expect(file.$schema).toBe("https://www.speedscope.app/file-format-schema.json");
    const [only] = file.profiles;
    expect([file.profiles.length, only.type, only.unit, only.startValue]).toEqual([1, "sampled", "milliseconds", 0]);
    expect(only.samples.length).toBe(only.weights.length);
    expect(only.samples.flat().filter((index) => !(index in file.shared.frames))).toEqual([]);
    expect(only.weights.reduce((a, b) => a + b, 0)).toBeCloseTo(only.endValue, 3);
    expect(only.samples.some((sample) => sample.slice(0, 5).map((index) => file.shared.frames[index].name).join() === CHAIN.join())).toBe(true);
  });

  const root = process.env["JIT386_DEBIAN_ROOT"] ?? "";
  test.skipIf(root === "" || !existsSync(join(root, "bin/bash")))("a stripped program with unwind tables: every stack goes down to where it started (JIT386_DEBIAN_ROOT)", { timeout: 90_000 }, () => {
    const script = "f() { local i=$1; [ $i -gt 0 ] && f $((i - 1)); for ((k = 0; k < 40; k++)); do :; done; }; f 12";
    const result = run(process.execPath, [cli, "--root", root, "--profile=e.collapsed", "/bin/bash", "-c", script]);
    expect([result.status, result.stderr]).toEqual([0, ""]);
    const stacks = readFileSync(join(home, "e.collapsed"), "utf8").trimEnd().split("\n").map((line) => {
      const [, names, us] = /^(.*) (\d+)$/.exec(line) ?? ["", "", ""];
      return { names: names.split(";"), us: Number(us) };
    });
    const sum = (list: typeof stacks) => list.reduce((total, s) => total + s.us, 0);
    const rooted = stacks.filter(({ names }) => names[1] === "_start (bash)" || names[1] === "[ld-linux.so.2]");
    expect(sum(rooted) / sum(stacks)).toBeGreaterThan(0.99);
    const depth = ({ names }: (typeof stacks)[0]) => names.filter((name) => name === "execute_command (bash)").length;
    expect(Math.max(...stacks.map(depth))).toBeGreaterThan(12);
  });

  test("a name without a format is one line, before the program runs", () => {
    const { status, stdout, stderr } = run(process.execPath, [cli, "--profile=x.png", quicksort, "200000", "4"]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toBe("jit386: --profile x.png: the name must end in .cpuprofile, .speedscope.json or .collapsed\n");
  });
});

describe("profilers of the host", () => {
  test("node --cpu-prof shows the guest's names", () => {
    const directory = join(home, "host");
    const result = run(process.execPath, ["--cpu-prof", `--cpu-prof-dir=${directory}`, cli, quicksort, "400000", "4"]);
    expect(result.status).toBe(0);
    const [name] = readdirSync(directory);
    const { nodes } = JSON.parse(readFileSync(join(directory, name), "utf8")) as { nodes: { callFrame: { functionName: string } }[] };
    expect(nodes.map((node) => node.callFrame.functionName).filter((it) => /^sort_0x[0-9a-f]+_(block|region)_[0-9a-f]+_/.test(it)).length).toBeGreaterThan(0);
  });
});

test.skipIf(process.platform !== "linux")("perf's map of machine code has the guest's names", () => {
  const { status, pid } = run(process.execPath, ["--perf-basic-prof", cli, quicksort, "200000", "4"]);
  const map = `/tmp/perf-${pid}.map`; // V8 puts it there, where perf looks
  const lines = readFileSync(map, "latin1").split("\n");
  rmSync(map);
  expect(status).toBe(0);
  expect(lines.filter((line) => /^[0-9a-fx]+ [0-9a-f]+ JS:\W?sort_0x[0-9a-f]+_(block|region)_[0-9a-f]+_/.test(line)).length).toBeGreaterThan(0);
});

describe("--report", () => {
  let page: string;
  beforeAll(() => {
    const result = run(process.execPath, [cli, "--report=report.html", quicksort, "400000", "4"]);
    expect([result.status, result.stderr]).toEqual([0, ""]);
    page = readFileSync(join(home, "report.html"), "utf8");
  });

  test("is one page that fetches nothing", () => {
    expect(page).not.toMatch(/<(link|img|iframe)\b|\bsrc=|@import|url\(/i);
    expect(page.replaceAll(/<(script|style)[^]*?<\/\1>/g, "")).not.toMatch(/https?:/);
    for (const id of ["hot", "stacks", "code", "timeline", "calls"]) expect(page).toContain(`<h2 id="${id}">`);
    expect(page).toMatch(/<b>cmp %\w+,[^<]*<\/b>/);
  });

  test("a program that ends at once: what there is nothing of says so", () => {
    expect(run(process.execPath, [cli, "--report=short.html", fileURLToPath(new URL("../../fixtures/debug/bin/debugged", import.meta.url)), "leaf"]).status).toBe(9);
    const short = readFileSync(join(home, "short.html"), "utf8");
    expect(short).toContain("0 blocks and 0 regions translated");
    expect(short).toMatch(/id="hot"[^]*Too little guest code ran for a sample\.[^]*Nothing hot was translated\.[^]*There were none\./);
    expect(short).not.toMatch(/NaN|undefined|Infinity|<svg/);
  });

  test.skipIf(browser === "")("in headless Chromium: the flame graph is drawn, links open listings, nothing goes wrong", { timeout: 90_000 }, async () => {
    // what the page has become is written into it, for --dump-dom to show
    const probe = `<script>
      const out = [];
      window.onerror = (message) => out.push("error: " + message);
      addEventListener("load", () => {
        const frames = [...document.querySelectorAll("#flame div")];
        out.push("frames=" + frames.length, "sort=" + frames.filter((it) => it.textContent === "sort").length);
        // frames of a row stand side by side, and the last label of the time line is whole
        const rows = Map.groupBy(frames, (it) => it.style.bottom);
        let over = 0;
        for (const row of rows.values()) {
          const boxes = row.map((it) => it.getBoundingClientRect()).sort((a, b) => a.left - b.left);
          boxes.forEach((it, k) => { if (k > 0 && it.left < boxes[k - 1].right - 1.5) over++; });
        }
        out.push("over=" + over);
        const svg = document.querySelector("svg").getBoundingClientRect();
        out.push("cut=" + [...document.querySelectorAll("svg text")].filter((it) => it.getBoundingClientRect().right > svg.right + 0.5).length);
        const inner = frames.find((it) => it.textContent === "sort");
        inner.click();
        out.push("zoomed=" + [...document.querySelectorAll("#flame div")].filter((it) => it.textContent === "sort")[0].style.width);
        document.querySelector("a[data-open]").click();
        out.push("open=" + document.querySelectorAll("details[open]").length, "wide=" + (document.documentElement.scrollWidth > innerWidth));
        out.push("rows=" + document.querySelectorAll("table tr").length);
        document.title = out.join(" ");
      });
    </script>`;
    const probed = join(home, "probed.html");
    writeFileSync(probed, page.replace("<head>", () => `<head>${probe}`));
    for (const width of [1280, 480]) {
      const title = await titleOf(probed, `--window-size=${width},900`);
      expect(title).not.toContain("error");
      const value = (name: string) => new RegExp(`\\b${name}=(\\S+)`).exec(title)?.[1];
      expect(Number(value("frames"))).toBeGreaterThan(5);
      expect(Number(value("sort"))).toBeGreaterThan(1);
      expect([value("zoomed"), value("open"), value("wide"), value("over"), value("cut")]).toEqual(["100%", "1", "false", "0", "0"]);
      expect(Number(value("rows"))).toBeGreaterThan(30);
    }
    const picture = join(home, "report.png");
    run(browser, [...HEADLESS(), `--screenshot=${picture}`, `file://${join(home, "report.html")}`]);
    const png = readFileSync(picture);
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1280, 900]);
    expect(png.length).toBeGreaterThan(20_000); // an empty page is a tenth of that
  });
});
