import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Arn } from '#core/arn.ts'
import { principalNames } from '#services/iam/principal-names.ts'
import { groups, streams, within } from '#services/logs/documents.ts'
import { createLogsService } from '#services/logs/service.ts'
import { createLogStore } from '#telemetry/index.ts'
import { logsCall } from '../http/requests.ts'
import { account, cloud, region } from './cloud.ts'
import type { Subject } from './subject.ts'

const logGroupName = '/app'

/** Streams of a log group. */
export const logSubjects: readonly Subject[] = [
  {
    what: 'streams of a log group',
    operation: 'PutLogEvents of 100',
    counts: [100, 1_000, 10_000],
    async make(count) {
      const directory = mkdtempSync(join(tmpdir(), 'redoubt-bench-growth-'))
      const ended: (() => Promise<void>)[] = []
      const made = await cloud((ground) => {
        const logs = createLogStore({
          directory,
          worker: 0,
          world: ground.world,
          log: ({ event }) => assert.fail(event),
        })
        ended.push(() => logs.close())
        return [
          createLogsService({
            logs,
            principals: principalNames,
            world: ground.world,
            read: ground.store.read,
            callAsService: () => assert.fail('nothing is encrypted'),
            loadBalancerExists: () => false,
          }),
        ]
      })
      const { ask, asking, administrator, ground } = made
      await ask(administrator, logsCall('CreateLogGroup', { logGroupName }))
      await ground.store.transact((tx) => {
        const [group] = tx.list(groups, { account, region })
        assert.ok(group)
        const { id: groupId, arn } = group.document
        for (let number = 0; number < count; number += 1) {
          const name = `stream-${number}`
          tx.put(streams, { account, region }, within({ id: groupId }, name), {
            ...{ id: number.toString(16).padStart(24, '0'), groupId, name, createdAtMs: ground.clock.nowMs },
            arn: `${arn}:log-stream:${name}` as Arn, // An ARN by construction.
          })
        }
      })
      const logEvents = Array.from({ length: 100 }, (_, at) => ({
        timestamp: ground.clock.nowMs,
        message: `GET /items/${at} 200`,
      }))
      const call = (number: number) =>
        logsCall('PutLogEvents', { logGroupName, logStreamName: `stream-${number % count}`, logEvents })
      const writers = Array.from({ length: 64 }, (_, number) => asking(administrator, call(number * 151)))
      let turn = 0
      return {
        run: () => writers[(turn += 1) % writers.length]?.(),
        async end() {
          for (const end of ended) await end()
          rmSync(directory, { recursive: true, force: true })
        },
      }
    },
  },
]
