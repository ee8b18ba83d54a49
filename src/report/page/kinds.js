"use strict";
// What each chart shows, from the tables in the page: one function a chart. `support` is "both",
// "with" or "without".
const Kinds = (() => {
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
      kind: "time", unit: in_.name, yuan: in_.yuan, format: amounts,
      series: shown.map((one) => ({
        name: one.name, type, stack: "all", color: one.colour,
        ...(type === "line" ? { step: "end", areaStyle: { opacity: 0.85 }, symbol: "none",
          lineStyle: { width: 1 } } : { barMaxWidth: 26 }),
        data: one.points.map(([date, value]) => [date, value / in_.yuan]),
      })),
    };
  }

  // Class on class; beside both, all classes together without support where that differs.
  function notes(run, support) {
    const rows = table(run, "balances.csv");
    if (rows.length === 0) return null;
    const of = (way) => rows.filter((row) => row.support === way);
    const own = of(support === "without" ? "without" : "with");
    const spec = stacked(distinct(own, "tranche").map((name) => ({ name, colour: colour(run, name),
      points: own.filter((row) => row.tranche === name)
        .map((row) => [row.date, Number(row.balance)]) })), "line");
    const total = (way) => distinct(of(way), "date").map((date) => [date, of(way)
      .filter((row) => row.date === date).reduce((sum, row) => sum + Number(row.balance), 0)]);
    if (support === "both" && String(total("with")) !== String(total("without"))) {
      spec.series.push({ name: titled(words.all, "without"), type: "line", step: "end",
        symbol: "none", color: "#22282e", lineStyle: { type: "dashed", width: 2 },
        data: total("without").map(([date, value]) => [date, value / spec.yuan]) });
    }
    return spec;
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
  function cover(run, support) {
    const rows = table(run, "balances.csv");
    if (rows.length === 0) return null;
    const series = distinct(rows, "tranche").flatMap((name, at) => {
      const points = (way) => rows.filter((row) => row.tranche === name && row.support === way)
        .map((row) => [row.date, row.asset_cover === "" ? null : Number(row.asset_cover)]);
      const alike = String(points("with")) === String(points("without"));
      const up = at === 0 ? name : `${words.upTo} ${name}`;
      return ways(support).filter((way, place) => place === 0 || !alike).map((way) => ({
        name: support === "both" && !alike ? titled(up, way) : up, type: "line",
        color: colour(run, name), symbolSize: 5,
        lineStyle: { type: way === "with" ? "solid" : "dashed", width: 2 }, data: points(way) }));
    });
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
            label: { show: true, position: "right", formatter: (bar) => (bar.data && bar.data.above
              ? `${words.above} ${bar.value.toFixed(0)}%` : "") },
            data: found.map((row) => {
              if (!row || row[figure] === "" || isNaN(Number(row[figure]))) return null;
              const value = 100 * Number(row[figure]);
              // The highest rate that was tried does not break the class.
              return row.critical === "not reached" ? { value, above: true } : value;
            }),
          });
        }
      }
      // Classes that lose nothing anywhere take no room.
      const moved = series.filter((one) => one.data.some((value) => value));
      const named = scenarios.map((scenario) => (scenario === "all" ? words.lowest
        : data.scenarios[scenario] || scenario));
      return { kind: "scenario", categories: named, unit: name, format: percents,
        series: moved.length > 0 ? moved : series };
    };
  }

  function heat(run, support, chosen) {
    const rows = table(run, "grid.csv");
    if (rows.length === 0) return null;
    const header = Object.keys(rows[0]);
    const axes = header.slice(0, header.indexOf("support"));
    const [first, second] = axes;
    // Axes beyond two are held at their first value.
    const held = axes.slice(2).map((axis) => [axis, rows[0][axis]]);
    const shown = rows.filter((row) => held.every(([axis, value]) => row[axis] === value));
    const names = distinct(rows, "tranche");
    const hurt = (name) => shown.some((row) => row.tranche === name && row.support === "without"
      && Number(row.loss) > 0);
    const name = names.includes(chosen) ? chosen : names.find(hurt) || names[names.length - 1];
    const way = support === "with" ? "with" : "without";
    const own = shown.filter((row) => row.tranche === name && row.support === way);
    const [across, up] = [distinct(own, first), distinct(own, second)];
    const value = own.map((row) => [across.indexOf(row[first]), up.indexOf(row[second]),
      100 * Number(row.loss)]);
    const called = (axis) => data.axes[axis] || column(axis);
    return { kind: "heat", choices: names, chosen: name, across: called(first), up: called(second),
      categories: across.map((of) => onAxis(first, of)), rows: up.map((of) => onAxis(second, of)),
      format: percents, unit: words.loss,
      remark: held.map(([axis, of]) => `${called(axis)}: ${onAxis(axis, of)}`).join("; "),
      series: [{ name: titled(name, way), type: "heatmap", data: value }] };
  }

  // A value of an assumption as people read it.
  function onAxis(axis, text) {
    if (axis === "months_to_sale") return text;
    if (axis === "rate_shift") return `${+(1e4 * Number(text)).toFixed(4)}bp`;
    return `${+(100 * Number(text)).toFixed(6)}%`;
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

  // Most senior balances lie in the band between the outer lines; the lines are in the table.
  function seniorBalance(run) {
    const rows = table(run, "senior_balance.csv");
    if (rows.length === 0) return null;
    const in_ = unit(Math.max(...rows.map((row) => Number(row.balance_p95))));
    const points = (name) => rows.map((row) => [row.date, Number(row[name]) / in_.yuan]);
    const [low, high] = [points("balance_p05"), points("balance_p95")];
    const line = (name, data, width, color) => ({ name, type: "line", step: "end", symbol: "none",
      color, lineStyle: { width }, data });
    // Under the band, and the band on it; neither has a name.
    const band = (data, opacity) => ({ helper: true, type: "line", step: "end", symbol: "none",
      silent: true, tooltip: { show: false }, stack: "band", color: "#a4d0ee",
      lineStyle: { opacity: 0 }, areaStyle: { opacity }, data });
    return { kind: "time", unit: in_.name, format: amounts, series: [
      line(words.high, high, 1, "#3c7daf"), line(words.middle, points("balance_p50"), 3, "#004e89"),
      line(words.low, low, 1, "#3c7daf"), band(low, 0),
      band(high.map(([date, value], at) => [date, value - low[at][1]]), 0.45)] };
  }

  // Few enough bars to be read.
  const BARS = 40;

  function supportPaid(run) {
    const rows = table(run, "support_paid.csv");
    if (rows.length === 0) return null;
    const most = Math.max(...rows.map((row) => Number(row.paid_to)));
    if (most === 0) return null;
    const in_ = unit(most);
    const bin = Number(rows.find((row) => Number(row.paid_to) > 0).paid_to)
      - Number(rows.find((row) => Number(row.paid_to) > 0).paid_from);
    const width = bin * Math.ceil(most / bin / BARS);
    const count = Math.ceil(most / width - 1e-9);
    const at = (index) => grouped((index * width) / in_.yuan, in_.yuan === 1 ? 0 : 2);
    const names = distinct(rows, "commitment");
    const nothing = names.map((name) => {
      const none = rows.find((row) => row.commitment === name && Number(row.paid_to) === 0);
      const share = percents(100 * Number(none ? none.probability : 0));
      return names.length > 1 ? `${name} ${share}` : share;
    });
    return { kind: "category", across: `${words.paidOver}, ${in_.name}`, unit: words.probability,
      format: percents, remark: `${words.paysNothing} ${nothing.join(", ")}`,
      categories: Array.from({ length: count }, (_, index) => `${at(index)}-${at(index + 1)}`),
      series: names.map((name, place) => {
        const bars = Array(count).fill(0);
        for (const row of rows.filter((one) => one.commitment === name && Number(one.paid_to) > 0)) {
          const middle = (Number(row.paid_from) + Number(row.paid_to)) / 2;
          bars[Math.min(count - 1, Math.floor(middle / width))] += 100 * Number(row.probability);
        }
        const supporter = rows.find((row) => row.commitment === name).supporter;
        return { name: names.length > 1 ? `${supporter} (${name})` : supporter, type: "bar",
          color: ["#d55e00", "#fab27a", "#5a6978"][place % 3], data: bars };
      }) };
  }

  // Cash that moved after closing, by what its posting counts as: sources, then uses of them.
  function bridge(run) {
    const accounts = table(run, "accounts.csv");
    if (accounts.length === 0) return null;
    const names = new Set(accounts.map((row) => row.account));
    const lines = { sources: new Map(), uses: new Map() };
    const dates = accounts.map((row) => row.date).sort();
    const sum = (date, name) => accounts.filter((row) => row.date === date)
      .reduce((all, row) => all + Number(row[name]), 0);
    let start = sum(dates[0], "opening");
    for (const row of table(run, "postings.csv")) {
      const [ours, theirs] = [names.has(row.from), names.has(row.to)];
      if (ours && theirs) continue;
      const side = ours ? "uses" : "sources";
      const line = data[side].findIndex((one) => row.why.startsWith(one.begins));
      const known = data[side][line] || { name: words.other, colour: "#5a6978" };
      const amount = Number(row.amount);
      if (known.closing) {
        start += ours ? -amount : amount;
        continue;
      }
      const class_ = known.of ? row.to.replace(/^holders /, "") : "";
      const name = known.of ? `${class_} ${known.of}` : known.name;
      const own = lines[side].get(name) || { name, amount: 0, line, class_,
        colour: known.of ? colour(run, class_) : known.colour };
      own.amount += amount;
      lines[side].set(name, own);
    }
    const ordered = (side) => [...lines[side].values()].sort((one, other) => one.line - other.line
      || one.class_.localeCompare(other.class_));
    return { start, sources: ordered("sources"), uses: ordered("uses"),
      left: sum(dates[dates.length - 1], "closing") };
  }

  function waterfall(run) {
    const of = bridge(run);
    if (!of) return null;
    const bars = [];
    let sum = 0;
    for (const one of [{ name: words.start, amount: of.start, colour: "#5a6978" }, ...of.sources]) {
      if (one.amount > 0.005) bars.push({ ...one, from: sum });
      sum += one.amount;
    }
    const in_ = unit(sum);
    bars.push({ name: words.sources, amount: sum, colour: "#22282e", from: 0 });
    for (const one of of.uses) {
      sum -= one.amount;
      if (one.amount > 0.005) bars.push({ ...one, from: sum });
    }
    bars.push({ name: words.left, amount: of.left, colour: "#5a6978", from: 0 });
    bars.reverse();
    return { kind: "scenario", categories: bars.map((one) => one.name), unit: in_.name,
      format: amounts, series: [
        { helper: true, type: "bar", stack: "all", silent: true, tooltip: { show: false },
          itemStyle: { opacity: 0 }, data: bars.map((one) => one.from / in_.yuan) },
        { name: words.sources, type: "bar", stack: "all", color: "#5a6978", plain: true,
          label: { show: true, position: "right", formatter: (one) => amounts(one.value) },
          data: bars.map((one) => ({ value: one.amount / in_.yuan, tone: one.colour })) },
      ] };
  }

  // What a series of a programme has out on each day, the last known before it.
  function outstanding(rows, series, dates) {
    const own = rows.filter((row) => row.series === series);
    return dates.map((date) => {
      const known = own.filter((row) => row.date <= date);
      return known.length > 0 ? Number(known[known.length - 1].outstanding) : null;
    });
  }
  const days = (rows) => distinct(rows, "date").sort();

  function quota(run) {
    const rows = table(run, "shelf.csv");
    if (rows.length === 0) return null;
    const dates = days(rows);
    const first = rows[0];
    const all = Number(first.quota_used) + Number(first.quota_left);
    const in_ = unit(all);
    const on = (date, name) => Number(rows.filter((row) => row.date === date).pop()[name]);
    const line = (name, data, type, color) => ({ name, type: "line", step: "end", symbol: "none",
      color, lineStyle: { type, width: 2 }, data });
    return { kind: "time", unit: in_.name, format: amounts, series: [
      ...distinct(rows, "series").map((name) => ({ name, type: "line", step: "end", stack: "all",
        symbol: "none", color: colour(run, name), areaStyle: { opacity: 0.85 },
        lineStyle: { width: 1 },
        data: outstanding(rows, name, dates)
          .map((value, at) => [dates[at], (value || 0) / in_.yuan]) })),
      line(column("quota_used"), dates.map((date) => [date, on(date, "quota_used") / in_.yuan]),
        "solid", "#006e54"),
      line(words.quota, dates.map((date) => [date, all / in_.yuan]), "dashed", "#5a6978"),
    ] };
  }

  function exposure(run) {
    const rows = table(run, "exposures.csv");
    if (rows.length === 0) return null;
    const limits = rows.map((row) => Number(row.liability_limit) || 0);
    const stands = (row) => Number(row.guaranteed) + Number(row.other_liabilities);
    const in_ = unit(Math.max(...limits, ...rows.map(stands)));
    const named = (name) => (zh ? `${words.limitOf}${name}` : `${words.limitOf} ${name}`);
    const series = distinct(rows, "supporter").flatMap((name) => {
      const own = rows.filter((row) => row.supporter === name);
      const line = (name, type, value) => ({ name, type: "line", step: "end", symbol: "none",
        color: colour(run, own[0].supporter), lineStyle: { type, width: 2 },
        data: own.map((row) => [row.date, value(row) / in_.yuan]) });
      const limit = own[0].liability_limit === "" ? []
        : [line(named(name), "dashed", (row) => Number(row.liability_limit))];
      return [line(name, "solid", stands), ...limit];
    });
    return { kind: "time", unit: in_.name, format: amounts, series };
  }

  function coupons(run) {
    const rows = table(run, "statistics.csv").filter((row) => row.coupon_pa !== "");
    return rows.length === 0 ? null : { kind: "category", unit: words.coupon, format: percents,
      categories: rows.map((row) => `${row.series}\n${row.date}`),
      series: [{ name: words.coupon, type: "line", symbolSize: 8, color: "#004e89",
        data: rows.map((row) => 100 * Number(row.coupon_pa)) }] };
  }

  // A dot for each series and way: equal ones lie on each other.
  function joint(run, support) {
    const rows = table(run, "joint_series.csv");
    if (rows.length === 0) return null;
    const lines = [["p_unpaid_without", "without", data.support.without, "#d55e00", "diamond", 12],
      ["p_unpaid_alone", "with", words.alone, "#3c7daf", "emptyCircle", 14],
      ["p_unpaid", "with", words.together, "#004e89", "circle", 8],
      ["p_unpaid_bare", "bare", data.support.bare, "#006e54", "triangle", 10]];
    const shown = lines.filter(([name, way]) => (support === "both" || support === way)
      && rows.some((row) => row[name]));
    return { kind: "category", unit: words.notPaid, log: true, format: percents,
      categories: rows.map((row) => (row.series === "any" ? words.any : row.series)),
      series: shown.map(([name, , title, color, symbol, symbolSize]) => ({ name: title, color,
        type: "line", symbol, symbolSize, lineStyle: { opacity: 0 },
        data: rows.map((row) => (Number(row[name]) > 0 ? 100 * Number(row[name]) : null)) })) };
  }

  // Months across, series down: what is out at the end of each month.
  function calendar(run) {
    const rows = table(run, "shelf.csv");
    if (rows.length === 0) return null;
    const dates = days(rows);
    const months = [];
    let [year, month] = dates[0].split("-").map(Number);
    for (const last = dates[dates.length - 1].slice(0, 7); ;) {
      months.push(`${year}-${String(month).padStart(2, "0")}`);
      if (months[months.length - 1] >= last || months.length > 600) break;
      [year, month] = month === 12 ? [year + 1, 1] : [year, month + 1];
    }
    const names = distinct(rows, "series").reverse();
    const in_ = unit(Math.max(...rows.map((row) => Number(row.outstanding))));
    const cells = names.flatMap((name, up) => outstanding(rows, name,
      months.map((one) => `${one}-31`)).map((value, at) => [at, up, value])
      .filter((cell) => cell[2] > 0).map(([at, up, value]) => [at, up, value / in_.yuan]));
    return { kind: "heat", categories: months, rows: names, format: amounts, unit: in_.name,
      range: ["#deefe9", "#a4d0ee", "#3c7daf", "#004e89"],
      series: [{ name: words.outstanding, type: "heatmap", data: cells }] };
  }

  const kinds = {
    "notes.svg": notes,
    "collections.svg": collections,
    "cover.svg": cover,
    "waterfall.svg": waterfall,
    "class_losses.svg": classLosses,
    "pool_loss.svg": poolLoss,
    "senior_balance.svg": seniorBalance,
    "support_paid.svg": supportPaid,
    "convergence.svg": convergence,
    "critical.svg": (run, support) => byScenario(run, "critical.csv", "achieved", words.rate)(support),
    "losses.svg": (run, support) => byScenario(run, "stress.csv", "loss", words.loss)(support),
    "grid.svg": heat,
    "frontier.svg": frontier,
    "calendar.svg": calendar,
    "quota.svg": quota,
    "exposure.svg": exposure,
    "coupons.svg": coupons,
    "joint.svg": joint,
  };
  // Those whose tables are with support alone.
  const cash = ["collections.svg", "waterfall.svg", "senior_balance.svg", "support_paid.svg",
    "quota.svg", "calendar.svg"];
  return { data, parsed, unit, amounts, percents, kinds, cash, bridge };
})();
