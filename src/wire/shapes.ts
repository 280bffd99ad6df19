import type { ServiceName } from '#models/index.d.ts'

/** A protocol and its version, as they differ on the wire. */
export type Protocol = 'json-1.0' | 'json-1.1' | 'query' | 'ec2' | 'rest-json' | 'rest-xml' | 'rpc-v2-cbor'

/** Seconds since 1970, ISO 8601, or the date of an HTTP header. Source: Smithy 2.0, "timestampFormat trait", under botocore's names. */
export type TimestampFormat = 'unixTimestamp' | 'iso8601' | 'rfc822'

/** What a model says of a service as a whole. `models/index.json` holds it for all. */
export interface ServiceMetadata {
  readonly apiVersion: string
  readonly endpointPrefix: string
  readonly globalEndpoint?: string
  readonly jsonVersion?: '1.0' | '1.1'
  readonly protocols: readonly ('json' | 'query' | 'ec2' | 'rest-json' | 'rest-xml' | 'smithy-rpc-v2-cbor')[]
  readonly serviceFullName: string
  readonly serviceId: string
  /** The service in the credential scope of a signature. */
  readonly signingName: string
  /** What stands before the operation in `X-Amz-Target`, and for the service in an RPC v2 path. */
  readonly targetPrefix?: string
  readonly xmlNamespace?: string
  /** The service spoke query first, and answers other protocols' errors with the query code beside. */
  readonly awsQueryCompatible?: boolean
}

/** Source: Smithy 2.0, "xmlNamespace trait". */
export interface XmlNamespace {
  readonly uri: string
  readonly prefix?: string
}

/** A use of a shape: as a member, an element, a key or a value, with the traits of that place. */
export interface Ref {
  readonly shape: Shape
  readonly location?: 'uri' | 'querystring' | 'header' | 'headers' | 'statusCode'
  readonly locationName?: string
  readonly queryName?: string
  readonly flattened?: boolean
  readonly xmlAttribute?: boolean
  readonly xmlNamespace?: XmlNamespace
  readonly timestampFormat?: TimestampFormat
  readonly idempotencyToken?: boolean
}

/** A member of a structure, with where it stands in a message. */
export interface Member extends Ref {
  readonly name: string
  readonly required: boolean
}

interface Described {
  readonly name: string
  /** Holds a secret or personal data: never quoted in an error. */
  readonly sensitive: boolean
}

/** A structure of named members: an input, an output, an error, or a part of one. */
export interface StructureShape extends Described {
  readonly type: 'structure'
  readonly members: readonly Member[]
  /** The member that is the whole HTTP body. */
  readonly payload: Member | undefined
  /** Exactly one member is set. */
  readonly union: boolean
  /** Set on errors. */
  readonly error: ErrorTraits | undefined
}

export interface ErrorTraits {
  /** The code on the wire of the XML protocols. */
  readonly code: string
  readonly status: number
}

/** `min` and `max` count elements. */
export interface ListShape extends Described {
  readonly type: 'list'
  readonly member: Ref
  readonly flattened: boolean
  readonly min: number | undefined
  readonly max: number | undefined
}

/** `min` and `max` count entries. */
export interface MapShape extends Described {
  readonly type: 'map'
  readonly key: Ref
  readonly value: Ref
  readonly flattened: boolean
  readonly min: number | undefined
  readonly max: number | undefined
}

export interface StringShape extends Described {
  readonly type: 'string'
  readonly enum: readonly string[] | undefined
  /** Characters. */
  readonly min: number | undefined
  readonly max: number | undefined
  readonly pattern: string | undefined
}

/** `min` and `max` bound the value, both included. */
export interface NumberShape extends Described {
  readonly type: 'integer' | 'long' | 'float' | 'double'
  readonly min: number | undefined
  readonly max: number | undefined
}

export interface BlobShape extends Described {
  readonly type: 'blob'
  /** Bytes. */
  readonly min: number | undefined
  readonly max: number | undefined
}

/** Its own format; a use of it (`Ref`) may have another, and where neither has one the place decides. */
export interface TimestampShape extends Described {
  readonly type: 'timestamp'
  readonly timestampFormat: TimestampFormat | undefined
}

/** `document` holds any JSON value; `eventstream` is passed through as bytes. */
export interface PlainShape extends Described {
  readonly type: 'boolean' | 'document' | 'eventstream'
}

/** What a value of a service's model may be: what is read, checked and written follows it. */
export type Shape =
  StructureShape | ListShape | MapShape | StringShape | NumberShape | BlobShape | TimestampShape | PlainShape

/** One operation of a service's model. */
export interface OperationModel {
  readonly service: ServiceName
  readonly name: string
  readonly http: { readonly method: string; readonly requestUri: string; readonly responseCode: number }
  /** A structure without members where the model has none. */
  readonly input: StructureShape
  readonly output: StructureShape | undefined
  readonly resultWrapper: string | undefined
  readonly errors: readonly StructureShape[]
  /** AWS takes the call without a signature (AssumeRoleWithWebIdentity). */
  readonly unsigned: boolean
  /** Clients may send the body gzipped. */
  readonly requestCompression: boolean
}

/** A service's model, linked: every reference leads to its shape. */
export interface Model {
  readonly service: ServiceName
  readonly metadata: ServiceMetadata
  readonly operations: ReadonlyMap<string, OperationModel>
  /** Error shapes by name. */
  readonly errors: ReadonlyMap<string, StructureShape>
}
