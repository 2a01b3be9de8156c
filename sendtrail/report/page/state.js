// What the reader has chosen, and the figures for that choice.
const data = JSON.parse(byId("data").textContent);
const WHOLE_TIME = { period: ALL_TIME, kind: "all", starts_on: null, ends_on: null, compared_with: null };
if (!data.periods.length) data.periods = [WHOLE_TIME];
const unpacked = ({ columns, rows }) => rows.map((row) => Object.fromEntries(columns.map((name, place) => [name, row[place]])));
// Where all models agree, the file has their value once.
const eachModel = (value) => (Array.isArray(value) ? value : data.models.map(() => value));

// Whoever clicked had opened: no open beside a click is not none, but opens that are not tracked, or that a machine made first.
const ifOpened = (opens, clicks, value) => (opens || !clicks ? value : null);
const opensOf = (each, human, raw) => ({
  human: ifOpened(each.estimated_human_opens, each.unique_clicks, human), raw: ifOpened(each.raw_unique_opens, each.raw_unique_clicks, raw),
});

data.campaigns = unpacked(data.campaigns).map((each) => ({
  ...each, id: each.campaign_id, name: isolated(each.campaign_name), subject: each.subject && isolated(each.subject),
  opens: opensOf(each, each.estimated_human_opens, each.raw_unique_opens),
  clicks: { human: each.unique_clicks, raw: each.raw_unique_clicks },
  rates: {
    opens: opensOf(each, each.open_rate, each.raw_open_rate),
    clicks: { human: each.click_through_rate, raw: each.raw_click_through_rate },
    clickToOpen: { human: each.click_to_open_rate, raw: each.raw_click_to_open_rate },
  },
}));
data.messages = data.messages.map((each) => ({ ...each, subject: each.subject && isolated(each.subject) }));
data.links = unpacked(data.links).map((each) => ({ ...each, link_url: isolated(each.link_url) }));
data.responses = unpacked(data.responses);
data.cohorts = unpacked(data.cohorts);
for (const found of Object.values(data.attributed)) {
  found.paths = unpacked(found.paths);
  found.earned = unpacked(found.earned).map((row) => ({
    ...row, credit: eachModel(row.credit), value: eachModel(row.value), rank: eachModel(row.rank),
  }));
}

const campaigns = new Map(data.campaigns.map((campaign) => [campaign.id, campaign]));
const periods = new Map(data.periods.map((each) => [each.period, each]));
const state = {
  period: data.start.period,
  model: data.models.findIndex((model) => model.name === data.start.model),
  currency: data.currencies.length ? data.currencies[0] : null,
  counting: data.start.counting,
  funnel: "",
  search: "",
  kind: "",
  sort: { column: "earned", descending: true },
  all: {},
};
const HAS_CONVERSIONS = data.currencies.length > 0;
const HAS_CAMPAIGNS = data.campaigns.length > 0;
const attributed = (counting = state.counting) => data.attributed[counting];
const period = () => periods.get(state.period) ?? { ...WHOLE_TIME, period: state.period };
const before = () => period().compared_with;

const campaignName = (id) => (id === null ? "No e-mail" : campaigns.get(id)?.name ?? `Campaign ${id}`);
const model = () => data.models[state.model];
const total = (of = state.period, counting = state.counting) =>
  attributed(counting).totals.find((row) => row.period === of && row.currency === state.currency);
const totalsOf = (of = state.period) => attributed().totals.filter((row) => row.period === of);

// Campaigns are ranked by value, or by credit where conversions have no value.
const score = (row, place) => (row.value[place] ?? row.credit[place]) || 0;
const scoreText = (row, place) =>
  state.currency === null ? counted(row.credit[place], "conversion", conversions) : money(row.value[place], row.currency);
const worth = (value) => (state.currency === null ? conversions(value) : money(value, state.currency));
// What is earned in the chosen currency, where there was none of it.
const anything = () => (state.currency === null ? "a conversion without a value" : `anything in ${state.currency}`);

// By period and currency, then by campaign: a large account has too many rows to search them for every comparison.
function grouped(rows) {
  const found = new Map();
  for (const row of rows) {
    const key = JSON.stringify([row.period, row.currency]);
    if (!found.has(key)) found.set(key, new Map());
    found.get(key).set(row.campaign, row);
  }
  return found;
}
const groups = Object.fromEntries(Object.entries(data.attributed).map(([counting, { earned }]) => [counting, grouped(earned)]));
const group = (of, currency, counting = state.counting) => groups[counting].get(JSON.stringify([of, currency])) ?? new Map();
const earnedOf = (id, of = state.period) => group(of, state.currency).get(id);

function ranking(place = state.model, counting = state.counting, of = state.period) {
  return [...group(of, state.currency, counting).values()]
    .filter((row) => row.campaign !== null && row.rank[place] !== null)
    .sort((a, b) => a.rank[place] - b.rank[place] || a.campaign - b.campaign);
}

// Of one campaign, over all currencies: conversions can be added, money cannot.
function creditOfAllTime(id) {
  return sum(data.currencies.map((currency) => group(ALL_TIME, currency).get(id)?.credit[state.model]));
}

const NO_ENGAGEMENT = { campaigns: 0, sent: 0, delivered: 0, bounce_rate: null, unsubscribe_rate: null,
  openers: { human: 0, raw: 0 }, clickers: { human: 0, raw: 0 }, buyers: 0, orders: 0 };
const engagement = (of = state.period) => attributed().engagement.find((row) => row.period === of) ?? NO_ENGAGEMENT;

function daysOf(type, of = state.period) {
  const days = data.days[type], { starts_on: first, ends_on: last } = periods.get(of) ?? {};
  const shown = days.dates.map((_, place) => place).filter((place) => (!first || days.dates[place] >= first) && (!last || days.dates[place] <= last));
  return { dates: shown.map((place) => days.dates[place]), events: shown.map((place) => days[state.counting][place]) };
}
const eventsIn = (type, of) => sum(daysOf(type, of).events);

const sum = (numbers) => numbers.reduce((all, each) => all + (each || 0), 0);
