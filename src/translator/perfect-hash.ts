// A hash without collisions for the targets of a jump table: guest address to a small number, for a dense switch.

/** Shift and table size under which the addresses fall into different slots. */
export function perfectHash(addresses: readonly number[]): { shift: number; bits: number; slots: Int32Array } {
  for (let bits = 32 - Math.clz32(addresses.length); ; bits++) {
    for (let shift = 0; shift < 8; shift++) {
      const slots = new Int32Array(1 << bits);
      const taken = new Uint8Array(1 << bits);
      const fits = addresses.every((a, k) => {
        const at = (a >>> shift) & ((1 << bits) - 1);
        if (taken[at]) return false;
        taken[at] = 1;
        slots[at] = k;
        return true;
      });
      if (fits) return { shift, bits, slots };
    }
  }
}
