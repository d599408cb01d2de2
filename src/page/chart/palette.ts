export interface Palette {
  readonly payload: string
  readonly duplicate: string
  readonly overhead: string
  readonly text: string
  readonly grid: string
  readonly zero: string
  readonly surface: string
}

/** The colours of the styles, which know whether it is light or dark: a canvas cannot ask them itself. */
export function readPalette(element: HTMLElement): Palette {
  const styles = getComputedStyle(element)
  const read = (name: string): string => styles.getPropertyValue(name).trim()
  return {
    payload: read('--payload'),
    duplicate: read('--duplicate'),
    overhead: read('--overhead'),
    text: read('--text-quiet'),
    grid: read('--line-soft'),
    zero: read('--line-strong'),
    surface: read('--surface')
  }
}
