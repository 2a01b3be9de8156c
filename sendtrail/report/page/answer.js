// The answer in a sentence, and the headline figures.
function leaders(place) {
  return ranking(place).filter((row) => row.rank[place] === 1);
}

const quoted = (rows) => listed(rows.slice(0, 3).map((row) => `‘${campaignName(row.campaign)}’`));
const sameLeaders = (a, b) => a.map((row) => row.campaign).join() === b.map((row) => row.campaign).join();

function otherModels() {
  const mine = leaders(state.model);
  const groups = [];
  data.models.forEach((other, place) => {
    const theirs = leaders(place);
    if (place === state.model || sameLeaders(mine, theirs)) return;
    const group = groups.find((each) => sameLeaders(each.rows, theirs));
    if (group) group.models.push(other.title.toLowerCase());
    else groups.push({ rows: theirs, models: [other.title.toLowerCase()] });
  });
  return groups;
}

function verdict() {
  const groups = otherModels();
  if (!groups.length) return `All five models put the same campaign first${isOrderShaken() ? ", but further down the order depends on the model" : " and agree on the first five"}.`;
  const words = groups.map(
    (group) => `${listed(group.models)} ${group.models.length > 1 ? "put" : "puts"} ${quoted(group.rows)} first`,
  );
  return `Other models disagree: ${words.join("; ")}.`;
}

function isOrderShaken() {
  return ranking().slice(0, 5).some((row) => row.rank.some((rank) => rank !== row.rank[state.model]));
}

function when() {
  return state.period ? `In ${monthName(state.period)}` : "In all";
}

function drawAnswer() {
  const first = leaders(state.model);
  if (!HAS_CONVERSIONS) {
    return fill("answer", h("p", { class: "lead" }, "Which e-mails earned the most? To answer that, load your conversions."),
      h("p", {}, "Load orders, sign-ups or other conversions from a CSV file that says who, when and how much:"),
      h("pre", {}, h("code", {}, "sendtrail conversions load orders.csv --currency EUR")),
      h("p", {}, "Then create this report again. Everything below is already complete."));
  }
  if (!first.length) {
    const what = totalsOfPeriod().length ? "no e-mail earned a conversion of this kind" : "there were no conversions";
    return fill("answer", h("p", { class: "lead" }, `${when()}, ${what}.`), h("p", {}, "Choose another period above."));
  }
  const tied = first.length > 1 ? "each" : "";
  fill("answer",
    h("p", { class: "lead" }, `${when()}, `, h("strong", {}, quoted(first)), " earned the most: ",
      h("strong", { class: "nobreak" }, scoreText(first[0], state.model)), tied && ` ${tied}`,
      ` under ${model().title.toLowerCase()}.`),
    h("p", { id: "verdict" }, verdict()));
}

function tile(name, value, more) {
  return h("div", { class: "tile" }, h("dt", {}, name), h("dd", {}, value, h("span", { class: "more" }, more || "\u00a0")));
}

function earnedTile() {
  const mine = total();
  const others = totalsOfPeriod().filter((row) => row.currency !== state.currency && row.currency !== null && row.earned_value);
  const also = others.map((row) => money(row.earned_value, row.currency));
  if (state.currency === null) return tile("Earned by e-mail", conversions(mine?.earned_conversions ?? 0), "conversions without a value");
  const all = `of ${money(mine?.value ?? 0, state.currency)}`;
  return tile("Earned by e-mail", money(mine?.earned_value ?? 0, state.currency), also.length ? `${all} · also ${listed(also)}` : all);
}

function drawTiles() {
  const rows = totalsOfPeriod();
  const earned = sum(rows.map((row) => row.earned_conversions));
  const all = sum(rows.map((row) => row.conversions));
  const who = state.counting === "human" ? "without known machines" : "machines included";
  const sent = data.campaigns.filter((each) => each.sent_at && each.sent_at.startsWith(state.period));
  fill("tiles",
    HAS_CONVERSIONS ? earnedTile() : null,
    HAS_CONVERSIONS ? tile("Conversions earned", count(earned), `${percent(earned, all)} of ${count(all)}`) : null,
    tile("Opens seen", count(sum(daysShown("open").events)), who),
    tile("Clicks seen", count(sum(daysShown("click").events)), who),
    tile("Campaigns sent", count(sent.length), `${count(sum(sent.map((each) => each.sent)))} e-mails so far`));
}
