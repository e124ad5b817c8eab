// Numbers, times and sizes as people read them.

const DASH = "–";
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** A count, with separators. */
export const count = (value) => (Number.isFinite(value) ? whole.format(value) : DASH);

/** A measurement with three or four significant digits, however large or small. */
export function number(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) {
    return DASH;
  }
  const size = Math.abs(value);
  if (size === 0) {
    return "0";
  }
  if (size >= 1e6 || size < 1e-4) {
    return value.toExponential(2).replace("e+", "e");
  }
  if (size >= 1000) {
    return whole.format(value);
  }
  return String(Number(value.toPrecision(size >= 100 ? 4 : 3)));
}

/** A share as a percentage. */
export const percent = (ratio) => (Number.isFinite(ratio) ? `${Math.round(100 * ratio)} %` : DASH);

/** A speed, per second or, where that is slow, per minute or hour. */
export function rate(perSecond) {
  if (!Number.isFinite(perSecond) || perSecond <= 0) {
    return DASH;
  }
  if (perSecond >= 0.1) {
    return `${number(perSecond)} / s`;
  }
  return perSecond >= 1 / 600 ? `${number(perSecond * 60)} / min` : `${number(perSecond * 3600)} / h`;
}

/** A short time. */
export const milliseconds = (seconds) => (Number.isFinite(seconds) ? `${number(1000 * seconds)} ms` : DASH);

/** A length of time in its two largest units. */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) {
    return DASH;
  }
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) {
    return `${s} s`;
  }
  if (s < 3600) {
    return `${Math.floor(s / 60)} min ${s % 60} s`;
  }
  if (s < 86400) {
    return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  }
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

/** How long ago an instant was. */
export const ago = (instant) => `${duration((Date.now() - Date.parse(instant)) / 1000)} ago`;

/** The time of day, with the date where that is another one than today. */
export function clock(instant) {
  const date = new Date(instant);
  const time = date.toLocaleTimeString("en-GB");
  return date.toDateString() === new Date().toDateString()
    ? time
    : `${date.toLocaleDateString("en-CA")} ${time}`;
}

/** A size in powers of 1,000. */
export function bytes(size) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = size;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${number(value)} ${units[unit]}`;
}
