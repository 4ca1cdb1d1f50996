// Loaded before a process of nopea's: its clock is off by what the file NOPEA_CHAOS_CLOCK says, in milliseconds.
const { readFileSync } = require("node:fs");

const file = process.env.NOPEA_CHAOS_CLOCK;
let offset = 0;

function look() {
  try {
    offset = Number(readFileSync(file, "utf8")) || 0;
  } catch {
    offset = 0;
  }
}

function stepped(RealDate) {
  const now = () => RealDate.now() + offset;
  return new Proxy(RealDate, {
    construct: (target, given, as) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, as),
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  });
}

if (file !== undefined) {
  look();
  setInterval(look, 100).unref();
  globalThis.Date = stepped(Date);
}
