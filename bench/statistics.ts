// Summaries of repeated measurements, and plain-text tables.

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The geometric mean of positive values: the fair average of ratios. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, it) => sum + Math.log(it), 0) / values.length);
}

/** One line of a table: the first column to the left, the others to the right. */
export function row(cells: readonly string[], widths: readonly number[]): string {
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  ").trimEnd();
}
