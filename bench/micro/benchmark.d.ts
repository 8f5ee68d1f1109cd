// The part of the benchmark package that the micro-benchmarks use; it carries no types of its own.
declare module "benchmark" {
  type Result = { readonly name: string; readonly hz: number; readonly stats: { readonly rme: number; readonly mean: number } };
  class Suite {
    add(name: string, run: () => void, options?: { maxTime?: number }): this;
    on(event: "cycle", listener: (event: { readonly target: Result }) => void): this;
    run(): this;
  }
  const benchmark: { readonly Suite: typeof Suite };
  export default benchmark;
}
