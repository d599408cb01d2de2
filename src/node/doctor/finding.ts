import type { Finding } from '../../api/service/insight-service.ts'

/** Findings by how much they matter. */
export function ok(code: string, text: string): Finding {
  return { level: 'ok', code, text }
}

export function note(code: string, text: string, advice?: string): Finding {
  return { level: 'note', code, text, advice }
}

export function warning(code: string, text: string, advice?: string): Finding {
  return { level: 'warning', code, text, advice }
}

export function problem(code: string, text: string, advice?: string): Finding {
  return { level: 'problem', code, text, advice }
}
