import type { Override } from './override.ts'

/**
 * Variables of OpenTelemetry that mean something here: `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_HEADERS`
 * (`name=value` with commas, %-encoded) and `OTEL_METRIC_EXPORT_INTERVAL` (milliseconds).
 */
export function otelOverrides(env: Readonly<Record<string, string | undefined>>): readonly Override[] {
  const overrides: Override[] = []
  const set = (source: string, name: string, read: (text: string) => unknown): void => {
    const text = env[source] ?? ''
    if (text !== '')
      overrides.push({ key: `Barter.Telemetry.${name}`, value: read(text), origin: 'environment', source })
  }
  set('OTEL_EXPORTER_OTLP_ENDPOINT', 'Endpoint', (text) => text)
  set('OTEL_EXPORTER_OTLP_HEADERS', 'Headers', readHeaders)
  set('OTEL_METRIC_EXPORT_INTERVAL', 'Interval', (text) => (/^\d+$/u.test(text) ? `${text}ms` : text))
  return overrides
}

function readHeaders(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').flatMap((pair) => {
    const at = pair.indexOf('=')
    return at < 1 ? [] : [[pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())] as const]
  })
  return Object.fromEntries(pairs)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
