// What the reader has chosen, and what the figures say of it.
const data = JSON.parse(byId("data").textContent);
const campaigns = new Map(data.campaigns.map((campaign) => [campaign.id, campaign]));
const state = {
  period: data.start.period,
  model: data.models.findIndex((model) => model.name === data.start.model),
  currency: data.currencies.length ? data.currencies[0] : null,
  counting: "human",
  funnel: "",
  search: "",
  sort: { column: "earned", descending: true },
  all: { earned: false, campaigns: false },
};
const HAS_CONVERSIONS = data.totals.length > 0;

const campaignName = (id) => (id === null ? "No e-mail" : campaigns.get(id)?.name ?? `Campaign ${id}`);
const model = () => data.models[state.model];
const here = (row) => row.period === state.period && row.currency === state.currency;
const total = () => data.totals.find(here);
const totalsOfPeriod = () => data.totals.filter((row) => row.period === state.period);

// What decides the rank: the value, or the credit where conversions have no value.
const score = (row, place) => (row.value[place] ?? row.credit[place]) || 0;
const scoreText = (row, place) =>
  state.currency === null ? `${conversions(row.credit[place])} conversions` : money(row.value[place], row.currency);

function ranking(place = state.model) {
  return data.earned
    .filter((row) => here(row) && row.campaign !== null && row.rank[place] !== null)
    .sort((a, b) => a.rank[place] - b.rank[place] || a.campaign - b.campaign);
}

const unearned = () => data.earned.find((row) => here(row) && row.campaign === null);

// Of one campaign, over all currencies: conversions can be added, money cannot.
function creditOfAllTime(id) {
  return data.earned
    .filter((row) => row.period === "" && row.campaign === id)
    .reduce((sum, row) => sum + (row.credit[state.model] || 0), 0);
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
