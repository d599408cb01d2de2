/** Text as XML holds it. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

export type Attributes = Readonly<Record<string, string | number>>

/** One element; `children` are elements already. */
export function element(name: string, attributes: Attributes, children = ''): string {
  const listed = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(shorten(value))}"`)
  return children === '' ? `<${name}${listed.join('')}/>` : `<${name}${listed.join('')}>${children}</${name}>`
}

export function label(text: string, x: number, y: number, attributes: Attributes = {}): string {
  return element('text', { x, y, ...attributes }, escapeXml(text))
}

/** A whole document of `parts`, which are elements already. */
export function svgDocument(width: number, height: number, parts: readonly string[]): string {
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    'font-family': 'sans-serif',
    'font-size': 12
  }
  return element('svg', attributes, parts.join(''))
}

/** A hundredth of a pixel is enough, and keeps files small. */
function shorten(value: string | number): string {
  return typeof value === 'number' ? String(Math.round(value * 100) / 100) : value
}

/** Colours that people who see them otherwise can tell apart (Okabe and Ito 2008), again from the start when they are used up. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000', '#f0e442'] as const

export function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? '#000000'
}

/** Lines of one colour are told apart by these, beginning with none. */
const DASHES = ['none', '7 3', '2 3', '9 3 2 3'] as const

/** How a line is drawn: no two of the first 32 alike. */
export function strokeOf(index: number): Attributes {
  const dash = DASHES[Math.floor(index / COLOURS.length) % DASHES.length] ?? 'none'
  return { fill: 'none', stroke: colourOf(index), ...(dash !== 'none' && { 'stroke-dasharray': dash }) }
}

/** Pieces of a text of so many letters at most, broken where a word ends if there is one. */
export function wrapped(text: string, letters: number): readonly string[] {
  const lines: string[] = []
  let left = text
  while (left.length > letters) {
    const space = left.lastIndexOf(' ', letters)
    const end = space > letters / 2 ? space : letters
    lines.push(left.slice(0, end))
    left = left.slice(end).trimStart()
  }
  return [...lines, left]
}
