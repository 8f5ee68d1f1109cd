// The fixed parts of the report: its style, and the script that draws the flame graph. What they show is made in report.ts.

export const STYLE = `
:root {
  --back: #fff; --text: #1b1f24; --faint: #666e78; --line: #d8dce1;
  --panel: #f5f6f8; --region: #2f6fab; --block: #5b9b57; --interpreted: #c98b2b; --kernel: #8a63a8; --other: #9aa1a9; --bad: #b8433b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #16191d; --text: #e4e7eb; --faint: #98a1ab; --line: #353b43;
    --panel: #1f2429; --region: #5a9bd8; --block: #79b974; --interpreted: #dba94f; --kernel: #ad88cc; --other: #6c747d; --bad: #df6f66;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1280px; padding: 24px 28px 60px; background: var(--back); color: var(--text); font: 14px/1.5 system-ui, sans-serif; }
h1 { font: 600 17px/1.4 ui-monospace, "DejaVu Sans Mono", Consolas, monospace; margin: 0 0 2px; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 34px 0 8px; } p { margin: 4px 0 10px; color: var(--faint); max-width: 90ch; }
code, pre, .mono { font: 12px/1.45 ui-monospace, "DejaVu Sans Mono", Consolas, monospace; }
table { border-collapse: collapse; width: 100%; } .scroll { overflow-x: auto; }
th, td { text-align: right; padding: 3px 8px; border-bottom: 1px solid var(--line); white-space: nowrap; font-variant-numeric: tabular-nums; }
th { color: var(--faint); font-weight: 600; } th.l, td.l { text-align: left; } td.l { font: 12px/1.45 ui-monospace, "DejaVu Sans Mono", Consolas, monospace; }
td .bar { display: inline-block; height: 9px; margin-right: 8px; background: var(--region); vertical-align: baseline; }
a { color: var(--region); text-decoration: none; } a:hover { text-decoration: underline; }
.times { display: flex; height: 26px; border-radius: 4px; overflow: hidden; margin: 14px 0 8px; }

.times div { min-width: 1px; } .legend { display: flex; flex-wrap: wrap; gap: 4px 20px; color: var(--faint); }
.legend i { display: inline-block; width: 10px; height: 10px; margin-right: 6px; border-radius: 2px; }
#flame { position: relative; width: 100%; background: var(--panel); border-radius: 4px; overflow: hidden; }
#flame div {
  position: absolute; height: 18px; line-height: 18px; font-size: 11px; overflow: hidden; white-space: nowrap; padding: 0 4px; border-radius: 2px;
  color: #1b1f24; cursor: pointer; border: 1px solid var(--panel);
}
#flame div.narrow { padding: 0; border-width: 0 1px 0 0; }
#flame div:hover { filter: brightness(1.12); } #where { min-height: 20px; color: var(--faint); }
details { border: 1px solid var(--line); border-radius: 4px; margin: 8px 0; } summary { padding: 6px 12px; cursor: pointer; background: var(--panel); }
.code td {
  white-space: pre; text-align: left; vertical-align: top; border: 0; padding: 0 12px;
  font: 12px/1.45 ui-monospace, "DejaVu Sans Mono", Consolas, monospace;
}
.code tr:nth-child(odd) td { background: var(--panel); } .code td:first-child { border-right: 1px solid var(--line); color: var(--faint); width: 1%; }
.scroll:has(.code) { max-height: 80vh; overflow: auto; } .code td b { color: var(--text); font-weight: 500; } pre.graph { margin: 8px 12px; max-height: 19em; overflow: auto; color: var(--faint); }
svg text { fill: var(--faint); font: 11px system-ui, sans-serif; } svg .grid { stroke: var(--line); } .bad { color: var(--bad); }
@media (max-width: 640px) { body { padding: 16px 12px 40px; } th, td { padding: 3px 6px; } }
`;

/** Draws the tree in #flame: { n: name, f: file, v: milliseconds with children, c: children }. Clicking a frame gives it the whole width. */
export const SCRIPT = `
const tree = JSON.parse(document.getElementById("tree").textContent);
const box = document.getElementById("flame"), where = document.getElementById("where");
const total = tree.v || 1;
function hue(text) { let h = 0; for (const c of text) h = (h * 31 + c.charCodeAt(0)) % 997; return h; }
function color(node) {
  if (node.n.endsWith("[system call]")) return "hsl(275 32% 72%)";
  const h = hue(node.f || node.n);
  return "hsl(" + (18 + h % 44) + " " + (62 + h % 20) + "% " + (62 + hue(node.n) % 14) + "%)";
}
function text(node) { return node.n + (node.f ? "  " + node.f : "") + "  " + node.v.toFixed(1) + " ms, " + (100 * node.v / total).toFixed(1) + "%"; }
function depth(node) { return node.v / total < 0.002 ? 0 : 1 + Math.max(0, ...node.c.map(depth)); }
let shown;
function draw(top, path) {
  shown = [top, path];
  box.textContent = "";
  const rows = path.length + depth(top);
  box.style.height = rows * 19 + "px";
  const add = (node, left, width, level) => {
    const it = document.createElement("div");
    it.style.cssText = "left:" + left * 100 + "%;width:" + width * 100 + "%;bottom:" + level * 19 + "px;background:" + color(node);
    // a letter or two say nothing, and must not lie over the neighbours
    if (width * box.clientWidth < 24) it.className = "narrow"; else it.textContent = node.n;
    it.title = text(node);
    it.onmouseenter = () => { where.textContent = text(node); };
    it.onclick = () => { const at = path.indexOf(node); if (at >= 0) draw(node, path.slice(0, at)); else draw(node, way(node)); };
    box.append(it);
  };
  path.forEach((node, level) => add(node, 0, 1, level));
  const visit = (node, left, scale, level) => {
    add(node, left, node.v * scale, level);
    let at = left;
    for (const child of node.c) {
      if (child.v * scale > 0.001) visit(child, at, scale, level + 1);
      at += child.v * scale;
    }
  };
  visit(top, 0, 1 / (top.v || 1), path.length);
}
function way(node) { const list = []; for (let at = node.p; at; at = at.p) list.unshift(at); return list; }
(function link(node) { for (const child of node.c) { child.p = node; link(child); } })(tree);
draw(tree, []);
let wide = box.clientWidth;
addEventListener("resize", () => { if (box.clientWidth !== wide) { wide = box.clientWidth; draw(...shown); } });
for (const anchor of document.querySelectorAll("a[data-open]")) anchor.onclick = () => { document.getElementById(anchor.dataset.open).open = true; };
`;
