// A campaign's own page, within the same file: its address is #campaign-42.
const chosenCampaign = () => campaigns.get(Number(/^#campaign-(\d+)$/.exec(location.hash)?.[1]));

function campaignTiles(each) {
  const row = earnedOf(each.id), value = row ? perRecipient(row) : null, ever = earnedOf(each.id, ALL_TIME);
  const quick = data.responses.filter((one) => one.campaign_id === each.id && one.half_within_hours);
  const within = (type) => quick.find((one) => one.event_type === type)?.half_within_hours;
  const half = (type) => (within(type) ? `half within ${within(type) === 1 ? "an hour" : `${count(within(type))} hours`}` : "");
  return [
    HAS_CONVERSIONS ? tile("Earned", row ? scoreText(row, state.model) : NOTHING, `${periodName(state.period)}, ${model().title.toLowerCase()}`,
      state.period !== ALL_TIME && ever ? h("span", { class: "change" }, `all time: ${scoreText(ever, state.model)}`) : null) : null,
    HAS_CONVERSIONS ? tile("Per recipient", smallMoney(value, state.currency), "of those it was sent to") : null,
    tile("Sent", count(each.sent), `${count(each.delivered)} delivered`),
    tile("Open rate", rateText(covered(each, each.rates.opens[state.counting])), missing(each.opens[state.counting]) ? "cannot be told apart" : `${count(each.opens[state.counting])} opened`, h("span", { class: "change" }, half("open"))),
    tile("Click rate", rateText(covered(each, each.rates.clicks[state.counting])), `${count(each.clicks[state.counting])} clicked`, h("span", { class: "change" }, half("click"))),
    tile("Click to open", rateText(covered(each, each.rates.clickToOpen[state.counting])), "clicked, of those who opened"),
    tile("Bounced", rateText(each.bounce_rate), counted(each.bounces, "e-mail")),
    tile("Unsubscribed", rateText(each.unsubscribe_rate), counted(each.unsubscribes, "contact")),
  ];
}

function modelsTable(each) {
  const row = earnedOf(each.id);
  if (!row) return h("p", { class: "quiet" }, `${when()}, no model says that it earned ${anything()}.`);
  return table(["Model", numberHeading("Earned"), numberHeading("Conversions"), numberHeading("Rank")], data.models.map((one, place) =>
    h("tr", { "data-model": one.name }, h("th", { scope: "row" }, one.title), number(state.currency === null ? NOTHING : money(row.value[place], row.currency)),
      number(conversions(row.credit[place])), number(count(row.rank[place])))), { id: "campaign-models" });
}

const VERDICTS = { better: "clicked more often than the others", worse: "clicked less often than the others", no_difference_shown: "no difference shown", too_few: "too few readers to tell" };
function messagesTable(each) {
  const found = data.messages.filter((one) => one.campaign_id === each.id);
  if (!found.length) return null;
  return [h("h3", {}, "Split test"), table(["Subject line", numberHeading("Readers"), numberHeading("Clicked"), "Verdict"], found.map((one) =>
    h("tr", {}, h("th", { scope: "row" }, one.subject || `Message ${one.message_id || NOTHING}`), number(count(one.readers)), number(rateText(one.click_share)), cell(VERDICTS[one.verdict]))), {})];
}

function drawCampaignPage() {
  const each = chosenCampaign();
  byId("campaign").hidden = !each;
  byId("overview").hidden = Boolean(each);
  if (!each) return;
  const links = linksOf(each.id);
  fill("campaign",
    h("p", {}, h("a", { href: "#" }, "← All campaigns")),
    h("h2", { class: "campaign-name", tabindex: "-1" }, each.name),
    each.subject ? h("p", { class: "subject-line" }, h("span", { class: "quiet" }, each.subject.includes(" | ") ? "Subject lines: " : "Subject line: "), each.subject) : null,
    h("p", { class: "quiet" }, `${kindName(each)} · sent on ${dayName(each.sent_at)} · complete: ${LEVEL_NAMES[each.trust].toLowerCase()}${each.covered ? "" : " · sent before the synced period"}`),
    h("dl", { class: "tiles" }, campaignTiles(each).filter(Boolean)),
    HAS_CONVERSIONS ? h("div", { class: "card" }, h("h3", {}, `What it earned: ${periodName(state.period)}`), h("div", { class: "scroll" }, modelsTable(each))) : null,
    h("div", { class: "card" }, h("h3", {}, "Its links"), links.length
      ? h("div", { class: "scroll" }, table(["Link", numberHeading("Clicked by"), numberHeading("Share of clickers")], links.map((link) => h("tr", {}, h("th", { scope: "row", class: "url" }, link.link_url || NOTHING),
        number(count(clicksOn(link))), number(rateText(clickerShare(link))))), { id: "campaign-links" }))
      : h("p", { class: "quiet" }, each.covered ? "Nobody clicked." : "Its clicks were not synced.")),
    messagesTable(each) ? h("div", { class: "card" }, messagesTable(each)) : null);
}

function openCampaign() {
  render();
  if (!chosenCampaign()) return;
  window.scrollTo(0, 0);
  byId("campaign").querySelector(".campaign-name").focus({ preventScroll: true });
}
