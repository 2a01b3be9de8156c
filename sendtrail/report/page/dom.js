// Builds the page: text stays text, so a campaign's name is never markup.
const byId = (id) => document.getElementById(id);

function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

function fill(id, ...children) {
  byId(id).replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined));
}

function options(select, entries, chosen) {
  select.replaceChildren(
    ...entries.map(([value, text]) => h("option", { value, selected: value === chosen }, text)),
  );
}

function cell(content, attributes) {
  return h("td", attributes, content);
}

function number(content, attributes) {
  return h("td", { class: "number", ...attributes }, content);
}

function table(headings, rows, attributes) {
  const head = headings.map((heading) => (heading instanceof Node ? heading : h("th", { scope: "col" }, heading)));
  return h("table", attributes, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows));
}

const numberHeading = (text, attributes) => h("th", { scope: "col", class: "number", ...attributes }, text);
