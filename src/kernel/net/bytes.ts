// A queue of bytes in pieces: what waits in a TCP socket.

/** Pieces below this are joined. */
const SMALL = 4096;

export class ByteQueue {
  private pieces: Uint8Array[] = [];
  /** Bytes used at the end of the last piece, which may have room when it is ours. */
  private tail = 0;
  /** Bytes taken from the first piece. */
  private head = 0;
  length = 0;

  /** Adds a copy of the bytes. */
  put(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const last = this.pieces.at(-1);
    this.length += bytes.length;
    if (last && last.length - this.tail >= bytes.length) {
      last.set(bytes, this.tail);
      this.tail += bytes.length;
      return;
    }
    if (last && this.tail < last.length) this.pieces[this.pieces.length - 1] = last.subarray(0, this.tail);
    const piece = new Uint8Array(Math.max(SMALL, bytes.length));
    piece.set(bytes);
    this.pieces.push(piece);
    this.tail = bytes.length;
  }

  /** Takes bytes from the front; without `into`'s size being reached, all there are. `keep` only looks. */
  take(into: Uint8Array, keep = false): number {
    let done = 0, index = 0, head = this.head;
    while (done < into.length && index < this.pieces.length) {
      const piece = this.pieces[index];
      const end = index === this.pieces.length - 1 ? this.tail : piece.length;
      const part = piece.subarray(head, Math.min(end, head + into.length - done));
      into.set(part, done);
      done += part.length;
      head += part.length;
      if (head < end) break;
      index++;
      head = 0;
    }
    if (keep) return done;
    this.length -= done;
    if (index > 0) this.pieces.splice(0, index);
    this.head = head;
    if (this.pieces.length === 0) this.head = this.tail = 0;
    return done;
  }

  /** Takes bytes from the front for nobody. */
  skip(count: number): number {
    return this.take(new Uint8Array(Math.min(count, this.length)));
  }

  clear(): void {
    this.pieces = [];
    this.head = this.tail = this.length = 0;
  }
}
