// The whole client, unmodified, as an application makes it: its REST part goes through its own fetch, headers and sessions.
import { createClient } from '@supabase/supabase-js'
import { describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { fixture } from './fixture.ts'

const realtime = { transport: WebSocket as never }
const auth = { persistSession: false, autoRefreshToken: false }
const supabase = createClient(fixture.url, fixture.anonKey, { realtime, auth })

describe(`supabase-js on ${fixture.database}`, () => {
  it('reads, writes and calls', async () => {
    expect((await supabase.from('users').select('username, messages(id)').eq('username', 'bob').single()).data).toEqual({
      username: 'bob',
      messages: [{ id: 2 }],
    })
    const { data, error } = await supabase.from('notes').insert({ title: 'from supabase-js' }).select('title, body').single()
    expect(error).toBeNull()
    expect(data).toEqual({ title: 'from supabase-js', body: 'empty' })
    expect((await supabase.from('notes').delete({ count: 'exact' }).eq('title', 'from supabase-js')).count).toBe(1)
    expect((await supabase.rpc('add_them', { a: 20, b: 22 })).data).toBe(42)
  })

  it('schema(), and a schema of the whole client', async () => {
    expect((await supabase.schema('personal').from('users').select('username')).data).toEqual([{ username: 'eve' }])
    const personal = createClient(fixture.url, fixture.anonKey, { realtime, auth, db: { schema: 'personal' as never } })
    expect((await personal.from('users').select('username')).data).toEqual([{ username: 'eve' }])
  })

  it('headers of the whole client', async () => {
    const named = createClient(fixture.url, fixture.anonKey, { realtime, auth, global: { headers: { 'x-application': 'demo' } } })
    const { data } = await named.rpc('request_setting', { name: 'headers' })
    expect(JSON.parse(data as string)).toMatchObject({ 'x-application': 'demo', apikey: fixture.anonKey })
  })

  it('a signed-in user asks under the role and claims of the session', async () => {
    const email = `rest-${Date.now()}@example.com`
    const { data: signedUp, error } = await supabase.auth.signUp({ email, password: 'correct horse battery staple' })
    expect(error).toBeNull()
    expect((await supabase.rpc('who_am_i')).data).toBe('authenticated')
    const { data: claims } = await supabase.rpc('any_setting', { name: 'request.jwt.claims' })
    expect(JSON.parse(claims as string)).toMatchObject({ role: 'authenticated', sub: signedUp.user?.id, email })
    await supabase.auth.signOut()
    expect((await supabase.rpc('who_am_i')).data).toBe('anon')
  })

  it('the secret key passes by policies', async () => {
    const admin = createClient(fixture.url, fixture.serviceKey, { realtime, auth })
    expect((await supabase.from('secrets').select()).error?.code).toBe('42501')
    expect((await admin.from('secrets').select()).data).toEqual([{ id: 1, word: 'hush' }])
  })
})
