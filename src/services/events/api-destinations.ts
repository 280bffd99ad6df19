import { uuid } from '#core/ids.ts'
import { Missing } from '#core/resource.ts'
import type { ApiDestination } from '#models/events.d.ts'
import { eventsArn, placeOf } from './arns.ts'
import { refuseEndpoint } from './authorization.ts'
import { authorizationOf } from './connections.ts'
import { events, type EventsCall, on, onAll } from './declare.ts'
import type { ApiDestinationDocument, ConnectionDocument } from './documents.ts'
import { faults } from './faults.ts'
import { page } from './paging.ts'
import { quotas } from './quotas.ts'

/** Faults: ResourceAlreadyExistsException; ResourceNotFoundException for the connection; LimitExceededException; ValidationException. */
export const CreateApiDestination = events('CreateApiDestination', {
  target: ({ Name, ConnectionArn }, call) => ({
    destination: { arn: eventsArn(call, `api-destination/${Name}/${uuid(call.randomBytes)}`) },
    connection: findByArn(call, ConnectionArn),
  }),
  access: ({ destination, connection }) => [
    on('CreateApiDestination', destination),
    on('CreateApiDestination', connection),
  ],
  run({ target: { destination, connection }, input, call }) {
    const { Name: name, Description: description, InvocationEndpoint: endpoint, HttpMethod: method } = input
    refuseEndpoint('InvocationEndpoint', endpoint)
    if (call.apiDestinations.get(name)) throw faults.exists('An API destination', name)
    if (!call.apiDestinations.hasRoom(quotas.apiDestinations)) throw faults.limit()
    const made: ApiDestinationDocument = {
      ...{ arn: destination.arn, name, description, endpoint, method },
      ...{ connectionArn: connection.arn, connection: connection.name },
      ratePerSecond: input.InvocationRateLimitPerSecond ?? quotas.invocationsPerSecond,
      ...{ createdAtMs: call.nowMs, modifiedAtMs: call.nowMs },
    }
    call.apiDestinations.put(name, made)
    return briefly(made)
  },
})

/** Faults: ResourceNotFoundException; ValidationException. */
export const UpdateApiDestination = events('UpdateApiDestination', {
  target: ({ Name, ConnectionArn }, call) => ({
    destination: findDestination(call, Name),
    connection: ConnectionArn === undefined ? undefined : findByArn(call, ConnectionArn),
  }),
  access: ({ destination }) => [on('UpdateApiDestination', destination)],
  run({ target: { destination, connection }, input, call }) {
    if (input.InvocationEndpoint !== undefined) refuseEndpoint('InvocationEndpoint', input.InvocationEndpoint)
    const after: ApiDestinationDocument = {
      ...destination,
      description: input.Description ?? destination.description,
      endpoint: input.InvocationEndpoint ?? destination.endpoint,
      method: input.HttpMethod ?? destination.method,
      ratePerSecond: input.InvocationRateLimitPerSecond ?? destination.ratePerSecond,
      ...(connection && { connectionArn: connection.arn, connection: connection.name }),
      modifiedAtMs: call.nowMs,
    }
    call.apiDestinations.put(after.name, after)
    return briefly(after)
  },
})

/** Faults: ResourceNotFoundException. */
export const DeleteApiDestination = events('DeleteApiDestination', {
  target: ({ Name }, call) => findDestination(call, Name),
  access: (destination) => [on('DeleteApiDestination', destination)],
  run({ target, call }) {
    call.apiDestinations.delete(target.name)
    return {}
  },
})

/** Faults: ResourceNotFoundException. */
export const DescribeApiDestination = events('DescribeApiDestination', {
  target: ({ Name }, call) => findDestination(call, Name),
  access: (destination) => [on('DescribeApiDestination', destination)],
  run: ({ target }) => ({ ...listed(target), Description: target.description }),
})

export const ListApiDestinations = events('ListApiDestinations', {
  access: () => onAll('ListApiDestinations'),
  run({ input: { NamePrefix: prefix, ConnectionArn, NextToken, Limit }, call }) {
    const where = (one: ApiDestinationDocument) =>
      ConnectionArn === undefined || one.connectionArn === ConnectionArn
    const found = page(call.apiDestinations, { NextToken, Limit, prefix, where })
    return { ApiDestinations: found.items.map(listed), NextToken: found.NextToken }
  },
})

/**
 * Lets a target's role invoke a destination, and gives the runner what that takes. No call from the wire reaches it.
 * Faults: ResourceNotFoundException; ValidationException once the connection is deauthorized.
 */
export const InvokeApiDestination = events('InvokeApiDestination', {
  target({ Arn }, call) {
    const [name = ''] = placeOf(Arn, 'api-destination')?.name.split('/') ?? []
    const found = findDestination(call, name)
    return !(found instanceof Missing) && found.arn !== Arn ? findDestination(call, '') : found
  },
  access: (destination) => [on('InvokeApiDestination', destination)],
  run({ target: destination, call }) {
    const connection = call.connections.get(destination.connection)
    const authorization = connection && authorizationOf(call, connection)
    if (!authorization) throw faults.validation('The connection is not authorized.')
    const { arn, endpoint, method, ratePerSecond } = destination
    const { arn: connectionArn, modifiedAtMs: version } = connection
    return {
      invocation: {
        destination: { arn, endpoint, method, ratePerSecond },
        connectionArn,
        version,
        authorization,
      },
    }
  },
})

function findDestination(call: EventsCall, name: string): ApiDestinationDocument | Missing {
  const arn = eventsArn(call, `api-destination/${name}`)
  return call.apiDestinations.get(name) ?? new Missing(arn, faults.notFound('ApiDestination', name))
}

function findByArn(call: EventsCall, text: string): ConnectionDocument | Missing {
  const place = placeOf(text, 'connection')
  if (!place) throw faults.invalid('ConnectionArn', 'It is no ARN of a connection.')
  const [name = ''] = place.name.split('/')
  const found = call.connections.get(name)
  return found?.arn === text
    ? found
    : new Missing(eventsArn(place, `connection/${place.name}`), faults.notFound('Connection', name))
}

function briefly(destination: ApiDestinationDocument) {
  return {
    ApiDestinationArn: destination.arn,
    ApiDestinationState: 'ACTIVE' as const,
    CreationTime: new Date(destination.createdAtMs),
    LastModifiedTime: new Date(destination.modifiedAtMs),
  }
}

function listed(destination: ApiDestinationDocument): ApiDestination {
  return {
    ...briefly(destination),
    Name: destination.name,
    ConnectionArn: destination.connectionArn,
    InvocationEndpoint: destination.endpoint,
    HttpMethod: destination.method,
    InvocationRateLimitPerSecond: destination.ratePerSecond,
  }
}
