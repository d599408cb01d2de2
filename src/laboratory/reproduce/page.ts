import { overlayFigure } from '../figures/overlay.ts'
import { figure, heading, htmlPage, htmlTable, paragraph } from '../report/html.ts'
import { countHeld, type Check, type Reproduction } from './reproduction.ts'

export interface Reproduced {
  readonly reproduction: Reproduction
  readonly checks: readonly Check[]
}

/** One page: every experiment with what was published and what came out here, in words and drawn over each other. */
export function reproductionPage(all: readonly Reproduced[], about: string): string {
  const checks = all.flatMap((one) => one.checks)
  return htmlPage('Barter laboratory: published experiments', [
    heading(1, 'Published experiments, run again'),
    paragraph(`${countHeld(checks)} values hold. ${about}`),
    ...all.flatMap(sectionOf)
  ])
}

function sectionOf({ reproduction, checks }: Reproduced): string[] {
  const { name, title, source, contradictions } = reproduction
  const rows = checks.map(({ what, class: kind, published, ours, passed, reason }) => [
    what,
    published,
    ours,
    kind,
    passed === undefined ? 'for comparison' : passed ? 'pass' : 'fail',
    reason ?? ''
  ])
  const overlays = checks.flatMap(({ what, numbers, passed }) =>
    numbers === undefined || passed === undefined ? [] : [{ name: what, passed, ...numbers }]
  )
  return [
    heading(2, `${name.toUpperCase()}: ${title}`),
    paragraph(source, 'note'),
    htmlTable(['', 'published', 'ours', 'class', '', 'reason'], rows),
    figure(overlayFigure(title, overlays), 'The band is where a value may lie, the dot where it does.'),
    ...(contradictions === undefined ? [] : [paragraph(contradictions, 'note')])
  ]
}
