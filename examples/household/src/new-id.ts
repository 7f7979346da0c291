const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';

/** A new id for an object of a kind, such as `entry`: a UUID of version 7 in the TypeID form. */
export function newId(kind: string): string {
  const random = crypto.getRandomValues(new Uint8Array(10)).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const high = (random >> 62n) & 0xfffn;
  const low = random & ((1n << 62n) - 1n);
  let uuid = (BigInt(Date.now()) << 80n) | (7n << 76n) | (high << 64n) | (2n << 62n) | low;
  let text = '';
  for (let place = 0; place < 26; place += 1) {
    text = DIGITS[Number(uuid & 31n)] + text;
    uuid >>= 5n;
  }
  return `${kind}_${text}`;
}
