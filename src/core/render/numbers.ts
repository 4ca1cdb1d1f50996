/** Numbers as kubectl's YAML reads them: Go's integer literals without underscores, decimal floats, nothing sexagesimal. */

const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const POINT_FIRST = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/;
const SIGN_AFTER_PREFIX = /^0b([-+][01]+)$/;
const INT64_END = 2n ** 63n;
const UINT64_END = 2n ** 64n;

/** The integer that a plain scalar writes: a number where that is exact, else a bigint; undefined when it is none. */
export function parseInteger(text: string): number | bigint | undefined {
  if (/^(?:0|-?[1-9][0-9]{0,14})$/.test(text)) return Number(text);
  const plain = /^[-+0-9]/.test(text) ? text.replaceAll("_", "") : "";
  const [, sign = "", digits] = INTEGER.exec(plain) ?? [];
  return digits === undefined ? parseSignAfterPrefix(plain) : signed(sign, digits);
}

/** Go reads more than int64 as uint64, but what is no int64 is a float to an API server. */
function signed(sign: string, digits: string): number | bigint | undefined {
  const magnitude = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const exact = exactInteger(sign === "-" ? -magnitude : magnitude);
  if (exact !== undefined) return exact;
  return sign === "" && magnitude < UINT64_END ? Number(magnitude) : undefined;
}

/** The float that a plain scalar writes; undefined when it is none, or one beyond what 64 bits hold. */
export function parseFloatText(text: string): number | undefined {
  const plain = text.replaceAll("_", "");
  const shape = text.startsWith(".") ? POINT_FIRST.test(text) : FLOAT.test(plain);
  if (!shape || !/^[-+.0-9]/.test(text)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value + 0 : undefined;
}

/** An integer of int64 as a number if that is exact, else as itself; undefined beyond int64. */
export function exactInteger(value: bigint): number | bigint | undefined {
  if (value < -INT64_END || value >= INT64_END) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The key that kubectl makes of a float: the shortest text that a 32-bit float needs, as Go's %g writes it. */
export function formatFloatKey(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return single > 0 ? ".inf" : "-.inf";
  let digits = 0;
  let text = "0e+0";
  while (digits < 9 && Math.fround(Number(text)) !== single) {
    text = single.toExponential(digits);
    digits += 1;
  }
  const exponent = Number(text.slice(text.indexOf("e") + 1));
  if (exponent >= -4 && exponent < 6) return Number(text).toString();
  return text.replace(/e([-+])([0-9])$/, "e$10$2");
}

function parseSignAfterPrefix(plain: string): number | undefined {
  const digits = SIGN_AFTER_PREFIX.exec(plain)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 2) + 0;
}
