// A process that has a host of functions, one of which waits and one of which is at work, and says so; for a test that kills it.
import { functionRig } from './rig.ts'

const { run, invoke } = functionRig({ after: () => undefined })
await run('waiting', 'export const handler = async () => 1')
void invoke('working', 'export const handler = async () => { for (;;) console.log("at work") }', {
  timeoutSec: 60,
})
await new Promise((resolve) => setTimeout(resolve, 1_000))
process.stdout.write('ready\n')
