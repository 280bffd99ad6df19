import { reasonPhrases } from '#wire/http1/index.ts'
import type { EdgeAnswer } from '../request.ts'

/** An answer that a balancer gives by itself: a page that says the status, or a line of text that says why. */
export function pageOf(statusCode: number, why?: string): EdgeAnswer {
  if (why !== undefined)
    return { statusCode, headers: [['Content-Type', 'text/plain; charset=utf-8']], body: why }
  const title = `${statusCode} ${reasonPhrases.get(statusCode) ?? ''}`.trim()
  return {
    statusCode,
    headers: [['Content-Type', 'text/html']],
    body: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`,
  }
}
