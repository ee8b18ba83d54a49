"use strict";
// Tables are kept as the files they are; each is drawn when it is opened.
const { data, parsed } = Charts;
const words = data.words;
let support = "both";

const isNumber = (text) => text !== "" && !isNaN(Number(text));

function shown(text) {
  if (!/^-?\d+\.\d\d$/.test(text)) return text;
  return text.replace(/\B(?=(\d{3})+\.)/g, ",");
}

function element(name, text, parent) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (parent) parent.append(made);
  return made;
}

function table(details) {
  const file = data.files[details.dataset.file];
  const [header, ...all] = parsed(file);
  const column = header.indexOf("support");
  const figures = header.map((_, at) => all.some((row) => isNumber(row[at]))
    && all.every((row) => row[at] === "" || isNumber(row[at])));
  const tools = element("div", undefined, details);
  tools.className = "tools";
  const filter = element("input", undefined, tools);
  filter.type = "search";
  filter.placeholder = filter.ariaLabel = words.filter;
  const save = element("button", words.download, tools);
  const count = element("span", "", tools);
  count.className = "quiet";
  count.setAttribute("aria-live", "polite");
  const scroll = element("div", undefined, details);
  scroll.className = "scroll";
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "group");
  scroll.ariaLabel = details.querySelector("summary").textContent;
  const body = element("table", undefined, scroll);
  const heads = element("tr", undefined, element("thead", undefined, body));
  const rows = element("tbody", undefined, body);
  let order = null;
  const kept = () => {
    const wanted = filter.value.trim().toLowerCase();
    const left = all.filter((row) => (column < 0 || support === "both" || row[column] === ""
      || row[column] === support || (support === "without" && row[column] === "bare"))
      && (wanted === "" || row.some((cell) => cell.toLowerCase().includes(wanted))));
    if (!order) return left;
    const { at, down } = order;
    const sign = down ? -1 : 1;
    return left.sort((one, other) => sign * (figures[at]
      ? (one[at] === "" ? -Infinity : Number(one[at]))
        - (other[at] === "" ? -Infinity : Number(other[at])) || 0
      : one[at].localeCompare(other[at])));
  };
  const draw = () => {
    const left = kept();
    rows.replaceChildren(...left.map((row) => {
      const line = document.createElement("tr");
      row.forEach((cell, at) => {
        const made = element("td", shown(cell), line);
        if (figures[at]) made.className = "figure";
      });
      return line;
    }));
    count.textContent = `${left.length} / ${all.length}`;
  };
  header.forEach((name, at) => {
    const head = element("th", undefined, heads);
    head.scope = "col";
    if (figures[at]) head.className = "figure";
    const sort = element("button", data.columns[name] || name, head);
    if (data.terms[name]) {
      sort.dataset.term = "";
      sort.setAttribute("aria-describedby", `term-${data.terms[name]}`);
    }
    sort.addEventListener("click", () => {
      order = { at, down: order && order.at === at && !order.down };
      for (const other of heads.children) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", order.down ? "descending" : "ascending");
      draw();
    });
  });
  filter.addEventListener("input", draw);
  save.addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([file], { type: "text/csv" }));
    link.download = details.dataset.file.split("/").join("-");
    link.click();
    URL.revokeObjectURL(link.href);
  });
  details.redraw = draw;
  draw();
}

for (const details of document.querySelectorAll("details[data-file]")) {
  details.addEventListener("toggle", () => {
    if (details.open && !details.redraw) table(details);
  });
  if (details.open) table(details);
}
for (const choice of document.querySelectorAll("input[name=support]")) {
  choice.addEventListener("change", () => {
    support = choice.value;
    for (const of of document.querySelectorAll("[data-support]")) {
      const own = of.dataset.support === "bare" ? "without" : of.dataset.support;
      of.hidden = support !== "both" && own !== support;
    }
    Charts.redraw(support);
    for (const details of document.querySelectorAll("details[data-file]")) {
      if (details.redraw) details.redraw();
    }
  });
}
document.getElementById("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  Charts.redraw(support);
});
document.getElementById("print").addEventListener("click", () => window.print());
// On paper nothing can be unfolded: every part is open there, and the tables that were opened.
const opened = [];
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("section:not(#tables) > details.part:not([open])")) {
    part.open = true;
    opened.push(part);
  }
});
addEventListener("afterprint", () => {
  for (const part of opened.splice(0)) part.open = false;
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => Charts.redraw(support));
// A link to a folded part opens it.
function unfold() {
  const part = location.hash && document.getElementById(location.hash.slice(1));
  const folded = part && part.querySelector("details.part");
  if (folded) folded.open = true;
}
addEventListener("hashchange", unfold);
unfold();
Charts.start(() => support);
