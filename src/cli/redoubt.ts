#!/usr/bin/env node
import { keepCompiledCode } from './compile-cache.ts'

keepCompiledCode()
await (await import('./run.ts')).run() // Not before: what is imported above is compiled before the cache is there.
