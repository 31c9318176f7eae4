// The built console under /console: static files, with index.html for every path that is not a file (the console has
// its own router). Strict headers, because this page holds the keys to everything.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import fastifyStatic from '@fastify/static'
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CONSOLE_OPTIONS, type ConsoleOptions } from '../console.options.ts'
import { missingConsolePage } from './missing-console-page.ts'

const prefix = '/console'
/** Vite puts a hash of the content into the names of these files: a name never gets another content. */
const hashedFolder = 'assets/'

/** Serves the console. */
@Injectable()
export class ConsoleSite implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(CONSOLE_OPTIONS) private readonly options: ConsoleOptions,
  ) {}

  async onModuleInit(): Promise<void> {
    const fastify: FastifyInstance = this.host.httpAdapter.getInstance()
    await fastify.register((scope) => this.serve(scope), { prefix })
  }

  private async serve(scope: FastifyInstance): Promise<void> {
    const folder = resolve(this.options.siteFolder ?? 'admin-ui/dist')
    const headers = siteHeaders(this.options.publicUrl)
    await scope.register(fastifyStatic, { root: folder, serve: false, cacheControl: false, etag: true, preCompressed: true })
    scope.addHook('onSend', async (_request: FastifyRequest, reply: FastifyReply) => {
      reply.headers(headers)
    })
    scope.setNotFoundHandler((_request, reply) =>
      reply.code(404).header('cache-control', 'no-store').type('text/plain; charset=utf-8').send('This file is not part of the console.\n'),
    )
    const answer = (request: FastifyRequest, reply: FastifyReply) => {
      // Looked up each time: the console may be built while the server runs.
      if (!existsSync(join(folder, 'index.html'))) {
        return reply.code(503).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(missingConsolePage)
      }
      const path = (request.params as { '*'?: string })['*'] ?? ''
      const isFile = path.startsWith(hashedFolder) || /\.[a-z0-9]{2,5}$/i.test(path)
      reply.header('cache-control', path.startsWith(hashedFolder) ? 'public, max-age=31536000, immutable' : 'no-cache')
      return reply.sendFile(isFile ? path : 'index.html')
    }
    scope.get('/', answer)
    scope.get('/*', answer)
  }
}

/** Styles may stand in the page, because the component kit writes them; scripts only come from our own files. */
function siteHeaders(publicUrl: string): Record<string, string> {
  const url = new URL(publicUrl)
  const sockets = `${url.protocol === 'https:' ? 'wss' : 'ws'}://${url.host}`
  return {
    'content-security-policy': [
      `default-src 'none'`,
      `script-src 'self'`,
      `style-src 'self' 'unsafe-inline'`,
      `img-src 'self' data: blob:`,
      `font-src 'self' data:`,
      `connect-src 'self' ${url.origin} ${sockets}`,
      `media-src 'self' blob:`,
      `manifest-src 'self'`,
      `worker-src 'self'`,
      `base-uri 'none'`,
      `form-action 'self'`,
      `frame-ancestors 'none'`,
    ].join('; '),
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  }
}
