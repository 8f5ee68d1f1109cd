// From a graph of guest code to the body of one JavaScript function. Blocks and regions come out of the same emitter.
//
//   if ((R[23] = R[23] - 5 | 0) < 0) return null;      // time slice over: EIP already points here
//   let r0 = R[0], ...;                                 // the registers that the graph uses live in locals
//   bail: {
//     L0: for (;;) {                                    // a loop header; labels follow structure.ts
//       ...instructions...
//       write back; R[9] = target; return c0.fn;        // a way out: the next function to run, or null for the dispatcher
//     }
//   }
//   write back; R[9] = pc; R[26] = 1; return null;      // the interpreter takes the instruction at pc
//
// A region can be entered at each of its loops, or a long inner loop, having left at the end of a slice, would go on in its blocks: R[28]
// is the number of the loop, and the headers of the loops around it pass it on inwards.
//
// An instruction whose semantic function has no inline form is executed by calling that function on the CPU, with registers
// written back before and read again behind. A guest call whose return is in the graph is a JavaScript call.

import { A, type Instruction, type Operand } from "../decoder/instruction.ts";
import { S } from "../runtime/state.ts";
import type { InlineFunction } from "../runtime/x87/inline.ts";
import { INDEX } from "./access-groups.ts";
import { countLine } from "./counting.ts";
import { asTuple, FLAG_LOAD, FLAG_STORE, IN_LOCALS, inLocals, type LazyFlags, localFlags, namesFlags, storeTuple, tupleKind } from "./conditions.ts";
import type { Emitted, EmitOptions } from "./emitted.ts";
import { calledOut, CHAIN, endSlice, frame, HERE, loopSlice, nestedCall, type Way } from "./frame.ts";
import { type Graph, type GraphNode, successors } from "./graph.ts";
import { type BlockEmission, createIntrinsics } from "./intrinsics.ts";
import { type Asked, askedFor } from "./lane-checks.ts";
import { LaneState } from "./lanes.ts";
import { foundOfLoops, type OfLoops } from "./still-lanes.ts";
import { emitMmx, forgetMmx, nothingOfMmx } from "./mmx.ts";
import { ANY_BITS, emitPacked } from "./packed.ts";
import { type LaneEvent, type LanePlan, type LaneType, planLanes, typeOf } from "./lane-types.ts";
import { Known } from "./known.ts";
import type { LoopPlan } from "./loop-tests.ts";
import { ahead, assigning, LoopFlags, withoutLanes } from "./loop-flags.ts";
import { flagsLiveBehind, flagsLiveIn, mayLeave } from "./liveness.ts";
import { LateTests } from "./late-test.ts";
import { Lines } from "./lines.ts";
import { FLUSH, FLUSH_FLAGS, FRAME, NO_FLAGS, RELOAD, replaceMarks } from "./marks.ts";
import { DirectExit, IndirectExit, OtherVersion } from "./exits.ts";
import { specialise } from "./specialise.ts";
import { perfectHash } from "./perfect-hash.ts";
import { choice, type Dispatches } from "./irreducible.ts";
import { shapeOf, type WayIn, type WaysIn } from "./shape.ts";
import type { Structure } from "./structure.ts";
import { X87Locals } from "./x87.ts";
import { manner, planX87 } from "./x87-plan.ts";
import { type Affine, constant, literal, name, text, Unsupported, type Value } from "./value.ts";

class Retry extends Error {}
export class Emitter extends Lines implements BlockEmission {
  flags: LazyFlags = IN_LOCALS;
  readonly mmx = nothingOfMmx();
  stores = 0;
  readonly late = new LateTests();
  readonly lanes: LaneState;
  /** What instructions do to vector lanes, by node and instruction. */
  readonly laneEvents: (LaneEvent | undefined)[][];
  private readonly plan: LanePlan | undefined;
  /** Locals for what arithmetic asks. */
  private readonly asked = new Set<Asked>();
  /** Index of `insn` in its node. */
  private at = 0;
  depth = 0;
  readonly traceStores: boolean;
  private readonly graph: Graph;
  private readonly options: EmitOptions;
  private readonly leaving: Set<Instruction>;
  readonly x87: X87Locals | undefined;
  /** x87 instructions that turned out to have no form in locals. */
  private readonly barriers: Set<Instruction>;
  private readonly structure: Structure;
  private readonly dispatches: Dispatches;
  /** The root of the structure: the graph's entry, or a place before it that chooses between it and loops. */
  private readonly root: number;
  readonly ways: WaysIn;
  private readonly live: Int32Array;
  /** Flags live behind each instruction of the current node. */
  private liveBehind: readonly number[] = [];
  private readonly leaves = (i: Instruction): boolean => mayLeave(i) || (this.leaving.size > 0 && this.leaving.has(i));
  private readonly constants: unknown[] = [];
  /** Registers that are in locals, and that change: masks. */
  private used = 0;
  private written = 0;
  private usesFlags = false;
  /** What settlingFlags() has written last. */
  private settling: { readonly flags: LazyFlags; readonly text: string } | undefined;
  private writesFlags = false;
  private slice = 0; // of loops, when there are any
  private readonly shared = new Set<Way>();
  /** Kind of the flags on the way into each merge node: undefined when the ways differ. */
  private readonly arriving = new Map<number, number | undefined>();
  /** What registers hold, relative to values they had earlier in this node. */
  private readonly known: Known;
  private readonly affines;
  private readonly loopFlags = new LoopFlags();
  private readonly groups;
  readonly forwarding;
  private node: GraphNode;
  insn: Instruction;
  private readonly intrinsics;

  constructor(graph: Graph, options: EmitOptions, leaving: Set<Instruction>, barriers: Set<Instruction>, plan: LanePlan | undefined, found?: OfLoops, tests?: LoopPlan) {
    super();
    this.known = new Known(tests);
    ({ affines: this.affines, groups: this.groups, forwarding: this.forwarding } = this.known);
    this.graph = graph;
    this.plan = plan;
    this.laneEvents = graph.nodes.map((n) => new Array<LaneEvent | undefined>(n.insns.length).fill(undefined));
    this.options = options;
    this.lanes = new LaneState(this, options.precision, options.packed === true, found);
    this.intrinsics = createIntrinsics(this);
    this.leaving = leaving;
    this.traceStores = options.traceStores;
    this.node = graph.entry;
    this.insn = graph.entry.insns[0];
    this.barriers = barriers;
    const x87Plan = options.x87Locals ? planX87(graph, barriers) : undefined;
    if (x87Plan !== undefined) this.x87 = new X87Locals(this, x87Plan, this.constant({ runs: 0, bails: 0 } satisfies InlineFunction), this.constant(new OtherVersion()));
    const accepts = (from: GraphNode, to: GraphNode) => x87Plan === undefined || x87Plan.accepts(from, to);
    const edges = graph.nodes.map((n) => [...new Set(successors(n).filter((s) => accepts(n, s)).map((s) => s.index))]);
    // x87 registers in locals are numbered from the stack top at the head: other ways in would find another
    ({ structure: this.structure, ways: this.ways, dispatches: this.dispatches } = shapeOf(graph, edges, options.entries && x87Plan === undefined));
    for (const n of this.dispatches.entrances) this.arriving.set(n, undefined);
    this.root = this.structure.order[0];
    this.live = flagsLiveIn(graph.nodes, this.leaves);
  }

  run(): Emitted | undefined {
    try {
      this.tree(this.root);
    } catch (e) {
      if (e instanceof Retry) return undefined;
      throw e;
    }
    const registers = (mask: number) => [0, 1, 2, 3, 4, 5, 6, 7].filter((n) => (mask >> n) & 1);
    const flush = registers(this.written).map((n) => `R[${n}] = r${n};`).join(" ");
    const flushFlags = this.writesFlags ? ` ${FLAG_STORE}` : "";
    const loads = registers(this.used).map((n) => `r${n} = R[${n}]`);
    if (this.usesFlags) loads.push(FLAG_LOAD);
    for (const n of this.asked) loads.push(`${n} = ${askedFor(n, this.options.precision)}`);
    const reload = loads.length > 0 ? `${loads.join(", ")};` : "";
    const known = new Map([[FRAME, String(this.names + 32)], [FLUSH, flush], [FLUSH_FLAGS, flushFlags], [RELOAD, reload], [NO_FLAGS, this.writesFlags ? "fk = 4; fa = 0; fb = 0; fr = 0; " : ""]]);
    const ofLoops = this.loopFlags.replacements();
    const inGroup = (tests: string | undefined) => tests && replaceMarks(tests, ofLoops);
    const placed = replaceMarks(this.lines.join("\n"), (mark) => known.get(mark) ?? ofLoops(mark) ?? inGroup(this.groups.replacement(mark)));
    const body = this.x87?.place(placed) ?? placed;
    const source = frame({
      entry: this.graph.entry.insns.length, entries: this.ways.addresses.length > 0, x87Entry: this.x87?.entry(), loads, lanes: [...this.lanes.locals],
      slice: this.slice, dispatches: this.dispatches.entrances.size > 0, body, shared: this.shared, flush: flush + flushFlags, x87End: this.x87?.tail(), number: this.options.number,
      x87Bail: this.x87?.tail(this.slice > 0 ? `${this.slice} - q` : String(this.graph.instructions)),
    });
    const ending = this.lanes.packed && this.touchesLanes() ? ANY_BITS : "";
    return { source: source + ending, constants: this.constants, floating: this.asked.size > 0, entries: this.ways.addresses, short: this.known.tests.short };
  }

  /** Goes on to the loop that the code is entered at, when that is inside. */
  private passOn(from: number): void {
    const to = this.ways.passesTo.get(from);
    if (to === undefined) return;
    this.emit("if (e !== 0) rare: {");
    for (const h of to) {
      const { number, last } = this.ways.loops.get(h) as WayIn;
      this.emit(number === last ? `if (e === ${number}) {` : `if (e - ${number} >>> 0 <= ${last - number}) {`);
      if (h < this.graph.nodes.length) this.emit(number === last ? "e = 0;" : `if (e === ${number}) e = 0;`);
      const lanes = this.lanes.snapshot();
      this.lanes.depart(this.plan?.joins[h], HERE);
      this.emit(`break B${h};`);
      this.lanes.restore(lanes);
      this.emit("}");
    }
    this.emit("}");
  }

  // -- Output ---------------------------------------------------------------------------------------------------------

  atom(v: Value, base: string): Value {
    if (v.kind !== "code" || v.stable) return v;
    const n = this.fresh(base);
    this.lines.push(`const ${n} = ${v.text};`);
    this.affines.name(n, v.affine);
    return name(n, v.affine);
  }

  register(n: number): string {
    this.used |= 1 << n;
    return `r${n}`;
  }

  changed(n: number, to?: Affine, as?: string): void {
    this.lanes.saveRegister(n);
    this.used |= 1 << n;
    this.written |= 1 << n;
    // on one of two ways: behind them it may hold either
    if (this.depth > 0) this.affines.changed(n, undefined, undefined);
    else this.affines.changed(n, to, as);
  }

  affineOf(n: number): Affine {
    return this.affines.of(n);
  }

  access(at: Value, size: number, store: boolean, alone: string, tested = "", inPage = alone): string {
    if (this.depth > 0) return alone;
    const grant = this.known.tests.access(at, size, store, tested !== "");
    return grant === undefined ? this.groups.access(this, at, size, store, alone, tested) : grant === "crossing" ? inPage : tested.replace(INDEX, grant);
  }

  closed = (): void => this.known.closed();
  indexOf = (test: string, at: string): string => (test === "" ? this.known.tests.index : this.groups.index(test, at));
  addressed = (at: Value, o: Operand): void => this.known.tests.addressed(at, o, this.depth === 0 ? this.affines : undefined);
  isAligned = (at: Value): boolean => this.depth === 0 && this.known.tests.isAligned(at);

  flagsRead(): void {
    this.usesFlags = true;
    if (this.flags.loop !== undefined || this.flags.unless !== undefined) this.settleFlags();
  }

  flagsMatter(): boolean {
    return this.liveBehind[this.at] !== 0;
  }

  leave(pc: number | string = this.insn.address): string {
    return this.lanes.backOut() ?? `${this.settlingFlags()}${this.lanes.settling()}${this.x87?.settling() ?? ""}pc = ${pc}; break bail;`;
  }

  wanted(lane: number): LaneType | undefined {
    return typeOf(this.plan?.wanted[this.node.index][this.at]?.[lane] ?? 0);
  }

  wantsNumber(lane: number, type: "d" | "f"): boolean {
    return ((this.plan?.wanted[this.node.index][this.at]?.[lane] ?? 0) & (type === "d" ? 1 : 4)) !== 0;
  }

  unaligned = (): boolean => this.options.unaligned?.has(this.insn.address) === true;
  asks = (name: Asked): string => (this.asked.add(name), name);

  meets = (n: number): boolean => this.structure.merge[n] || this.structure.loopHeader[n];

  /** Whether the code of all ways to a node stands ahead of it. */
  private readonly forward = (n: number): boolean => !this.structure.loopHeader[n] && !this.dispatches.entrances.has(n);

  /** The types in which lanes travel, by what was noted of them. */
  planLanes(): LanePlan {
    const junctions = { meets: this.meets, entered: (n: number) => this.ways.loops.has(n), forward: this.forward };
    return planLanes(this.graph.nodes, this.laneEvents, junctions, this.lanes.packed && !this.lanes.laneByLane);
  }

  private touchesLanes(): boolean {
    return this.laneEvents.some((list) => list.some((e) => e !== undefined));
  }

  /** Which tests loops need not make on each turn. */
  testsOfLoops(): LoopPlan | undefined {
    return this.slice > 0 && this.lanes.packed && this.x87 === undefined ? this.known.tests.plan(this.graph.nodes, this.structure, this.dispatches, this.ways.loops) : undefined;
  }

  /** Whether something was not as an emission before this one had found it. */
  get wrong(): boolean {
    return this.lanes.wrong || this.lanes.still.wrong || this.known.tests.wrong;
  }

  /** What could be known of lanes at the heads of loops. */
  foundOfLoops(plan: LanePlan): OfLoops | undefined {
    return this.slice > 0 && this.lanes.packed ? foundOfLoops(this.lanes, this.graph.nodes, plan, this.structure, this.dispatches) : undefined;
  }

  /** Whether ways meet and vector instructions stand among them. */
  lanesMeet(): boolean {
    return this.touchesLanes() && this.graph.nodes.some((n) => this.meets(n.index));
  }

  /** Statements that put the flags into the locals. One text serves for all the ways out between two instructions that set flags. */
  private settlingFlags(): string {
    const f = this.flags;
    if (inLocals(f)) return "";
    if (this.settling?.flags === f) return this.settling.text;
    this.usesFlags = this.writesFlags = true;
    if (f.loop !== undefined) return this.loopFlags.settling(f.loop);
    const { kind, a, b, r } = asTuple(f);
    const text = assigning([kind, a, b, r], () => this.fresh("f"));
    if (!text.startsWith("const")) this.settling = { flags: f, text };
    return text;
  }

  /** Puts flags into the locals and lanes into the vector file; what only the names of constants tell is forgotten. */
  settle(): void {
    this.lanes.commit();
    this.settleFlags();
    this.lanes.surrender();
  }

  private settleFlags(): void {
    const line = this.settlingFlags();
    if (line !== "") { // tests that are put off lead back to where the locals were as they are now
      this.lanes.commit();
      this.emit(line);
    }
    this.flags = localFlags(tupleKind(this.flags), undefined);
  }

  /** Statements that write registers and flags back to the state. */
  private writeBack(): string {
    return this.lanes.settling() + (this.x87?.writeBack() ?? "") + this.writeBackFlags();
  }

  private writeBackFlags(): string {
    const f = this.flags;
    if (f.loop !== undefined) return this.settlingFlags() + FLUSH + FLUSH_FLAGS;
    if (inLocals(f)) return FLUSH + FLUSH_FLAGS;
    const tuple = asTuple(f), { kind, a, b, r } = tuple;
    this.usesFlags ||= namesFlags(kind) || namesFlags(a) || namesFlags(b) || namesFlags(r);
    return `${FLUSH} ${storeTuple(tuple)}`;
  }

  private constant(c: unknown): string {
    return `c${this.constants.push(c) - 1}`;
  }

  // -- control --------------------------------------------------------------------------------------------------------

  /** A node with everything it dominates. `alone`: only the code that has just been written leads there. */
  private tree(n: number, alone = false): void {
    const { loopHeader, mergeChildren } = this.structure;
    const node = n < this.graph.nodes.length ? this.graph.nodes[n] : undefined;
    let limit = "0";
    if (loopHeader[n]) {
      this.slice = loopSlice(this.options.packed === true);
      if (node !== undefined) {
        if (this.live[n] !== 0) this.settleFlags();
        this.flags = IN_LOCALS;
        this.known.tests.ahead(this, n, node.address);
        this.lanes.depart(this.plan?.joins[n], n === 0 ? HERE : node.address);
        this.lanes.arrive(this.plan?.joins[n], false, node.insns.length + 2);
        this.x87?.settle();
        this.x87?.arrive(node);
        if (this.live[n] !== 0) {
          this.emit(this.loopFlags.enter(n, node.insns.length + 2));
          this.flags = localFlags(undefined, this.loopFlags.at(n));
        }
      }
      if (node !== undefined) this.lines.push(...this.capture(() => (limit = this.known.tests.enter(this, n, node.address, node.insns.length + 2, () => this.sliceOver(n, node)))).map(ahead));
      this.emit(`L${n}: for (;;) {`);
      if (this.flags.loop !== undefined && this.flags.loop === this.loopFlags.at(n)) this.emit(this.loopFlags.turn(this.flags.loop));
    } else if (this.dispatches.entrances.has(n) && this.flags.loop !== undefined) {
      // `q` will no longer tell of the first turn
      this.settleFlags();
    }
    if (node !== undefined && (loopHeader[n] || this.dispatches.entrances.has(n))) this.known.tests.head(this, n, limit, node.insns.length + 2, this.sliceOver(n, node));
    const children = mergeChildren[n], targets = this.dispatches.targets.get(n);
    for (let k = children.length - 1; k >= 0; k--) this.emit(`B${children[k]}: {`);
    this.passOn(n);
    if (node !== undefined) this.body(node, alone && !loopHeader[n] && !this.dispatches.entrances.has(n));
    else if (targets !== undefined) choice(targets).forEach((line) => this.emit(line));
    else if (this.structure.merge[0]) this.emit("break B0;");
    else this.tree(0);
    for (const child of children) {
      this.emit("}");
      this.flags = localFlags(this.arriving.get(child), undefined);
      this.lanes.arrive(this.plan?.joins[child], this.forward(child));
      if (child < this.graph.nodes.length) this.x87?.arrive(this.graph.nodes[child]);
      this.tree(child);
    }
    if (loopHeader[n]) this.emit(limit === "0" ? "}" : "}}");
  }

  /** What is done at the head of a loop when the slice is used up. Flags that nobody asks for would keep four machine registers through the loop. */
  private sliceOver = (n: number, { address }: GraphNode) => `{ ${this.live[n] === 0 ? NO_FLAGS : ""}${this.leaveBy("slice", literal(address))} }`;

  private body(node: GraphNode, alone: boolean): void {
    const { insns, semantics } = node, events = this.laneEvents[node.index], begins: number[] = [];
    this.known.begin(node.index, alone);
    this.lanes.history = undefined;
    forgetMmx(this.mmx);
    this.liveBehind = flagsLiveBehind(node, this.live, this.leaves);
    if (this.options.counts) this.emit(countLine(insns.length));
    for (let k = 0; k < insns.length; k++) {
      const insn = insns[k];
      this.node = node;
      this.insn = insn;
      this.at = k;
      this.emit(`// ${(insn.address >>> 0).toString(16)} ${insn.row.mnemonic}`);
      const { flags, names: mark } = this, lanes = this.lanes.snapshot(), begin = (begins[k] = this.lines.length);
      let left = false;
      if (k === insns.length - 1 && this.late.prepare(this.lines, insns, begins, this.x87 === undefined && this.lanes.backOut() === undefined ? this.groups : undefined)) this.known.tests.parted();
      try {
        if (this.leavesLocals(insn)) throw new Unsupported("x87 registers must be in the state");
        left = !(this.options.packed && (emitPacked(insn, this, this.intrinsics) || emitMmx(insn, this, this.intrinsics))) && specialise(semantics[k], insn, this, this.intrinsics) === "left";
      } catch (e) {
        if (!(e instanceof Unsupported)) throw e;
        if (this.x87 !== undefined && (insn.row.attributes & A.X87) !== 0 && !this.leavesLocals(insn)) {
          this.barriers.add(insn);
          throw new Retry();
        }
        if (!mayLeave(insn) && !this.leaving.has(insn)) {
          this.leaving.add(insn);
          throw new Retry();
        }
        this.lines.length = begin;
        this.names = mark;
        this.flags = flags;
        this.lanes.restore(lanes);
        this.depth = 0;
        left = this.callOut(insn, k);
      }
      events[k] = left ? lanes.history : this.lanes.history;
      if (left) return;
      this.lanes.endInstruction();
    }
    this.insn = insns[insns.length - 1];
    if (!this.goesOn(node, this.insn.next)) this.lanes.commit();
    this.late.behind(this.insn, false).forEach((line) => this.emit(line));
    this.goAddress(this.insn.next, node);
  }

  /** Whether the instruction is executed on the x87 state itself where its registers are in locals. */
  private leavesLocals(insn: Instruction): boolean {
    return this.x87 !== undefined && (this.barriers.has(insn) || manner(insn) !== "inline");
  }

  /** Executes an instruction by its semantic function. */
  private callOut(insn: Instruction, k: number): boolean {
    this.lanes.commit();
    const i = this.constant(insn), f = this.constant(this.node.semantics[k]);
    this.emit(`${this.writeBack()} R[${S.EIP}] = ${literal(insn.next)}; ${calledOut(insn, `M.current = ${i}; ${f}(M, ${i});`, this.options, () => this.leave())}`);
    this.flags = IN_LOCALS;
    forgetMmx(this.mmx);
    this.lanes.barrier();
    if (k === this.node.insns.length - 1 && this.node.jumps.size === 0) {
      this.emit("return null;");
      return true;
    }
    this.emit(`if ((R[${S.CODE_CHANGED}] | R[${S.EXIT}]) !== 0) return null;`);
    if (this.x87 !== undefined && this.leavesLocals(insn)) {
      const leave = this.leaveTo(insn.next);
      if (!this.x87.called(insn, leave)) {
        this.emit(leave);
        return true;
      }
    }
    this.emit(RELOAD);
    this.known.leave(this, insn.next);
    return false;
  }

  /** Leaves for an address when everything is in the state already. Lockstep compares whole blocks only: there it is a bail. */
  private leaveTo(address: number): string {
    return this.traceStores ? `R[${S.BAIL}] = ${this.options.number}; return null;` : `return ${this.constant(new DirectExit(address))}.fn;`;
  }

  exit(target: Value): void {
    const depth = this.depth, { node, insn, at } = this, { parted } = this.late, held = this.affines.save();
    this.depth = 0;
    if (depth > 0 || target.kind !== "constant" || insn.row.mnemonic !== "JMP" || !this.goesOn(node, Number(target.value) | 0)) this.lanes.commit();
    this.late.behind(insn, true).forEach((line) => this.emit(line));
    if (insn.row.mnemonic === "CALL") this.call(target, node, insn.next);
    else if (node.context !== undefined && (node.afterCall ?? node.leadsTo) !== undefined && node.jumps.size === 0) this.call(this.behindStub(target, node), node, node.context.returnAddress);
    else if (target.kind === "constant") this.goAddress(Number(target.value) | 0, node);
    else this.indirect(this.atom(target, "t"), node, insn);
    this.depth = depth;
    this.node = node;
    this.insn = insn;
    this.at = at;
    this.late.parted = parted;
    this.affines.restore(held);
    this.forwarding.forget();
  }

  /** Whether the code at an address comes next, and nobody else comes there: what tests are put off can wait for more. */
  private goesOn(from: GraphNode, address: number): boolean {
    const n = from.jumps.get(address)?.index ?? -1, { position, merge } = this.structure;
    if (n < 0 || this.x87 !== undefined || this.traceStores || this.options.counts || position[n] <= position[from.index] || merge[n]) return false;
    return !this.ways.passesTo.has(n) && !this.dispatches.entrances.has(n) && this.dispatches.detours.get(from.index)?.has(n) !== true;
  }

  private goAddress(address: number, node: GraphNode): void {
    const to = node.jumps.get(address);
    if (to !== undefined && this.go(node, to)) return;
    const link = this.constant(new DirectExit(address));
    if (this.shares) this.emit(this.leaveBy("out", literal(address), `nx = ${link}; `));
    else this.emit(`${this.writeBack()} R[${S.EIP}] = ${literal(address)}; return ${link}.fn;`);
  }

  /** Whether ways out share the writing back. V8 takes time by the operation; a third of a region's stood there. A block saves nothing. */
  private get shares(): boolean {
    return this.x87 !== undefined || this.options.entries;
  }

  /** Statements that leave for the address by a shared way out. */
  private leaveBy(way: Way, address: string, more = ""): string {
    if (!this.shares) return `${this.writeBack()} R[${S.EIP}] = ${address}; ${endSlice(this.slice)}`;
    this.shared.add(way);
    return `${this.settlingFlags()}${this.lanes.settling()}${this.x87?.settling() ?? ""}pc = ${address}; ${more}break ${way};`;
  }

  /** Writes the jump to a node of the graph, perhaps by a dispatch. False when x87 registers stand otherwise there: then it leaves the function. */
  private go(from: GraphNode, to: GraphNode): boolean {
    const { position, merge } = this.structure, detour = this.dispatches.detours.get(from.index)?.get(to.index);
    const n = detour?.node ?? to.index, back = position[n] <= position[from.index];
    if (position[n] < 0) return false;
    this.known.tests.way(from.index, to.index, this.affines);
    if (this.x87 !== undefined && !(this.x87.accepts(from, to) && this.x87.agrees(to))) return false;
    if (!back && !merge[n]) return this.known.aside(() => this.tree(n, true)), true;
    if (!back && detour === undefined) {
      const kind = tupleKind(this.flags);
      if (!this.arriving.has(n)) this.arriving.set(n, kind);
      else if (this.arriving.get(n) !== kind) this.arriving.set(n, undefined);
    }
    const live = this.live[to.index] !== 0, again = live && back && detour === undefined;
    if (live && !again) this.settleFlags();
    if (again) this.flags = withoutLanes(this.flags, (line) => this.emit(line), () => this.fresh("x"));
    this.lanes.depart(this.plan?.joins[to.index], to.address, back && detour === undefined);
    this.x87?.settle();
    // last: lanes may bail, with flags that may be made from the locals as they are
    if (again) this.goBack(n);
    this.emit(`${detour === undefined ? "" : `g = ${detour.number}; `}${back ? "continue L" : "break B"}${n};`);
    return true;
  }

  /** The flags on a way back to the head of a loop. */
  private goBack(n: number): void {
    if (this.flags.loop !== undefined) this.settleFlags();
    this.usesFlags = true;
    this.writesFlags = true;
    this.emit(this.loopFlags.back(n, this.flags, (t) => this.affines.held(t), this.fresh("f")));
  }

  private indirect(target: Value, node: GraphNode, insn: Instruction): void {
    const t = text(target);
    if (insn.row.mnemonic === "RET") {
      if (node.context !== undefined) this.case(`if (${t} === ${literal(node.context.returnAddress)}) {`, node.returnsTo ?? node.context.returnAddress, node);
      if (this.shares) this.emit(this.leaveBy("next", t));
      else this.emit(`${this.writeBack()} R[${S.EIP}] = ${t}; return NEXT;`);
      return;
    }
    const targets = [...node.jumps];
    if (targets.length > CHAIN) this.table(t, targets, node);
    else for (const [address, to] of targets) this.case(`if (${t} === ${literal(address)}) {`, to, node);
    const record = this.options.recordTargets ? `${this.constant(new IndirectExit(insn.address))}(${t}); ` : "";
    this.emit(`${this.writeBack()} R[${S.EIP}] = ${t}; ${record}return LOOKUP(${t} | 0);`);
  }

  private case(open: string, to: GraphNode | number, node: GraphNode): void {
    const before = this.intrinsics.save();
    const lines = this.capture(() => {
      if (typeof to === "number") this.goAddress(to, node);
      else if (!this.go(node, to)) this.lines.length = 0;
    });
    this.intrinsics.restore(before);
    if (lines.length > 0) this.lines.push(open, ...lines, "}");
  }

  /** A jump table: target address to a small number by a collision-free hash, then a dense switch. */
  private table(t: string, targets: [number, GraphNode][], node: GraphNode): void {
    const { shift, bits, slots } = perfectHash(targets.map(([a]) => a));
    const addresses = new Int32Array(targets.map(([a]) => a));
    const k = this.fresh("k");
    this.emit(`const ${k} = ${this.constant(slots)}[${t} >>> ${shift} & ${(1 << bits) - 1}];`);
    this.emit(`if (${this.constant(addresses)}[${k}] === ${t}) switch (${k}) {`);
    targets.forEach(([, to], index) => this.case(`case ${index}: {`, to, node));
    this.emit("}");
  }

  /** Where a copied stub leads to: the code is left when that is not what it was. */
  private behindStub(target: Value, { leadsTo }: GraphNode): Value {
    if (leadsTo === undefined) return target;
    const t = text(this.atom(target, "t"));
    this.emit(`if (${t} !== ${literal(leadsTo)}) rare: { ${this.writeBack()} R[${S.EIP}] = ${t}; return LOOKUP(${t} | 0); }`);
    return constant(leadsTo);
  }

  private call(target: Value, node: GraphNode, back: number): void {
    // x87 registers may stand otherwise than in the copy
    if (node.inlined !== undefined && this.go(node, node.inlined)) return;
    const direct = target.kind === "constant", t = direct ? literal(Number(target.value) | 0) : text(this.atom(target, "t"));
    for (const [address, to] of node.jumps) this.case(`if (${t} === ${literal(address)}) {`, to, node);
    const link = direct ? `${this.constant(new DirectExit(Number(target.value) | 0))}.fn` : `LOOKUP(${t} | 0)`;
    if (node.afterCall === undefined) {
      this.emit(`${this.writeBack()} R[${S.EIP}] = ${t}; return ${link};`);
      return;
    }
    const n = this.fresh("n"), depth = this.fresh("d"), expected = this.fresh("ex");
    this.lines.push(`${this.writeBack()} R[${S.EIP}] = ${t};`, ...nestedCall(link, literal(back), direct, [n, depth, expected]), RELOAD);
    this.flags = IN_LOCALS;
    this.lanes.forget();
    if (this.x87 !== undefined) {
      // lowered, a return that is expected has not written EIP
      const leave = `R[${S.EIP}] = ${literal(back)}; ${this.leaveTo(back)}`;
      if (!this.x87.returned(node, leave)) {
        this.emit(leave);
        return;
      }
    }
    this.known.leave(this, back, 4);
    if (!this.go(node, node.afterCall)) this.goAddress(back, node);
  }
}
