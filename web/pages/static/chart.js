// Charts by uPlot (a global of /static/uplot.js), in the colours of the page.
import { dollars, element } from "/static/elements.js";

const HEIGHT = 260;

function draw(frame, options, data) {
  requestAnimationFrame(() => {
    if (!frame.isConnected) return;
    const made = new uPlot({ width: frame.clientWidth, height: HEIGHT, cursor: { drag: { x: false } }, ...options }, data, frame);
    new ResizeObserver(() => made.setSize({ width: frame.clientWidth, height: HEIGHT })).observe(frame);
  });
  return frame;
}
const figure = (label) => element("figure", { class: "chart", role: "img", "aria-label": label });
function colours() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const axis = { stroke: colour("--soft"), grid: { stroke: colour("--line") }, ticks: { stroke: colour("--line") } };
  return { colour, axis };
}

// A line of prices, with what followed wallets did marked on it: entries in green, exits in red.
export function priceChart(candles, trades) {
  if (candles.length < 2) return element("p", { class: "soft" }, "Too few prices for a chart yet.");
  const times = candles.map((one) => Date.parse(one.begins) / 1000), closes = candles.map((one) => Number(one.close));
  const marked = (side) => {
    const row = closes.map(() => null);
    for (const trade of trades.filter((one) => one.side === side)) {
      const at = Date.parse(trade.at) / 1000, index = times.findLastIndex((begins) => begins <= at);
      if (index >= 0) row[index] = closes[index];
    }
    return row;
  };
  const { colour, axis } = colours();
  const said = { value: (_, value) => (value === null ? "–" : "yes") };
  const points = (label, name) => ({ label, stroke: colour(name), paths: () => null, ...said,
    points: { show: true, size: 9, fill: colour(name) } });
  const number = (side) => trades.filter((one) => one.side === side && Date.parse(one.at) / 1000 >= times[0]).length;
  return draw(
    figure(`Price from ${dollars(closes[0])} to ${dollars(closes.at(-1))}, ${number("buy")} entries and ${number("sell")} exits marked`),
    { axes: [axis, { ...axis, size: 92, values: (_, values) => values.map((value) => dollars(value)) }],
      series: [{}, { label: "Price", stroke: colour("--accent"), width: 2, points: { show: false }, value: (_, value) => dollars(value) ?? "–" },
        points("Bought", "--good"), points("Sold", "--bad")] },
    [times, closes, marked("buy"), marked("sell")]);
}

// What a wallet has made, round trip after round trip, in one unit.
export function profitChart(points, unit) {
  if (points.length < 2) return element("p", { class: "soft" }, "Too few round trips for a chart yet.");
  const times = points.map((one) => Date.parse(one.at) / 1000), sums = points.map((one) => Number(one.total));
  const { colour, axis } = colours();
  const write = (value) => (value === null || value === undefined ? "–" : `${value.toLocaleString("en", { maximumSignificantDigits: 4 })} ${unit}`);
  return draw(figure(`Profit of ${points.length} round trips, ${write(sums.at(-1))} in all`),
    { axes: [axis, { ...axis, size: 92, values: (_, values) => values.map(write) }],
      series: [{}, { label: "Profit", stroke: colour(sums.at(-1) < 0 ? "--bad" : "--good"), width: 2, value: (_, value) => write(value) }] },
    [times, sums]);
}

// What a campaign with virtual money had, beside its whale, in percent of the SOL with which both began.
export function campaignChart(points, holding) {
  if (points.length < 2) return element("p", { class: "soft" }, "Nothing was bought yet, so there is no curve.");
  const share = (lamports) => (Number(lamports) / holding - 1) * 100;
  const write = (value) => (value === null || value === undefined ? "–" : `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)} %`);
  const times = points.map((one) => Date.parse(one.at) / 1000);
  const own = points.map((one) => share(one.lamports)), whale = points.map((one) => share(one.whale_lamports));
  const { colour, axis } = colours();
  const line = (label, stroke, more) => ({ label, stroke, width: 2, value: (_, value) => write(value), ...more });
  return draw(figure(`The whale ${write(whale.at(-1))}, its copiers ${write(own.at(-1))}`),
    { axes: [axis, { ...axis, size: 72, values: (_, values) => values.map(write) }],
      series: [{}, line("Copiers", colour("--text")), line("Whale", colour("--accent"), { dash: [8, 5] }), line("SOL kept", colour("--soft"), { width: 1, points: { show: false } })] },
    [times, own, whale, times.map(() => 0)]);
}
