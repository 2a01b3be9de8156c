// Numbers, times and lists as text.
const NOTHING = "–";
const missing = (value) => value === null || value === undefined;
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

const count = (value) => (missing(value) ? NOTHING : whole.format(value));
const conversions = (value) => (missing(value) ? NOTHING : fine.format(value));

function percent(part, all) {
  if (missing(part) || !all) return NOTHING;
  const share = (100 * part) / all;
  return `${share.toFixed(share !== 0 && share < 1 ? 2 : 1)} %`;
}

const formats = new Map();
function money(value, currency) {
  if (missing(value)) return NOTHING;
  if (!/^[A-Z]{3}$/.test(currency || "")) return [fine.format(value), currency].filter(Boolean).join(" ");
  if (!formats.has(currency)) {
    formats.set(currency, new Intl.NumberFormat("en", { style: "currency", currency, currencyDisplay: "symbol" }));
  }
  return formats.get(currency).format(value);
}

const currencyName = (currency) => (currency === null ? "Without a value" : currency);

function monthName(period) {
  if (!period) return "All time";
  return new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" }).format(
    new Date(`${period}-01T00:00:00Z`),
  );
}

function dayName(text) {
  if (!text) return NOTHING;
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(
    new Date(text),
  );
}

function timeName(text) {
  if (!text) return NOTHING;
  const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
  return `${dayName(text)}, ${time.format(new Date(text))} UTC`;
}

function listed(words) {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

const shortened = (text, most) => ([...text].length > most ? `${[...text].slice(0, most - 1).join("")}…` : text);

// Chart labels interpret a few HTML tags.
const label = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

const TYPE_NAMES = {
  open: "Opens", click: "Clicks", bounce: "Bounces", unsubscribe: "Unsubscribes", forward: "Forwards",
};
const LEVEL_NAMES = {
  exact: "Exact", high: "Nearly all", medium: "Some missing", low: "Much missing", unknown: "Cannot be compared",
};
