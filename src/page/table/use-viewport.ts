import { useSignal, type ReadonlySignal } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'

interface Viewport {
  readonly top: number
  readonly height: number
}

/** What is seen of an element that scrolls. */
export function useViewport(element: { readonly current: HTMLElement | null }): ReadonlySignal<Viewport> {
  const view = useSignal<Viewport>({ top: 0, height: 600 })
  useLayoutEffect(() => {
    const scroller = element.current
    if (scroller === null) return
    const look = (): void => {
      const { scrollTop: top, clientHeight: height } = scroller
      if (top !== view.value.top || height !== view.value.height) view.value = { top, height }
    }
    const observer = new ResizeObserver(look)
    observer.observe(scroller)
    scroller.addEventListener('scroll', look, { passive: true })
    look()
    return () => {
      observer.disconnect()
      scroller.removeEventListener('scroll', look)
    }
  }, [])
  return view
}
