#!/usr/bin/env node
import { keepCompiledCode } from './compile-cache.ts'

keepCompiledCode()
await import('./program.ts') // Not before: what is imported above is compiled before the cache is there.
