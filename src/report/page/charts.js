"use strict";
// Charts drawn live from the tables in the page. One function a chart gives what ECharts is asked
// for; `support` is "both", "with" or "without".
const Charts = (() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words;
  const zh = data.lang === "zh";
  const cache = new Map();

  function parsed(text) {
    const rows = [[]];
    let cell = "", quoted = false;
    for (let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; at < text.length; at++) {
      const c = text[at];
      if (quoted) {
        if (c !== '"') cell += c;
        else if (text[at + 1] === '"') { cell += '"'; at++; }
        else quoted = false;
      } else if (c === '"') quoted = true;
      else if (c === "," || c === "\n") {
        rows[rows.length - 1].push(cell);
        cell = "";
        if (c === "\n") rows.push([]);
      } else cell += c;
    }
    rows.pop();
    return rows;
  }

  // Rows of a table as objects by column; none where the run has no such table.
  function table(run, file) {
    const key = `${run}/${file}`;
    if (!cache.has(key)) {
      const [header, ...rows] = data.files[key] === undefined ? [[]] : parsed(data.files[key]);
      cache.set(key, rows.map((row) => Object.fromEntries(row.map((cell, at) => [header[at], cell]))));
    }
    return cache.get(key);
  }

  const distinct = (rows, column) => [...new Set(rows.map((row) => row[column]))];
  const colour = (run, name) => ((data.colours[run] || {})[name] || ["#5a6978"])[0];
  const ways = (support) => (support === "both" ? ["with", "without"] : [support]);
  const titled = (name, way) => `${name} ${data.support[way]}`;
  const column = (name) => data.columns[name] || name;

  // The unit in which amounts up to this many yuan are read with ease.
  function unit(largest) {
    const units = zh
      ? [[1e9, 1e8, "亿元"], [1e5, 1e4, "万元"], [0, 1, "元"]]
      : [[1e10, 1e9, "billion yuan"], [1e6, 1e6, "million yuan"], [0, 1, "yuan"]];
    const [, yuan, name] = units.find((one) => largest >= one[0]);
    return { yuan, name };
  }
  const grouped = (value, digits) => Number(value).toLocaleString("en-US",
    { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const amounts = (value) => (value === undefined || value === null ? "-" : grouped(value, 2));
  const percents = (value) => (value === undefined || value === null ? "-" : `${+(+value).toFixed(4)}%`);

  // Amounts over dates, stacked.
  function stacked(series, type) {
    const largest = Math.max(0, ...series.flatMap((one) => one.points.map((point) => point[1])));
    const in_ = unit(largest);
    const shown = series.filter((one) => one.points.some((point) => point[1] !== 0));
    return {
      kind: "time", unit: in_.name, format: amounts,
      series: shown.map((one) => ({
        name: one.name, type, stack: "all", color: one.colour,
        ...(type === "line" ? { step: "end", areaStyle: { opacity: 0.85 }, symbol: "none",
          lineStyle: { width: 1 } } : { barMaxWidth: 26 }),
        data: one.points.map(([date, value]) => [date, value / in_.yuan]),
      })),
    };
  }

  function notes(run) {
    const rows = table(run, "notes.csv");
    const first = table(run, "accounts.csv").map((row) => row.date).sort()[0];
    return rows.length === 0 ? null : stacked(distinct(rows, "tranche").map((name) => {
      const own = rows.filter((row) => row.tranche === name);
      const points = own.map((row) => [row.payment_date, Number(row.closing)]);
      if (first && first < own[0].payment_date) points.unshift([first, Number(own[0].opening)]);
      return { name, colour: colour(run, name), points };
    }), "line");
  }

  function collections(run) {
    const kinds = { principal: "#006e54", interest: "#66c2a5", prepaid: "#bee4d6",
      recovered: "#f0e442", clean_up: "#94783c" };
    const rows = table(run, "collections.csv");
    return rows.length === 0 ? null : stacked(Object.entries(kinds).map(([name, tone]) => ({
      name: column(name), colour: tone,
      points: rows.map((row) => [row.payment_date, Number(row[name])]),
    })), "bar");
  }

  // (performing pool + cash on accounts) / the class and those above it.
  function cover(run) {
    const notes = table(run, "notes.csv");
    const accounts = table(run, "accounts.csv");
    const pool = new Map(table(run, "collections.csv")
      .map((row) => [row.payment_date, Number(row.closing)]));
    if (notes.length === 0) return null;
    const names = distinct(notes, "tranche");
    const cash = (date) => accounts.filter((row) => row.date === date)
      .reduce((sum, row) => sum + Number(row.closing), 0);
    const closing = new Map(notes.map((row) => [`${row.payment_date} ${row.tranche}`,
      Number(row.closing)]));
    const series = names.map((name, at) => ({
      name: at === 0 ? name : `${words.upTo} ${name}`, type: "line", color: colour(run, name),
      symbolSize: 5,
      data: [...pool].map(([date, performing]) => {
        const owed = names.slice(0, at + 1)
          .reduce((sum, of) => sum + (closing.get(`${date} ${of}`) || 0), 0);
        return [date, owed > 0 ? (performing + cash(date)) / owed : null];
      }),
    }));
    return { kind: "time", unit: words.cover, format: amounts, series, from: "data" };
  }

  // How likely a loss above each level is.
  function classLosses(run, support) {
    const rows = table(run, "loss_histogram.csv").filter((row) => row.tranche !== "pool");
    if (rows.length === 0) return null;
    const series = [];
    for (const name of distinct(rows, "tranche")) {
      for (const way of ways(support)) {
        const own = rows.filter((row) => row.tranche === name && row.support === way
          && Number(row.loss_to) > 0);
        let above = 0;
        const points = own.reverse().map((row) => {
          above += Number(row.probability);
          return [100 * Number(row.loss_from), 100 * above];
        }).reverse();
        if (points.length > 0) {
          series.push({
            name: titled(name, way), type: "line", symbol: "none", color: colour(run, name),
            lineStyle: { type: way === "with" ? "solid" : "dashed", width: 2 },
            // A point every 1/128 is enough for the eye.
            data: points.filter((_, at) => at % 8 === 0 || at === points.length - 1),
          });
        }
      }
    }
    return { kind: "level", across: words.lossAbove, unit: words.probability, log: true,
      format: percents, series };
  }

  function poolLoss(run) {
    const rows = table(run, "loss_histogram.csv")
      .filter((row) => row.tranche === "pool" && Number(row.loss_to) > 0);
    if (rows.length === 0) return null;
    const bins = new Map();
    for (const row of rows) {
      const bin = Math.floor(100 * Number(row.loss_from));
      bins.set(bin, (bins.get(bin) || 0) + 100 * Number(row.probability));
    }
    return { kind: "category", across: words.poolLoss, unit: words.probability, format: percents,
      categories: [...bins.keys()].map((bin) => `${bin}-${bin + 1}%`),
      series: [{ name: words.pool, type: "bar", color: "#5a6978", data: [...bins.values()] }] };
  }

  function convergence(run, support) {
    const rows = table(run, "convergence.csv").filter((row) => row.pd !== "");
    if (rows.length === 0) return null;
    const series = [];
    for (const name of distinct(rows, "tranche")) {
      for (const way of ways(support)) {
        const own = rows.filter((row) => row.tranche === name && row.support === way);
        series.push({
          name: titled(name, way), type: "line", symbol: "none", color: colour(run, name),
          lineStyle: { type: way === "with" ? "solid" : "dashed", width: 2 },
          data: own.map((row) => [Number(row.paths), 100 * Number(row.pd)]),
        });
      }
    }
    return { kind: "count", across: words.paths, unit: words.notPaid, format: percents,
      log: true, series: series.map((one) => ({ ...one,
        data: one.data.filter((point) => point[1] > 0) })) };
  }

  // A bar a scenario for each class.
  function byScenario(run, file, figure, name) {
    return (support) => {
      const rows = table(run, file);
      if (rows.length === 0) return null;
      const scenarios = distinct(rows, "scenario").reverse();
      const series = [];
      for (const class_ of distinct(rows, "tranche")) {
        for (const way of ways(support)) {
          const found = scenarios.map((scenario) => rows.find((row) => row.scenario === scenario
            && row.tranche === class_ && row.support === way));
          series.push({
            name: titled(class_, way), type: "bar", color: colour(run, class_),
            itemStyle: way === "with" ? {} : { opacity: 0.55 },
            data: found.map((row) => (row && row[figure] !== "" && !isNaN(Number(row[figure]))
              ? 100 * Number(row[figure]) : null)),
          });
        }
      }
      // Classes that lose nothing anywhere take no room.
      const moved = series.filter((one) => one.data.some((value) => value));
      return { kind: "scenario", categories: scenarios, unit: name, format: percents,
        series: moved.length > 0 ? moved : series };
    };
  }

  function heat(run, support, chosen) {
    const rows = table(run, "grid.csv");
    if (rows.length === 0) return null;
    const [first, second] = Object.keys(rows[0]);
    const names = distinct(rows, "tranche");
    const name = names.includes(chosen) ? chosen : names[Math.min(1, names.length - 1)];
    const way = support === "with" ? "with" : "without";
    const own = rows.filter((row) => row.tranche === name && row.support === way);
    const [across, up] = [distinct(own, first), distinct(own, second)];
    const value = own.map((row) => [across.indexOf(row[first]), up.indexOf(row[second]),
      100 * Number(row.loss)]);
    return { kind: "heat", choices: names, chosen: name, across: column(first), up: column(second),
      categories: across, rows: up, format: percents, unit: words.loss,
      series: [{ name: titled(name, way), type: "heatmap", data: value }] };
  }

  function frontier(run, support) {
    const rows = table(run, "size.csv");
    if (rows.length === 0) return null;
    const targets = distinct(rows, "target");
    return { kind: "category", across: column("target"), unit: words.share, format: percents,
      categories: targets,
      series: ways(support).map((way) => ({
        name: data.support[way], type: "line", symbolSize: 7,
        color: way === "with" ? "#d55e00" : "#004e89",
        data: targets.map((target) => {
          const row = rows.find((one) => one.target === target && one.support === way);
          return row && row.senior_share !== "" ? 100 * Number(row.senior_share) : null;
        }),
      })) };
  }

  const kinds = {
    "notes.svg": notes,
    "collections.svg": collections,
    "cover.svg": cover,
    "class_losses.svg": classLosses,
    "pool_loss.svg": poolLoss,
    "convergence.svg": convergence,
    "critical.svg": (run, support) => byScenario(run, "critical.csv", "achieved", words.rate)(support),
    "losses.svg": (run, support) => byScenario(run, "stress.csv", "loss", words.loss)(support),
    "grid.svg": heat,
    "frontier.svg": frontier,
  };
  // Those whose tables are with support alone.
  const cash = ["notes.svg", "collections.svg", "cover.svg"];
  // Zoomed across.
  const zoomed = ["time", "level", "count"];

  // Room for the longest of these names.
  const wide = (names) => 16 + Math.max(...names.map((name) => (
    [...name].reduce((sum, c) => sum + (c.charCodeAt(0) > 255 ? 13 : 7.5), 0))));

  // Classes have a colour of their own on a dark page.
  const onDark = new Map(Object.values(data.colours).flatMap((of) => Object.values(of)));
  onDark.set("#004e89", "#a4d0ee").set("#5a6978", "#a9b6c2");
  const toned = (colour, dark) => (dark && onDark.get(colour)) || colour;

  // What ECharts is asked for.
  function option(spec) {
    const style = getComputedStyle(document.documentElement);
    const [ink, quiet, line, paper] = ["--ink", "--quiet", "--line", "--paper"]
      .map((name) => style.getPropertyValue(name).trim());
    const text = { color: quiet, fontFamily: "inherit", hideOverlap: true };
    const axis = { axisLine: { lineStyle: { color: quiet } }, axisLabel: text, nameTextStyle: text,
      splitLine: { lineStyle: { color: line, opacity: 0.5 } } };
    const across = { ...axis, name: spec.across, nameLocation: "middle", nameGap: 28,
      splitLine: { show: false } };
    const up = { ...axis, type: spec.log ? "log" : "value", name: spec.unit,
      nameTextStyle: { ...text, align: "left" }, scale: spec.from === "data" };
    const share = spec.format === percents;
    up.axisLabel = { ...text, formatter: (value) => (share ? `${+value.toPrecision(6)}%`
      : value.toLocaleString("en-US")) };
    const categories = { ...across, type: "category", data: spec.categories };
    const [xAxis, yAxis] = {
      time: [{ ...across, type: "time" }, up],
      level: [{ ...across, type: "value", min: 0,
        axisLabel: { ...text, formatter: (value) => `${value}%` } }, up],
      count: [{ ...across, type: "value" }, up],
      category: [categories, up],
      scenario: [up, { ...axis, type: "category", data: spec.categories }],
      heat: [categories, { ...axis, type: "category", data: spec.rows, name: spec.up,
        nameTextStyle: { ...text, align: "left" } }],
    }[spec.kind];
    if (spec.kind === "scenario") Object.assign(xAxis, { nameLocation: "middle", nameGap: 28 });
    const zoom = zoomed.includes(spec.kind);
    const largest = spec.kind === "heat"
      ? Math.max(0.01, ...spec.series[0].data.map((cell) => cell[2])) : 0;
    return {
      animation: false,
      textStyle: { color: ink, fontFamily: "inherit" },
      aria: { enabled: true },
      grid: { left: spec.kind === "scenario" ? wide(spec.categories) : 8, right: 16, top: 34, bottom: zoom ? 74 : spec.kind === "heat" ? 84 : 38,
        outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      legend: { show: false },
      tooltip: {
        trigger: spec.kind === "heat" ? "item" : "axis", confine: true,
        backgroundColor: paper, borderColor: line, textStyle: { color: ink, fontSize: 13 },
        valueFormatter: (value) => spec.format(Array.isArray(value) ? value[2] : value),
      },
      xAxis, yAxis,
      ...(zoom ? { dataZoom: [
        { type: "slider", bottom: 8, height: 22, textStyle: text, borderColor: line,
          filterMode: spec.kind === "time" ? "none" : "filter" },
        { type: "inside", zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false,
          filterMode: spec.kind === "time" ? "none" : "filter" },
      ] } : {}),
      ...(spec.kind === "heat" ? { visualMap: { min: 0, max: largest, calculable: true,
        orient: "horizontal", left: "center", bottom: 4, textStyle: text, itemHeight: 160,
        formatter: (value) => `${(+value).toFixed(1)}%`,
        inRange: { color: ["#deefe9", "#fdf0d5", "#f2b27a", "#d55e00", "#8c2d04"] } } } : {}),
      series: spec.series.map((one) => ({ ...one,
        ...(one.color ? { color: toned(one.color, isDark()) } : {}), emphasis: { focus: "series" },
        ...(one.type === "heatmap" ? { itemStyle: { borderColor: paper, borderWidth: 1 } } : {}) })),
    };
  }

  // The page's choice, else the reader's.
  const isDark = () => (document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches);

  const live = [];

  function button(text, parent) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    parent.append(made);
    return made;
  }

  // A live chart in its figure; what it shows is asked again when support or the theme changes.
  function begin(figure, support) {
    const { run, chart: name, title } = figure.dataset;
    const chart = { figure, name, run, off: new Set(), chosen: null };
    const head = document.createElement("figcaption");
    head.textContent = title;
    chart.tools = document.createElement("div");
    chart.tools.className = "keys";
    chart.room = document.createElement("div");
    chart.room.className = "room";
    chart.room.setAttribute("role", "img");
    chart.room.setAttribute("aria-label", title);
    chart.remark = document.createElement("p");
    chart.remark.className = "quiet";
    figure.prepend(head, chart.tools, chart.room, chart.remark);
    figure.classList.add("live");
    chart.drawn = echarts.init(chart.room, null, { renderer: "svg" });
    // The library describes its series there; the figure has its name.
    live.push(chart);
    draw(chart, support);
    new ResizeObserver(() => chart.drawn.resize()).observe(chart.room);
  }

  function draw(chart, support) {
    const spec = kinds[chart.name](chart.run, support, chart.chosen);
    if (!spec) return;
    if (spec.kind === "scenario") {
      const bars = spec.series.length * spec.categories.length;
      chart.room.style.height = `${Math.max(320, 12 * bars + 120)}px`;
      chart.drawn.resize();
    }
    const given = option(spec);
    given.legend.data = spec.series.map((one) => one.name);
    given.legend.selected = Object.fromEntries(
      spec.series.map((one) => [one.name, !chart.off.has(one.name)]));
    chart.drawn.setOption(given, true);
    chart.room.setAttribute("aria-label", chart.figure.dataset.title);
    chart.remark.textContent = [
      cash.includes(chart.name) && support === "without" ? words.cash : "",
      zoomed.includes(spec.kind) ? words.hint : "",
    ].filter(Boolean).join(" ");
    keys(chart, spec, support);
  }

  // Series to switch with mouse or keyboard; of a heat map, the class.
  function keys(chart, spec, support) {
    const held = chart.tools.contains(document.activeElement)
      ? document.activeElement.textContent : null;
    chart.tools.replaceChildren();
    if (spec.kind === "heat") {
      for (const name of spec.choices) {
        const key = button(name, chart.tools);
        key.className = "choice";
        key.setAttribute("aria-pressed", String(name === spec.chosen));
        key.addEventListener("click", () => { chart.chosen = name; draw(chart, support); });
      }
      const way = document.createElement("span");
      way.className = "quiet";
      way.textContent = `${spec.series[0].name}: ${spec.unit}`;
      chart.tools.append(way);
    } else if (spec.series.length > 1) {
      for (const one of spec.series) {
        const key = button(one.name, chart.tools);
        const mark = document.createElement("i");
        mark.style.background = toned(one.color, isDark());
        mark.style.opacity = (one.itemStyle && one.itemStyle.opacity) || 1;
        if (one.lineStyle && one.lineStyle.type === "dashed") mark.className = "dashed";
        key.prepend(mark);
        key.setAttribute("aria-pressed", String(!chart.off.has(one.name)));
        key.addEventListener("click", () => {
          if (!chart.off.delete(one.name)) chart.off.add(one.name);
          draw(chart, support);
        });
      }
    }
    if (zoomed.includes(spec.kind)) {
      button(words.reset, chart.tools).addEventListener("click",
        () => chart.drawn.dispatchAction({ type: "dataZoom", start: 0, end: 100 }));
    }
    for (const key of chart.tools.querySelectorAll("button")) {
      if (key.textContent === held) key.focus();
    }
  }

  // Each chart begins when it comes near the screen.
  function start(supportNow) {
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries.filter((one) => one.isIntersecting)) {
        seen.unobserve(entry.target);
        begin(entry.target, supportNow());
      }
    }, { rootMargin: "600px" });
    for (const figure of document.querySelectorAll("figure[data-chart]")) {
      const kind = kinds[figure.dataset.chart];
      if (kind && kind(figure.dataset.run, "both", null)) seen.observe(figure);
    }
  }

  const redraw = (support) => live.forEach((chart) => draw(chart, support));
  return { data, parsed, start, redraw, live };
})();
