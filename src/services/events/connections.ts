import { uuid } from '#core/ids.ts'
import { Missing } from '#core/resource.ts'
import type { Connection } from '#models/events.d.ts'
import { eventsArn } from './arns.ts'
import { type Authorization, readAuthorization, shownAuthorization } from './authorization.ts'
import { events, type EventsCall, on, onAll } from './declare.ts'
import type { ConnectionDocument } from './documents.ts'
import { faults } from './faults.ts'
import { page } from './paging.ts'
import { quotas } from './quotas.ts'
import { sealedAuthorization } from './sealed.ts'

/**
 * Makes a connection; its secrets are sealed, and no answer ever shows them.
 * Faults: ResourceAlreadyExistsException; LimitExceededException; ValidationException.
 * Differs: it is authorized at once; a token is asked for when it is first needed.
 */
export const CreateConnection = events('CreateConnection', {
  target: ({ Name }, call) => ({ arn: eventsArn(call, `connection/${Name}/${uuid(call.randomBytes)}`) }),
  access: (connection) => [on('CreateConnection', connection)],
  run({ target: { arn }, input, call }) {
    if (input.KmsKeyIdentifier !== undefined) throw faults.unsupported('KmsKeyIdentifier')
    if (input.InvocationConnectivityParameters !== undefined)
      throw faults.unsupported('InvocationConnectivityParameters')
    const { Name: name, Description: description, AuthorizationType: type } = input
    if (call.connections.get(name)) throw faults.exists('Connection', name)
    if (!call.connections.hasRoom(quotas.connections)) throw faults.limit()
    const sealed = seal(call, arn, readAuthorization(type, input.AuthParameters))
    const [createdAtMs, modifiedAtMs] = [call.nowMs, call.nowMs]
    const made = { arn, name, description, type, sealed, createdAtMs, modifiedAtMs }
    call.connections.put(name, made)
    return briefly(made)
  },
})

/** Faults: ResourceNotFoundException; ValidationException. */
export const UpdateConnection = events('UpdateConnection', {
  target: ({ Name }, call) => findConnection(call, Name),
  access: (connection) => [on('UpdateConnection', connection)],
  run({ target: before, input, call }) {
    if (input.KmsKeyIdentifier !== undefined) throw faults.unsupported('KmsKeyIdentifier')
    if (input.InvocationConnectivityParameters !== undefined)
      throw faults.unsupported('InvocationConnectivityParameters')
    const { AuthorizationType: type = before.type, Description: description = before.description } = input
    const kept = type === before.type ? authorizationOf(call, before) : undefined
    const changes = input.AuthParameters !== undefined || type !== before.type
    const sealed = changes
      ? seal(call, before.arn, readAuthorization(type, input.AuthParameters ?? {}, kept))
      : before.sealed
    const after = { ...before, type, description, sealed, modifiedAtMs: call.nowMs }
    call.connections.put(before.name, after)
    return briefly(after)
  },
})

/** Faults: ResourceNotFoundException; ValidationException while an API destination uses it. */
export const DeleteConnection = events('DeleteConnection', {
  target: ({ Name }, call) => findConnection(call, Name),
  access: (connection) => [on('DeleteConnection', connection)],
  run({ target: connection, call }) {
    if (call.apiDestinations.find('connection', connection.name, { limit: 1 }).length > 0)
      throw faults.validation('Connection is used by an API destination.')
    call.connections.delete(connection.name)
    return { ...briefly(connection), ConnectionState: 'DELETING' as const }
  },
})

/** Forgets the secrets: nothing is invoked with it until it is given others. Faults: ResourceNotFoundException. */
export const DeauthorizeConnection = events('DeauthorizeConnection', {
  target: ({ Name }, call) => findConnection(call, Name),
  access: (connection) => [on('DeauthorizeConnection', connection)],
  run({ target: connection, call }) {
    const after = { ...connection, sealed: undefined, modifiedAtMs: call.nowMs }
    call.connections.put(connection.name, after)
    return briefly(after)
  },
})

/** Faults: ResourceNotFoundException. */
export const DescribeConnection = events('DescribeConnection', {
  target: ({ Name }, call) => findConnection(call, Name),
  access: (connection) => [on('DescribeConnection', connection)],
  run: ({ target: connection, call }) => ({
    ...listed(connection),
    Description: connection.description,
    AuthParameters: shownAuthorization(authorizationOf(call, connection) ?? {}),
  }),
})

export const ListConnections = events('ListConnections', {
  access: () => onAll('ListConnections'),
  run({ input: { NamePrefix: prefix, ConnectionState, NextToken, Limit }, call }) {
    const where = (one: ConnectionDocument) =>
      ConnectionState === undefined || stateOf(one) === ConnectionState
    const found = page(call.connections, { NextToken, Limit, prefix, where })
    return { Connections: found.items.map(listed), NextToken: found.NextToken }
  },
})

/** What a connection authorizes with; undefined once it is deauthorized. */
export function authorizationOf(
  call: EventsCall,
  { arn, sealed }: ConnectionDocument,
): Authorization | undefined {
  if (sealed === undefined) return undefined
  const opened = sealedAuthorization.open(call.seal, arn, sealed)
  return JSON.parse(opened.toString()) as Authorization // `seal` wrote it.
}

function seal(call: EventsCall, arn: string, authorization: Authorization): string {
  return sealedAuthorization.seal(call.seal, arn, Buffer.from(JSON.stringify(authorization)))
}

function findConnection(call: EventsCall, name: string): ConnectionDocument | Missing {
  const missing = new Missing(eventsArn(call, `connection/${name}`), faults.notFound('Connection', name))
  return call.connections.get(name) ?? missing
}

function stateOf({ sealed }: ConnectionDocument) {
  return sealed === undefined ? ('DEAUTHORIZED' as const) : ('AUTHORIZED' as const)
}

function briefly(connection: ConnectionDocument) {
  return {
    ConnectionArn: connection.arn,
    ConnectionState: stateOf(connection),
    CreationTime: new Date(connection.createdAtMs),
    LastModifiedTime: new Date(connection.modifiedAtMs),
  }
}

function listed(connection: ConnectionDocument): Connection {
  return { ...briefly(connection), Name: connection.name, AuthorizationType: connection.type }
}
