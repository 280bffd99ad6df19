// The main job on real input: a shop behind a load balancer, attacks on it, and what becomes of them. Run: npm run demo [-- --keep]
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { edgeUrl } from '../../test/edge-url.ts'
import { administratorOf, type Credentials, startServer } from '../../test/server.ts'
import { createCards } from '../shop/cards.ts'
import { Customers } from '../shop/customers.ts'
import { createShop } from '../shop/shop.ts'
import type { Reach } from './attack.ts'
import { credentialStuffing } from './attacks/credential-stuffing.ts'
import { flood } from './attacks/flood.ts'
import { injection } from './attacks/injection.ts'
import { loggingOff } from './attacks/logging-off.ts'
import { scanner } from './attacks/scanner.ts'
import { stolenRole } from './attacks/stolen-role.ts'
import { build, keyAlias, shopSession } from './build.ts'
import { cloudAs, region } from './cloud.ts'
import { customer } from './customer.ts'
import { steps, summary } from './report.ts'
import { visitor } from './visitor.ts'
import { allFindings, logged, type Outcome, witness } from './witness.ts'

const attacks = [scanner, injection, credentialStuffing, stolenRole, loggingOff, flood]

/** From an attack's first push until the attacker can do no more. */
const stoppedMsGoal = 2_000
/** How long Carla shops on once all attacks are over. */
const shoppingOnMs = 1_500

const carla = { name: 'carla', password: 'correct horse battery staple' }

const keep = process.argv.includes('--keep')
const folder = mkdtempSync(join(tmpdir(), 'redoubt-demo-'))
const begun = performance.now()
const say = (text: string): void =>
  console.log(`${((performance.now() - begun) / 1000).toFixed(2).padStart(7)} s  ${text}`)

say('Redoubt starts, with nothing in it.')
const server = await startServer({
  directory: join(folder, 'data'),
  flags: ['--edge-port', '0', '--edge-tls-port', '0', '--edge-workers', '1'],
})
let well = false
try {
  well = await demonstrate()
} catch (error) {
  console.error(error)
} finally {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}
process.exit(well ? 0 : 1)

async function demonstrate(): Promise<boolean> {
  const administrator = administratorOf(server)
  const cloud = cloudAs(server.url, administrator)

  // The shop listens first, as its target group names the port. An instance would get its role's credentials from its metadata.
  const cards = createCards(keyAlias, () => ({
    ...{ endpoint: server.url, region },
    credentials: () => shopSession(cloud),
  }))
  const customers = new Customers(join(folder, 'shop.db'), cards)
  customers.register(carla.name, carla.password)
  const shop = createShop(customers)
  shop.listen(0, '127.0.0.1')
  await once(shop, 'listening')
  const address = shop.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  say(`The shop listens on port ${port}.`)

  const built = await build(cloud, port)
  const url = await edgeUrl(server.directory, built.loadBalancer.hostName)
  say('Made with the public SDK: key, roles, web ACL, load balancer, detector, trail, rule and function.')

  const reach: Reach = {
    built,
    visitor: (from, userAgent) => visitor(url, from, userAgent),
    cloudAs: (whose, from) => cloudAs(server.url, whose, from),
  }
  const shopping = customer(reach.visitor('127.0.0.10'), carla)
  say('Carla goes shopping.')

  const outcomes: Outcome[] = []
  const problems: string[] = []
  for (const attack of attacks) {
    say(`${attack.from}  ${attack.title}`)
    try {
      const outcome = await witness(attack, reach, cloud)
      outcomes.push(outcome)
      for (const step of steps(outcome)) say(`             ${step}`)
    } catch (error) {
      problems.push(`${attack.title}: ${error instanceof Error ? error.message : String(error)}`)
      say(`             FAILED: ${problems.at(-1)}`)
    }
  }
  for (const { attack } of outcomes)
    await logged(attack, cloud, server.directory).catch(({ message }: Error) =>
      problems.push(`${attack.title}: ${message}`),
    )
  await sleep(shoppingOnMs) // What was answered must keep nobody else out, afterwards either.
  await shopping.leave()
  const { answered, failed } = shopping.seen()
  if (answered < 10) problems.push(`Carla was answered ${answered} times only`)
  problems.push(...failed.map((what) => `Carla ${what}`))
  for (const { attack, stoppedMs } of outcomes)
    if (stoppedMs > stoppedMsGoal)
      problems.push(`${attack.title}: stopped after ${stoppedMs} ms, ${stoppedMsGoal} were promised`)

  console.log(`\n${summary(outcomes, answered, problems)}`)
  if (problems.length > 0) console.log(`All findings:\n${await allFindings(cloud, built.detectorId)}`)
  if (keep) await untilInterrupted(url, administrator)
  shop.close()
  shop.closeAllConnections()
  customers.close()
  return problems.length === 0
}

/** Leaves all of it running, for whoever wants to look around. */
async function untilInterrupted(url: string, { accessKeyId, secretAccessKey }: Credentials): Promise<void> {
  console.log(`
It goes on running until you press Ctrl-C. The shop: ${url}/
  export AWS_ENDPOINT_URL=${server.url} AWS_DEFAULT_REGION=${region}
  export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}
  aws guardduty list-detectors`)
  await once(process, 'SIGINT')
}
