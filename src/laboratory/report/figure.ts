/** A figure of a report. Its SVG is empty where there is nothing to show. */
export interface Figure {
  readonly name: string
  readonly svg: string
  readonly caption: string
}
