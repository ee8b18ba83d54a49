// The parts of Apache ECharts that the page draws with; `./rebuild` makes `../echarts.js` of them.
import { init, use } from "echarts/core";
import { BarChart, HeatmapChart, LineChart } from "echarts/charts";
import {
  AriaComponent, DataZoomComponent, GridComponent, LegendComponent, TooltipComponent,
  VisualMapComponent,
} from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([
  AriaComponent, BarChart, DataZoomComponent, GridComponent, HeatmapChart, LegendComponent,
  LineChart, SVGRenderer, TooltipComponent, VisualMapComponent,
]);
window.echarts = { init };
