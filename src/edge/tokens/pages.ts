import type { EdgeAnswer } from '../request.ts'
import { height, width } from './drawing.ts'
import { pageScript } from './page-script.ts'
import { workBits } from './proof-of-work.ts'

/** Where pages send their solutions, on the host that they were served from. */
export const verifyPath = '/.well-known/redoubt/waf/verify'

/** What goes into a page. INVARIANT: nothing of the request; all of it is base64, digits or words of the program. */
export interface PageParts {
  readonly id: string
  readonly state: string
  /** For the Content-Security-Policy. */
  readonly nonce: string
  readonly captcha?: { readonly picture: Buffer; readonly question: string } | undefined
}

/** Source: AWS WAF Developer Guide, "How the CAPTCHA and Challenge actions work". */
const statusOf = { CHALLENGE: 202, CAPTCHA: 405 } as const

/** The answer to a client that runs no page: status and header alone. */
export function bareAnswer(kind: 'CAPTCHA' | 'CHALLENGE'): EdgeAnswer {
  return { statusCode: statusOf[kind], headers: [...actionHeaders(kind), noStore], body: '' }
}

export function pageAnswer(kind: 'CAPTCHA' | 'CHALLENGE', parts: PageParts): EdgeAnswer {
  return {
    statusCode: statusOf[kind],
    headers: [
      ...actionHeaders(kind),
      noStore,
      ['Content-Type', 'text/html; charset=utf-8'],
      ['Content-Security-Policy', policy(parts.nonce)],
      ['Referrer-Policy', 'same-origin'],
      ['X-Content-Type-Options', 'nosniff'],
      ['X-Frame-Options', 'DENY'],
    ],
    body: kind === 'CAPTCHA' ? captchaPage(parts) : challengePage(parts),
  }
}

const noStore = ['Cache-Control', 'no-store, max-age=0'] as const

function actionHeaders(kind: 'CAPTCHA' | 'CHALLENGE'): (readonly [string, string])[] {
  return [
    ['x-amzn-waf-action', kind.toLowerCase()],
    // So that a script of another origin, which AWS's integrations run in, sees it.
    ['Access-Control-Expose-Headers', 'x-amzn-waf-action'],
  ]
}

function policy(nonce: string): string {
  return (
    `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; img-src data:; ` +
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
  )
}

const challengePage = (parts: PageParts): string => page('CHALLENGE', parts, 'One moment', '')

function captchaPage(parts: PageParts): string {
  const { captcha } = parts
  const picture = captcha?.picture.toString('base64') ?? ''
  return page(
    'CAPTCHA',
    parts,
    'Are you human?',
    `<form id="form" autocomplete="off">
<div id="picture"><p><label for="answer">Type the five characters of the picture.</label></p>
<img width="${width}" height="${height}" alt="Five characters in a noisy picture" src="data:image/png;base64,${picture}">
<p><button type="button" id="other">A question in words instead</button></p></div>
<div id="words" hidden><p>${captcha?.question ?? ''}</p></div>
<p><input id="answer" aria-label="Your answer" maxlength="32" required autocapitalize="none" spellcheck="false"> <button id="send">Send</button></p>
</form>`,
  )
}

function page(kind: string, { id, state, nonce }: PageParts, title: string, content: string): string {
  const bits = kind === 'CAPTCHA' ? workBits.captcha : workBits.challenge
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<title>${title}</title>
<style nonce="${nonce}">body{font:16px/1.5 system-ui,sans-serif;max-width:30em;margin:15vh auto;padding:0 1em}</style></head>
<body data-kind="${kind}" data-id="${id}" data-state="${state}" data-bits="${bits}" data-question-bits="${workBits.question}" data-verify="${verifyPath}">
<h1>${title}</h1>
${content}
<p id="note" role="status"></p>
<noscript><p>This page needs JavaScript.</p></noscript>
<script nonce="${nonce}">${pageScript}</script>
</body></html>`
}
