import { escapeXml } from '../figures/svg.ts'
import type { Interval } from '../statistics/bootstrap.ts'

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1080px; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
h1, h2 { line-height: 1.2 } h2 { margin-top: 2.5rem; border-bottom: 1px solid #ddd; padding-bottom: .3rem }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums }
th, td { padding: .25rem .7rem; text-align: right; border-bottom: 1px solid #eee } th:first-child, td:first-child { text-align: left }
figure { margin: 1.5rem 0 } svg { max-width: 720px; width: 100%; height: auto } pre { background: #f6f6f6; padding: 1rem; overflow-x: auto }
.note { color: #555 } .good { color: #00734d } .bad { color: #b03a00 }`

/** One self-contained page: no script, nothing that has to be fetched. */
export function htmlPage(title: string, body: readonly string[]): string {
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeXml(title)}</title>`
  return `<!doctype html>\n<html lang="en"><head>${head}<style>${STYLE}</style></head>\n<body>\n${body.join('\n')}\n</body></html>\n`
}

export function heading(level: 1 | 2 | 3, text: string): string {
  return `<h${level}>${escapeXml(text)}</h${level}>`
}

export function paragraph(text: string, name = ''): string {
  return `<p${name === '' ? '' : ` class="${name}"`}>${escapeXml(text)}</p>`
}

export function htmlTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: 'th' | 'td'): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeXml(cell)}</${tag}>`).join('')}</tr>`
  return `<table><thead>${line(head, 'th')}</thead><tbody>${rows.map((row) => line(row, 'td')).join('\n')}</tbody></table>`
}

/** An SVG document of ours stands in the page as it is. */
export function figure(svg: string, caption: string): string {
  return svg === '' ? '' : `<figure>${svg}<figcaption class="note">${escapeXml(caption)}</figcaption></figure>`
}

export function preformatted(text: string): string {
  return `<pre>${escapeXml(text)}</pre>`
}

/** Four digits that count. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value)
  return String(Number(value.toPrecision(4)))
}

export function intervalText({ low, high }: Interval): string {
  return Number.isFinite(low) ? `${digits(low)} … ${digits(high)}` : '–'
}
