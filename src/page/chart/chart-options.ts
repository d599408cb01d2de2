import type uPlot from 'uplot'
import { bytesText } from '../format/numbers.ts'
import type { Palette } from './palette.ts'
import { scaleEnd } from './stacked.ts'

/** Seconds that the chart shows. */
export const WINDOW_S = 300

/** Room for `−5 min` and a gap. */
const LABEL_PX = 56

const FONT = '11px system-ui, sans-serif'

/** How the chart looks: areas painted over each other, the largest first; see `stackedColumns`. */
export function chartOptions(
  palette: Palette,
  size: { readonly width: number; readonly height: number },
  onPoint: (index: number | null) => void
): uPlot.Options {
  const area = (colour: string): uPlot.Series => ({
    stroke: colour,
    fill: colour,
    width: 1,
    points: { show: false },
    spanGaps: false
  })
  return {
    ...size,
    padding: [8, 12, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: (_chart, _least, most) => [most - WINDOW_S, most] },
      y: { range: (_chart, least, most) => ends(least, most) }
    },
    axes: chartAxes(palette),
    series: [
      {},
      area(palette.overhead),
      area(palette.duplicate),
      area(palette.payload),
      area(palette.overhead),
      area(palette.payload)
    ],
    hooks: {
      draw: [(chart) => drawZero(chart, palette)],
      setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)]
    }
  }
}

function chartAxes(palette: Palette): uPlot.Axis[] {
  const axis = { stroke: palette.text, font: FONT, ticks: { show: false }, border: { show: false } }
  return [
    {
      ...axis,
      size: 26,
      space: 90,
      grid: { show: false },
      splits: ({ bbox }, _axis, least, most) => minutesBack(least, most, bbox.width / devicePixelRatio),
      values: (chart, splits) => splits.map((split) => agoText((chart.scales['x']?.max ?? split) - split))
    },
    {
      ...axis,
      size: 68,
      space: 34,
      grid: { stroke: palette.grid, width: 1 },
      values: (_chart, splits) => splits.map((split) => (split === 0 ? '0' : `${bytesText(Math.abs(split))}/s`))
    }
  ]
}

/** In and out are of one scale, so that they can be compared; a direction that is silent takes little room. */
function ends(least: number, most: number): [number, number] {
  const end = scaleEnd(least, most)
  const part = (peak: number): number => Math.max(0.15 * end, Math.min(end, scaleEnd(0, peak)))
  return [-part(-least), part(most)]
}

/** A hairline where in and out meet, which stays when nothing moves. */
function drawZero(chart: uPlot, palette: Palette): void {
  const { ctx, bbox } = chart
  const y = Math.round(chart.valToPos(0, 'y', true)) + 0.5
  ctx.save()
  ctx.strokeStyle = palette.zero
  ctx.lineWidth = devicePixelRatio
  ctx.beginPath()
  ctx.moveTo(bbox.left, y)
  ctx.lineTo(bbox.left + bbox.width, y)
  ctx.stroke()
  ctx.restore()
}

/** Whole minutes, counted from now: the labels stand still while the areas pass. As many as have room. */
export function minutesBack(least: number, most: number, widthPx: number): number[] {
  const minutes = Math.max(1, Math.ceil((LABEL_PX * (most - least)) / (60 * widthPx)))
  const back: number[] = []
  for (let at = most; at >= least && minutes < Infinity; at -= 60 * minutes) back.unshift(at)
  return back
}

function agoText(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  return minutes <= 0 ? 'now' : `−${minutes} min`
}
