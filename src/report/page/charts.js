"use strict";
// Charts drawn live: what a kind shows as ECharts is asked for it, series to switch, zoom.
const Charts = (() => {
  const { data, parsed, amounts, percents, kinds, cash } = Kinds;
  const words = data.words;
  // Zoomed across.
  const zoomed = ["time", "level", "count"];

  // Room for the longest of these names.
  const wide = (names) => 16 + Math.max(...names.map((name) => (
    [...name].reduce((sum, c) => sum + (c.charCodeAt(0) > 255 ? 13 : 7.5), 0))));

  // Classes have a colour of their own on a dark page.
  const onDark = new Map(Object.values(data.colours).flatMap((of) => Object.values(of)));
  onDark.set("#004e89", "#a4d0ee").set("#5a6978", "#a9b6c2").set("#22282e", "#e8ecef")
    .set("#006e54", "#2fa884");
  const toned = (colour, dark) => (dark && onDark.get(colour)) || colour;

  // A name can hold nothing but text.
  const plain = (text) => text.trim().replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

  // What ECharts is asked for.
  function option(spec) {
    const style = getComputedStyle(document.documentElement);
    const [ink, quiet, line, paper] = ["--ink", "--quiet", "--line", "--paper"]
      .map((name) => style.getPropertyValue(name).trim());
    // By name: where a font is measured and drawn in one word, nothing is inherited.
    const { fontFamily } = getComputedStyle(document.body);
    const text = { color: quiet, fontFamily, hideOverlap: true };
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
    // More stands out from the page, light or dark.
    const shades = spec.range
      ? (isDark() ? [...spec.range].reverse() : spec.range)
      : ["#deefe9", "#fdf0d5", "#f2b27a", "#d55e00", "#8c2d04"];
    return {
      animation: false,
      textStyle: { color: ink, fontFamily },
      aria: { enabled: true },
      grid: { left: spec.kind === "scenario" ? wide(spec.categories) : 8,
        right: spec.series.some((one) => one.label) ? 84 : 16, top: 34,
        bottom: zoom ? 74 : spec.kind === "heat" ? 84 : 38,
        outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      legend: { show: false },
      tooltip: {
        trigger: spec.kind === "heat" ? "item" : "axis", confine: true, className: "hover",
        backgroundColor: paper, borderColor: line, textStyle: { color: ink, fontSize: 13 },
        ...(spec.kind === "heat" ? { formatter: ({ value: [across, up, of] }) => [
          `${spec.across || ""} ${spec.categories[across]}`, `${spec.up || ""} ${spec.rows[up]}`,
          spec.format(of)].map(plain).join("<br>") } : {}),
        // Of bars that are one series each bar has a name of its own.
        ...(spec.series.some((one) => one.plain) ? { formatter: (bars) => bars
          .filter((bar) => !spec.series[bar.seriesIndex].helper)
          .map((bar) => plain(`${bar.name}: ${spec.format(bar.value)} ${spec.unit}`))
          .join("<br>") } : {}),
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
        formatter: (value) => (share ? `${(+value).toFixed(1)}%` : (+value).toFixed(0)),
        inRange: { color: shades },
      } } : {}),
      series: spec.series.map((one) => ({ ...one,
        ...(one.color ? { color: toned(one.color, isDark()) } : {}),
        ...(one.helper || one.plain ? {} : { emphasis: { focus: "series" } }),
        ...(one.label ? { label: { ...one.label, color: ink } } : {}),
        ...(one.plain ? { data: one.data.map((bar) => ({ value: bar.value,
          itemStyle: { color: toned(bar.tone, isDark()) } })) } : {}),
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
    // The chart takes the arrow keys itself.
    chart.room.setAttribute("role", "application");
    chart.room.setAttribute("aria-label", title);
    chart.room.tabIndex = 0;
    chart.said = document.createElement("p");
    chart.said.className = "unseen";
    chart.said.setAttribute("aria-live", "polite");
    chart.remark = document.createElement("p");
    chart.remark.className = "quiet";
    figure.prepend(head, chart.tools, chart.room, chart.said, chart.remark);
    figure.classList.add("live");
    chart.drawn = echarts.init(chart.room, null, { renderer: "svg" });
    // The library describes its series there; the figure has its name.
    live.push(chart);
    draw(chart, support);
    chart.room.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (readBy(chart, event) || (chart.zooms && zoomBy(chart, event))) event.preventDefault();
    });
    chart.room.addEventListener("blur", () => unread(chart));
    new ResizeObserver(() => chart.drawn.resize()).observe(chart.room);
  }

  // Where values can be read: an index of a series for each place across, in order.
  function places(chart) {
    const of = new Map();
    chart.drawn.getOption().series.forEach((one, seriesIndex) => {
      const shown = !chart.off.has(one.name) && !(one.tooltip && one.tooltip.show === false);
      (shown ? one.data : []).forEach((point, dataIndex) => {
        const cell = one.type === "heatmap";
        const key = cell ? dataIndex : Array.isArray(point) ? point[0] : dataIndex;
        if (!of.has(key)) of.set(key, { seriesIndex, dataIndex, key });
      });
    });
    const order = (key) => (typeof key === "string" ? Date.parse(key) : key);
    const all = [...of.values()].sort((one, other) => order(one.key) - order(other.key));
    // Bars below one another are read from the top.
    const [up, one] = [chart.drawn.getOption().yAxis[0], chart.drawn.getOption().series[0]];
    return up.type === "category" && one.type !== "heatmap" ? all.reverse() : all;
  }

  // Where a place is pointed at: within the axes, since at their very ends nothing is shown.
  function spot(chart, { seriesIndex, dataIndex }) {
    const { series, yAxis } = chart.drawn.getOption();
    const one = series[seriesIndex];
    if (one.type === "heatmap") return { seriesIndex, dataIndex };
    const point = one.data[dataIndex];
    const value = point && point.value !== undefined ? point.value : point;
    const both = yAxis[0].type === "category" ? [value || 0, dataIndex] : [dataIndex, value || 0];
    const at = chart.drawn.convertToPixel({ seriesIndex }, Array.isArray(point) ? point : both);
    const room = chart.drawn.getModel().getComponent("grid", 0).coordinateSystem.getRect();
    const within = (pixel, from, size) => (Number.isFinite(pixel)
      ? Math.min(from + size - 1, Math.max(from + 1, pixel)) : from + size / 2);
    return { x: within(at[0], room.x, room.width), y: within(at[1], room.y, room.height) };
  }

  // Arrows show what hovering shows, place by place, and have it read out; Escape puts it away.
  function readBy(chart, event) {
    if (event.shiftKey) return false;
    if (event.key === "Escape") return unread(chart);
    const all = places(chart);
    const at = chart.at === undefined ? -1 : chart.at;
    const next = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at < 0 ? 0 : at - 1,
      ArrowUp: at < 0 ? 0 : at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined || all.length === 0) return false;
    chart.at = Math.min(all.length - 1, Math.max(0, next));
    chart.drawn.dispatchAction({ type: "showTip", ...spot(chart, all[chart.at]) });
    readOut(chart, chart.at, 12);
    return true;
  }

  // The library shows what is pointed at some frames later.
  function readOut(chart, at, frames) {
    if (chart.at !== at) return;
    const tip = chart.room.querySelector(".hover");
    const lines = tip ? tip.innerText.split("\n").map((line) => line.trim()) : [];
    const text = lines.filter(Boolean).join(", ");
    if (text && chart.said.textContent !== text) chart.said.textContent = text;
    if (frames > 0) requestAnimationFrame(() => readOut(chart, at, frames - 1));
  }

  function unread(chart) {
    const was = chart.at !== undefined;
    chart.at = undefined;
    chart.said.textContent = "";
    if (was) chart.drawn.dispatchAction({ type: "hideTip" });
    return was;
  }

  // + and - zoom about the middle, arrows with Shift go along.
  function zoomBy(chart, event) {
    const { start, end } = chart.drawn.getOption().dataZoom[0];
    const part = (end - start) / 4;
    const [from, to] = { "+": [start + part, end - part], "=": [start + part, end - part],
      "-": [start - 2 * part, end + 2 * part], ArrowLeft: [start - part, end - part],
      ArrowRight: [start + part, end + part] }[event.key] || [];
    if (from === undefined) return false;
    const moved = Math.max(0, -from) - Math.max(0, to - 100);
    const along = event.key.startsWith("Arrow") ? moved : 0;
    chart.drawn.dispatchAction({ type: "dataZoom", start: Math.max(0, from + along),
      end: Math.min(100, to + along) });
    return true;
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
    const named = spec.series.filter((one) => !one.helper);
    given.legend.data = named.map((one) => one.name);
    given.legend.selected = Object.fromEntries(
      named.map((one) => [one.name, !chart.off.has(one.name)]));
    // What helpers stand for is there only with all of its series.
    if (named.some((one) => chart.off.has(one.name))) {
      given.series = given.series.filter((one) => !one.helper);
    }
    chart.zooms = zoomed.includes(spec.kind);
    unread(chart);
    chart.drawn.setOption(given, true);
    chart.room.setAttribute("aria-label", chart.figure.dataset.title);
    chart.remark.textContent = [
      cash.includes(chart.name) && support === "without" ? words.cash : "",
      spec.remark || "",
      words.read,
      zoomed.includes(spec.kind) ? words.hint : "",
    ].filter(Boolean).join(" ");
    keys(chart, spec, support);
  }

  // Series to switch with mouse or keyboard; of a heat map, the class.
  function keys(chart, spec, support) {
    const held = chart.tools.contains(document.activeElement)
      ? document.activeElement.textContent : null;
    chart.tools.replaceChildren();
    const named = spec.series.filter((one) => !one.helper);
    if (spec.kind === "heat") {
      for (const name of spec.choices || []) {
        const key = button(name, chart.tools);
        key.className = "choice";
        key.setAttribute("aria-pressed", String(name === spec.chosen));
        key.addEventListener("click", () => { chart.chosen = name; draw(chart, support); });
      }
      const way = document.createElement("span");
      way.className = "quiet";
      way.textContent = [spec.series[0].name, spec.unit].filter(Boolean).join(": ");
      chart.tools.append(way);
    } else if (named.length > 1) {
      for (const one of named) {
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
