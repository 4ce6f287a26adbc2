const LOW = 0x1_0000_0000;

/**
 * The key an event id is registered under: a hash of it of 48 bits, one of them the sign, spread evenly, so that a
 * registry of ids of any length and order stays small: SQLite keeps just such numbers in six bytes. Two ids may have the
 * same, among a thousand million ids one in three hundred thousand does: then the later one has the next key that is
 * free, and whoever looks an id up goes on from its key until a key is not taken. Ids are never removed, so nothing is
 * ever missed on the way.
 */
export function eventKey(id: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < id.length; i += 1) {
    const code = id.charCodeAt(i);
    a = Math.imul(a ^ code, 0x9e3779b1);
    b = Math.imul(b ^ code, 0x5f356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return (a >>> 0) + ((b << 16) >> 16) * LOW;
}
