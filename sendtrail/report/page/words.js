// Numbers, times, names and lists as text.
const NOTHING = "–", ALL_TIME = "all";
const missing = (value) => value === null || value === undefined;
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

const count = (value) => (missing(value) ? NOTHING : whole.format(value));
const conversions = (value) => (missing(value) ? NOTHING : fine.format(value));
// A number with its noun: "1 e-mail", "2 e-mails". What is shown decides, as 0.98 conversions are shown as "1".
const counted = (value, noun, shown = count) => `${shown(value)} ${noun}${shown(value) === "1" ? "" : "s"}`;

function rateText(share) {
  if (missing(share)) return NOTHING;
  const percents = 100 * share;
  const digits = percents === 0 || percents === 100 ? 0 : Math.abs(percents) < 1 ? 2 : 1;
  return `${percents.toFixed(digits)}%`;
}
const percent = (part, all) => (missing(part) || !all ? NOTHING : rateText(part / all));

const formats = new Map();
function money(value, currency) {
  if (missing(value)) return NOTHING;
  if (!/^[A-Z]{3}$/.test(currency || "")) return [fine.format(value), currency].filter(Boolean).join(" ");
  if (!formats.has(currency)) {
    formats.set(currency, new Intl.NumberFormat("en", { style: "currency", currency, currencyDisplay: "symbol" }));
  }
  return formats.get(currency).format(value);
}

// Of an amount that one e-mail earned, often less than a cent.
function smallMoney(value, currency) {
  if (missing(value) || missing(currency)) return NOTHING;
  if (!/^[A-Z]{3}$/.test(currency)) return `${value.toFixed(4)} ${currency}`;
  return new Intl.NumberFormat("en", { style: "currency", currency, minimumFractionDigits: 3, maximumFractionDigits: 3 }).format(value);
}

const currencyName = (currency) => (currency === null ? "Without a value" : currency);

function monthName(month) {
  return new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(`${month}-01T00:00:00Z`));
}

function dayName(text) {
  if (!text) return NOTHING;
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(new Date(text));
}

function timeName(text) {
  if (!text) return NOTHING;
  const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
  return `${dayName(text)}, ${time.format(new Date(text))}`;
}
const utcName = (text) => (text ? `${timeName(text)} UTC` : NOTHING);

function periodName(name) {
  const found = periods.get(name);
  if (/^\d{4}-\d{2}$/.test(name)) return monthName(name);
  if (/^\d{4}$/.test(name)) return name;
  if (/^\d+d$/.test(name)) return `Last ${parseInt(name, 10)} days`;
  return found?.starts_on ? daysName(found) : "All time";
}
const daysName = ({ starts_on: first, ends_on: last }) => `${dayName(first)} to ${dayName(last)}`;

function listed(words) {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

// By what a reader sees as one character, which may be several.
const characters = (text) => (Intl.Segmenter ? [...new Intl.Segmenter().segment(text)].map((each) => each.segment) : [...text]);
const shortened = (text, most) => (characters(text).length > most ? `${characters(text).slice(0, most - 1).join("")}…` : text);

// A name that reads from right to left turns nothing around it, and none can contain the characters that would.
function isolated(name) {
  const plain = name.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, " ").trim();
  return /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(plain) ? `\u2068${plain}\u2069` : plain;
}

// Chart labels interpret a few HTML tags.
const label = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

const TYPE_NAMES = {
  open: "Opens", click: "Clicks", bounce: "Bounces", unsubscribe: "Unsubscribes", forward: "Forwards",
};
const LEVEL_NAMES = {
  exact: "Exact", high: "Nearly all", medium: "Some missing", low: "Much missing", unknown: "Cannot be compared",
};
