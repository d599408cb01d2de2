import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { history } from '../state/app-state.ts'
import { chartOptions } from './chart-options.ts'
import { readPalette } from './palette.ts'
import { RateLegend } from './rate-legend.tsx'
import { RateTable } from './rate-table.tsx'
import type { RateSample } from './rate-history.ts'
import { stackedColumns } from './stacked.ts'

const HEIGHT_PX = 236

/** Rates of the last minutes: what came in above the line, what went out below it. */
export function RateChart(): JSX.Element {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot | undefined>(undefined)
  const pointed = useSignal<RateSample | undefined>(undefined)
  useEffect(() => {
    const box = place.current
    if (box === null) return
    const colours = matchMedia('(prefers-color-scheme: dark)')
    const onPoint = (index: number | null): void => {
      pointed.value = index === null ? undefined : history.samples[index]
    }
    const draw = (): void => {
      chart.current?.destroy()
      const options = chartOptions(readPalette(box), { width: box.clientWidth, height: HEIGHT_PX }, onPoint)
      chart.current = new uPlot(options, data(), box)
    }
    const resize = new ResizeObserver(() => chart.current?.setSize({ width: box.clientWidth, height: HEIGHT_PX }))
    draw()
    resize.observe(box)
    colours.addEventListener('change', draw)
    const stop = history.version.subscribe(() => chart.current?.setData(data()))
    return () => {
      stop()
      resize.disconnect()
      colours.removeEventListener('change', draw)
      chart.current?.destroy()
      chart.current = undefined
    }
  }, [])
  return (
    <div class="chart">
      <RateLegend pointed={pointed} />
      <div
        class="chart-place"
        ref={place}
        role="img"
        aria-label="Rates of the last minutes; the table below has the figures"
      />
      <RateTable />
    </div>
  )
}

function data(): uPlot.AlignedData {
  return stackedColumns(history.samples) as unknown as uPlot.AlignedData
}
