import type { WebRecord } from '#engines/detect/index.ts'
import { account, addresses, region } from './places.ts'
import type { Chance } from './random.ts'
import { days, hourMs, minuteMs, startMs } from './staff.ts'

const resourceArn = `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/shop/50dc6c495c0c9188`
const webACLArn = `arn:aws:wafv2:${region}:${account}:regional/webacl/shop/11111111-2222-3333-4444-555555555555`
const browsers = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/123.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1',
]
const crawler = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'

/** A request at the shop's door, let through and answered. */
export function request(
  chance: Chance,
  atMs: number,
  clientIp: string,
  path: string,
  said: Partial<WebRecord> = {},
): WebRecord {
  return {
    ...{
      accountId: account,
      atMs,
      requestId: `1-${chance.hex(8)}-${chance.hex(24)}`,
      resourceArn,
      webACLArn,
      clientIp,
      path,
    },
    ...{
      method: 'GET',
      host: 'shop.example.com',
      userAgent: chance.pick(browsers),
      status: 200,
      action: 'ALLOW',
      labels: [],
    },
    ...said,
  }
}

/** Addresses of customers, who come from everywhere. */
export function customer(chance: Chance): string {
  return `${chance.pick([84, 87, 91, 188])}.${chance.whole(250)}.${chance.whole(250)}.${chance.whole(250) + 1}`
}

const pages = ['/', '/shoes', '/shoes/red', '/search', '/cart', '/api/cart', '/about', '/jobs']

/** A fortnight of a shop's visitors: customers, forgotten passwords, a search engine, an office behind one address, a campaign. */
export function visitsOf(chance: Chance): readonly WebRecord[] {
  const records: WebRecord[] = []
  const end = startMs + days * 24 * hourMs
  for (let atMs = startMs; atMs < end; atMs += 4 * minuteMs) {
    visit(records, chance, atMs)
    records.push(
      request(chance, atMs, '10.0.0.9', '/health', { userAgent: 'ELB-HealthChecker/2.0', host: '10.0.1.20' }),
    )
    if (chance.happens(0.2)) crawl(records, chance, atMs)
    if (chance.happens(0.02)) stumble(records, chance, atMs)
  }
  for (let day = 0; day < days; day += 1) {
    if (day % 7 < 5) startOfWork(records, chance, startMs + day * 24 * hourMs + 7.5 * hourMs)
    if (day === 9) campaign(records, chance, startMs + day * 24 * hourMs + 18 * hourMs)
  }
  return records.toSorted((a, b) => a.atMs - b.atMs)
}

/** A page and its pictures; sometimes a picture is gone; sometimes a login, and a mistyped password before it. */
function visit(records: WebRecord[], chance: Chance, atMs: number): void {
  const [client, userAgent] = [customer(chance), chance.pick(browsers)]
  const say = (afterMs: number, path: string, said: Partial<WebRecord> = {}): void =>
    void records.push(request(chance, atMs + afterMs, client, path, { userAgent, ...said }))
  say(0, chance.pick(pages))
  for (let at = 0; at < 6; at += 1) say(200 + at * 40, `/assets/${at}.${chance.pick(['js', 'css', 'webp'])}`)
  if (chance.happens(0.05)) say(700, '/assets/old.png', { status: 404 })
  if (!chance.happens(0.2)) return
  for (let tries = chance.whole(3); tries > 0; tries -= 1)
    say(20_000 - tries * 4000, '/login', { method: 'POST', status: 401 })
  say(20_000, '/login', { method: 'POST', status: 302 })
}

/** A search engine looks at many pages, some of which are gone. */
function crawl(records: WebRecord[], chance: Chance, atMs: number): void {
  for (let at = 0; at < 10; at += 1)
    records.push(
      request(chance, atMs + at * 3000, '66.249.66.1', `/shoes/${chance.whole(4000)}`, {
        userAgent: crawler,
        status: chance.happens(0.15) ? 404 : 200,
      }),
    )
}

/** A customer whose text looks like an attack to a rule. */
function stumble(records: WebRecord[], chance: Chance, atMs: number): void {
  const labels = ['awswaf:managed:aws:core-rule-set:GenericRFI_QueryArguments']
  records.push(
    request(chance, atMs, customer(chance), '/search', {
      action: 'BLOCK',
      status: 403,
      terminatingRuleId: 'common',
      labels,
    }),
  )
}

/** The own people sign in to the shop's back office, all by one address. */
function startOfWork(records: WebRecord[], chance: Chance, fromMs: number): void {
  for (let at = 0; at < 30; at += 1) {
    const atMs = fromMs + chance.whole(hourMs)
    if (chance.happens(0.2))
      records.push(request(chance, atMs, addresses.office, '/office/login', { method: 'POST', status: 401 }))
    records.push(
      request(chance, atMs + 8000, addresses.office, '/office/login', { method: 'POST', status: 302 }),
    )
  }
}

/** A television spot: thousands of customers within minutes. */
function campaign(records: WebRecord[], chance: Chance, fromMs: number): void {
  for (let at = 0; at < 3000; at += 1) visit(records, chance, fromMs + chance.whole(10 * minuteMs))
}
