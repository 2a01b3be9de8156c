// What the reader has chosen, and the figures for that choice.
const data = JSON.parse(byId("data").textContent);
const campaigns = new Map(data.campaigns.map((campaign) => [campaign.id, campaign]));
const state = {
  period: data.start.period,
  model: data.models.findIndex((model) => model.name === data.start.model),
  currency: data.currencies.length ? data.currencies[0] : null,
  counting: data.start.counting,
  funnel: "",
  search: "",
  sort: { column: "earned", descending: true },
  all: { earned: false, campaigns: false },
};
const HAS_CONVERSIONS = data.currencies.length > 0;
const attributed = () => data.attributed[state.counting];

const campaignName = (id) => (id === null ? "No e-mail" : campaigns.get(id)?.name ?? `Campaign ${id}`);
const model = () => data.models[state.model];
const total = () => attributed().totals.find((row) => row.period === state.period && row.currency === state.currency);
const totalsOfPeriod = () => attributed().totals.filter((row) => row.period === state.period);

// Campaigns are ranked by value, or by credit where conversions have no value.
const score = (row, place) => (row.value[place] ?? row.credit[place]) || 0;
const scoreText = (row, place) =>
  state.currency === null ? `${conversions(row.credit[place])} conversions` : money(row.value[place], row.currency);

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
const group = (period, currency) => groups[state.counting].get(JSON.stringify([period, currency])) ?? new Map();
const earnedOf = (id) => group(state.period, state.currency).get(id);

function ranking(place = state.model) {
  return [...group(state.period, state.currency).values()]
    .filter((row) => row.campaign !== null && row.rank[place] !== null)
    .sort((a, b) => a.rank[place] - b.rank[place] || a.campaign - b.campaign);
}

// Of one campaign, over all currencies: conversions can be added, money cannot.
function creditOfAllTime(id) {
  return sum(data.currencies.map((currency) => group("", currency).get(id)?.credit[state.model]));
}

function daysShown(type) {
  const days = data.days[type];
  const shown = days.dates.map((date, place) => place).filter((place) => days.dates[place].startsWith(state.period));
  return {
    dates: shown.map((place) => days.dates[place]),
    events: shown.map((place) => days[state.counting][place]),
  };
}

const sum = (numbers) => numbers.reduce((all, each) => all + (each || 0), 0);
