export interface Screen {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Screens on whose last line something is drawn that will be drawn over: what is printed there would stand behind it. */
const drawn = new WeakSet<Screen>()

/** Draws a line over the one that was drawn before. */
export function drawLine(screen: Screen, text: string): void {
  drawn.add(screen)
  screen.write(`\r${text}\u001b[K`)
}

/** Clears what is drawn, so that what is printed next stands alone; what is printed already stays. */
export function clearLine(screen: Screen): void {
  if (drawn.delete(screen)) screen.write('\r\u001b[K')
}
