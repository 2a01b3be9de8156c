// Who used to click and no longer does: all contacts, and those that first clicked in the same month.
const monthOf = (day) => monthName(day.slice(0, 7));
const quietest = (cohorts) => cohorts.filter((each) => each.cohort_size >= FEW_CONTACTS).sort((a, b) => a.retained_share - b.retained_share)[0];

function quietSentence() {
  const of = (recency) => data.recency.find((each) => each.click_recency === recency)?.contacts ?? 0;
  const all = sum(data.recency.map((each) => each.contacts)), cold = of("cold"), cooling = of("cooling"), never = of("never");
  if (!all) return "";
  const quiet = `Of ${counted(all, "active contact")}, ${count(cold)} (${percent(cold, all)}) clicked before and not in the last 90 days, and ${count(cooling)} more (${percent(cooling, all)}) not in the last 30.`;
  return `${quiet} ${count(never)} (${percent(never, all)}) never clicked.`;
}

function cohortSentence(cohorts) {
  const found = quietest(cohorts);
  if (!found) return "";
  return ` The fewest who still click are among those who first clicked in ${monthOf(found.cohort)}: ${count(found.clickers)} of ${count(found.cohort_size)} (${rateText(found.retained_share)}) in ${monthOf(found.month)}.`;
}

const cohortRow = (each) => h("tr", { "data-cohort": each.cohort }, h("th", { scope: "row" }, monthOf(each.cohort)),
  number(count(each.cohort_size), { "data-csv": each.cohort_size }), number(count(each.clickers), { "data-csv": each.clickers }),
  number(rateText(each.retained_share), { "data-csv": each.retained_share ?? "" }));

function drawQuiet() {
  const found = data.cohorts.filter((each) => each.cohort !== each.month).sort((a, b) => a.retained_share - b.retained_share);
  byId("quiet").hidden = !found.length && !data.recency.length;
  fill("quiet-text", quietSentence() + cohortSentence(found));
  drawTable("quiet", rowsTable(["First clicked in", numberHeading("Contacts"), numberHeading(found.length ? `Clicked in ${monthOf(found[0].month)}` : "Still click"), numberHeading("Share")],
    found, cohortRow, { most: 6, id: "quiet-table" }), "Nobody clicked before last month.");
}
