// The statements of a function while they are written: lines in order, and names that are used once.

export class Lines {
  protected lines: string[] = [];
  /** Names given so far. */
  protected names = 0;

  emit(line: string): void {
    this.lines.push(line);
  }

  /** What `body` writes, apart from the rest. */
  capture(body: () => void): string[] {
    const outer = this.lines;
    const inner: string[] = (this.lines = []);
    try {
      body();
    } finally {
      this.lines = outer;
    }
    return inner;
  }

  here(): number {
    return this.lines.length;
  }

  insert(place: number, line: string): void {
    this.lines.splice(place, 0, line);
  }

  cut(place: number): string[] {
    return this.lines.splice(place);
  }

  fresh(base: string): string {
    return `${base}$${this.names++}`;
  }
}
