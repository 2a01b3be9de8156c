// The answer in a few sentences, and the headline figures with their change.
// Several may share the first place, and nobody has it who earned nothing.
function leaders(place, counting = state.counting, of = state.period) {
  return ranking(place, counting, of).filter((row) => row.rank[place] === 1 && score(row, place) > 0);
}

function quoted(rows) {
  const names = rows.slice(0, 3).map((row) => `‘${campaignName(row.campaign)}’`);
  return listed(rows.length > 3 ? [...names, `${count(rows.length - 3)} more`] : names);
}
const sameLeaders = (a, b) => a.map((row) => row.campaign).join() === b.map((row) => row.campaign).join();

function otherModels() {
  const mine = leaders(state.model);
  const found = [];
  data.models.forEach((other, place) => {
    const theirs = leaders(place);
    if (place === state.model || !theirs.length || sameLeaders(mine, theirs)) return;
    const same = found.find((each) => sameLeaders(each.rows, theirs));
    if (same) same.models.push(other.title.toLowerCase());
    else found.push({ rows: theirs, models: [other.title.toLowerCase()] });
  });
  return found;
}

function verdict() {
  const found = otherModels();
  if (!found.length) return agreement();
  const words = found.map(
    (each) => `${listed(each.models)} ${each.models.length > 1 ? "put" : "puts"} ${quoted(each.rows)} first`,
  );
  return `Other models disagree: ${words.join("; ")}.`;
}

const FIRST_OF = { 2: "two", 3: "three", 4: "four", 5: "five" };
function agreement() {
  const ranked = ranking().length, first = leaders(state.model).length > 1 ? "the same campaigns" : "the same campaign";
  if (ranked === 1) return "No other campaign earned anything, so all five models agree.";
  return `All five models put ${first} first${isOrderShaken() ? ", but further down the order depends on the model" : ` and agree on the first ${FIRST_OF[Math.min(ranked, 5)]}`}.`;
}

function isOrderShaken() {
  return ranking().slice(0, 5).some((row) => row.rank.some((rank) => rank !== row.rank[state.model]));
}

function when() {
  if (period().kind === "all") return "In all";
  return period().kind === "days" ? `In the ${periodName(state.period).toLowerCase()}` : `In ${periodName(state.period)}`;
}

const earnedIn = (of, counting) => {
  const row = total(of, counting);
  return (state.currency === null ? row?.earned_conversions : row?.earned_value) ?? 0;
};

function compared() {
  if (!before()) return state.period === ALL_TIME ? "" : "There is nothing to compare this period with: no activity from before is known.";
  const now = earnedIn(state.period), then = earnedIn(before()), name = beforeName();
  if (then <= 0) return `Before (${name}), e-mails earned nothing${then ? `: ${worth(then)}, after refunds` : ""}.`;
  return `E-mails earned ${worth(now)} together, ${now === then ? "as much as" : `${rateText(Math.abs(now / then - 1))} ${now > then ? "more" : "less"} than`} before (${name}: ${worth(then)}).${firstBefore()}`;
}

function firstBefore() {
  const first = leaders(state.model, state.counting, before());
  return first.length ? ` First in that time: ${quoted(first)} with ${scoreText(first[0], state.model)}${first.length > 1 ? " each" : ""}.` : "";
}
const beforeName = () => periodName(before());

// What machines do to the answer: the other way to count, beside the chosen one.
function machineVerdict() {
  const other = state.counting === "human" ? "raw" : "human";
  const mine = earnedIn(state.period), theirs = earnedIn(state.period, other);
  const first = leaders(state.model, other);
  const who = "known machines (such as security scanners, which follow every link)";
  const says = other === "raw" ? `If clicks by ${who} counted as well` : `Without the clicks of ${who}`;
  if (mine === theirs && sameLeaders(leaders(state.model), first)) return `${says}, the answer would be the same.`;
  const place = sameLeaders(leaders(state.model), first) ? "the first place would stay" : first.length ? `${quoted(first)} would be first` : "no e-mail would have earned anything";
  return `${says}, e-mails would have earned ${worth(theirs)} instead of ${worth(mine)}, and ${place}.`;
}

function drawAnswer() {
  const first = leaders(state.model);
  if (!HAS_CAMPAIGNS) {
    return fill("answer", h("p", { class: "lead" }, "No campaign has been synced yet."),
      h("p", {}, "Run this, then create the report again:"), h("pre", {}, h("code", {}, "sendtrail sync")));
  }
  if (!HAS_CONVERSIONS) {
    return fill("answer", h("p", { class: "lead" }, "Which e-mails earned the most? To answer that, load your conversions."),
      h("p", {}, "Load orders, sign-ups or other conversions from a CSV file that says who, when and how much:"),
      h("pre", {}, h("code", {}, "sendtrail conversions load orders.csv --currency EUR")),
      h("p", {}, "Then create this report again. Everything else is below."));
  }
  if (!first.length) {
    const what = totalsOf().length ? `no e-mail earned ${anything()}` : "there were no conversions";
    return fill("answer", h("p", { class: "lead" }, `${when()}, ${what}.`), h("p", { id: "machines" }, machineVerdict()),
      period().kind === "all" ? null : h("p", {}, "Choose another period above."));
  }
  const tied = first.length > 1 ? "each" : "";
  fill("answer",
    h("p", { class: "lead" }, `${when()}, `, h("strong", {}, quoted(first)), " earned the most: ",
      h("strong", { class: "nobreak" }, scoreText(first[0], state.model)), tied && ` ${tied}`,
      ` under the model ‘${model().title}’.`),
    h("p", { id: "verdict" }, verdict()),
    h("p", { id: "compared" }, compared()),
    h("p", { id: "machines" }, machineVerdict()));
}

function tile(name, value, more, change) {
  return h("div", { class: "tile" }, h("dt", {}, name),
    h("dd", { class: value.length > 13 ? "longest" : value.length > 9 ? "long" : null }, value, h("span", { class: "more" }, more || "\u00a0"), change ?? h("span", { class: "change" }, "\u00a0")));
}

// `better` is 1 where more is better, -1 where less is, 0 where it is neither.
function change(now, then, better = 1, text = count) {
  if (!before()) return null;
  if (missing(now) || missing(then)) return h("span", { class: "change" }, `before: ${missing(then) ? NOTHING : text(then)}`);
  const sign = Math.sign(now - then), matters = Math.abs(now - then) >= 0.01 * Math.abs(then);
  const kind = !matters ? "" : sign * better > 0 ? "better" : sign * better < 0 ? "worse" : "";
  // A rate that rises from 0.2% to 0.3% has not risen by 50% for whoever reads that beside it.
  const by = text === rateText ? ["lower", "", "higher"][sign + 1] : then ? `${sign > 0 ? "+" : sign < 0 ? "−" : "±"}${rateText(Math.abs(now / then - 1))}` : "";
  return h("span", { class: `change ${kind}`, title: `Before (${beforeName()}): ${text(then)}` }, [by, `before: ${text(then)}`].filter(Boolean).join(" · "));
}

function earnedTile() {
  const mine = total();
  const others = totalsOf().filter((row) => row.currency !== state.currency && row.currency !== null && row.earned_value);
  const amounts = others.map((row) => money(row.earned_value, row.currency));
  const also = amounts.length > 2 ? [amounts[0], counted(amounts.length - 1, "other amount")] : amounts;
  const moved = change(earnedIn(state.period), before() ? earnedIn(before()) : null, 1, worth);
  if (state.currency === null) return tile("Earned by e-mail", conversions(mine?.earned_conversions ?? 0), "without a value", moved);
  const all = `of ${money(mine?.value ?? 0, state.currency)} in all`;
  return tile("Earned by e-mail", money(mine?.earned_value ?? 0, state.currency), also.length ? `${all} · also ${listed(also)}` : all, moved);
}

const earnedConversions = (of) => sum(totalsOf(of).map((row) => row.earned_conversions));

function conversionsTile() {
  const earned = earnedConversions(), all = sum(totalsOf().map((row) => row.conversions));
  return tile("Conversions", count(earned), `${percent(earned, all)} of ${count(all)}`, change(earned, before() ? earnedConversions(before()) : null));
}

function drawTiles() {
  const who = state.counting === "human" ? "without known machines" : "machines included";
  const now = engagement(), then = before() ? engagement(before()) : NO_ENGAGEMENT;
  const events = (type) => change(eventsIn(type), before() ? eventsIn(type, before()) : null);
  fill("tiles",
    HAS_CONVERSIONS ? earnedTile() : null,
    HAS_CONVERSIONS ? conversionsTile() : null,
    tile("Opens seen", count(eventsIn("open")), who, events("open")),
    tile("Clicks seen", count(eventsIn("click")), who, events("click")),
    tile("Campaigns sent", count(now.campaigns), `${counted(now.sent, "e-mail")} so far`, change(now.campaigns, then.campaigns, 0)),
    tile("Bounced", rateText(now.bounce_rate), "of the e-mails of these campaigns", change(now.bounce_rate, then.bounce_rate, -1, rateText)),
    tile("Unsubscribed", rateText(now.unsubscribe_rate), "of what was delivered", change(now.unsubscribe_rate, then.unsubscribe_rate, -1, rateText)));
}
